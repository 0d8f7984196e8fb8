#include "meeting/json.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "meeting/json_place.h"

/* Member "speaker", if it is there and anybody was told apart. */
static enum chip_status read_speaker(const struct chip_json_place *at,
                                     const struct chip_transcript *t, const json_t *json,
                                     int *speaker)
{
    if (!t->n_speakers || !json_object_get(json, "speaker"))
        return CHIP_OK;
    return chip_json_get_speaker(at, t, json, speaker);
}

static enum chip_status read_word(const struct chip_json_place *at, const struct chip_transcript *t,
                                  const json_t *json, int speaker, struct chip_word *word)
{
    if (!json_is_object(json))
        return chip_json_refuse(at, "", "must be an object");
    enum chip_status st = chip_json_get_spoken(at, json, "word", &word->text);
    if (st == CHIP_OK)
        st = chip_json_get_ms(at, json, "start", &word->start_ms);
    if (st == CHIP_OK)
        st = chip_json_get_ms(at, json, "end", &word->end_ms);
    if (st == CHIP_OK)
        st = chip_json_get_share(at, json, "confidence", &word->confidence);
    word->speaker = speaker;
    if (st == CHIP_OK)
        st = read_speaker(at, t, json, &word->speaker);
    if (st == CHIP_OK && word->speaker != speaker)
        st = chip_json_refuse(at, "speaker", "must be that of the segment");
    return st;
}

static enum chip_status read_words(const struct chip_transcript *t, size_t segment,
                                   const json_t *array, int speaker, struct chip_word *words,
                                   struct chip_err *err)
{
    struct chip_json_place at = {.err = err};
    for (size_t i = 0; i < json_array_size(array); i++) {
        snprintf(at.path, sizeof at.path, "segments[%zu].words[%zu]", segment, i);
        enum chip_status st = read_word(&at, t, json_array_get(array, i), speaker, &words[i]);
        if (st != CHIP_OK)
            return st;
    }
    return CHIP_OK;
}

static enum chip_status read_segment(struct chip_transcript *t, const json_t *json, size_t id,
                                     struct chip_err *err)
{
    struct chip_json_place at = {.err = err};
    snprintf(at.path, sizeof at.path, "segments[%zu]", id);
    if (!json_is_object(json))
        return chip_json_refuse(&at, "", "must be an object");
    const json_t *number = json_object_get(json, "id");
    if (!json_is_integer(number) || json_integer_value(number) != (json_int_t)id)
        return chip_json_refuse(&at, "id", "must be there and count the segments from 0");

    struct chip_segment seg = {.speaker = -1};
    const json_t *array = NULL;
    enum chip_status st = chip_json_get_ms(&at, json, "start", &seg.start_ms);
    if (st == CHIP_OK)
        st = chip_json_get_ms(&at, json, "end", &seg.end_ms);
    if (st == CHIP_OK)
        st = read_speaker(&at, t, json, &seg.speaker);
    if (st == CHIP_OK)
        st = chip_json_get_spoken(&at, json, "text", &seg.text);
    if (st == CHIP_OK)
        st = chip_json_get_share(&at, json, "confidence", &seg.confidence);
    if (st == CHIP_OK)
        st = chip_json_get_array(&at, json, "words", &array);
    if (st != CHIP_OK)
        return st;

    size_t n_words = json_array_size(array);
    struct chip_word *words = calloc(n_words + 1, sizeof *words);
    if (!words)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for the transcript");
    struct chip_err why = {0};
    st = read_words(t, id, array, seg.speaker, words, err);
    if (st == CHIP_OK)
        st = chip_json_built(&at, "", chip_transcript_add_segment(t, &seg, words, n_words, &why),
                             &why);
    free(words);
    return st;
}

static enum chip_status read_audit(struct chip_transcript *t, const json_t *json, size_t i,
                                   struct chip_err *err)
{
    struct chip_json_place at = {.err = err};
    snprintf(at.path, sizeof at.path, "audit[%zu]", i);
    if (!json_is_object(json))
        return chip_json_refuse(&at, "", "must be an object");
    struct chip_audit audit = {0};
    const char *kind = NULL;
    enum chip_status st = chip_json_get_text(&at, json, "kind", &kind);
    if (st == CHIP_OK && !chip_audit_kind_by_name(kind, &audit.kind))
        st = chip_json_refuse(&at, "kind", "is not a kind of audit note that this version knows");
    if (st == CHIP_OK)
        st = chip_json_get_ms(&at, json, "start", &audit.start_ms);
    if (st == CHIP_OK)
        st = chip_json_get_ms(&at, json, "end", &audit.end_ms);
    if (st == CHIP_OK)
        st = chip_json_get_text(&at, json, "detail", &audit.detail);
    if (st == CHIP_OK && t->n_audit && audit.start_ms < t->audit[t->n_audit - 1].start_ms)
        st = chip_json_refuse(&at, "start", "must not be before that of the note in front of it");
    if (st != CHIP_OK)
        return st;
    struct chip_err why = {0};
    return chip_json_built(&at, "", chip_transcript_add_audit(t, &audit, &why), &why);
}

