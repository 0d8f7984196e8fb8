/* Values by words: a stem that a value's text and a segment share speaks for the value. */
#include "minutes/values.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "minutes/provider/json.h"

enum {
    MAX_STEMS = 200,
    STEM = 6,          /* letters: "listening" and "listened" are one */
    SHORTEST = 5,      /* shorter words say too little */
    MIN_SHARED = 2,    /* different stems in one segment that make it evidence */
    MIN_SEGMENTS = 2,  /* fewer are chance */
    FULL_SEGMENTS = 6, /* so many are a score of 1 */
    MAX_EVIDENCE = 5,
};

/* By words alone nobody knows whether a value is praised or missed. */
static const double MOST_CONFIDENT = 0.5;

struct stems {
    char text[MAX_STEMS][STEM + 1];
    size_t n;
};

static bool is_common(const char *stem)
{
    static const char *const common[] = {"about",  "after",  "before", "being", "could",  "every",
                                         "from",   "other",  "should", "their", "there",  "these",
                                         "thing",  "things", "think",  "those", "where",  "which",
                                         "while",  "would",  "always", "never", "someth", "people",
                                         "becaus", "really", "meetin", "going"};
    for (size_t i = 0; i < sizeof common / sizeof *common; i++)
        if (strcmp(stem, common[i]) == 0)
            return true;
    return false;
}

static void add_stems(struct stems *stems, const char *text)
{
    while (text && *text && stems->n < MAX_STEMS) {
        size_t n = 0;
        char stem[STEM + 1] = "";
        for (; isalpha((unsigned char)text[n]) || (unsigned char)text[n] >= 0x80; n++)
            if (n < STEM)
                stem[n] = (char)tolower((unsigned char)text[n]);
        bool known = n < SHORTEST || is_common(stem);
        for (size_t i = 0; i < stems->n && !known; i++)
            known = strcmp(stems->text[i], stem) == 0;
        if (!known)
            memcpy(stems->text[stems->n++], stem, sizeof stem);
        text += n ? n : 1;
    }
}

static size_t shared(const struct stems *a, const struct stems *b)
{
    size_t n = 0;
    for (size_t i = 0; i < a->n; i++)
        for (size_t k = 0; k < b->n; k++)
            n += strcmp(a->text[i], b->text[k]) == 0;
    return n;
}

static void stems_of_value(const json_t *value, struct stems *stems)
{
    stems->n = 0;
    add_stems(stems, chip_llm_text_of(value, "name"));
    add_stems(stems, chip_llm_text_of(value, "description"));
    size_t i;
    const json_t *example;
    json_array_foreach(json_object_get(value, "examples"), i, example)
    {
        add_stems(stems, json_string_value(example));
    }
}

/* @param speaker -1: all. @param hits [n_segments] */
static json_t *result_of(const struct chip_transcript *t, const bool *hits, int speaker)
{
    json_t *evidence = json_array();
    size_t n = 0;
    for (size_t i = 0; i < t->n_segments; i++) {
        const struct chip_segment *s = &t->segments[i];
        if (!hits[i] || (speaker >= 0 && s->speaker != speaker))
            continue;
        if (n++ < MAX_EVIDENCE)
            json_array_append_new(evidence,
                                  json_pack("{s:I, s:f, s:f, s:s}", "segment", (json_int_t)i,
                                            "start", (double)s->start_ms / 1000, "end",
                                            (double)s->end_ms / 1000, "quote", s->text));
    }
    if (n < MIN_SEGMENTS) {
        json_decref(evidence);
        return json_pack("{s:s}", "insufficient_evidence", "too-few-words");
    }
    double share = n < FULL_SEGMENTS ? (double)n / FULL_SEGMENTS : 1;
    return json_pack("{s:f, s:f, s:o}", "score", share, "confidence", MOST_CONFIDENT * share,
                     "evidence", evidence);
}

static json_t *judge(const json_t *value, const struct chip_transcript *t, bool *hits)
{
    struct stems words, said;
    stems_of_value(value, &words);
    for (size_t i = 0; i < t->n_segments; i++) {
        said.n = 0;
        add_stems(&said, t->segments[i].text);
        hits[i] = shared(&words, &said) >= MIN_SHARED;
    }
    json_t *speakers = json_array();
    for (size_t s = 0; s < t->n_speakers; s++) {
        json_t *one = result_of(t, hits, (int)s);
        json_object_set_new(one, "speaker", json_string(t->speakers[s].label));
        json_array_append_new(speakers, one);
    }
    return json_pack("{s:O, s:o, s:o}", "name", json_object_get(value, "name"), "overall",
                     result_of(t, hits, -1), "speakers", speakers);
}

json_t *chip_values_by_words(const json_t *values, const struct chip_transcript *transcript)
{
    bool *hits = calloc(transcript->n_segments + 1, sizeof *hits);
    json_t *out = hits ? json_array() : NULL;
    size_t i;
    const json_t *value;
    json_array_foreach(values, i, value)
    {
        if (out)
            json_array_append_new(out, judge(value, transcript, hits));
    }
    free(hits);
    return out;
}
