/**
 * Cuts a recording into pieces of speech for the recogniser.
 *
 * Speech starts with a chunk (512 samples) whose probability reaches `on`, and ends before the
 * first one below `off` if nothing reaches `on` for `min_silence_ms` after it. Such spans are
 *
 * - dropped when shorter than `min_speech_ms`,
 * - cut when longer than `max_ms`, at the quietest point (quiet.h) of their second half,
 * - joined with the one before when the gap is at most `join_gap_ms` and the whole at most
 * `target_ms`: the recogniser is better, and faster, with context,
 * - padded by `pad_ms` on each side; where the neighbour is nearer than that, they share the gap.
 *
 * Pieces come in order, never overlap, and depend only on samples and probabilities, not on how
 * these are cut into calls. Memory is taken at the start; pieces are the only allocations after
 * that. One segmenter belongs to one thread at a time.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct chip_segmenter_options {
    float on, off;      /* 0 <= off <= on <= 1, on > 0 */
    int min_speech_ms;  /* 0..max_ms / 2 */
    int min_silence_ms; /* 0..10,000 */
    int pad_ms;         /* 0..max_ms / 4 */
    int max_ms;         /* 1,000..60,000: no piece is longer, its padding included */
    int join_gap_ms;    /* 0..10,000 */
    int target_ms;      /* padding included; 0: nothing is joined; more than max_ms means max_ms */
};

/**
 * on 0.5, off 0.35, speech 250 ms, silence 400 ms, pad 250 ms, max 20 s, gap 1 s, target 12 s.
 *
 * Measured with Moonshine base on 7 minutes of read speech, end to end: padding of 160 ms and a gap
 * of 600 ms give 9.8 % word errors, these 6.9 %, which is what cutting at the true sentences gives;
 * a target of 8 s gives 8.1 %, 20 s 7.9 %.
 */
struct chip_segmenter_options chip_segmenter_defaults(void);

/** Samples from..to-1 of a piece. */
struct chip_span {
    int64_t start, end;
};

/** One piece. */
struct chip_speech {
    int64_t start; /* sample of the recording */
    size_t n_samples;
    float *pcm; /* [n_samples], owned, as it was pushed */
    /* Where in the piece speech was heard, in order, in samples from `start`; owned. At least one;
     * without the padding, and without the gaps between joined spans. */
    struct chip_span *spans;
    size_t n_spans;
    struct chip_span *pauses; /* [n_pauses] inside spans, see pauses.h; as above, but may be none */
    size_t n_pauses;
    float probability; /* mean over the spans' chunks */
};

/** Where a piece ends in the recording, in milliseconds, rounded down. */
static inline int64_t chip_speech_end_ms(const struct chip_speech *speech)
{
    return (speech->start + (int64_t)speech->n_samples) / 16;
}

/** Frees what a piece owns; a zeroed piece is accepted. */
void chip_speech_done(struct chip_speech *speech);

/**
 * Takes a finished piece.
 *
 * @param speech its samples and spans are the callee's from now on, also when it fails
 * @return CHIP_OK, or what the push is to return; the segmenter must then be reset or freed
 */
typedef enum chip_status chip_speech_fn(void *user, struct chip_speech *speech,
                                        struct chip_err *err);

struct chip_segmenter;

/**
 * @param out     free it with chip_segmenter_free()
 * @param options NULL: the defaults
 * @param emit    called by push and flush, with `user`
 * @return CHIP_OK, CHIP_E_INVAL for an option that is out of range, CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_segmenter_new(struct chip_segmenter **out,
                                    const struct chip_segmenter_options *options,
                                    chip_speech_fn *emit, void *user, struct chip_err *err);
/** NULL is accepted. */
void chip_segmenter_free(struct chip_segmenter *seg);
CHIP_DEFINE_AUTO(chip_segmenter)

/** Forgets everything: ready for another recording. */
void chip_segmenter_reset(struct chip_segmenter *seg);

/**
 * The next samples and the next probabilities; they need not belong together.
 *
 * @param pcm     [n] mono, 16 kHz
 * @param probs   [n_probs] of the chunks 0, 1, 2, ... of the recording, as chip_vad_push() gives
 * them
 * @return CHIP_OK; CHIP_E_INVAL when the samples run more than 4 s ahead of the probabilities or
 *         these ahead of the samples; CHIP_E_NOMEM; what `emit` returned
 */
CHIP_MUST_CHECK
enum chip_status chip_segmenter_push(struct chip_segmenter *seg, const float *pcm, size_t n,
                                     const float *probs, size_t n_probs, struct chip_err *err);

/**
 * Ends the recording: emits what is left, then resets all but the count of speech.
 *
 * The last, incomplete chunk is heard if its probability (chip_vad_flush()) was pushed.
 */
CHIP_MUST_CHECK
enum chip_status chip_segmenter_flush(struct chip_segmenter *seg, struct chip_err *err);

/** Samples of speech in all pieces so far: spans only, no padding, no gaps. */
int64_t chip_segmenter_speech(const struct chip_segmenter *seg);

/**
 * Everything before this sample has been emitted or will be in no piece; while a piece is growing
 * that is where it starts. Never less than before, until the next reset or flush.
 */
int64_t chip_segmenter_settled(const struct chip_segmenter *seg);
