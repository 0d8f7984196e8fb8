/** Packets of the chosen track to decoded frames; damage is noted and passed over. One thread. */
#pragma once

#include <libavcodec/avcodec.h>

#include "media/breaks.h"
#include "media/demux.h"

struct chip_decode {
    struct chip_demux *demux;   /* borrowed */
    struct chip_avlog *log;     /* borrowed */
    struct chip_breaks *breaks; /* borrowed */
    AVCodecContext *codec;
    AVPacket *packet;
    bool is_draining; /* the last packet has been sent */
    bool is_doubtful; /* the last packet was incomplete, which is no damage at the very end */
    int bad_reads;    /* failures of the container since the last good packet */
    int n_damaged;    /* packets or frames lost */
};

/**
 * Opens the decoder of demux->stream. A zeroed `decode` is filled; chip_decode_done() in any case.
 *
 * @return CHIP_OK; CHIP_E_UNSUPPORTED without a decoder; CHIP_E_LIMIT or CHIP_E_FORMAT for absurd
 *         parameters; CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_decode_open(struct chip_decode *decode, struct chip_demux *demux,
                                  struct chip_avlog *log, struct chip_breaks *breaks,
                                  struct chip_err *err);

/**
 * Decodes the next frame.
 *
 * @param frame an empty frame; filled when *got
 * @param at_ms where the output stands, for the list of breaks
 * @param got   false at the end of the recording
 * @return CHIP_OK or CHIP_E_CANCELLED. A source that fails ends the recording; see
 *         demux->source.failure.
 */
CHIP_MUST_CHECK
enum chip_status chip_decode_next(struct chip_decode *decode, AVFrame *frame, int64_t at_ms,
                                  bool *got, struct chip_err *err);

void chip_decode_done(struct chip_decode *decode);
