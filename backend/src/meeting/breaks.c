#include "meeting/breaks.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "meeting/text.h"

#define LENGTH(a) (sizeof(a) / sizeof(a)[0])

/* A full stop after these is part of the word. */
static const char *const abbreviations[] = {"mr.",  "mrs.",    "ms.",   "dr.",  "prof.", "st.",
                                            "vs.",  "no.",     "jr.",   "sr.",  "inc.",  "ltd.",
                                            "etc.", "approx.", "dept.", "fig.", "gen.",  "sen."};

/* Words that lean on the next one. */
static const char *const leaning[] = {
    "a",    "an",    "the",     "of",  "to",   "in",   "on",  "at",   "for", "from",
    "by",   "with",  "into",    "and", "or",   "but",  "nor", "that", "is",  "are",
    "was",  "were",  "be",      "my",  "your", "our",  "his", "her",  "its", "their",
    "this", "these", "those",   "i",   "we",   "he",   "she", "they", "not", "very",
    "as",   "if",    "because", "so",  "than", "some", "no"};

/* Words that begin a phrase. */
static const char *const opening[] = {
    "and",   "but",  "or",   "so",    "because", "that",   "which",    "who",    "when", "while",
    "where", "if",   "then", "until", "after",   "before", "although", "though", "to",   "with",
    "for",   "from", "in",   "on",    "at",      "by",     "about",    "into",   "than"};

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool is_letter(char c)
{
    return lower(c) >= 'a' && lower(c) <= 'z';
}

static bool listed(const char *const *list, size_t n_list, const char *word, size_t n)
{
    for (size_t i = 0; i < n_list; i++) {
        size_t k = 0;
        while (k < n && list[i][k] && list[i][k] == lower(word[k]))
            k++;
        if (k == n && !list[i][k])
            return true;
    }
    return false;
}

static bool is_closer(uint32_t cp)
{
    switch (cp) {
    case '"':
    case '\'':
    case ')':
    case ']':
    case '}':
    case 0xBB:   /* right guillemet */
    case 0x2019: /* right single quote */
    case 0x201D: /* right double quote */
    case 0x300D: /* corner brackets */
    case 0x300F:
    case 0xFF09: /* fullwidth parenthesis */
        return true;
    default:
        return false;
    }
}

static bool ends_sentence(uint32_t cp)
{
    switch (cp) {
    case '!':
    case '?':
    case 0x3002: /* ideographic full stop */
    case 0xFF01: /* fullwidth ! ? . */
    case 0xFF1F:
    case 0xFF0E:
    case 0x061F: /* Arabic question mark, full stop */
    case 0x06D4:
    case 0x0964: /* danda */
        return true;
    default:
        return false;
    }
}

static bool ends_clause(uint32_t cp)
{
    switch (cp) {
    case ',':
    case ';':
    case ':':
    case 0x2013: /* dashes */
    case 0x2014:
    case 0xFF0C: /* fullwidth comma, colon, semicolon */
    case 0xFF1A:
    case 0xFF1B:
    case 0x3001: /* ideographic comma */
    case 0x060C: /* Arabic comma, semicolon */
    case 0x061B:
        return true;
    default:
        return false;
    }
}

/* The word without quotes and brackets behind it; *last is its last character, 0 if none. */
static size_t without_closers(const char *word, size_t n, uint32_t *last)
{
    size_t kept = 0;
    *last = 0;
    for (size_t i = 0; i < n;) {
        uint32_t cp;
        i += chip_text_decode(word + i, word + n, &cp);
        if (!is_closer(cp)) {
            kept = i;
            *last = cp;
        }
    }
    return kept;
}

static bool starts_lower(const char *word, size_t n)
{
    size_t i = 0;
    while (i < n && strchr("\"'([{", word[i]))
        i++;
    return i < n && word[i] >= 'a' && word[i] <= 'z';
}

/* A full stop may also end an abbreviation, an initial, or trail off. */
static enum chip_break after_stop(const char *word, size_t n, bool goes_on)
{
    bool trails_off = n >= 2 && word[n - 2] == '.';
    if (trails_off)
        return goes_on ? CHIP_BREAK_CLAUSE : CHIP_BREAK_SENTENCE;
    if (listed(abbreviations, LENGTH(abbreviations), word, n))
        return CHIP_BREAK_POOR;
    if (goes_on || (n == 2 && is_letter(word[0]) && lower(word[0]) != 'i'))
        return CHIP_BREAK_NONE;
    if (n >= 4 && is_letter(word[0]) && word[1] == '.') /* "U.S.", "p.m." */
        return CHIP_BREAK_CLAUSE;
    return CHIP_BREAK_SENTENCE;
}

enum chip_break chip_break_after(const char *word, size_t n_word, const char *next, size_t n_next)
{
    uint32_t last;
    size_t n = without_closers(word, n_word, &last);
    bool goes_on = starts_lower(next, n_next);

    if (last == '.')
        return after_stop(word, n, goes_on);
    if (ends_sentence(last) || last == 0x2026 /* ellipsis */)
        return goes_on ? CHIP_BREAK_CLAUSE : CHIP_BREAK_SENTENCE;
    if (ends_clause(last) || (n >= 2 && memcmp(word + n - 2, "--", 2) == 0))
        return CHIP_BREAK_CLAUSE;
    if (listed(leaning, LENGTH(leaning), word, n_word))
        return CHIP_BREAK_POOR;
    if (listed(opening, LENGTH(opening), next, n_next))
        return CHIP_BREAK_PHRASE;
    return CHIP_BREAK_NONE;
}
