#include "minutes/stored.h"

#include <string.h>

#include "meeting/transcript.h"

bool chip_minutes_follow(json_t *minutes, const json_t *earlier, const char *when)
{
    if (!json_is_object(earlier))
        return true;
    const json_t *kept = json_object_get(earlier, "before");
    json_t *before = json_is_array(kept) ? json_copy((json_t *)kept) : json_array();
    json_t *last = json_copy((json_t *)earlier);
    json_object_del(last, "before");
    if (json_object_set_new(minutes, "before", before) != 0 ||
        json_object_set_new(last, "replaced_at", json_string(when)) != 0) {
        json_decref(last);
        return false;
    }
    if (json_array_insert_new(before, 0, last) != 0)
        return false;
    while (json_array_size(before) > CHIP_MINUTES_BEFORE)
        json_array_remove(before, CHIP_MINUTES_BEFORE);
    return true;
}

bool chip_minutes_mark_stale(json_t *stored)
{
    size_t i;
    json_t *older;
    bool ok = json_object_set_new(stored, "stale", json_true()) == 0;
    json_array_foreach(json_object_get(stored, "before"), i, older)
    {
        ok = ok && json_object_set_new(older, "stale", json_true()) == 0;
    }
    return ok;
}

static const char *label_of(const struct chip_transcript *t, size_t segment)
{
    int speaker = t->segments[segment].speaker;
    return speaker >= 0 ? t->speakers[speaker].label : "";
}

bool chip_minutes_same_words(const struct chip_transcript *a, const struct chip_transcript *b)
{
    if (a->n_segments != b->n_segments)
        return false;
    for (size_t i = 0; i < a->n_segments; i++)
        if (strcmp(a->segments[i].text, b->segments[i].text) != 0 ||
            strcmp(label_of(a, i), label_of(b, i)) != 0)
            return false;
    return true;
}

static json_t *part(const json_t *minutes, const char *column)
{
    if (strcmp(column, "summary") == 0)
        return json_object_get(json_object_get(minutes, "summary"), "short");
    return json_object_get(minutes, column);
}

bool chip_minutes_columns(const json_t *minutes, const json_t *row, json_t *columns)
{
    static const char *const names[] = {"summary", "topics", "decisions", "action_items"};
    const json_t *earlier = json_object_get(row, "minutes");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const json_t *present = json_object_get(row, names[i]);
        json_t *made = part(minutes, names[i]);
        bool is_ours =
            !present || json_is_null(present) || json_equal(present, part(earlier, names[i]));
        if (made && is_ours && json_object_set(columns, names[i], made) != 0)
            return false;
    }
    return true;
}
