#include "minutes/analyst/items.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/str.h"
#include "minutes/analyst/verbs.h"
#include "minutes/evidence.h"

enum {
    TAKEN_BACK_WITHIN = 8, /* sentences; later it is about something else */
    LOOSE_WITHIN = 3,
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
                              .pronoun = SIZE_MAX,
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

void chip_items_merge(struct chip_item *kept, struct chip_item *other)
{
    for (size_t i = 0; i < other->n_evidence; i++)
        chip_item_prove(kept, other->evidence[i]);
    if (kept->due < 0 && other->due_said.to > other->due_said.from) {
        kept->due = other->due;
        kept->due_said = other->due_said;
    }
    if (other->confidence > kept->confidence)
        kept->confidence = other->confidence;
    other->dropped = true;
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
                                         {"^forget that|it", 1},
                                         {"let me correct", 1},
                                         {"forget what i said", 1},
                                         {"i ?just|have changed|change my mind", 1},
                                         {"cancel|disregard|ignore that $", 1},
                                         {NULL, 0}};
static const struct chip_phrase anybodys[] = {{"it|that is not settled|decided|agreed ?yet", 1},
                                              {"let us not decide|do that", 1},
                                              {"we have not decided", 1},
                                              {"let us not do it|this ?after", 1},
                                              {"let us drop that|the idea", 1},
                                              {"let us hold off on that|it|this", 1},
                                              {NULL, 0}};
/* These may as well be of something that was only talked about after it. */
static const struct chip_phrase loose[] = {
    {"^never mind", 1}, {"forget about that|it", 1}, {NULL, 0}};

static struct chip_item *find_last(struct chip_items *items, const struct chip_reading *r,
                                   size_t before, int speaker)
{
    struct chip_item *last = NULL;
    for (size_t i = 0; i < items->n; i++) {
        struct chip_item *item = &items->items[i];
        bool theirs = speaker < 0 || r->talk.sentences[item->sentence].speaker == speaker;
        if (!item->dropped && theirs && item->sentence < before &&
            before - item->sentence <= TAKEN_BACK_WITHIN &&
            (!last || item->sentence > last->sentence))
            last = item;
    }
    return last;
}

static void retract_at(struct chip_items *items, const struct chip_reading *r, size_t sentence)
{
    const struct chip_sentence *all = r->talk.sentences;
    bool any = chip_phrase_find(&r->talk, all[sentence].words, anybodys, NULL);
    bool mine = chip_phrase_find(&r->talk, all[sentence].words, own, NULL);
    bool nearest = !any && !mine && chip_phrase_find(&r->talk, all[sentence].words, loose, NULL);
    if (!any && !mine && !nearest)
        return;
    const struct chip_item *last =
        find_last(items, r, sentence, any || nearest ? -1 : all[sentence].speaker);
    if (!last || (nearest && last->sentence + LOOSE_WITHIN < sentence))
        return;
    size_t turn = all[last->sentence].turn;
    for (size_t i = 0; i < items->n; i++) /* what was said in one breath goes together */
        if (all[items->items[i].sentence].turn == turn && items->items[i].sentence < sentence)
            items->items[i].dropped = true;
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

/* "Sends the list" and "sending the list" are "send the list" when they are to be done. */
static size_t add_verb(struct chip_str *out, const struct chip_reading *r, struct chip_range words)
{
    char base[CHIP_VERB];
    const char *first = r->texts[words.from];
    if (r->talk.tokens[r->talk.words[words.from].token].n != 1 || chip_verb_is(first) ||
        !chip_verb_base(first, base))
        return words.from;
    chip_str_add(out, base);
    return words.from + 1;
}

static void add_about(struct chip_str *out, const struct chip_item *item,
                      const struct chip_reading *r)
{
    struct chip_str about = {0};
    chip_reading_add(&about, r, item->about);
    bool named = item->pronoun != SIZE_MAX;
    char mark = named ? r->talk.tokens[r->talk.words[item->pronoun].token].mark : 0;
    if (about.failed || !about.data)
        out->failed = true;
    else if (named) {
        while (out->len && strchr(".,;:!?", out->data[out->len - 1]))
            out->data[--out->len] = '\0';
        while (about.len && strchr(".,;:!?", about.data[about.len - 1]))
            about.data[--about.len] = '\0';
        if (!chip_names_is_proper(&r->names, item->about.from) &&
            !chip_names_has(&r->names, r->texts[item->about.from]))
            about.data[0] = (char)tolower((unsigned char)about.data[0]);
        chip_str_addf(out, " (%s)%s", about.data, mark == ',' ? "," : "");
    } else {
        while (about.len && strchr(".,;:!", about.data[about.len - 1]))
            about.data[--about.len] = '\0';
        about.data[0] = (char)toupper((unsigned char)about.data[0]);
        chip_str_addf(out, " (\"%s\")", about.data);
    }
    chip_str_done(&about);
}

static void cut_marks(struct chip_str *text, const char *marks)
{
    while (text->len && strchr(marks, text->data[text->len - 1]))
        text->data[--text->len] = '\0';
}

static json_t *text_json(const struct chip_item *item, const struct chip_reading *r,
                         const char *marks, bool is_task)
{
    struct chip_str text = {0};
    chip_str_add(&text, "");
    struct chip_range words = item->text;
    if (is_task && words.from < words.to)
        words.from = add_verb(&text, r, words);
    bool about = item->about.to > item->about.from;
    bool inside = about && item->pronoun >= words.from && item->pronoun < words.to;
    size_t upto = inside ? item->pronoun + 1 : words.to;
    chip_reading_add(&text, r, (struct chip_range){words.from, upto});
    if (!text.failed)
        cut_marks(&text, inside ? ".,;:!" : marks);
    if (about)
        add_about(&text, item, r);
    if (upto < words.to)
        chip_reading_add(&text, r, (struct chip_range){upto, words.to});
    if (text.failed) {
        chip_str_done(&text);
        return NULL;
    }
    cut_marks(&text, marks);
    text.data[0] = (char)toupper((unsigned char)text.data[0]);
    json_t *json = json_string(text.data);
    chip_str_done(&text);
    return json;
}

json_t *chip_item_text(const struct chip_item *item, const struct chip_reading *r)
{
    return text_json(item, r, ".,;:!", false);
}

json_t *chip_item_statement(const struct chip_item *item, const struct chip_reading *r)
{
    return text_json(item, r, ".,;:!?", false);
}

json_t *chip_item_task(const struct chip_item *item, const struct chip_reading *r)
{
    return text_json(item, r, ".,;:!?", true);
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
