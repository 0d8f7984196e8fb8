#include "minutes/ask/answer.h"

#include <stdlib.h>

json_t *chip_answer_new(const char *from)
{
    return json_pack("{s:s, s:[], s:b, s:s, s:s, s:s, s:[]}", "answer", "", "citations",
                     "insufficient_evidence", 0, "from", from, "provider", "builtin", "model", "",
                     "notes");
}

json_t *chip_answer_none(void)
{
    json_t *answer = chip_answer_new("nothing");
    if (answer && json_object_set_new(answer, "insufficient_evidence", json_true()) == 0 &&
        json_object_set_new(answer, "answer",
                            json_string("Nobody in this meeting said enough about that to answer "
                                        "it. Ask with words that were used in it.")) == 0)
        return answer;
    json_decref(answer);
    return NULL;
}

const char *chip_answer_name(const struct chip_reading *r, int speaker)
{
    if (speaker < 0)
        return "Somebody";
    const char *name = chip_names_of(&r->names, speaker);
    return name ? name : r->talk.transcript->speakers[speaker].label;
}

static json_t *speaker_of(const struct chip_reading *r, json_int_t segment)
{
    const struct chip_transcript *t = r->talk.transcript;
    if (segment < 0 || (size_t)segment >= t->n_segments || t->segments[segment].speaker < 0)
        return json_null();
    int speaker = t->segments[segment].speaker;
    return json_pack("{s:s, s:s}", "id", t->speakers[speaker].label, "name",
                     chip_answer_name(r, speaker));
}

static bool is_cited(const json_t *citations, const json_t *entry)
{
    size_t i;
    const json_t *one;
    json_array_foreach(citations, i, one)
    {
        if (json_equal(json_object_get(one, "segment"), json_object_get(entry, "segment")) &&
            json_equal(json_object_get(one, "quote"), json_object_get(entry, "quote")))
            return true;
    }
    return false;
}

bool chip_answer_cite(json_t *answer, const struct chip_reading *r, const json_t *evidence)
{
    json_t *citations = json_object_get(answer, "citations");
    size_t i;
    json_t *entry;
    json_array_foreach((json_t *)evidence, i, entry)
    {
        if (is_cited(citations, entry))
            continue;
        json_t *speaker = speaker_of(r, json_integer_value(json_object_get(entry, "segment")));
        if (json_array_append_new(citations,
                                  json_pack("{s:O, s:O, s:O, s:o, s:O}", "segment",
                                            json_object_get(entry, "segment"), "start",
                                            json_object_get(entry, "start"), "end",
                                            json_object_get(entry, "end"), "speaker", speaker,
                                            "quote", json_object_get(entry, "quote"))) != 0)
            return false;
    }
    return true;
}

bool chip_answer_say(json_t *answer, struct chip_str *text)
{
    char *whole = NULL;
    if (chip_str_finish(text, &whole, NULL) != CHIP_OK)
        return false;
    json_t *string = json_string(whole);
    free(whole);
    return json_object_set_new(answer, "answer", string) == 0;
}

void chip_answer_add_time(struct chip_str *text, double seconds)
{
    long s = seconds > 0 ? (long)seconds : 0;
    if (s >= 3600)
        chip_str_addf(text, "%ld:%02ld:%02ld", s / 3600, s / 60 % 60, s % 60);
    else
        chip_str_addf(text, "%ld:%02ld", s / 60, s % 60);
}
