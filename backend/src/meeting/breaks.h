/** How good a place between two words is to break a line, a subtitle or a paragraph. Pure. */
#pragma once

#include <stddef.h>

/** In order of strength. */
enum chip_break {
    CHIP_BREAK_POOR,     /* inside a phrase: "the | report", "Dr. | Smith" */
    CHIP_BREAK_NONE,     /* just a blank */
    CHIP_BREAK_PHRASE,   /* before a word that begins a phrase: "| because" */
    CHIP_BREAK_CLAUSE,   /* after a comma, a dash, a colon; or a short pause */
    CHIP_BREAK_SENTENCE, /* after a sentence; or a longer pause */
    CHIP_BREAK_PAUSE,    /* a silence: what follows is apart */
};

/**
 * Judges the place after `word` by the text alone (never CHIP_BREAK_PAUSE). Punctuation of the
 * larger scripts is known; the lists of abbreviations and little words are English.
 *
 * @param word   [n_word] clean UTF-8, not NUL-terminated
 * @param next   [n_next] the word after it; n_next 0: there is none
 */
enum chip_break chip_break_after(const char *word, size_t n_word, const char *next, size_t n_next);
