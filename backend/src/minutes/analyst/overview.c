#include "minutes/analyst/overview.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "minutes/analyst/rank.h"
#include "minutes/analyst/sentiment.h"
#include "minutes/evidence.h"

enum {
    KEYWORDS = 5,
    LONG_TOPIC = 20,   /* sentences; from there on its summary has two */
    SHORT = 3,         /* sentences of the short summary */
    LONG = 12,         /* of the long one */
    TITLE_TOPICS = 3,  /* in the title of the meeting */
    MIN_SENTENCES = 4, /* that may stand in a summary; fewer are too little for one */
    ENOUGH_FOR_A_TOPIC = 2,
};

struct overview {
    const struct chip_reading *r;
    struct chip_terms terms;
    struct chip_topics topics;
    size_t *may;  /* [n_sentences] scratch: sentences that may be picked */
    size_t *best; /* [n_sentences] of all topics, in order */
    size_t n_best;
};

/* ---- words ------------------------------------------------------------------------------------
 */

static void add_sentence(struct chip_str *out, const struct chip_reading *r, size_t sentence)
{
    const struct chip_sentence *s = &r->talk.sentences[sentence];
    struct chip_range words = {chip_pattern_opening(&r->talk, s->words), s->words.to};
    char *text = chip_reading_text(r, words);
    if (!text)
        out->failed = true;
    else if (*text) {
        chip_str_add(out, out->len ? " " : "");
        chip_str_add(out, text);
        if (!strchr("?!", text[strlen(text) - 1]))
            chip_str_add(out, ".");
    }
    free(text);
}

/* Lower case, as a keyword is written; names of things keep theirs. */
static json_t *keyword(const struct chip_reading *r, struct chip_range words)
{
    struct chip_str text = {0};
    for (size_t w = words.from; w < words.to; w++) {
        chip_str_add(&text, w > words.from ? " " : "");
        chip_str_add(&text, r->texts[w]);
    }
    json_t *json = text.failed ? NULL : json_string(text.data);
    chip_str_done(&text);
    return json;
}

static json_t *keywords(const struct chip_reading *r, const struct chip_phrases *phrases)
{
    json_t *list = json_array();
    for (size_t i = 0; i < phrases->n && list; i++)
        if (json_array_append_new(list, keyword(r, phrases->spans[i])) != 0) {
            json_decref(list);
            list = NULL;
        }
    return list;
}

/* As it was announced, else its best key phrases. */
static json_t *topic_title(const struct chip_reading *r, const struct chip_topic *topic,
                           const struct chip_phrases *phrases)
{
    char *text;
    if (topic->title.to > topic->title.from) {
        static const char *const articles[] = {"the|a|an|our|about", NULL};
        struct chip_range words = topic->title;
        size_t end;
        if (chip_pattern_at(&r->talk, words, articles[0], &end) && end < words.to)
            words.from = end;
        text = chip_reading_text(r, words);
    } else if (phrases->n == 0) {
        return json_string("");
    } else {
        struct chip_str two = {0};
        for (size_t i = 0; i < phrases->n && i < 2; i++)
            for (size_t w = phrases->spans[i].from; w < phrases->spans[i].to; w++) {
                chip_str_add(&two, !two.len ? "" : w == phrases->spans[i].from ? ", " : " ");
                chip_str_add(&two, r->texts[w]);
            }
        text = two.failed ? NULL : two.data;
        if (text)
            text[0] = (char)toupper((unsigned char)text[0]);
        else
            chip_str_done(&two);
    }
    json_t *json = text ? json_string(text) : NULL;
    free(text);
    return json;
}

/* ---- topics -----------------------------------------------------------------------------------
 */

static size_t gather(struct overview *o, struct chip_range sentences)
{
    size_t n = 0;
    for (size_t i = sentences.from; i < sentences.to; i++)
        if (chip_rank_may(o->r, i))
            o->may[n++] = i;
    return n;
}

