/** From bytes to an opened container with one chosen audio track. One thread. */
#pragma once

#include <libavformat/avformat.h>

#include "media/avlog.h"
#include "media/formats.h"
#include "media/media.h"
#include "media/source.h"

struct chip_demux {
    struct chip_source source;
    AVFormatContext *file;
    const struct chip_container *container;
    struct chip_media_info *info;
    AVStream *stream;  /* the chosen track's; NULL: none */
    int64_t origin_us; /* time 0 of the output, in the container's clock */
    int64_t end_ms;    /* where the container says that the track ends; -1 unknown */
    char *codecs;      /* whitelist: audio decoders only */
};

/**
 * Opens demux->source (already opened) as a container and chooses a track.
 *
 * @param file_name for guessing formats, "" none
 * @param log       where FFmpeg's messages go while this runs
 * @return see chip_media_open(); CHIP_OK without any audio track too. chip_demux_done() in any case
 */
CHIP_MUST_CHECK
enum chip_status chip_demux_open(struct chip_demux *demux, const char *file_name,
                                 const struct chip_media_options *options,
                                 const struct chip_avlog *log, struct chip_err *err);

void chip_demux_done(struct chip_demux *demux);
