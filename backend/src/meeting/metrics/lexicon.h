/**
 * What metrics know about words of a language: fillers, backchannels, words that answer. The lists
 * are at the top of lexicon.c, one entry for each language. Pure; any thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/** Bits: what a word can be. */
enum chip_word_kind {
    CHIP_WORD_FILLER = 1,      /* um */
    CHIP_WORD_BACKCHANNEL = 2, /* right, if nothing else is said */
    CHIP_WORD_ANSWER = 4,      /* yes: an answer by itself */
};

/** How a word ends. */
enum chip_word_end { CHIP_WORD_GOES_ON, CHIP_WORD_ENDS_SENTENCE, CHIP_WORD_ENDS_QUESTION };

struct chip_lexicon;

/** @param language "en", "en-US". @return NULL: there are no lists for it */
const struct chip_lexicon *chip_lexicon_find(const char *language);

/**
 * The word without the punctuation around it, ASCII letters in lower case.
 *
 * @param text valid UTF-8
 * @param out  [size]; cut off when longer
 * @return bytes in out; 0 for nothing but punctuation
 */
size_t chip_word_bare(const char *text, char *out, size_t size);

/** Bits of enum chip_word_kind of a bare word; 0 without a lexicon. */
unsigned chip_word_kinds(const struct chip_lexicon *lexicon, const char *bare);

/** By its last mark, closing quotes and brackets aside; marks of all scripts. */
enum chip_word_end chip_word_end(const char *text);
