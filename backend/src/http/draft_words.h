/** One segment of a transcript that is being corrected. Private to draft.c. */
#pragma once

#include "base/err.h"

struct chip_draft_piece {
    struct chip_segment seg;       /* first_word and n_words are those of the old transcript */
    const struct chip_word *words; /* [n_words] borrowed, or `own` */
    size_t n_words;
    struct chip_word *own; /* owned; NULL until a word is changed */
    char *text;            /* owned, what seg.text is; NULL until it is changed */
    char *tokens;          /* owned, what own words' texts are parts of; may be NULL */
};

void chip_draft_piece_done(struct chip_draft_piece *piece);

/* Both: `text` is borrowed as long as the piece lives. @return false when out of memory */
bool chip_draft_piece_set_word(struct chip_draft_piece *piece, size_t word, const char *text);
bool chip_draft_piece_set_text(struct chip_draft_piece *piece, const char *text);
