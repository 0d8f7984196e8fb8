#include "meeting/metrics/lexicon.h"

#include <ctype.h>
#include <string.h>

struct chip_lexicon {
    const char *language;
    const char *const *fillers, *const *backchannels, *const *answers; /* end with NULL */
};

static const char *const en_fillers[] = {"um",  "umm", "uhm", "uh", "uhh", "er",
                                         "erm", "eh",  "ah",  "hm", "hmm", NULL};

/* Bare: "uh-huh" keeps its dash. All words of a backchannel must be here: "oh I see". */
static const char *const en_backchannels[] = {
    "uh-huh",     "uhuh",   "mm-hmm", "mhm",   "mm-hm", "mmhmm",   "mm",   "mmm",         "hm",
    "hmm",        "huh",    "uh",     "ah",    "aha",   "oh",      "yeah", "yep",         "yup",
    "yes",        "okay",   "ok",     "k",     "right", "alright", "all",  "sure",        "exactly",
    "true",       "wow",    "really", "great", "good",  "nice",    "cool", "interesting", "fine",
    "i",          "see",    "got",    "it",    "of",    "course",  "no",   "absolutely",  "totally",
    "definitely", "indeed", "gotcha", NULL};

static const char *const en_answers[] = {"yes",   "yeah",    "yep",     "yup",        "no",
                                         "nope",  "nah",     "sure",    "okay",       "ok",
                                         "right", "exactly", "correct", "absolutely", "definitely",
                                         "maybe", "perhaps", "agreed",  NULL};

static const struct chip_lexicon lexicons[] = {
    {"en", en_fillers, en_backchannels, en_answers},
};

const struct chip_lexicon *chip_lexicon_find(const char *language)
{
    for (size_t i = 0; language && i < sizeof lexicons / sizeof lexicons[0]; i++) {
        size_t n = strlen(lexicons[i].language);
        if (strncmp(language, lexicons[i].language, n) == 0 && !isalpha((unsigned char)language[n]))
            return &lexicons[i];
    }
    return NULL;
}

/* Bytes of the mark at s: ASCII punctuation, or General Punctuation such as quotes and dots. */
static size_t mark_len(const char *s)
{
    unsigned char c = (unsigned char)*s;
    if (c < 0x80)
        return ispunct(c) ? 1 : 0;
    if (c == 0xE2 && (unsigned char)s[1] == 0x80)
        return 3;
    if (c == 0xC2 && ((unsigned char)s[1] == 0xAB || (unsigned char)s[1] == 0xBB ||
                      (unsigned char)s[1] == 0xBF || (unsigned char)s[1] == 0xA1))
        return 2; /* guillemets, inverted marks */
    return 0;
}

/* Start of the character that ends before `end`. */
static const char *before(const char *start, const char *end)
{
    do
        end--;
    while (end > start && ((unsigned char)*end & 0xC0) == 0x80);
    return end;
}

size_t chip_word_bare(const char *text, char *out, size_t size)
{
    const char *end = text + strlen(text);
    for (size_t n; text < end && (n = mark_len(text)); text += n)
        ;
    while (end > text && mark_len(before(text, end)))
        end = before(text, end);
    size_t n = (size_t)(end - text) < size ? (size_t)(end - text) : size - 1;
    for (size_t i = 0; i < n; i++)
        out[i] = text[i] >= 'A' && text[i] <= 'Z' ? (char)(text[i] + 32) : text[i];
    out[n] = '\0';
    return n;
}

static bool has(const char *const *list, const char *word)
{
    for (; *list; list++)
        if (strcmp(*list, word) == 0)
            return true;
    return false;
}

unsigned chip_word_kinds(const struct chip_lexicon *lexicon, const char *bare)
{
    if (!lexicon)
        return 0;
    return (has(lexicon->fillers, bare) ? CHIP_WORD_FILLER : 0U) |
           (has(lexicon->backchannels, bare) ? CHIP_WORD_BACKCHANNEL : 0U) |
           (has(lexicon->answers, bare) ? CHIP_WORD_ANSWER : 0U);
}

static bool is_one_of(const char *s, size_t n, const char *const *list)
{
    for (; *list; list++)
        if (strlen(*list) == n && memcmp(*list, s, n) == 0)
            return true;
    return false;
}

enum chip_word_end chip_word_end(const char *text)
{
    static const char *const closing[] = {"\"",     "'",      ")",      "]",      "}", "\u2019",
                                          "\u201D", "\u00BB", "\u300D", "\uFF09", NULL};
    static const char *const asking[] = {"?", "\uFF1F", "\u061F", "\u037E", NULL};
    static const char *const ending[] = {".", "!", "\u2026", "\u3002", "\uFF01", "\u0964", NULL};
    enum chip_word_end found = CHIP_WORD_GOES_ON;
    for (const char *end = text + strlen(text), *last; end > text; end = last) {
        last = before(text, end);
        size_t n = (size_t)(end - last);
        if (is_one_of(last, n, asking))
            return CHIP_WORD_ENDS_QUESTION; /* and so does "?!" */
        if (is_one_of(last, n, ending))
            found = CHIP_WORD_ENDS_SENTENCE;
        else if (!is_one_of(last, n, closing))
            break;
    }
    return found;
}
