#include "minutes/ask/passages.h"

#include <stdlib.h>
#include <string.h>

#include "minutes/ask/sources.h"
#include "minutes/chunks.h"

enum { NEIGHBOURS = 2 }; /* segments before and after */

struct choice {
    const struct chip_transcript *t;
    bool *wanted;
    int left; /* tokens */
};

static void take(struct choice *c, size_t segment)
{
    if (segment >= c->t->n_segments || c->wanted[segment] || c->left <= 0)
        return;
    c->wanted[segment] = true;
    c->left -= chip_tokens_estimate(c->t->segments[segment].text) + 8;
}

static void take_around(struct choice *c, size_t segment)
{
    take(c, segment);
    for (size_t d = 1; d <= NEIGHBOURS; d++) {
        take(c, segment + d);
        if (segment >= d)
            take(c, segment - d);
    }
}

static void take_cited(struct choice *c, const json_t *answer)
{
    size_t i;
    const json_t *one;
    json_array_foreach(json_object_get(answer, "citations"), i, one)
    {
        take_around(c, (size_t)json_integer_value(json_object_get(one, "segment")));
    }
}

static enum chip_status take_found(struct choice *c, const char *question, struct chip_err *err)
{
    struct chip_reading r = {0};
    struct chip_question q = {0};
    struct chip_finder f = {0};
    struct chip_found found[CHIP_PASSAGES];
    size_t n = 0;
    enum chip_status status = chip_reading_begin(c->t, 0, &r, err);
    if (status == CHIP_OK)
        status = chip_question_read(question, &r, &q, err);
    if (status == CHIP_OK)
        status = chip_finder_begin(&r, &f, err);
    if (status == CHIP_OK)
        status = chip_find(&f, &q, found, CHIP_PASSAGES, &n, err);
    for (size_t i = 0; status == CHIP_OK && i < n; i++)
        take_around(c, r.talk.tokens[r.talk.sentences[found[i].sentence].tokens.from].segment);
    chip_finder_done(&f);
    chip_question_done(&q);
    chip_reading_done(&r);
    return status;
}

enum chip_status chip_passages_choose(const struct chip_transcript *transcript,
                                      const char *question, const json_t *answer, int budget,
                                      bool *wanted, struct chip_err *err)
{
    struct choice c = {transcript, wanted, budget};
    memset(wanted, 0, transcript->n_segments * sizeof *wanted);
    if (chip_chunks_tokens(transcript) <= budget) {
        memset(wanted, 1, transcript->n_segments * sizeof *wanted);
        return CHIP_OK;
    }
    take_cited(&c, answer);
    enum chip_status status = take_found(&c, question, err);
    if (status == CHIP_OK && c.left == budget)
        return chip_fail(err, CHIP_E_NOT_FOUND, "nothing in the meeting is about the question");
    return status;
}
