#include "minutes/plain.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* ---- one word into plain ones -----------------------------------------------------------------
 */

/* Words that no rule below makes plain. */
static const char *const special[][2] = {
    {"'cause", "because"},   {"'em", "them"},
    {"'til", "until"},       {"alright", "all right"},
    {"can't", "can not"},    {"cannot", "can not"},
    {"cuz", "because"},      {"gonna", "going to"},
    {"good-bye", "goodbye"}, {"gotta", "got to"},
    {"here's", "here is"},   {"he's", "he is"},
    {"how's", "how is"},     {"it's", "it is"},
    {"lemme", "let me"},     {"lets", "let us"},
    {"let's", "let us"},     {"ok", "okay"},
    {"o'clock", "o'clock"},  {"shan't", "shall not"},
    {"she's", "she is"},     {"that's", "that is"},
    {"there's", "there is"}, {"till", "until"},
    {"to-day", "today"},     {"to-morrow", "tomorrow"},
    {"to-night", "tonight"}, {"wanna", "want to"},
    {"what's", "what is"},   {"when's", "when is"},
    {"where's", "where is"}, {"who's", "who is"},
    {"why's", "why is"},     {"won't", "will not"},
    {"ya", "you"},           {"yeah", "yes"},
    {"yep", "yes"},          {"yup", "yes"},
};

static const char *find_special(const char *word)
{
    for (size_t i = 0; i < sizeof special / sizeof *special; i++)
        if (strcmp(special[i][0], word) == 0)
            return special[i][1];
    return NULL;
}

static bool is_letter(unsigned char c)
{
    return isalnum(c) || c >= 0x80;
}

/* Punctuation that belongs to a word: "6,400", "2.5%", "$12", "2026-03-06", "i'm". */
static bool is_kept(const char *lower, size_t i, size_t n)
{
    unsigned char c = (unsigned char)lower[i];
    unsigned char before = i ? (unsigned char)lower[i - 1] : 0;
    unsigned char after = i + 1 < n ? (unsigned char)lower[i + 1] : 0;
    if (is_letter(c))
        return true;
    if (c == '\'')
        return is_letter(after);
    if (c == '$')
        return isdigit(after);
    if (c == '%')
        return isdigit(before);
    if (c == '.' || c == ',' || c == ':' || c == '/')
        return isdigit(before) && isdigit(after);
    /* A date keeps its hyphens: after four digits, and after two that follow such a one. */
    if (c != '-' || !isdigit(before) || !isdigit(after) || i < 4)
        return false;
    return (isdigit((unsigned char)lower[i - 3]) && isdigit((unsigned char)lower[i - 4])) ||
           (i >= 7 && lower[i - 3] == '-');
}

/* Lower case, typographic apostrophes as plain ones. @return bytes */
static size_t lower_of(const char *word, size_t n, char *out)
{
    size_t len = 0;
    for (size_t i = 0; i < n; i++) {
        if (i + 2 < n && memcmp(word + i, "\xe2\x80\x99", 3) == 0) {
            out[len++] = '\'';
            i += 2;
        } else {
            out[len++] = (char)tolower((unsigned char)word[i]);
        }
    }
    out[len] = '\0';
    return len;
}

struct plain_out {
    char *room;
    const char **out;
    size_t n, used;
};

static void put(struct plain_out *o, const char *text, size_t len)
{
    if (o->n == CHIP_PLAIN_WORDS || len == 0)
        return;
    o->out[o->n++] = memcpy(o->room + o->used, text, len);
    o->used += len;
    o->room[o->used++] = '\0';
}

static bool ends_with(const char *text, size_t *len, const char *end)
{
    size_t n = strlen(end);
    if (*len <= n || memcmp(text + *len - n, end, n) != 0)
        return false;
    *len -= n;
    return true;
}

/* A word without blanks or hyphens. */
static void put_contraction(struct plain_out *o, const char *text, size_t len)
{
    static const struct {
        const char *end, *word;
    } ends[] = {{"n't", "not"},  {"'ll", "will"}, {"'re", "are"},
                {"'ve", "have"}, {"'m", "am"},    {"'d", "would"}};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        size_t stem = len;
        if (!ends_with(text, &stem, ends[i].end))
            continue;
        put(o, text, stem);
        put(o, ends[i].word, strlen(ends[i].word));
        return;
    }
    if (!ends_with(text, &len, "'s"))
        ends_with(text, &len, "'");
    put(o, text, len);
}

static void put_special(struct plain_out *o, const char *words)
{
    for (size_t n; *words; words += n + (words[n] == ' ')) {
        n = strcspn(words, " ");
        put(o, words, n);
    }
}

