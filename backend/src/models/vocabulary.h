/**
 * The pieces of text that a model's token ids stand for.
 *
 * They come from a tokenizer.json in the layout of Hugging Face's tokenizers library, of the
 * SentencePiece kind (U+2581 stands for a blank, <0x0A> for a byte). Reading that JSON takes tens
 * of milliseconds, so import writes the same as vocabulary.safetensors beside it, which is mapped
 * and used as it is: `text` U8 [bytes], `offset` U32 [n + 1], `kind` U8 [n], `sorted` U32 [n of
 * kind text].
 *
 * An open vocabulary is read-only: any number of threads may use it at once.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum chip_piece_kind {
    CHIP_PIECE_TEXT,
    CHIP_PIECE_BYTE,    /* one byte of a character that has no piece of its own */
    CHIP_PIECE_SPECIAL, /* stands for no text */
};

struct chip_vocabulary {
    size_t n_ids;
    const char *text;       /* the pieces one after the other, with real blanks and bytes */
    const uint32_t *offset; /* [n_ids + 1] piece i is text[offset[i] .. offset[i + 1]) */
    const uint8_t *kind;    /* [n_ids] enum chip_piece_kind */
    const uint32_t *sorted; /* [n_sorted] ids of kind text in the order of their bytes */
    size_t n_sorted;
    void *owner; /* private */
};

/**
 * Opens the vocabulary of a model folder: vocabulary.safetensors if it is there and was made from
 * the tokenizer.json that is there, else tokenizer.json.
 *
 * @param vocabulary close with chip_vocabulary_close(); untouched on failure
 * @return CHIP_OK; CHIP_E_NOT_FOUND without tokenizer.json; CHIP_E_FORMAT, CHIP_E_UNSUPPORTED for
 *         a tokenizer of another kind, CHIP_E_LIMIT beyond 2^20 ids
 */
CHIP_MUST_CHECK
enum chip_status chip_vocabulary_open(struct chip_vocabulary *vocabulary, const char *folder,
                                      struct chip_err *err);

/** Frees what it holds; a zeroed one is accepted. */
void chip_vocabulary_close(struct chip_vocabulary *vocabulary);

/** Reads FOLDER/tokenizer.json whatever else is there. */
CHIP_MUST_CHECK
enum chip_status chip_vocabulary_read_json(struct chip_vocabulary *vocabulary, const char *folder,
                                           struct chip_err *err);

/** Writes FOLDER/vocabulary.safetensors from FOLDER/tokenizer.json. */
CHIP_MUST_CHECK
enum chip_status chip_vocabulary_compile(const char *folder, struct chip_err *err);

/** Finds a piece of kind text by its bytes. @return its id, -1 if there is none */
int32_t chip_vocabulary_find(const struct chip_vocabulary *vocabulary, const char *bytes, size_t n);