static enum chip_status check_schema(const json_t *root, struct chip_err *err)
{
    static const char family[] = "chip.transcript/";
    struct chip_json_place at = {.err = err};
    if (!json_is_object(root))
        return chip_fail(err, CHIP_E_FORMAT, "transcript json: not an object");
    const char *schema = json_string_value(json_object_get(root, "schema"));
    if (!schema || strncmp(schema, family, sizeof family - 1) != 0)
        return chip_json_refuse(&at, "schema",
                                "must be there and be \"" CHIP_TRANSCRIPT_SCHEMA "\"");
    if (strcmp(schema, CHIP_TRANSCRIPT_SCHEMA) != 0)
        return chip_fail(
            err, CHIP_E_UNSUPPORTED,
            "transcript json: written as '%.40s', this version reads '%s'; use a newer "
            "chip",
            schema, CHIP_TRANSCRIPT_SCHEMA);
    return CHIP_OK;
}

static enum chip_status read_facts(struct chip_transcript *t, const json_t *root,
                                   struct chip_err *err)
{
    struct chip_json_place at = {.err = err};
    const char *model = NULL, *language = NULL;
    int64_t duration_ms = 0, speech_ms = 0;
    enum chip_status st = chip_json_get_text(&at, root, "model", &model);
    if (st == CHIP_OK)
        st = chip_json_get_text(&at, root, "language", &language);
    if (st == CHIP_OK)
        st = chip_json_get_ms(&at, root, "duration", &duration_ms);
    if (st == CHIP_OK)
        st = chip_json_get_ms(&at, root, "speech", &speech_ms);
    if (st == CHIP_OK)
        st = chip_transcript_set_model(t, model, err);
    if (st == CHIP_OK)
        st = chip_transcript_set_language(t, language, err);
    if (st == CHIP_OK)
        st = chip_transcript_set_durations(t, duration_ms, speech_ms, err);
    t->overlap_modelled = json_is_true(json_object_get(root, "overlap_modelled"));
    return st;
}

static enum chip_status read_root(struct chip_transcript *t, const json_t *root,
                                  struct chip_err *err)
{
    struct chip_json_place at = {.err = err};
    const json_t *segments = NULL, *audit = NULL;
    enum chip_status st = check_schema(root, err);
    if (st == CHIP_OK)
        st = read_facts(t, root, err);
    if (st == CHIP_OK && json_object_get(root, "speakers"))
        st = chip_json_read_speakers(t, root, err);
    if (st == CHIP_OK)
        st = chip_json_get_array(&at, root, "segments", &segments);
    if (st == CHIP_OK)
        st = chip_json_get_array(&at, root, "audit", &audit);
    for (size_t i = 0; st == CHIP_OK && i < json_array_size(segments); i++)
        st = read_segment(t, json_array_get(segments, i), i, err);
    for (size_t i = 0; st == CHIP_OK && i < json_array_size(audit); i++)
        st = read_audit(t, json_array_get(audit, i), i, err);
    return st;
}

enum chip_status chip_transcript_from_json(const char *json, size_t n_json,
                                           struct chip_transcript **out, struct chip_err *err)
{
    if (n_json > CHIP_TRANSCRIPT_MAX_BYTES)
        return chip_fail(err, CHIP_E_LIMIT, "transcript json: longer than %u bytes",
                         CHIP_TRANSCRIPT_MAX_BYTES);
    json_error_t wrong;
    json_t *root = json_loadb(json, n_json, JSON_REJECT_DUPLICATES, &wrong);
    if (!root) {
        if (json_error_code(&wrong) == json_error_out_of_memory)
            return chip_fail(err, CHIP_E_NOMEM, "not enough memory for the transcript");
        return chip_fail(err, CHIP_E_FORMAT, "transcript json: line %d, column %d: %s", wrong.line,
                         wrong.column, wrong.text);
    }

    enum chip_status st = chip_transcript_from_value(root, out, err);
    json_decref(root);
    return st;
}

enum chip_status chip_transcript_from_value(const json_t *root, struct chip_transcript **out,
                                            struct chip_err *err)
{
    CHIP_AUTO(chip_transcript) t = NULL;
    enum chip_status st = chip_transcript_new(&t, err);
    if (st == CHIP_OK)
        st = read_root(t, root, err);
    if (st != CHIP_OK)
        return st;
    *out = t;
    t = NULL;
    return CHIP_OK;
}
