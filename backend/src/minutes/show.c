#include "minutes/show.h"

#include <math.h>
#include <string.h>

#include "base/str.h"
#include "meeting/stamp.h"

struct showing {
    struct chip_str out;
    const struct chip_transcript *transcript;
    bool markdown;
};

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

/* Text that stays text in Markdown. */
static void add(struct showing *s, const char *text)
{
    for (; *text; text++) {
        if (s->markdown && strchr("\\`*_[]<>#|", *text))
            chip_str_add(&s->out, "\\");
        chip_str_add_n(&s->out, text, 1);
    }
}

static void head(struct showing *s, const char *title)
{
    chip_str_addf(&s->out, s->markdown ? "\n## %s\n\n" : "\n%s\n", title);
}

static void begin(struct showing *s)
{
    chip_str_add(&s->out, s->markdown ? "- " : "  - ");
}

/* " [00:01:02]": where to listen to it */
static void end(struct showing *s, const json_t *item)
{
    const json_t *first = json_array_get(json_object_get(item, "evidence"), 0);
    if (json_is_true(json_object_get(item, "unverified")))
        chip_str_add(&s->out, " (not verified)");
    if (first) {
        chip_str_add(&s->out, s->markdown ? " \\[" : " [");
        double seconds = json_number_value(json_object_get(first, "start"));
        chip_stamp_add(&s->out, (int64_t)llround(seconds * 1000), 0);
        chip_str_add(&s->out, s->markdown ? "\\]" : "]");
    }
    chip_str_add(&s->out, "\n");
}

static const char *name_of(const struct showing *s, const char *label)
{
    for (size_t i = 0; i < s->transcript->n_speakers; i++)
        if (strcmp(s->transcript->speakers[i].label, label) == 0 &&
            s->transcript->speakers[i].name[0])
            return s->transcript->speakers[i].name;
    return label;
}

/* As the speaker is called today; else as they were when the minutes were written. */
static const char *owner_of(const struct showing *s, const json_t *owner)
{
    const char *label = text_of(owner, "speaker"), *today = name_of(s, label);
    const char *then = text_of(owner, "name");
    return *then && strcmp(today, label) == 0 ? then : today;
}

static void add_texts(struct showing *s, const json_t *minutes, const char *key, const char *title)
{
    size_t i;
    const json_t *item, *list = json_object_get(minutes, key);
    if (json_array_size(list) == 0)
        return;
    head(s, title);
    json_array_foreach(list, i, item)
    {
        begin(s);
        add(s, text_of(item, "text"));
        end(s, item);
    }
}

static void add_actions(struct showing *s, const json_t *minutes)
{
    size_t i;
    const json_t *item, *list = json_object_get(minutes, "action_items");
    if (json_array_size(list) == 0)
        return;
    head(s, "Action items");
    json_array_foreach(list, i, item)
    {
        const json_t *owner = json_object_get(item, "owner"), *due = json_object_get(item, "due");
        begin(s);
        add(s, owner_of(s, owner));
        chip_str_add(&s->out, owner && !json_is_null(owner) ? ": " : "");
        add(s, text_of(item, "what"));
        if (json_is_object(due)) {
            chip_str_add(&s->out, ", ");
            add(s, text_of(due, "said"));
            if (*text_of(due, "date"))
                chip_str_addf(&s->out, " (%s)", text_of(due, "date"));
        }
        end(s, item);
    }
}

static void add_topics(struct showing *s, const json_t *minutes)
{
    size_t i;
    const json_t *item, *list = json_object_get(minutes, "topics");
    if (json_array_size(list) == 0)
        return;
    head(s, "Topics");
    json_array_foreach(list, i, item)
    {
        begin(s);
        add(s, text_of(item, "title"));
        if (*text_of(item, "summary")) {
            chip_str_add(&s->out, ": ");
            add(s, text_of(item, "summary"));
        }
        end(s, item);
    }
}

static void add_figures(struct showing *s, const json_t *minutes)
{
    size_t i;
    const json_t *item, *list = json_object_get(minutes, "figures");
    if (json_array_size(list) == 0)
        return;
    head(s, "Figures");
    json_array_foreach(list, i, item)
    {
        begin(s);
        add(s, text_of(item, "value"));
        chip_str_add(&s->out, ": ");
        add(s, text_of(item, "text"));
        end(s, item);
    }
}

static void add_score(struct showing *s, const json_t *result)
{
    const json_t *score = json_object_get(result, "score");
    if (json_is_number(score))
        chip_str_addf(&s->out, "%.1f", json_number_value(score));
    else
        chip_str_add(&s->out, "insufficient evidence");
}

/* Each value once, with those whose own words say something about it. */
static void add_values(struct showing *s, const json_t *minutes)
{
    size_t i, k;
    const json_t *value, *one, *list = json_object_get(minutes, "values");
    if (json_array_size(list) == 0)
        return;
    head(s, "Values");
    json_array_foreach(list, i, value)
    {
        const json_t *overall = json_object_get(value, "overall");
        begin(s);
        add(s, text_of(value, "name"));
        chip_str_add(&s->out, ": ");
        add_score(s, overall);
        json_array_foreach(json_object_get(value, "speakers"), k, one)
        {
            if (!json_is_number(json_object_get(one, "score")))
                continue;
            chip_str_add(&s->out, ", ");
            add(s, name_of(s, text_of(one, "speaker")));
            chip_str_add(&s->out, " ");
            add_score(s, one);
        }
        end(s, overall);
    }
}

static void add_notes(struct showing *s, const json_t *minutes)
{
    size_t i;
    const json_t *note, *notes = json_object_get(json_object_get(minutes, "audit"), "notes");
    bool is_stale = json_is_true(json_object_get(minutes, "stale"));
    if (!is_stale && json_array_size(notes) == 0)
        return;
    head(s, "Notes");
    if (is_stale) {
        begin(s);
        chip_str_add(&s->out, "The transcript has been corrected since these were written.\n");
    }
    json_array_foreach(notes, i, note)
    {
        begin(s);
        add(s, json_string_value(note));
        chip_str_add(&s->out, "\n");
    }
}

enum chip_status chip_minutes_show(const json_t *minutes, const struct chip_transcript *transcript,
                                   enum chip_minutes_look look, char **out, struct chip_err *err)
{
    struct showing s = {.transcript = transcript, .markdown = look == CHIP_MINUTES_MARKDOWN};
    const json_t *summary = json_object_get(minutes, "summary");
    const char *title = text_of(minutes, "title");
    chip_str_add(&s.out, s.markdown ? "# " : "");
    add(&s, *title ? title : "Minutes");
    chip_str_add(&s.out, "\n\n");
    add(&s, *text_of(summary, "short") ? text_of(summary, "short")
                                       : "Insufficient evidence for a summary.");
    chip_str_add(&s.out, "\n");
    add_texts(&s, minutes, "decisions", "Decisions");
    add_actions(&s, minutes);
    add_texts(&s, minutes, "open_questions", "Open questions");
    add_texts(&s, minutes, "risks", "Risks");
    add_topics(&s, minutes);
    add_figures(&s, minutes);
    add_values(&s, minutes);
    add_notes(&s, minutes);
    return chip_str_finish(&s.out, out, err);
}
