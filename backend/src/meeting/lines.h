/** Breaks the words of one subtitle into lines. Pure; any thread. */
#pragma once

#include "meeting/flow.h"

/** Lines as they fill, word by word: how many are needed at least. Starts zeroed. */
struct chip_line_fill {
    size_t n_lines, n_chars; /* lines; characters in the last one */
};

/** Adds one word, on the last line if it fits there, else on a new one. */
static inline void chip_line_fill_add(struct chip_line_fill *fill,
                                      const struct chip_flow_word *word, size_t max_chars)
{
    size_t more = word->n_chars + word->blank_before;
    if (fill->n_lines && fill->n_chars + more <= max_chars) {
        fill->n_chars += more;
    } else {
        fill->n_lines++;
        fill->n_chars = word->n_chars;
    }
}

/**
 * Sets line_start of each word so that the fewest lines possible are used, none is longer than
 * max_chars, a word stands alone only if it must, and breaks are at punctuation or, where there is
 * none, at places that make the lines alike.
 *
 * @param words     [n_words], none longer than max_chars; n_words > 0
 * @param max_chars characters in a line
 * @return CHIP_OK or CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_lines_break(struct chip_flow_word *words, size_t n_words, size_t max_chars,
                                  struct chip_err *err);
