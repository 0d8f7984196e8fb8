#include "minutes/pattern.h"

#include <string.h>

/* Words at the beginning that say nothing. */
static const char *const openings[] = {
    "all right",
    "to be honest",
    "of course",
    "no problem",
    "you know",
    "i mean",
    "good point|question|idea",
    "fair enough|point",
    "and|but|or|so|then|now|well|okay|yes|sure|oh|ah|um|uh|hm|hey|hi|honestly|actually|anyway|"
    "also|absolutely|definitely|certainly|seriously|understood|thanks|alright|because"};

/* These say something unless they stand apart: "Good, then we ..." but "Good ideas are rare". */
static const char APART[] = "right|good|great|perfect|fine|wonderful|excellent|lovely|exactly|true|"
                            "look|listen|cool|nice|plus";
static const char GOES_ON[] = "and|but|so|then|i|we|you|it|that|let|okay|yes|thanks";

/* One word of a pattern: "could|can". */
static bool matches(const char *alternatives, size_t n, const char *word)
{
    if (n == 1 && *alternatives == '*')
        return true;
    size_t len = strlen(word);
    for (const char *end = alternatives + n; alternatives < end;) {
        size_t one = 0;
        while (alternatives + one < end && alternatives[one] != '|')
            one++;
        if (one == len && memcmp(alternatives, word, len) == 0)
            return true;
        alternatives += one + 1;
    }
    return false;
}

static bool match(const struct chip_said *talk, size_t at, size_t to, const char *pattern,
                  size_t *end)
{
    while (*pattern == ' ')
        pattern++;
    if (!*pattern || *pattern == '$') {
        *end = at;
        return !*pattern || at == to;
    }
    bool optional = *pattern == '?';
    pattern += optional;
    size_t n = strcspn(pattern, " ");
    if (at < to && matches(pattern, n, talk->words[at].text) &&
        match(talk, at + 1, to, pattern + n, end))
        return true;
    return optional && match(talk, at, to, pattern + n, end);
}

static bool stands_apart(const struct chip_said *talk, struct chip_range in, size_t at)
{
    size_t end;
    bool marked = talk->tokens[talk->words[at].token].mark;
    /* A "no" that is cut off turns the sentence into its opposite, so it takes a comma. */
    if (match(talk, at, in.to, "no", &end))
        return marked;
    return match(talk, at, in.to, APART, &end) &&
           (marked || end == in.to || match(talk, at + 1, in.to, GOES_ON, &end));
}

size_t chip_pattern_opening(const struct chip_said *talk, struct chip_range in)
{
    size_t at = in.from;
    for (bool more = true; more && at < in.to;) {
        more = stands_apart(talk, in, at);
        at += more;
        for (size_t i = 0; i < sizeof openings / sizeof *openings && !more; i++)
            more = match(talk, at, in.to, openings[i], &at);
    }
    return at;
}

bool chip_pattern_at(const struct chip_said *talk, struct chip_range in, const char *pattern,
                     size_t *end)
{
    size_t unused;
    return match(talk, in.from, in.to, pattern + (*pattern == '^'), end ? end : &unused);
}

bool chip_pattern_find(const struct chip_said *talk, struct chip_range in, const char *pattern,
                       struct chip_range *found)
{
    bool anchored = *pattern == '^';
    size_t last = anchored ? chip_pattern_opening(talk, in) + 1 : in.to;
    for (size_t at = in.from; at < last && at < in.to; at++) {
        size_t end;
        if (!match(talk, at, in.to, pattern + anchored, &end))
            continue;
        if (found)
            *found = (struct chip_range){at, end};
        return true;
    }
    return false;
}

const struct chip_phrase *chip_phrase_find(const struct chip_said *talk, struct chip_range in,
                                           const struct chip_phrase *phrases,
                                           struct chip_range *found)
{
    const struct chip_phrase *best = NULL;
    for (; phrases->pattern; phrases++) {
        struct chip_range here;
        if ((best && best->weight >= phrases->weight) ||
            !chip_pattern_find(talk, in, phrases->pattern, &here))
            continue;
        best = phrases;
        if (found)
            *found = here;
    }
    return best;
}