static json_t *topic_json(struct overview *o, const struct chip_topic *topic, const size_t *picks,
                          size_t n_picks, const struct chip_phrases *phrases)
{
    const struct chip_said *talk = &o->r->talk;
    struct chip_str summary = {0};
    json_t *evidence = json_array();
    chip_str_add(&summary, "");
    for (size_t i = 0; i < n_picks; i++) {
        add_sentence(&summary, o->r, picks[i]);
        if (evidence && !chip_evidence_add(evidence, talk, talk->sentences[picks[i]].tokens))
            summary.failed = true;
    }
    const struct chip_token *first =
        &talk->tokens[talk->sentences[topic->sentences.from].tokens.from];
    const struct chip_token *last =
        &talk->tokens[talk->sentences[topic->sentences.to - 1].tokens.to - 1];
    json_t *json = NULL;
    if (!summary.failed)
        json = json_pack("{s:o, s:f, s:f, s:s, s:o, s:o, s:O}", "title",
                         topic_title(o->r, topic, phrases), "start", (double)first->start_ms / 1000,
                         "end", (double)last->end_ms / 1000, "summary", summary.data, "keywords",
                         keywords(o->r, phrases), "sentiment",
                         chip_sentiment_of(o->r, topic->sentences), "evidence", evidence);
    json_decref(evidence);
    chip_str_done(&summary);
    return json;
}

static enum chip_status add_topic(struct overview *o, const struct chip_topic *topic, json_t *list,
                                  struct chip_err *err)
{
    size_t n = gather(o, topic->sentences), picks[2], n_picks = 0;
    bool is_long = topic->sentences.to - topic->sentences.from >= LONG_TOPIC;
    struct chip_phrases phrases;
    enum chip_status status =
        chip_rank_pick(o->r, &o->terms, o->may, n, picks, is_long ? 2 : 1, &n_picks, err);
    if (status == CHIP_OK)
        status = chip_terms_phrases(o->r, &o->terms, topic->sentences, KEYWORDS, &phrases, err);
    if (status != CHIP_OK)
        return status;
    for (size_t i = 0; i < n_picks; i++)
        o->best[o->n_best++] = picks[i];
    /* Greetings and good-byes are no topics. */
    json_t *json = n_picks && n >= ENOUGH_FOR_A_TOPIC && phrases.n
                       ? topic_json(o, topic, picks, n_picks, &phrases)
                       : NULL;
    bool failed = n_picks && n >= ENOUGH_FOR_A_TOPIC && phrases.n &&
                  (!json || json_array_append_new(list, json) != 0);
    free(phrases.spans);
    return failed ? chip_fail(err, CHIP_E_NOMEM, "not enough memory to summarise") : CHIP_OK;
}

/* ---- all of it --------------------------------------------------------------------------------
 */

/* Decisions first: who reads one paragraph wants those. */
static size_t short_choice(struct overview *o, const struct chip_items *decisions)
{
    size_t n = 0;
    for (size_t i = 0; i < decisions->n; i++)
        if (!decisions->items[i].dropped && chip_rank_may(o->r, decisions->items[i].sentence) &&
            n + 1 < o->r->talk.n_sentences)
            o->may[n++] = decisions->items[i].sentence;
    if (n >= SHORT)
        return n;
    for (size_t i = 0; i < o->n_best; i++) {
        bool known = false;
        for (size_t k = 0; k < n && !known; k++)
            known = o->may[k] == o->best[i];
        if (!known)
            o->may[n++] = o->best[i];
    }
    return n;
}

static enum chip_status add_text(struct overview *o, json_t *summary, const char *name,
                                 const size_t *from, size_t n_from, size_t most,
                                 struct chip_err *err)
{
    size_t picks[LONG], n = 0;
    enum chip_status status =
        chip_rank_pick(o->r, &o->terms, from, n_from, picks, most < LONG ? most : LONG, &n, err);
    if (status != CHIP_OK)
        return status;
    struct chip_str text = {0};
    chip_str_add(&text, "");
    json_t *evidence = json_object_get(summary, "evidence");
    for (size_t i = 0; i < n; i++) {
        add_sentence(&text, o->r, picks[i]);
        if (!chip_evidence_add(evidence, &o->r->talk, o->r->talk.sentences[picks[i]].tokens))
            text.failed = true;
    }
    bool failed = text.failed || json_object_set_new(summary, name, json_string(text.data)) != 0;
    chip_str_done(&text);
    return failed ? chip_fail(err, CHIP_E_NOMEM, "not enough memory to summarise") : CHIP_OK;
}

