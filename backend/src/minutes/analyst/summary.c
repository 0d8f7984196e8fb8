#include "minutes/analyst/summary.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "minutes/evidence.h"

enum {
    TOPICS = 3,    /* in the title and the short summary */
    DECISIONS = 4, /* told in it */
    TASKS = 2,     /* more are only counted in it */
    QUESTIONS = 1,
    MAX_OWNERS = 8,
    SENTENCES = 3, /* where nothing was decided and nothing is to be done */
    ALL = 100,
};

struct writing {
    const struct chip_reading *r;
    struct chip_str text;
    json_t *evidence;
};

static struct writing begin(const struct chip_reading *r, json_t *evidence)
{
    struct writing w = {.r = r, .evidence = evidence};
    chip_str_add(&w.text, "");
    return w;
}

static json_t *end(struct writing *w)
{
    json_t *json = w->text.failed ? NULL : json_string(w->text.data);
    chip_str_done(&w->text);
    return json;
}

static void prove(struct writing *w, size_t sentence)
{
    if (!chip_evidence_add(w->evidence, &w->r->talk, w->r->talk.sentences[sentence].tokens))
        w->text.failed = true;
}

static void space(struct writing *w)
{
    if (w->text.len && w->text.data[w->text.len - 1] != '\n')
        chip_str_add(&w->text, " ");
}

static void stop(struct writing *w)
{
    if (!w->text.failed && w->text.len && !strchr("?!.", w->text.data[w->text.len - 1]))
        chip_str_add(&w->text, ".");
}

static void add_sentence(struct writing *w, size_t sentence)
{
    struct chip_range words = w->r->talk.sentences[sentence].words;
    words.from = chip_pattern_opening(&w->r->talk, words);
    char *text = chip_reading_text(w->r, words);
    if (!text) {
        w->text.failed = true;
        return;
    }
    if (*text) {
        space(w);
        chip_str_add(&w->text, text);
        stop(w);
        prove(w, sentence);
    }
    free(text);
}

/* ---- items ------------------------------------------------------------------------------------
 */

static bool is_in(const struct chip_item *item, struct chip_range sentences)
{
    return !item->dropped && item->sentence >= sentences.from && item->sentence < sentences.to;
}

static size_t count_in(const struct chip_items *items, struct chip_range sentences)
{
    size_t n = 0;
    for (size_t i = 0; i < items->n; i++)
        n += is_in(&items->items[i], sentences);
    return n;
}

static void add_json(struct writing *w, json_t *text, bool lower)
{
    const char *said = json_string_value(text);
    size_t at = w->text.len;
    if (said)
        chip_str_add(&w->text, said);
    else
        w->text.failed = true;
    if (!w->text.failed && lower)
        w->text.data[at] = (char)tolower((unsigned char)w->text.data[at]);
    json_decref(text);
}

/* May it begin with a small letter in the middle of a sentence? */
static bool is_lowered(const struct chip_reading *r, const struct chip_item *item)
{
    return item->text.from < item->text.to && strcmp(r->texts[item->text.from], "i") != 0 &&
           !chip_names_is_proper(&r->names, item->text.from) &&
           !chip_names_has(&r->names, r->texts[item->text.from]);
}

static void add_decisions(struct writing *w, const struct chip_items *decisions,
                          struct chip_range in, size_t most)
{
    size_t n = count_in(decisions, in), told = 0;
    for (size_t i = 0; i < decisions->n && told < most; i++) {
        const struct chip_item *item = &decisions->items[i];
        if (!is_in(item, in))
            continue;
        space(w);
        chip_str_add(&w->text, told++ ? "" : "Decided: ");
        add_json(w, chip_item_statement(item, w->r), is_lowered(w->r, item));
        chip_str_add(&w->text, told < n && told < most ? ";" : "");
        prove(w, item->sentence);
    }
    if (n > told)
        chip_str_addf(&w->text, "; and %zu more", n - told);
    if (told)
        stop(w);
}

