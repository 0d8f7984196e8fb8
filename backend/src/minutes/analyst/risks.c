#include "minutes/analyst/risks.h"

enum { MIN_CONTENT = 2 };

static const float LEAST = 0.5f;

static const struct chip_phrase cues[] = {
    {"risk|risks|risky", 0.8f},
    {"my|our|the biggest|main|only|one worry|concern|fear", 0.8f},
    {"my|our worry|concern|fear|problem", 0.75f},
    {"worry|worried|worries|concerned|afraid|nervous", 0.7f},
    {"there is a chance|danger", 0.7f},
    {"danger|dangerous|threat", 0.7f},
    {"could|might|may go wrong|fail|break|slip|delay|lose|miss", 0.75f},
    {"will not be ready|make", 0.65f},
    {"can not make|meet|finish|keep", 0.55f},
    {"we|they|you ?will|could|might|may ?also lose", 0.6f},
    {"weeks|days|months behind", 0.7f},
    {"behind schedule|plan", 0.75f},
    {"run|running out of", 0.7f},
    {"not enough time|people|money|budget", 0.7f},
    {"single point of failure", 0.8f},
    {"bottleneck|blocker|blocked", 0.6f},
    {"if *  we|they|it ?will lose|fail|break", 0.6f},
    {"no plan b|backup", 0.7f},
    {"depends on|depend", 0.5f},
    {NULL, 0}};

enum chip_status chip_risks_find(const struct chip_reading *r, struct chip_items *items,
                                 struct chip_err *err)
{
    for (size_t i = 0; i < r->talk.n_sentences; i++) {
        const struct chip_sentence *s = &r->talk.sentences[i];
        const struct chip_phrase *cue = chip_phrase_find(&r->talk, s->words, cues, NULL);
        if (!cue || s->asks || chip_reading_content(r, s->words) < MIN_CONTENT ||
            chip_pattern_find(&r->talk, s->words, "no|not worry|risk|problem|danger|worried", NULL))
            continue;
        struct chip_range text = {chip_pattern_opening(&r->talk, s->words), s->words.to};
        struct chip_item item = chip_item_of(i, text, cue->weight);
        /* "My worry is the drivers. If they think ...": the next sentence says why. */
        bool goes_on = i + 1 < r->talk.n_sentences && s[1].turn == s->turn && !s[1].asks &&
                       chip_pattern_at(&r->talk, s[1].words, "if|because|when", NULL);
        if (goes_on) {
            item.text.to = s[1].words.to;
            chip_item_prove(&item, i + 1);
        }
        item.dropped = item.confidence < LEAST;
        chip_items_add(items, item);
        i += goes_on;
    }
    return items->failed ? chip_fail(err, CHIP_E_NOMEM, "not enough memory to find the risks")
                         : CHIP_OK;
}

json_t *chip_risks_json(const struct chip_items *items, const struct chip_reading *r)
{
    json_t *list = json_array();
    for (size_t i = 0; i < items->n && list; i++) {
        const struct chip_item *item = &items->items[i];
        if (item->dropped)
            continue;
        json_t *json =
            json_pack("{s:o, s:o, s:o}", "text", chip_item_text(item, r), "confidence",
                      chip_item_confidence(item), "evidence", chip_item_evidence(item, r));
        if (!json || json_array_append_new(list, json) != 0) {
            json_decref(list);
            list = NULL;
        }
    }
    return list;
}
