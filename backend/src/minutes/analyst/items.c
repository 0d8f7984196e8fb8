#include "minutes/analyst/items.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/str.h"
#include "minutes/evidence.h"

enum {
    TAKEN_BACK_WITHIN = 6, /* sentences; later it is about something else */
};

void chip_items_done(struct chip_items *items)
{
    free(items->items);
    *items = (struct chip_items){0};
}

struct chip_item chip_item_of(size_t sentence, struct chip_range text, float confidence)
{
    return (struct chip_item){.sentence = sentence,
                              .text = text,
                              .due = CHIP_WHEN_UNKNOWN,
                              .owner = -1,
                              .owner_word = SIZE_MAX,
                              .confidence = confidence,
                              .evidence = {sentence},
                              .n_evidence = 1};
}

struct chip_item *chip_items_add(struct chip_items *items, struct chip_item item)
{
    if (items->n == items->cap) {
        size_t cap = items->cap ? 2 * items->cap : 32;
        struct chip_item *more = realloc(items->items, cap * sizeof *more);
        if (!more) {
            items->failed = true;
            return NULL;
        }
        items->items = more;
        items->cap = cap;
    }
    items->items[items->n] = item;
    return &items->items[items->n++];
}

void chip_item_prove(struct chip_item *item, size_t sentence)
{
    for (size_t i = 0; i < item->n_evidence; i++)
        if (item->evidence[i] == sentence)
            return;
    if (item->n_evidence < CHIP_ITEM_EVIDENCE)
        item->evidence[item->n_evidence++] = sentence;
}

void chip_item_find_due(struct chip_item *item, const struct chip_reading *r,
                        struct chip_range words)
{
    struct chip_when when;
    if (item->due >= 0 || !chip_reading_when(r, words, &when))
        return;
    if (item->due_said.to > item->due_said.from && when.day < 0)
        return;
    item->due = when.day;
    item->due_said = (struct chip_range){when.from, when.from + when.n};
}

/* ---- taken back -------------------------------------------------------------------------------
 */

/* What takes back what the speaker has said, and what takes back what anybody has. */
static const struct chip_phrase own[] = {{"^i take that|it back", 1},
                                         {"i take that|it back", 1},
                                         {"scratch|strike that", 1},
                                         {"^no wait", 1},
                                         {"^wait no", 1},
                                         {"^no hold on", 1},
                                         {"^actually no", 1},
                                         {"on second thought|thoughts", 1},
                                         {"never mind", 1},
                                         {"^forget that|it", 1},
                                         {"let me correct", 1},
                                         {NULL, 0}};
static const struct chip_phrase anybodys[] = {{"it|that is not settled|decided|agreed", 1},
                                              {"it|that is not settled|decided|agreed yet", 1},
                                              {"nothing is settled|decided", 1},
                                              {"let us not decide|do that", 1},
                                              {"we have not decided", 1},
                                              {"forget about that|it", 1},
                                              {NULL, 0}};

static void retract_at(struct chip_items *items, const struct chip_reading *r, size_t sentence)
{
    struct chip_range words = r->talk.sentences[sentence].words;
    bool all = chip_phrase_find(&r->talk, words, anybodys, NULL);
    bool mine = chip_phrase_find(&r->talk, words, own, NULL);
    for (size_t i = 0; i < items->n && (all || mine); i++) {
        struct chip_item *item = &items->items[i];
        if (item->sentence >= sentence || sentence - item->sentence > TAKEN_BACK_WITHIN)
            continue;
        if (all || r->talk.sentences[item->sentence].speaker == r->talk.sentences[sentence].speaker)
            item->dropped = true;
    }
}

void chip_items_retract(struct chip_items *items, const struct chip_reading *r)
{
    for (size_t i = 0; i < r->talk.n_sentences; i++)
        retract_at(items, r, i);
}

/* ---- written down -----------------------------------------------------------------------------
 */

json_t *chip_item_evidence(const struct chip_item *item, const struct chip_reading *r)
{
    json_t *evidence = json_array();
    for (size_t i = 0; i < item->n_evidence && evidence; i++)
        if (!chip_evidence_add(evidence, &r->talk, r->talk.sentences[item->evidence[i]].tokens)) {
            json_decref(evidence);
            evidence = NULL;
        }
    return evidence;
}

static json_t *text_json(const struct chip_item *item, const struct chip_reading *r, bool is_task)
{
    char *text = chip_reading_text(r, item->text);
    char *about = item->about.to > item->about.from ? chip_reading_text(r, item->about) : NULL;
    json_t *json = NULL;
    size_t n = text ? strlen(text) : 0;
    if (is_task && n && text[n - 1] == '?')
        text[n - 1] = '\0';
    if (text && about)
        json = json_sprintf("%s (\"%s\")", text, about);
    else if (text)
        json = json_string(text);
    free(text);
    free(about);
    return json;
}

json_t *chip_item_text(const struct chip_item *item, const struct chip_reading *r)
{
    return text_json(item, r, false);
}

json_t *chip_item_task(const struct chip_item *item, const struct chip_reading *r)
{
    return text_json(item, r, true);
}

json_t *chip_item_when(const struct chip_reading *r, int32_t day, struct chip_range said)
{
    struct chip_str words = {0};
    struct chip_range tokens = chip_reading_tokens(r, said);
    for (size_t i = tokens.from; i < tokens.to; i++) {
        chip_str_add(&words, i > tokens.from ? " " : "");
        chip_str_add(&words, r->talk.tokens[i].text);
    }
    while (words.len && strchr(".,;:!?", words.data[words.len - 1]))
        words.data[--words.len] = '\0';
    char date[CHIP_DATE_TEXT];
    if (day >= 0)
        chip_date_format(day, date);
    json_t *json = words.failed || !words.data
                       ? NULL
                       : json_pack("{s:o, s:s}", "date", day >= 0 ? json_string(date) : json_null(),
                                   "said", words.data);
    chip_str_done(&words);
    return json;
}

json_t *chip_item_confidence(const struct chip_item *item)
{
    double c = item->confidence < 0 ? 0 : item->confidence > 1 ? 1 : item->confidence;
    return json_real(round(c * 100) / 100);
}

json_t *chip_item_speaker(const struct chip_reading *r, int speaker)
{
    const struct chip_transcript *t = r->talk.transcript;
    return speaker >= 0 && (size_t)speaker < t->n_speakers ? json_string(t->speakers[speaker].label)
                                                           : json_null();
}
