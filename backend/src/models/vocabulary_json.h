/** Reading a tokenizer.json into the tables of a vocabulary; vocabulary.h says what they mean. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct chip_vocabulary_text {
    size_t n_ids, n_sorted;
    char *text;       /* all owned */
    uint32_t *offset; /* [n_ids + 1] */
    uint8_t *kind;    /* [n_ids] */
    uint32_t *sorted; /* [n_sorted] */
};

/** @param out free with chip_vocabulary_text_free() */
CHIP_MUST_CHECK
enum chip_status chip_vocabulary_text_read(struct chip_vocabulary_text **out, const char *folder,
                                           struct chip_err *err);
void chip_vocabulary_text_free(struct chip_vocabulary_text *text);

/** The order of `sorted`: by bytes, the shorter of two first. @return < 0, 0, > 0 */
int chip_piece_compare(const char *a, size_t n_a, const char *b, size_t n_b);
