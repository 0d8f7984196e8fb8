/** A recording made up of probabilities, and the pieces that the segmenter cuts out of it. */
#pragma once

#include <stddef.h>

#include "speech/segmenter.h"

enum { CHUNK = 512, MS = 16, MAX_PIECES = 4096 };

struct recording {
    float *pcm, *probs;
    size_t n, n_probs, max_probs;
};

struct pieces {
    struct chip_speech list[MAX_PIECES];
    size_t n;
    int64_t speech; /* as the segmenter counts it */
};

/** Adds chunks of one probability. Sample i is i / 2^24, so that a piece shows where it is from. */
void add(struct recording *r, size_t chunks, float prob);
void recording_done(struct recording *r);

struct pieces *pieces_new(void);
void pieces_done(struct pieces *p);
/** What chip_segmenter_new() takes, with the pieces as `user`. */
enum chip_status collect(void *user, struct chip_speech *speech, struct chip_err *err);

struct chip_segmenter *open_segmenter(const struct chip_segmenter_options *options,
                                      chip_speech_fn *emit, void *user);

/** What the tests' numbers are made for: the defaults with 160 ms of padding and 600 ms of gap. */
struct chip_segmenter_options cutting_options(void);

/** Cuts the whole recording in one push, and checks what no piece may violate. */
struct pieces *cut(const struct recording *r, const struct chip_segmenter_options *options);
