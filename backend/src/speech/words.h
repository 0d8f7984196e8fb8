/**
 * From tokens and their frames to words with times and confidence, and to segments.
 *
 * A word starts where its first token does and ends where the next word starts or, if that is
 * earlier, where the detector's speech ends. A segment ends after a full stop, question or
 * exclamation mark, or at a long pause.
 */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "speech/segmenter.h"
#include "speech/tokenizer.h"

/** Nobody has been told apart yet: every speaker is -1. */
struct chip_words {
    struct chip_word *words;       /* [n_words], texts in `text` */
    struct chip_segment *segments; /* [n_segments], texts in `lines` */
    size_t n_words, n_segments;
    char *text, *lines;
};

void chip_words_done(struct chip_words *words);

/**
 * @param tokens, probabilities [n_tokens]
 * @param start  [n_tokens + 1] first frame of each token, see align.h
 * @param speech where the frames lie in the recording, and where in it speech was heard
 * @param out    chip_words_done() frees it; untouched on failure
 * @return CHIP_OK or CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_words_make(const struct chip_tokenizer *tokenizer, const int32_t *tokens,
                                 const float *probabilities, const int32_t *start, size_t n_tokens,
                                 const struct chip_speech *speech, struct chip_words *out,
                                 struct chip_err *err);
