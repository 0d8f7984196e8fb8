#include "minutes/analyst/terms.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "minutes/analyst/calendar.h"
#include "minutes/analyst/numbers.h"
#include "minutes/analyst/verbs.h"

static const float ONCE = 1.1f, PROPER = 0.5f;
static const float UNNAMED = 0.2f; /* how little a word counts that may be a verb */

enum { LONGEST_PHRASE = 3 /* content words */ };

void chip_terms_done(struct chip_terms *terms)
{
    free(terms->weight);
    terms->weight = NULL;
}

enum chip_status chip_terms_weigh(const struct chip_reading *r, struct chip_terms *terms,
                                  struct chip_err *err)
{
    const struct chip_said *talk = &r->talk;
    size_t *last = calloc(talk->n_stems + 1, sizeof *last);
    terms->weight = calloc(talk->n_stems + 1, sizeof *terms->weight);
    if (!last || !terms->weight) {
        free(last);
        chip_terms_done(terms);
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory to weigh the words");
    }
    for (size_t s = 0; s < talk->n_sentences; s++)
        for (size_t i = talk->sentences[s].words.from; i < talk->sentences[s].words.to; i++) {
            int stem = talk->words[i].stem;
            if (stem >= 0 && last[stem] != s + 1) {
                last[stem] = s + 1;
                terms->weight[stem] += 1;
            }
        }
    for (size_t i = 0; i < talk->n_stems; i++)
        terms->weight[i] = logf(1 + (float)talk->n_sentences / terms->weight[i]);
    free(last);
    return CHIP_OK;
}

/* ---- key phrases ------------------------------------------------------------------------------
 */

struct candidate {
    struct chip_range words; /* where it is first */
    int stems[LONGEST_PHRASE];
    size_t n_stems, count;
    bool proper;
    bool named; /* here, or anywhere once they are put together */
    float score;
};

/* Words that are in every talk, and say nothing of what this one is about. */
static const char *const dull[] = {
    "afternoon", "agenda", "answer", "bit", "case", "chance", "comment", "couple", "day", "days",
    "detail", "details", "end", "evening", "everyone", "example", "fact", "feeling", "guys", "half",
    "hand", "head", "hour", "hours", "idea", "issue", "item", "job", "life", "look", "lot",
    "matter", "meeting", "middle", "minute", "minutes", "moment", "month", "months", "morning",
    "name", "news", "night", "number", "part", "people", "percent", "person", "place", "plenty",
    "point", "points", "pound", "pounds", "dollar", "dollars", "euro", "euros", "problem",
    "question", "questions", "quarter", "reason", "rest", "room", "row", "second", "sense", "side",
    "start", "step", "stuff", "success", "talk", "team", "term", "time", "times", "top", "topic",
    "touch", "use", "week", "weekend", "weeks", "word", "words", "work", "advance", "apologies",
    "favor", "favour", "objection", "relief", "theirs", "tonight", "worst", "best", "shift",
    /* doings that do not look like one */
    "took", "told", "sold", "kept", "left", "gave", "found", "thought", "knew", "saw", "brought",
    "bought", "built", "sent", "spent", "lost", "paid", "met", "ran", "wrote", "led", "held",
    "felt", "meant", "sounds", "owe", "save", "explain", "travelling", "traveling", "dial", "love",
    "world", "year", "years", "yesterday"};
static const char *const adjectives[] = {
    "able",     "bad",     "better",   "big",       "bigger",      "cheap",     "cheaper",
    "clear",    "close",   "cold",     "current",   "different",   "difficult", "dirty",
    "early",    "easy",    "empty",    "entire",    "expensive",   "extra",     "fast",
    "final",    "free",    "full",     "glad",      "happy",       "hard",      "high",
    "honest",   "hot",     "huge",     "important", "interesting", "large",     "late",
    "later",    "less",    "long",     "longer",    "loud",        "low",       "main",
    "monthly",  "nearly",  "new",      "nobody",    "normal",      "old",       "open",
    "personal", "poor",    "possible", "pretty",    "quick",       "ready",     "real",
    "recent",   "roughly", "safe",     "serious",   "short",       "similar",   "simple",
    "single",   "slow",    "small",    "smaller",   "soon",        "special",   "strange",
    "strong",   "stuck",   "super",    "tired",     "total",       "usual",     "weekly",
    "wrong",    "young"};

static bool is_listed(const char *word, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(list[i], word) == 0)
            return true;
    return false;
}

static bool is_adjective(const char *word)
{
    size_t n = strlen(word);
    return is_listed(word, adjectives, sizeof adjectives / sizeof *adjectives) ||
           (n > 4 && strcmp(word + n - 2, "ly") == 0);
}

static bool may_be_a_term(const struct chip_reading *r, size_t word)
{
    const char *text = r->texts[word];
    struct chip_number number;
    return r->talk.words[word].stem >= 0 && isalpha((unsigned char)text[0]) &&
           !chip_names_has(&r->names, text) && !chip_number_read(&text, 1, &number) &&
           chip_calendar_weekday_named(text) < 0 && !chip_calendar_month_named(text) &&
           !is_listed(text, dull, sizeof dull / sizeof *dull);
}

/* "The retries", "of the pool": what follows such a word is a thing rather than a doing. */
static bool is_named(const struct chip_reading *r, size_t word)
{
    static const char *const before[] = {"the",  "a",  "an",    "our", "your",  "my",   "their",
                                         "this", "of", "for",   "in",  "with",  "per",  "his",
                                         "her",  "no", "these", "any", "other", "from", "its"};
    for (size_t i = 0; i < sizeof before / sizeof *before && word > 0; i++)
        if (strcmp(r->texts[word - 1], before[i]) == 0)
            return true;
    return false;
}

