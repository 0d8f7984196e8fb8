#include "minutes/analyst/overview.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "minutes/analyst/rank.h"
#include "minutes/analyst/sentiment.h"
#include "minutes/analyst/topics.h"

enum {
    KEYWORDS = 5,
    LONG_TOPIC = 20, /* sentences; from there on its summary has two */
    PICKS = 2,
    MIN_SENTENCES = 4, /* that may stand in a summary; fewer are too little for one */
    ENOUGH_FOR_A_TOPIC = 2,
};

struct overview {
    const struct chip_reading *r;
    const struct chip_found *found;
    struct chip_terms terms;
    struct chip_topics topics;
    size_t *may;                  /* [n_sentences] scratch: sentences that may be picked */
    size_t (*picks)[PICKS];       /* [topics.n] */
    struct chip_outline *outline; /* [n_outline] of the topics that are told */
    size_t n_outline;
};

static enum chip_status no_memory(struct chip_err *err)
{
    return chip_fail(err, CHIP_E_NOMEM, "not enough memory to summarise");
}

/* ---- titles -----------------------------------------------------------------------------------
 */

/* Lower case, as a keyword is written; names of things keep their capital. */
static void add_phrase(struct chip_str *out, const struct chip_reading *r, struct chip_range words)
{
    for (size_t w = words.from; w < words.to; w++) {
        size_t at = out->len + (w > words.from);
        chip_str_add(out, w > words.from ? " " : "");
        chip_str_add(out, r->texts[w]);
        if (!out->failed && chip_names_is_proper(&r->names, w))
            out->data[at] = (char)toupper((unsigned char)out->data[at]);
    }
}

static json_t *keywords(const struct chip_reading *r, const struct chip_phrases *phrases)
{
    json_t *list = json_array();
    for (size_t i = 0; i < phrases->n && list; i++) {
        struct chip_str text = {0};
        add_phrase(&text, r, phrases->spans[i]);
        if (text.failed || json_array_append_new(list, json_string(text.data)) != 0) {
            json_decref(list);
            list = NULL;
        }
        chip_str_done(&text);
    }
    return list;
}

