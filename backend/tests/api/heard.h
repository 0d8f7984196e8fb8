/** What a transcription tells its caller while it runs, and checks of the order of it. */
#pragma once

#include <chip/chip.h>

struct heard {
    size_t n_segments, n_words, n_progress;
    int64_t last_start_ms, last_done_ms;
    struct chip_progress last;
    size_t cancel_after; /* segments; 0: never */
    volatile bool cancel;
};

/** Options that note everything in `heard`, which must be zeroed. */
struct chip_options heard_options(struct heard *heard);

/** Real speech, one clip after the other, at least `seconds` of it if there is so much. */
float *speech_of(double seconds, size_t *n);

/** A WAV file in memory, 16 bit. */
unsigned char *wav_of(const float *pcm, size_t n, size_t *n_bytes);

/** Skips the test if open_model() would, before there is anything to free. */
void need_model(const char *name);

/** Opens a model of $CHIP_MODELS_DIR or the repository's models/; skips the test if it is missing.
 */
struct chip_model *open_model(const char *name);

/** Same words, times and confidences. */
void assert_same(const struct chip_transcript *a, const struct chip_transcript *b);

/** What chip.h and meeting/transcript.h promise about any transcript. */
void assert_sound(const struct chip_transcript *t);
