/* What the minutes list: "what was decided about the price?", "who finds the students?" */
#include <string.h>

#include "minutes/ask/sources.h"

static const float SHARE = 0.5f; /* of what is asked for has to be in an item, or its quotes */
static const float SAME = 0.95f; /* of a question that the meeting asked itself */

/* How a kind of item is read and said. */
struct list {
    const char *name, *text; /* of the list in minutes, and of its items' text */
    const char *one, *many;  /* what stands before them */
};

static const struct list lists[] = {
    [CHIP_QUESTION_DECISIONS] = {"decisions", "text", "It was decided: ", "These were decided:"},
    [CHIP_QUESTION_TASKS] = {"action_items", "what", "", "The tasks:"},
    [CHIP_QUESTION_OPEN] = {"open_questions", "text",
                            "This was left open: ", "These questions were left open:"},
    [CHIP_QUESTION_RISKS] = {"risks", "text", "A risk was named: ", "These risks were named:"},
};

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

/* ---- which items ------------------------------------------------------------------------------
 */

enum { BEFORE = 3 }; /* segments that often say what "it" is */

/* What is said of an item, and around it. */
struct words {
    struct chip_str own, around;
};

static void words_done(struct words *w)
{
    chip_str_done(&w->own);
    chip_str_done(&w->around);
}

/* The topic that a moment belongs to. */
static const char *topic_at(const json_t *minutes, double start)
{
    const json_t *topic;
    const char *title = "";
    size_t i;
    json_array_foreach(json_object_get(minutes, "topics"), i, topic)
    {
        if (json_number_value(json_object_get(topic, "start")) <= start)
            title = text_of(topic, "title");
    }
    return title;
}

static void read_item(struct words *w, const struct chip_reading *r, const json_t *minutes,
                      const struct list *list, const json_t *item)
{
    const struct chip_transcript *t = r->talk.transcript;
    const json_t *evidence = json_object_get(item, "evidence"), *entry;
    const json_t *first = json_array_get(evidence, 0);
    size_t i, segment = (size_t)json_integer_value(json_object_get(first, "segment"));
    chip_str_addf(&w->own, "%s %s", text_of(item, list->text),
                  topic_at(minutes, json_number_value(json_object_get(first, "start"))));
    json_array_foreach(evidence, i, entry)
    {
        chip_str_addf(&w->own, " %s", text_of(entry, "quote"));
    }
    for (size_t d = 0; d <= BEFORE && d <= segment && segment < t->n_segments; d++)
        chip_str_addf(&w->around, "%s ", t->segments[segment - d].text);
}

/* @return 0..1; -1: out of memory */
static float share_of(const struct chip_finder *f, const struct chip_question *q,
                      const json_t *minutes, const struct list *list, const json_t *item)
{
    struct words words = {0};
    float share = -1;
    read_item(&words, f->r, minutes, list, item);
    if (!words.own.failed && !words.around.failed)
        share = chip_find_share(f, q, words.own.data, words.around.data ? words.around.data : "");
    words_done(&words);
    return share;
}

static bool is_theirs(const struct chip_question *q, const struct chip_reading *r,
                      const json_t *item)
{
    if (q->speaker < 0 || q->kind != CHIP_QUESTION_TASKS)
        return true;
    const json_t *owner = json_object_get(item, "owner");
    return strcmp(text_of(owner, "speaker"), r->talk.transcript->speakers[q->speaker].label) == 0;
}

/* How well an item fits the question; 0: not at all; -1: out of memory. */
static float fit(const struct chip_finder *f, const struct chip_question *q, const json_t *minutes,
                 const struct list *list, const json_t *item)
{
    if (!is_theirs(q, f->r, item) || (q->kind == CHIP_QUESTION_TASKS && q->wants_time &&
                                      !json_is_object(json_object_get(item, "due"))))
        return 0;
    float share = share_of(f, q, minutes, list, item);
    return share >= SHARE || share < 0 ? share : 0;
}

/* The items that fit best; with a subject, only those that fit it as well as the best one.
 * @return a new reference; NULL: out of memory */
static json_t *fitting(const struct chip_finder *f, const struct chip_question *q,
                       const struct list *list, const json_t *minutes)
{
    json_t *items = json_array();
    float best = 0;
    size_t i;
    json_t *item;
    json_array_foreach(json_object_get(minutes, list->name), i, item)
    {
        float share = fit(f, q, minutes, list, item);
        if (share < 0) {
            json_decref(items);
            return NULL;
        }
        if (share == 0 || share < 0.8f * best)
            continue;
        if (0.8f * share > best)
            json_array_clear(items);
        best = share > best ? share : best;
        json_array_append(items, item);
    }
    return items;
}

/* ---- how they are said ------------------------------------------------------------------------
 */