/* "Gets", "looked", "telling": a doing, unless something before it makes it a thing. */
static bool is_doing(const struct chip_reading *r, size_t word)
{
    char base[CHIP_VERB];
    const char *text = r->texts[word];
    size_t n = strlen(text);
    bool past = n > 4 && strcmp(text + n - 2, "ed") == 0;
    return !is_named(r, word) && (past || chip_verb_base(text, base));
}

/* May words stand together as a name? Its last word is a thing, and none before it a doing. */
static bool is_term(const struct chip_reading *r, size_t at, size_t n)
{
    if (is_adjective(r->texts[at + n - 1]) || is_doing(r, at))
        return false;
    char base[CHIP_VERB];
    const char *last = r->texts[at + n - 1];
    return n == 1 || chip_verb_is(last) || !chip_verb_base(last, base);
}

/* Content words side by side, without a comma between them. @return how many from `at` on */
static size_t run_from(const struct chip_reading *r, size_t at, size_t to)
{
    size_t n = 0;
    while (at + n < to && n < LONGEST_PHRASE && may_be_a_term(r, at + n)) {
        n++;
        if (r->talk.tokens[r->talk.words[at + n - 1].token].mark)
            break;
    }
    return n;
}

static int by_stems(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    if (x->n_stems != y->n_stems)
        return x->n_stems < y->n_stems ? -1 : 1;
    for (size_t i = 0; i < x->n_stems; i++)
        if (x->stems[i] != y->stems[i])
            return x->stems[i] < y->stems[i] ? -1 : 1;
    return x->words.from < y->words.from ? -1 : 1;
}

static int by_score(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    if (x->score != y->score)
        return x->score > y->score ? -1 : 1;
    return x->words.from < y->words.from ? -1 : 1;
}

static size_t gather(const struct chip_reading *r, struct chip_range in, struct candidate *out)
{
    size_t n = 0;
    for (size_t s = in.from; s < in.to; s++) {
        struct chip_range words = r->talk.sentences[s].words;
        for (size_t at = words.from; at < words.to; at++)
            for (size_t len = run_from(r, at, words.to); len > 0; len--) {
                if (!is_term(r, at, len))
                    continue;
                out[n] = (struct candidate){.words = {at, at + len},
                                            .n_stems = len,
                                            .named = is_named(r, at),
                                            .proper = chip_names_is_proper(&r->names, at)};
                for (size_t i = 0; i < len; i++)
                    out[n].stems[i] = r->talk.words[at + i].stem;
                n++;
            }
    }
    return n;
}

/* The same phrases put together, and how good they are. @return how many are left */
static size_t count_up(const struct chip_terms *terms, struct candidate *all, size_t n)
{
    size_t kept = 0;
    qsort(all, n, sizeof *all, by_stems);
    for (size_t i = 0, k; i < n; i = k) {
        struct candidate one = all[i];
        for (k = i + 1; k < n && all[k].n_stems == one.n_stems; k++) {
            bool same = true;
            for (size_t j = 0; j < one.n_stems; j++)
                same = same && all[k].stems[j] == one.stems[j];
            if (!same)
                break;
            one.named |= all[k].named;
        }
        one.count = k - i;
        float weight = 0;
        for (size_t j = 0; j < one.n_stems; j++)
            weight += terms->weight[one.stems[j]];
        /* Several words that come again are a term; once, they are chance. */
        float length = one.count > 1 ? 1 + 0.5f * (float)(one.n_stems - 1) : 1;
        one.score = (float)one.count * weight / (float)one.n_stems * length;
        one.score *= one.named ? 1 : UNNAMED;
        one.score *= one.n_stems > 1 && one.count == 1 ? ONCE : 1;
        one.score *= one.proper && one.n_stems == 1 ? PROPER : 1;
        all[kept++] = one;
    }
    return kept;
}

static bool overlaps(const struct candidate *a, const struct candidate *b)
{
    for (size_t i = 0; i < a->n_stems; i++)
        for (size_t k = 0; k < b->n_stems; k++)
            if (a->stems[i] == b->stems[k])
                return true;
    return false;
}

enum chip_status chip_terms_phrases(const struct chip_reading *r, const struct chip_terms *terms,
                                    struct chip_range in, size_t n, struct chip_phrases *phrases,
                                    struct chip_err *err)
{
    size_t n_words = in.from < in.to ? r->talk.sentences[in.to - 1].words.to -
                                           r->talk.sentences[in.from].words.from
                                     : 0;
    struct candidate *all = calloc(n_words * LONGEST_PHRASE + 1, sizeof *all);
    struct chip_range *spans = calloc(n + 1, sizeof *spans);
    if (!all || !spans) {
        free(all);
        free(spans);
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory to find key phrases");
    }
    size_t found = count_up(terms, all, gather(r, in, all)), kept = 0;
    qsort(all, found, sizeof *all, by_score);
    for (size_t i = 0; i < found && kept < n; i++) {
        bool known = false;
        for (size_t k = 0; k < kept && !known; k++)
            known = overlaps(&all[i], &all[k]);
        if (known)
            continue;
        struct candidate one = all[i];
        all[i] = all[kept];
        all[kept] = one;
        spans[kept++] = one.words;
    }
    free(all);
    *phrases = (struct chip_phrases){spans, kept};
    return CHIP_OK;
}