static enum chip_status add_summary(struct overview *o, json_t *minutes,
                                    const struct chip_items *decisions, struct chip_err *err)
{
    json_t *summary = json_pack("{s:s, s:s, s:[]}", "short", "", "long", "", "evidence");
    if (!summary || json_object_set_new(minutes, "summary", summary) != 0)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory to summarise");
    size_t all = gather(o, (struct chip_range){0, o->r->talk.n_sentences});
    if (all < MIN_SENTENCES) {
        json_object_set_new(summary, "insufficient_evidence", json_string("too-few-words"));
        return CHIP_OK;
    }
    size_t n = short_choice(o, decisions);
    enum chip_status status = add_text(o, summary, "short", o->may, n, SHORT, err);
    if (status == CHIP_OK)
        status = add_text(o, summary, "long", o->best, o->n_best, LONG, err);
    return status;
}

/* The titles of its longest topics are what it was about. */
static enum chip_status add_title(json_t *minutes, struct chip_err *err)
{
    struct chip_str title = {0};
    const json_t *topics = json_object_get(minutes, "topics");
    size_t n = json_array_size(topics);
    bool *taken = calloc(n + 1, sizeof *taken);
    for (size_t k = 0; k < TITLE_TOPICS && k < n && taken; k++) {
        size_t best = n;
        double length = -1;
        for (size_t i = 0; i < n; i++) {
            const json_t *t = json_array_get(topics, i);
            double lasts = json_number_value(json_object_get(t, "end")) -
                           json_number_value(json_object_get(t, "start"));
            if (!taken[i] && lasts > length) {
                best = i;
                length = lasts;
            }
        }
        taken[best] = true;
    }
    chip_str_add(&title, "");
    for (size_t i = 0; i < n && taken; i++) {
        const char *one = json_string_value(json_object_get(json_array_get(topics, i), "title"));
        if (taken[i] && one && *one) {
            chip_str_add(&title, title.len ? "; " : "");
            chip_str_add(&title, one);
        }
    }
    bool failed = !taken || title.failed ||
                  json_object_set_new(minutes, "title", json_string(title.data)) != 0;
    free(taken);
    chip_str_done(&title);
    return failed ? chip_fail(err, CHIP_E_NOMEM, "not enough memory to summarise") : CHIP_OK;
}

static enum chip_status fill(struct overview *o, json_t *minutes,
                             const struct chip_items *decisions, struct chip_err *err)
{
    json_t *list = json_object_get(minutes, "topics");
    enum chip_status status = CHIP_OK;
    for (size_t i = 0; i < o->topics.n && status == CHIP_OK; i++)
        status = add_topic(o, &o->topics.topics[i], list, err);
    if (status == CHIP_OK)
        status = add_title(minutes, err);
    return status == CHIP_OK ? add_summary(o, minutes, decisions, err) : status;
}

enum chip_status chip_overview_add(json_t *minutes, const struct chip_reading *r,
                                   const struct chip_items *decisions, struct chip_err *err)
{
    struct overview o = {.r = r};
    size_t n = 2 * r->talk.n_sentences + 2; /* a topic of one sentence may give two */
    o.may = calloc(n, sizeof *o.may);
    o.best = calloc(n, sizeof *o.best);
    enum chip_status status =
        o.may && o.best ? CHIP_OK : chip_fail(err, CHIP_E_NOMEM, "not enough memory to summarise");
    if (status == CHIP_OK)
        status = chip_terms_weigh(r, &o.terms, err);
    if (status == CHIP_OK)
        status = chip_topics_cut(r, &o.terms, &o.topics, err);
    if (status == CHIP_OK)
        status = fill(&o, minutes, decisions, err);
    chip_terms_done(&o.terms);
    free(o.topics.topics);
    free(o.may);
    free(o.best);
    return status;
}
