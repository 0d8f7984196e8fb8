/** Running the recogniser and keeping all that it says as one text, to compare runs with. */
#pragma once

#include "base/str.h"
#include "speech/recognizer.h"

struct recognized {
    struct chip_str text; /* words, times, confidences to the bit, audit, voices; a line a piece */
    size_t n_pieces, n_words, n_audit[CHIP_AUDIT_MEDIA_BREAK + 1];
    size_t stop_after;   /* the callback says stop with this piece; 0: never */
    size_t cancel_after; /* the same by the cancel flag */
    bool cancel;
    const struct chip_embedder *embedder; /* NULL: no voices */
    const char *const *hotwords;          /* NULL: none */
    size_t n_windows;
};

/**
 * Puts `n` pieces into a queue by a thread of its own, and recognises.
 *
 * @param lengths [n] of the pieces; sample by sample they come from pcm, one after the other
 * @param got     zeroed, but for the fields that say what to do; recognized_done() frees it
 */
enum chip_status recognize(const struct chip_moonshine *model,
                           const struct chip_tokenizer *tokenizer, const float *pcm,
                           const size_t *lengths, size_t n, int threads, int batch,
                           struct recognized *got);
void recognized_done(struct recognized *got);