/* "Alan: close the five serious bugs (by March twentieth)" */
static void add_task(struct writing *w, const struct chip_item *item)
{
    const char *name = chip_names_of(&w->r->names, item->owner);
    if (name)
        chip_str_addf(&w->text, "%.*s: ", (int)strcspn(name, " "), name);
    else if (item->owner < 0 && item->owner_word != SIZE_MAX) {
        chip_reading_add(&w->text, w->r,
                         (struct chip_range){item->owner_word, item->owner_word + 1});
        while (w->text.len && strchr(".,;:!?", w->text.data[w->text.len - 1]))
            w->text.data[--w->text.len] = '\0';
        chip_str_add(&w->text, ": ");
    }
    add_json(w, chip_item_task(item, w->r), name || item->owner_word != SIZE_MAX);
    if (item->due_said.to > item->due_said.from) {
        json_t *when = chip_item_when(w->r, item->due, item->due_said);
        const char *said = json_string_value(json_object_get(when, "said"));
        if (said)
            chip_str_addf(&w->text, " (%c%s)", tolower((unsigned char)said[0]), said + 1);
        else
            w->text.failed = true;
        json_decref(when);
    }
    prove(w, item->sentence);
}

static void add_tasks(struct writing *w, const struct chip_items *actions, struct chip_range in,
                      size_t most)
{
    size_t n = count_in(actions, in), told = 0;
    for (size_t i = 0; i < actions->n && told < most; i++) {
        const struct chip_item *item = &actions->items[i];
        if (!is_in(item, in))
            continue;
        space(w);
        chip_str_add(&w->text, told++ ? "" : "To do: ");
        add_task(w, item);
        chip_str_add(&w->text, told < n && told < most ? ";" : "");
    }
    if (n > told)
        chip_str_addf(&w->text, "; and %zu more", n - told);
    if (told)
        stop(w);
}

static void add_questions(struct writing *w, const struct chip_items *questions,
                          struct chip_range in, size_t most)
{
    size_t told = 0;
    for (size_t i = 0; i < questions->n && told < most; i++) {
        const struct chip_item *item = &questions->items[i];
        if (!is_in(item, in))
            continue;
        space(w);
        chip_str_add(&w->text, told++ ? "" : "Open: ");
        add_json(w, chip_item_text(item, w->r), false);
        stop(w);
        prove(w, item->sentence);
    }
}

/* ---- texts ------------------------------------------------------------------------------------
 */

/* Is a sentence told by an item already? */
static bool is_told(const struct chip_found *found, size_t sentence)
{
    const struct chip_items *const all[] = {found->decisions, found->actions, found->questions};
    for (size_t k = 0; k < 3; k++)
        for (size_t i = 0; i < all[k]->n; i++)
            if (!all[k]->items[i].dropped && all[k]->items[i].sentence == sentence)
                return true;
    return false;
}

static void add_picks(struct writing *w, const struct chip_found *found,
                      const struct chip_outline *topic, size_t most)
{
    for (size_t i = 0; i < topic->n_picks && most > 0; i++)
        if (!is_told(found, topic->picks[i])) {
            add_sentence(w, topic->picks[i]);
            most--;
        }
}

json_t *chip_summary_topic(const struct chip_reading *r, const struct chip_found *found,
                           const struct chip_outline *topic, json_t *evidence)
{
    struct writing w = begin(r, evidence);
    add_picks(&w, found, topic, ALL);
    for (size_t i = 0; i < found->decisions->n; i++) {
        const struct chip_item *item = &found->decisions->items[i];
        if (!is_in(item, topic->sentences))
            continue;
        space(&w);
        add_json(&w, chip_item_statement(item, r), false);
        stop(&w);
        prove(&w, item->sentence);
    }
    if (!w.text.len && !w.text.failed)
        add_tasks(&w, found->actions, topic->sentences, ALL);
    return end(&w);
}

/* Words of a title, the best key phrase of several. */
static size_t title_bytes(const struct chip_outline *topic)
{
    return strcspn(topic->title, ",");
}

static bool is_named_before(const struct chip_outline *topics, size_t topic)
{
    size_t n = title_bytes(&topics[topic]);
    for (size_t i = 0; i < topic; i++)
        if (title_bytes(&topics[i]) == n &&
            strncasecmp(topics[i].title, topics[topic].title, n) == 0)
            return true;
    return false;
}

/* Does a topic belong to the longest ones? */
static bool is_long(const struct chip_outline *topics, size_t n, size_t topic, size_t most)
{
    size_t longer = 0, mine = topics[topic].sentences.to - topics[topic].sentences.from;
    if (!*topics[topic].title || is_named_before(topics, topic))
        return false;
    for (size_t i = 0; i < n; i++) {
        size_t other = topics[i].sentences.to - topics[i].sentences.from;
        longer += *topics[i].title && !is_named_before(topics, i) &&
                  (other > mine || (other == mine && i < topic));
    }
    return longer < most;
}