static const char *owner_of(const struct chip_reading *r, const json_t *item)
{
    const json_t *owner = json_object_get(item, "owner");
    const struct chip_transcript *t = r->talk.transcript;
    for (size_t i = 0; i < t->n_speakers; i++)
        if (strcmp(t->speakers[i].label, text_of(owner, "speaker")) == 0)
            return chip_answer_name(r, (int)i);
    return text_of(owner, "name");
}

static void add_item(struct chip_str *text, const struct chip_reading *r, const struct list *list,
                     const json_t *item)
{
    const json_t *due = json_object_get(item, "due");
    const json_t *first = json_array_get(json_object_get(item, "evidence"), 0);
    if (list == &lists[CHIP_QUESTION_TASKS])
        chip_str_addf(text, "%s: ", *owner_of(r, item) ? owner_of(r, item) : "Nobody yet");
    chip_str_add(text, text_of(item, list->text));
    if (*text_of(due, "said"))
        chip_str_addf(text, ", %s", text_of(due, "said"));
    if (*text_of(due, "date"))
        chip_str_addf(text, " (%s)", text_of(due, "date"));
    if (first) {
        chip_str_add(text, " [");
        chip_answer_add_time(text, json_number_value(json_object_get(first, "start")));
        chip_str_add(text, "]");
    }
}

static json_t *say_items(const struct chip_reading *r, const struct list *list, const json_t *items)
{
    json_t *answer = chip_answer_new("minutes"), *item;
    struct chip_str text = {0};
    bool fine = answer != NULL, single = json_array_size(items) == 1;
    size_t i;
    chip_str_add(&text, single ? list->one : list->many);
    json_array_foreach((json_t *)items, i, item)
    {
        if (!single)
            chip_str_add(&text, "\n- ");
        add_item(&text, r, list, item);
        fine = fine && chip_answer_cite(answer, r, json_object_get(item, "evidence"));
    }
    fine = fine && chip_answer_say(answer, &text);
    chip_str_done(&text);
    if (fine)
        return answer;
    json_decref(answer);
    return NULL;
}

static json_t *say_summary(const struct chip_reading *r, const json_t *minutes)
{
    const json_t *summary = json_object_get(minutes, "summary");
    json_t *answer = chip_answer_new("minutes"), *topic;
    struct chip_str text = {0};
    bool fine = answer != NULL;
    size_t i;
    chip_str_add(&text, text_of(summary, "short"));
    json_array_foreach(json_object_get(minutes, "topics"), i, topic)
    {
        chip_str_addf(&text, "%s%s", i == 0 ? "\nTopics: " : "; ", text_of(topic, "title"));
    }
    fine = fine && chip_answer_cite(answer, r, json_object_get(summary, "evidence")) &&
           chip_answer_say(answer, &text);
    chip_str_done(&text);
    if (fine)
        return answer;
    json_decref(answer);
    return NULL;
}

/* A question that the meeting itself asked and left open.
 * @return a new reference, none or one; NULL: out of memory */
static json_t *asked_before(const struct chip_finder *f, const struct chip_question *q,
                            const json_t *minutes)
{
    json_t *open = json_array(), *item;
    size_t i;
    json_array_foreach(json_object_get(minutes, "open_questions"), i, item)
    {
        if (q->n_terms < 2 || json_array_size(open) > 0)
            continue;
        float share = share_of(f, q, minutes, &lists[CHIP_QUESTION_OPEN], item);
        if (share < 0) {
            json_decref(open);
            return NULL;
        }
        if (share >= SAME)
            json_array_append(open, item);
    }
    return open;
}

enum chip_status chip_answer_from_minutes(const struct chip_finder *finder,
                                          const struct chip_question *question,
                                          const json_t *minutes, json_t **out, struct chip_err *err)
{
    enum chip_question_kind kind = question->kind;
    bool has_list = kind == CHIP_QUESTION_DECISIONS || kind == CHIP_QUESTION_TASKS ||
                    kind == CHIP_QUESTION_OPEN || kind == CHIP_QUESTION_RISKS;
    *out = NULL;
    if (kind == CHIP_QUESTION_SUMMARY && question->n_terms == 0) {
        if (*text_of(json_object_get(minutes, "summary"), "short") &&
            !(*out = say_summary(finder->r, minutes)))
            return chip_fail(err, CHIP_E_NOMEM, "not enough memory to answer");
        return CHIP_OK;
    }
    const struct list *list = &lists[CHIP_QUESTION_OPEN];
    bool may_be_open = !has_list || kind == CHIP_QUESTION_TASKS;
    json_t *items = may_be_open ? asked_before(finder, question, minutes) : json_array();
    if (has_list && items && json_array_size(items) == 0) {
        json_decref(items);
        list = &lists[kind];
        items = fitting(finder, question, list, minutes);
    }
    if (json_array_size(items) > 0)
        *out = say_items(finder->r, list, items);
    bool failed = !items || (json_array_size(items) > 0 && !*out);
    json_decref(items);
    return failed ? chip_fail(err, CHIP_E_NOMEM, "not enough memory to answer") : CHIP_OK;
}
