/* The best passages, word for word. */
#include <stdlib.h>

#include "minutes/ask/sources.h"
#include "minutes/evidence.h"

enum {
    MOST = 3,     /* passages in an answer */
    LONGEST = 45, /* words of a passage, unless one sentence has more */
};
static const float SHARE = 0.5f;  /* of what is asked for has to be said */
static const float NEARLY = 0.7f; /* of the best score: shown beside it */

bool chip_passages_suffice(const struct chip_found *found, size_t n)
{
    return n > 0 && found[0].covered >= SHARE;
}

static int by_time(const void *a, const void *b)
{
    const struct chip_found *x = a, *y = b;
    return (x->sentence > y->sentence) - (x->sentence < y->sentence);
}

static size_t choose(const struct chip_found *found, size_t n, struct chip_found chosen[MOST])
{
    size_t n_chosen = 0;
    for (size_t i = 0; i < n && n_chosen < MOST; i++)
        if (found[i].score >= NEARLY * found[0].score && found[i].covered >= SHARE)
            chosen[n_chosen++] = found[i];
    qsort(chosen, n_chosen, sizeof *chosen, by_time);
    return n_chosen;
}

/* Tom said at 2:48: "Two students, twenty hours a week each." Sentences [from, to) of one turn. */
static bool add_turn(struct chip_str *text, json_t *answer, const struct chip_reading *r,
                     size_t from, size_t to)
{
    const struct chip_said *talk = &r->talk;
    const struct chip_range tokens = {talk->sentences[from].tokens.from,
                                      talk->sentences[to - 1].tokens.to};
    json_t *evidence = json_array();
    bool fine = evidence && chip_evidence_add(evidence, talk, tokens) &&
                chip_answer_cite(answer, r, evidence);
    chip_str_addf(text, "%s%s %s at ", text->len ? "\n" : "",
                  chip_answer_name(r, talk->sentences[from].speaker),
                  talk->sentences[to - 1].asks ? "asked" : "said");
    chip_answer_add_time(text, (double)talk->tokens[tokens.from].start_ms / 1000);
    chip_str_add(text, ": \"");
    for (size_t i = tokens.from; i < tokens.to; i++)
        chip_str_addf(text, "%s%s", i > tokens.from ? " " : "", talk->tokens[i].text);
    chip_str_add(text, "\"");
    json_decref(evidence);
    return fine;
}

static bool add_passage(struct chip_str *text, json_t *answer, const struct chip_reading *r,
                        size_t from, size_t last)
{
    bool fine = true;
    for (size_t to; from <= last && fine; from = to) {
        for (to = from + 1;
             to <= last && r->talk.sentences[to].turn == r->talk.sentences[from].turn;)
            to++;
        fine = add_turn(text, answer, r, from, to);
    }
    return fine;
}

static size_t words_in(const struct chip_reading *r, size_t sentence)
{
    const struct chip_range words = r->talk.sentences[sentence].words;
    return words.to - words.from;
}

/* The last sentence of a passage: it goes on while the same person says little more; and a question
 * takes what was said to it along. */
static size_t last_of(const struct chip_reading *r, size_t sentence)
{
    const struct chip_said *talk = &r->talk;
    size_t n_words = words_in(r, sentence), last = sentence;
    while (last + 1 < talk->n_sentences) {
        bool same = talk->sentences[last + 1].turn == talk->sentences[last].turn;
        n_words += words_in(r, last + 1);
        if (n_words > LONGEST || (!same && !talk->sentences[last].asks))
            break;
        last++;
    }
    return last;
}

enum chip_status chip_answer_from_passages(const struct chip_finder *finder,
                                           const struct chip_question *question, json_t **out,
                                           struct chip_err *err)
{
    struct chip_found found[CHIP_PASSAGES], chosen[MOST];
    size_t n;
    *out = NULL;
    enum chip_status status = chip_find(finder, question, found, CHIP_PASSAGES, &n, err);
    if (status != CHIP_OK || !chip_passages_suffice(found, n))
        return status;
    json_t *answer = chip_answer_new("passages");
    struct chip_str text = {0};
    size_t n_chosen = choose(found, n, chosen);
    bool fine = answer != NULL;
    for (size_t i = 0, next = 0; i < n_chosen && fine; i++) {
        size_t last = last_of(finder->r, chosen[i].sentence);
        if (last < next) /* shown already */
            continue;
        fine = add_passage(&text, answer, finder->r,
                           chosen[i].sentence > next ? chosen[i].sentence : next, last);
        next = last + 1;
    }
    fine = fine && chip_answer_say(answer, &text);
    chip_str_done(&text);
    if (fine) {
        *out = answer;
        return CHIP_OK;
    }
    json_decref(answer);
    return chip_fail(err, CHIP_E_NOMEM, "not enough memory to answer");
}
