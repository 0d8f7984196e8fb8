/** From a chosen track to 16 kHz samples in their places. One thread. */
#pragma once

#include <libavutil/frame.h>

#include "media/breaks.h"
#include "media/decode.h"
#include "media/demux.h"
#include "media/resample.h"
#include "media/timeline.h"

struct chip_reader {
    struct chip_demux *demux; /* borrowed */
    struct chip_decode decode;
    struct chip_breaks breaks;
    struct chip_timeline line;
    struct chip_resample resample;
    size_t n_channels; /* of the chosen track */
    size_t n_out;      /* channels delivered; set before the first read */
    bool is_mix;       /* n_out is 1 and carries the mean */

    AVFrame *frame, *ahead; /* the frame being converted, and the one after it when it was needed */
    bool has_frame, has_ahead;
    bool is_placed; /* the frame's place in time is decided */
    size_t n_fed;   /* samples of the frame that were converted */

    int64_t n_made;    /* output samples delivered, buffered or due as silence */
    int64_t n_silence; /* due after the buffer */
    bool may_squeeze;  /* an overlap was seen: resample even at equal rates */
    int64_t squeeze;   /* samples to gain as soon as the resampler is open */
    bool is_at_end;    /* nothing more will be made */
};

/**
 * Opens the decoder and decodes the first frame, so that what can never be read fails here.
 *
 * @param reader zeroed; chip_reader_done() in any case
 * @param demux  opened, with a track; borrowed for the reader's life, like log
 */
CHIP_MUST_CHECK
enum chip_status chip_reader_open(struct chip_reader *reader, struct chip_demux *demux,
                                  struct chip_avlog *log, struct chip_err *err);
void chip_reader_done(struct chip_reader *reader);

/** As chip_media_read_channels(), after n_out and is_mix were set. */
CHIP_MUST_CHECK
enum chip_status chip_reader_read(struct chip_reader *reader, float *const *out, size_t n,
                                  size_t *n_read, struct chip_err *err);
