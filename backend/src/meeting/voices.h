/**
 * What is kept of a recording's voices, so that another number of speakers can be tried without the
 * recording: stretches of one speaker with their mean voices, 8 bits a number.
 *
 * Voices are biometric data. They are rotated by a secret of the recording (speech/diarize/
 * rotation.h), so that those of different recordings cannot be compared.
 */
#pragma once

#include "base/str.h"

enum { CHIP_TRACKLET_DIM = 128, CHIP_MAX_TRACKLETS = 1 << 16 };

/** A stretch of one speaker. */
struct chip_tracklet {
    int64_t start_ms, end_ms;        /* start < end; end less than 2^32 */
    int speaker;                     /* as it was labelled first, 0..254 */
    int8_t voice[CHIP_TRACKLET_DIM]; /* not all 0 */
};

struct chip_voices {
    struct chip_tracklet *tracklets; /* [n] owned, in order of start */
    size_t n;
};

/** @return with room for n tracklets, or NULL when out of memory */
struct chip_voices *chip_voices_new(size_t n);
/** NULL is accepted. */
void chip_voices_free(struct chip_voices *voices);
CHIP_DEFINE_AUTO(chip_voices)

/** @return a copy, or NULL when out of memory */
struct chip_voices *chip_voices_copy(const struct chip_voices *voices);

/** Appends them as base64; docs/TRANSCRIPT.md has the layout. */
void chip_voices_encode(const struct chip_voices *voices, struct chip_str *out);

/**
 * Reads them, trusting nothing.
 *
 * @param out free with chip_voices_free()
 * @return CHIP_OK, CHIP_E_FORMAT, CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_voices_decode(const char *base64, struct chip_voices **out,
                                    struct chip_err *err);
