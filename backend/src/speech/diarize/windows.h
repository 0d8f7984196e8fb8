/** The voices of one piece of speech: a window every 0.75 s of its spans. */
#pragma once

#include "speech/diarize/embedder.h"
#include "speech/segmenter.h"

/** What is heard around a span, so that its first and last sounds are whole. */
enum { CHIP_WINDOW_PAD_SAMPLES = 960 };

/** Span i of a piece with its padding, in samples from the piece's start: where the windows lie. */
struct chip_span chip_window_span(const struct chip_speech *speech, size_t i);

/**
 * @param arena needs chip_embedder_cost(speech->n_samples)
 * @param out   malloc'ed [*n] in order of time; NULL when there are none
 * @return CHIP_OK or CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_windows_make(const struct chip_embedder *embedder, struct chip_arena *arena,
                                   const struct chip_speech *speech, struct chip_window **out,
                                   size_t *n, struct chip_err *err);