size_t chip_plain_word(const char *word, size_t n, char *room, const char *out[CHIP_PLAIN_WORDS],
                       size_t *used)
{
    enum { LONGEST = 256 }; /* beyond it, a word is no word */
    char lower[LONGEST + 1];
    struct plain_out o = {.room = room, .out = out};
    size_t len = lower_of(word, n < LONGEST ? n : LONGEST, lower), start = 0, end = len;
    while (start < end && !is_kept(lower, start, len))
        start++;
    while (end > start && !is_kept(lower, end - 1, len))
        end--;
    lower[end] = '\0';
    const char *known = find_special(lower + start);
    if (known) {
        put_special(&o, known);
    } else {
        for (size_t at = start, stop; at < end; at = stop + 1) {
            for (stop = at; stop < end && is_kept(lower, stop, len); stop++)
                ;
            char piece[LONGEST + 1];
            memcpy(piece, lower + at, stop - at);
            piece[stop - at] = '\0';
            known = find_special(piece);
            if (known)
                put_special(&o, known);
            else
                put_contraction(&o, piece, stop - at);
        }
    }
    *used = o.used;
    return o.n;
}

/* ---- what words say ---------------------------------------------------------------------------
 */

/* In order, for bsearch(). */
static const char *const empty_words[] = {
    "a",       "about",   "above",     "actually",  "after",      "again",    "against",
    "ah",      "all",     "almost",    "already",   "also",       "always",   "am",
    "an",      "and",     "another",   "any",       "anybody",    "anyone",   "anything",
    "anyway",  "are",     "around",    "as",        "at",         "away",     "back",
    "be",      "because", "been",      "before",    "being",      "below",    "between",
    "both",    "but",     "by",        "bye",       "came",       "can",      "come",
    "could",   "course",  "did",       "do",        "does",       "doing",    "done",
    "down",    "during",  "each",      "either",    "else",       "enough",   "even",
    "ever",    "every",   "everybody", "everyone",  "everything", "exactly",  "fair",
    "few",     "fine",    "first",     "for",       "from",       "get",      "getting",
    "give",    "go",      "goes",      "going",     "good",       "goodbye",  "got",
    "great",   "guess",   "had",       "has",       "have",       "having",   "he",
    "hello",   "her",     "here",      "hers",      "hey",        "hi",       "him",
    "his",     "hm",      "honestly",  "how",       "i",          "if",       "in",
    "instead", "into",    "is",        "it",        "its",        "just",     "kind",
    "know",    "last",    "let",       "like",      "little",     "lot",      "made",
    "make",    "makes",   "many",      "may",       "maybe",      "me",       "mean",
    "might",   "mine",    "more",      "morning",   "most",       "mostly",   "much",
    "must",    "my",      "need",      "never",     "next",       "nice",     "no",
    "nobody",  "not",     "nothing",   "now",       "of",         "off",      "oh",
    "okay",    "on",      "once",      "one",       "only",       "or",       "other",
    "our",     "ours",    "out",       "over",      "own",        "perfect",  "perhaps",
    "please",  "point",   "probably",  "quite",     "rather",     "really",   "right",
    "said",    "same",    "say",       "says",      "see",        "shall",    "she",
    "should",  "since",   "so",        "some",      "somebody",   "someone",  "something",
    "sort",    "still",   "such",      "sure",      "take",       "than",     "thank",
    "thanks",  "that",    "the",       "their",     "them",       "then",     "there",
    "these",   "they",    "thing",     "things",    "think",      "this",     "those",
    "though",  "through", "to",        "today",     "together",   "tomorrow", "too",
    "uh",      "um",      "under",     "until",     "up",         "us",       "very",
    "want",    "wants",   "was",       "way",       "we",         "well",     "went",
    "were",    "what",    "when",      "where",     "whether",    "which",    "while",
    "who",     "whole",   "whom",      "why",       "will",       "with",     "within",
    "without", "would",   "yes",       "yesterday", "yet",        "you",      "your",
    "yours",
};

static int compare_words(const void *key, const void *entry)
{
    return strcmp(key, *(const char *const *)entry);
}

bool chip_plain_is_content(const char *plain)
{
    if (!plain[0] || (!plain[1] && !isdigit((unsigned char)plain[0])))
        return false;
    return !bsearch(plain, empty_words, sizeof empty_words / sizeof *empty_words,
                    sizeof *empty_words, compare_words);
}

void chip_plain_stem(const char *plain, char stem[CHIP_PLAIN_STEM])
{
    static const char *const endings[] = {"ings", "ing", "ies", "ied", "edly", "ed",
                                          "es",   "ly",  "y",   "s",   "e"};
    size_t n = strnlen(plain, CHIP_PLAIN_STEM - 1);
    memcpy(stem, plain, n);
    stem[n] = '\0';
    if (!isalpha((unsigned char)plain[0]))
        return;
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        size_t left = n;
        if (!ends_with(stem, &left, endings[i]) || left < 3 ||
            (endings[i][0] == 's' && stem[left - 1] == 's'))
            continue;
        /* "planned" is of "plan", but "calling" of "call". */
        if (strchr("ie", endings[i][0]) && endings[i][1] && left > 3 &&
            stem[left - 1] == stem[left - 2] && !strchr("lsz", stem[left - 1]))
            left--;
        if (left > 3 && stem[left - 1] == 'e')
            left--;
        stem[left] = '\0';
        return;
    }
}