/* "Launch date, support in the evening and locks in Austin" */
static size_t add_titles(struct chip_str *text, const struct chip_outline *topics, size_t n,
                         bool begins)
{
    size_t chosen = 0, told = 0;
    for (size_t i = 0; i < n; i++)
        chosen += is_long(topics, n, i, TOPICS);
    for (size_t i = 0; i < n; i++) {
        if (!is_long(topics, n, i, TOPICS))
            continue;
        chip_str_add(text, !told ? "" : told + 1 == chosen ? " and " : ", ");
        size_t at = text->len;
        chip_str_add_n(text, topics[i].title, title_bytes(&topics[i]));
        if (!text->failed && !topics[i].proper && (told || !begins))
            text->data[at] = (char)tolower((unsigned char)text->data[at]);
        told++;
    }
    return told;
}

json_t *chip_summary_title(const struct chip_outline *topics, size_t n)
{
    struct chip_str text = {0};
    chip_str_add(&text, "");
    add_titles(&text, topics, n, true);
    json_t *json = text.failed ? NULL : json_string(text.data);
    chip_str_done(&text);
    return json;
}

/* "7 tasks for Alan, Miguel, Tom and Dana." */
static void add_task_count(struct writing *w, const struct chip_items *actions)
{
    size_t n = 0, owners = 0;
    int known[MAX_OWNERS];
    for (size_t i = 0; i < actions->n; i++) {
        const struct chip_item *item = &actions->items[i];
        n += !item->dropped;
        bool seen = item->dropped || !chip_names_of(&w->r->names, item->owner);
        for (size_t k = 0; k < owners && !seen; k++)
            seen = known[k] == item->owner;
        if (!seen && owners < MAX_OWNERS)
            known[owners++] = item->owner;
        if (!item->dropped)
            prove(w, item->sentence);
    }
    space(w);
    chip_str_addf(&w->text, "%zu tasks", n);
    for (size_t k = 0; k < owners; k++) {
        const char *name = chip_names_of(&w->r->names, known[k]);
        chip_str_add(&w->text, k == 0 ? " for " : k + 1 == owners ? " and " : ", ");
        chip_str_add_n(&w->text, name, strcspn(name, " "));
    }
    stop(w);
}

json_t *chip_summary_short(const struct chip_reading *r, const struct chip_found *found,
                           const struct chip_outline *topics, size_t n, json_t *evidence)
{
    struct writing w = begin(r, evidence);
    struct chip_range all = {0, r->talk.n_sentences};
    chip_str_add(&w.text, "Topics: ");
    if (add_titles(&w.text, topics, n, false) == 0 && !w.text.failed)
        w.text.data[w.text.len = 0] = '\0';
    stop(&w);
    if (count_in(found->decisions, all) == 0)
        for (size_t i = 0, most = SENTENCES; i < n && most > 0; i++, most--)
            add_picks(&w, found, &topics[i], 1);
    add_decisions(&w, found->decisions, all, DECISIONS);
    if (count_in(found->actions, all) > TASKS)
        add_task_count(&w, found->actions);
    else
        add_tasks(&w, found->actions, all, TASKS);
    add_questions(&w, found->questions, all, QUESTIONS);
    return end(&w);
}

json_t *chip_summary_long(const struct chip_reading *r, const struct chip_found *found,
                          const struct chip_outline *topics, size_t n, json_t *evidence)
{
    struct writing w = begin(r, evidence);
    for (size_t i = 0; i < n; i++) {
        size_t before = w.text.len;
        if (*topics[i].title)
            chip_str_addf(&w.text, "%s:", topics[i].title);
        size_t named = w.text.len;
        add_picks(&w, found, &topics[i], ALL);
        add_decisions(&w, found->decisions, topics[i].sentences, ALL);
        add_tasks(&w, found->actions, topics[i].sentences, ALL);
        add_questions(&w, found->questions, topics[i].sentences, ALL);
        if (w.text.failed)
            break;
        if (w.text.len == named) { /* nothing to say of it */
            w.text.len = before;
            w.text.data[before] = '\0';
        } else if (i + 1 < n) {
            chip_str_add(&w.text, "\n");
        }
    }
    while (!w.text.failed && w.text.len && w.text.data[w.text.len - 1] == '\n')
        w.text.data[--w.text.len] = '\0';
    return end(&w);
}
