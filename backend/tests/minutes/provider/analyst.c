/*
 * In the place of the analyst, so that these tests are of the language models alone: minutes that
 * say nothing, and a check that drops what has a quote that is not in its segment.
 */
#include <string.h>

#include "minutes/merge.h"

enum chip_status chip_minutes_analyse(const struct chip_transcript *transcript,
                                      const struct chip_minutes_options *options, json_t **out,
                                      struct chip_err *err)
{
    (void)transcript, (void)options, (void)err;
    *out = chip_merge_start();
    json_object_set_new(*out, "provider", json_string("builtin"));
    json_object_set_new(*out, "audit", json_pack("{s:[]}", "notes"));
    return CHIP_OK;
}

static int is_said(const json_t *item, const struct chip_transcript *t)
{
    const json_t *first = json_array_get(json_object_get(item, "evidence"), 0);
    if (!first)
        return 0;
    size_t n = (size_t)json_integer_value(json_object_get(first, "segment"));
    return strstr(t->segments[n].text, json_string_value(json_object_get(first, "quote"))) != NULL;
}

enum chip_status chip_minutes_verify(json_t *minutes, const struct chip_transcript *transcript,
                                     struct chip_err *err)
{
    (void)err;
    json_t *decisions = json_object_get(minutes, "decisions");
    int dropped = 0;
    for (size_t i = json_array_size(decisions); i-- > 0;)
        if (!is_said(json_array_get(decisions, i), transcript)) {
            json_array_remove(decisions, i);
            dropped++;
        }
    json_object_set_new(minutes, "audit", json_pack("{s:i, s:[]}", "dropped", dropped, "notes"));
    return CHIP_OK;
}