/* As it was announced, else its best key phrases. @return malloc'ed; NULL: out of memory */
static char *topic_title(const struct chip_reading *r, const struct chip_topic *topic,
                         const struct chip_phrases *phrases)
{
    if (topic->title.to > topic->title.from) {
        struct chip_range words = topic->title;
        size_t end;
        if (chip_pattern_at(&r->talk, words, "the|a|an|our|about ?the|our", &end) && end < words.to)
            words.from = end;
        return chip_reading_text(r, words);
    }
    struct chip_str two = {0};
    chip_str_add(&two, "");
    for (size_t i = 0; i < phrases->n && i < 2; i++) {
        chip_str_add(&two, i ? ", " : "");
        add_phrase(&two, r, phrases->spans[i]);
    }
    if (two.failed) {
        chip_str_done(&two);
        return NULL;
    }
    two.data[0] = (char)toupper((unsigned char)two.data[0]);
    return two.data;
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

static json_t *topic_json(struct overview *o, const struct chip_topic *topic,
                          struct chip_outline *outline, const struct chip_phrases *phrases)
{
    const struct chip_said *talk = &o->r->talk;
    const struct chip_token *first =
        &talk->tokens[talk->sentences[topic->sentences.from].tokens.from];
    const struct chip_token *last =
        &talk->tokens[talk->sentences[topic->sentences.to - 1].tokens.to - 1];
    char *title = topic_title(o->r, topic, phrases);
    json_t *evidence = json_array();
    json_t *summary = evidence ? chip_summary_topic(o->r, o->found, outline, evidence) : NULL;
    if (!title || !summary) {
        free(title);
        json_decref(summary);
        json_decref(evidence);
        return NULL;
    }
    json_t *json = json_pack("{s:s, s:f, s:f, s:o, s:o, s:o, s:o}", "title", title, "start",
                             (double)first->start_ms / 1000, "end", (double)last->end_ms / 1000,
                             "summary", summary, "keywords", keywords(o->r, phrases), "sentiment",
                             chip_sentiment_of(o->r, topic->sentences), "evidence", evidence);
    free(title);
    return json;
}

static size_t count_items(const struct overview *o, struct chip_range in)
{
    const struct chip_items *const all[] = {o->found->decisions, o->found->actions};
    size_t n = 0;
    for (size_t k = 0; k < 2; k++)
        for (size_t i = 0; i < all[k]->n; i++)
            n += !all[k]->items[i].dropped && all[k]->items[i].sentence >= in.from &&
                 all[k]->items[i].sentence < in.to;
    return n;
}

static enum chip_status add_topic(struct overview *o, size_t t, json_t *list, struct chip_err *err)
{
    const struct chip_topic *topic = &o->topics.topics[t];
    size_t n = gather(o, topic->sentences), n_picks = 0;
    bool is_long = topic->sentences.to - topic->sentences.from >= LONG_TOPIC;
    struct chip_phrases phrases;
    enum chip_status status =
        chip_rank_pick(o->r, &o->terms, o->may, n, o->picks[t], is_long ? PICKS : 1, &n_picks, err);
    if (status == CHIP_OK)
        status = chip_terms_phrases(o->r, &o->terms, topic->sentences, KEYWORDS, &phrases, err);
    if (status != CHIP_OK)
        return status;
    /* Greetings and good-byes are no topics. */
    bool counts = phrases.n && (count_items(o, topic->sentences) > 0 ||
                                (n_picks && n >= ENOUGH_FOR_A_TOPIC && !topic->greets));
    if (counts) {
        struct chip_outline *outline = &o->outline[o->n_outline++];
        *outline = (struct chip_outline){
            .sentences = topic->sentences, .title = "", .picks = o->picks[t], .n_picks = n_picks};
        json_t *json = topic_json(o, topic, outline, &phrases);
        if (!json || json_array_append_new(list, json) != 0)
            status = no_memory(err);
        else
            outline->title = json_string_value(json_object_get(json, "title"));
        struct chip_range name =
            topic->title.to > topic->title.from ? topic->title : phrases.spans[0];
        outline->proper = chip_names_is_proper(&o->r->names, name.from);
    }
    free(phrases.spans);
    return status;
}

/* ---- all of it --------------------------------------------------------------------------------
 */

static enum chip_status add_summary(struct overview *o, json_t *minutes, struct chip_err *err)
{
    json_t *evidence = json_array();
    json_t *summary = json_pack("{s:s, s:s, s:o}", "short", "", "long", "", "evidence", evidence);
    if (!summary || json_object_set_new(minutes, "summary", summary) != 0)
        return no_memory(err);
    size_t all = gather(o, (struct chip_range){0, o->r->talk.n_sentences});
    if (all < MIN_SENTENCES)
        return json_object_set_new(summary, "insufficient_evidence",
                                   json_string("too-few-words")) == 0
                   ? CHIP_OK
                   : no_memory(err);
    bool fine = json_object_set_new(
                    summary, "short",
                    chip_summary_short(o->r, o->found, o->outline, o->n_outline, evidence)) == 0 &&
                json_object_set_new(
                    summary, "long",
                    chip_summary_long(o->r, o->found, o->outline, o->n_outline, evidence)) == 0;
    return fine ? CHIP_OK : no_memory(err);
}

static enum chip_status fill(struct overview *o, json_t *minutes, struct chip_err *err)
{
    json_t *list = json_object_get(minutes, "topics");
    o->picks = calloc(o->topics.n + 1, sizeof *o->picks);
    o->outline = calloc(o->topics.n + 1, sizeof *o->outline);
    enum chip_status status = o->picks && o->outline ? CHIP_OK : no_memory(err);
    for (size_t i = 0; i < o->topics.n && status == CHIP_OK; i++)
        status = add_topic(o, i, list, err);
    if (status == CHIP_OK &&
        json_object_set_new(minutes, "title", chip_summary_title(o->outline, o->n_outline)) != 0)
        status = no_memory(err);
    return status == CHIP_OK ? add_summary(o, minutes, err) : status;
}

enum chip_status chip_overview_add(json_t *minutes, const struct chip_reading *r,
                                   const struct chip_found *found, struct chip_err *err)
{
    struct overview o = {.r = r, .found = found};
    o.may = calloc(r->talk.n_sentences + 1, sizeof *o.may);
    enum chip_status status = o.may ? CHIP_OK : no_memory(err);
    if (status == CHIP_OK)
        status = chip_terms_weigh(r, &o.terms, err);
    if (status == CHIP_OK)
        status = chip_topics_cut(r, &o.terms, &o.topics, err);
    if (status == CHIP_OK)
        status = fill(&o, minutes, err);
    chip_terms_done(&o.terms);
    free(o.topics.topics);
    free(o.may);
    free(o.picks);
    free(o.outline);
    return status;
}
