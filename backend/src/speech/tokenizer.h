/**
 * Token ids to text, and text to token ids.
 *
 *     struct chip_tokenizer *tokenizer;
 *     if (chip_tokenizer_open(&tokenizer, "models/moonshine-base", &err) == CHIP_OK)
 *         chip_tokenizer_decode(tokenizer, ids, n_ids, &text, &err);
 *
 * An open tokenizer is read-only: any number of threads may use it at once.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct chip_tokenizer;

/**
 * Opens the tokenizer of a model folder.
 *
 * @param out close with chip_tokenizer_close()
 * @return CHIP_OK; CHIP_E_NOT_FOUND if the folder has none; CHIP_E_FORMAT, CHIP_E_UNSUPPORTED
 */
CHIP_MUST_CHECK
enum chip_status chip_tokenizer_open(struct chip_tokenizer **out, const char *folder,
                                     struct chip_err *err);
void chip_tokenizer_close(struct chip_tokenizer *tokenizer);

static inline void chip_tokenizer_freep(struct chip_tokenizer **tokenizer)
{
    chip_tokenizer_close(*tokenizer);
    *tokenizer = NULL;
}

/** Number of ids. */
size_t chip_tokenizer_n_ids(const struct chip_tokenizer *tokenizer);

/**
 * The bytes that a token stands for: " the", "ing", a single byte of a longer character, nothing
 * for a special token or an id out of range. Not NUL-terminated; owned by the tokenizer.
 */
const char *chip_tokenizer_bytes(const struct chip_tokenizer *tokenizer, int32_t id, size_t *n);

/** Does a word start with this token, that is, does it begin with a blank? */
bool chip_tokenizer_starts_word(const struct chip_tokenizer *tokenizer, int32_t id);

/** Does the token stand for no text (<s>, </s>, ids without a piece, ids out of range)? */
bool chip_tokenizer_is_special(const struct chip_tokenizer *tokenizer, int32_t id);

/**
 * The text of a list of tokens, without the blank that the first word begins with.
 *
 * @param ids [n_ids] special tokens and ids out of range are skipped
 * @param out malloc'ed, NUL-terminated, valid UTF-8: bytes that are not become U+FFFD, NUL a blank
 */
CHIP_MUST_CHECK
enum chip_status chip_tokenizer_decode(const struct chip_tokenizer *tokenizer, const int32_t *ids,
                                       size_t n_ids, char **out, struct chip_err *err);

/**
 * The tokens of a text as the model would write it: a blank is put before the first word, runs of
 * white space count as one blank, blanks at both ends are dropped.
 *
 * Pieces are merged as SentencePiece does: of all neighbours that form a piece, those with the
 * lowest id first, from left to right. Bytes that the vocabulary cannot express are left out.
 *
 * @param text  valid UTF-8
 * @param out   malloc'ed, [*n_ids]; the caller frees it; NULL with 0 ids for an empty text
 * @return CHIP_OK; CHIP_E_INVAL for what is not UTF-8; CHIP_E_LIMIT beyond 1,024 bytes
 */
CHIP_MUST_CHECK
enum chip_status chip_tokenizer_encode(const struct chip_tokenizer *tokenizer, const char *text,
                                       int32_t **out, size_t *n_ids, struct chip_err *err);
