/**
 * Pieces of speech, kept: what the voice detector and the segmenter make of recordings, in memory
 * or in a folder (samples.f32 and index.tsv) that the reference runtime reads too.
 */
#pragma once

#include "api/model.h"
#include "speech/recognizer.h"
#include "speech/segmenter.h"

struct bench_speeches {
    struct chip_speech *items; /* [n], owned */
    size_t n, cap;
};

void bench_speeches_done(struct bench_speeches *speeches);

/** Takes a piece over, also when it fails. */
CHIP_MUST_CHECK
enum chip_status bench_speeches_add(struct bench_speeches *speeches, struct chip_speech *speech,
                                    struct chip_err *err);

/** Reads the folder that `cut` wrote. */
CHIP_MUST_CHECK
enum chip_status bench_speeches_read(struct bench_speeches *speeches, const char *folder,
                                     struct chip_err *err);

/**
 * Recognises them as chip does, fed from a thread of its own. They stay as they are.
 *
 * @param done called for each piece in order; what it returns is as in recognizer.h
 */
CHIP_MUST_CHECK
enum chip_status bench_speeches_recognize(const struct bench_speeches *speeches,
                                          const struct chip_model *model, int threads,
                                          chip_recognized_fn *done, void *user,
                                          struct chip_err *err);
