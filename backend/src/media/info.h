/** What is known of a recording: chip_media_info built from an opened AVFormatContext. */
#pragma once

#include <libavformat/avformat.h>

#include "media/formats.h"
#include "media/media.h"

/**
 * Lists tracks and tags; the chosen track and the duration are filled by chip_info_choose().
 *
 * @param out     free it with chip_media_info_free()
 * @param is_webm says so in its first bytes; FFmpeg does not tell it from Matroska
 * @return CHIP_OK or CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_info_new(struct chip_media_info **out, const AVFormatContext *file,
                               const struct chip_container *container, bool is_webm,
                               struct chip_err *err);

/** What a choice of track depends on, besides the file. */
struct chip_info_wish {
    const char *name;  /* of the source, for messages */
    int track;         /* the wanted number; 0: by default mark, channels, order */
    int64_t origin_us; /* time 0 in FFmpeg's clock, AV_TIME_BASE units */
    int64_t size;      /* bytes of the file, -1 unknown */
    int64_t claimed;   /* bytes that a wav header claims, -1 unknown */
    bool is_from_zero; /* the container counts its length from its zero, not from its start */
};

/**
 * Chooses a track and says how long it is.
 *
 * @param end_ms receives where the container itself says that the track ends; -1 when it does not
 * @return CHIP_OK (info->track stays 0 when there is none); CHIP_E_NOT_FOUND for a wanted track
 * that does not exist; CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_info_choose(struct chip_media_info *info, const AVFormatContext *file,
                                  const struct chip_info_wish *wish, int64_t *end_ms,
                                  struct chip_err *err);

/** The stream of audio track `number` (1-based), NULL when there is none. */
AVStream *chip_info_stream(const AVFormatContext *file, int number);
