#include "meeting/json.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "meeting/text.h"

/* Where in the document we are, for messages: "segments[3].words[0]" and a member's name. */
struct place {
    char path[64];
    struct chip_err *err;
};

static enum chip_status refuse(const struct place *at, const char *member, const char *why)
{
    return chip_fail(at->err, CHIP_E_FORMAT, "transcript json: %s%s%s: %s", at->path,
                     *at->path && *member ? "." : "", member, why);
}

static enum chip_status get_text(const struct place *at, const json_t *object, const char *member,
                                 const char **out)
{
    *out = json_string_value(json_object_get(object, member));
    return *out ? CHIP_OK : refuse(at, member, "must be there and be a string");
}

static enum chip_status get_spoken(const struct place *at, const json_t *object, const char *member,
                                   const char **out)
{
    enum chip_status st = get_text(at, object, member, out);
    if (st == CHIP_OK && chip_text_is_blank(*out))
        st = refuse(at, member, "must not be empty");
    return st;
}

static enum chip_status get_ms(const struct place *at, const json_t *object, const char *member,
                               int64_t *out)
{
    const json_t *value = json_object_get(object, member);
    if (!json_is_number(value))
        return refuse(at, member, "must be there and be a number of seconds");
    double seconds = json_number_value(value);
    if (!(seconds >= 0 && seconds <= (double)CHIP_TRANSCRIPT_MAX_MS / 1000))
        return refuse(at, member, "must be between 0 and 100000 hours, in seconds");
    *out = (int64_t)(seconds * 1000 + 0.5);
    return CHIP_OK;
}

static enum chip_status get_confidence(const struct place *at, const json_t *object, float *out)
{
    const json_t *value = json_object_get(object, "confidence");
    double number = json_number_value(value);
    if (!json_is_number(value) || !(number >= 0 && number <= 1))
        return refuse(at, "confidence", "must be there and be a number from 0 to 1");
    *out = (float)number;
    return CHIP_OK;
}

static enum chip_status get_array(const struct place *at, const json_t *object, const char *member,
                                  const json_t **out)
{
    *out = json_object_get(object, member);
    return json_is_array(*out) ? CHIP_OK : refuse(at, member, "must be there and be an array");
}

/* The builder's complaint, with the place in front. */
static enum chip_status built(const struct place *at, enum chip_status st,
                              const struct chip_err *why)
{
    if (st == CHIP_OK)
        return CHIP_OK;
    if (st == CHIP_E_INVAL)
        return refuse(at, "", why->message);
    return chip_fail(at->err, st, "%s", why->message);
}

static enum chip_status read_word(const struct place *at, const json_t *json,
                                  struct chip_word *word)
{
    if (!json_is_object(json))
        return refuse(at, "", "must be an object");
    enum chip_status st = get_spoken(at, json, "word", &word->text);
    if (st == CHIP_OK)
        st = get_ms(at, json, "start", &word->start_ms);
    if (st == CHIP_OK)
        st = get_ms(at, json, "end", &word->end_ms);
    if (st == CHIP_OK)
        st = get_confidence(at, json, &word->confidence);
    return st;
}

static enum chip_status read_words(size_t segment, const json_t *array, struct chip_word *words,
                                   struct chip_err *err)
{
    struct place at = {.err = err};
    for (size_t i = 0; i < json_array_size(array); i++) {
        snprintf(at.path, sizeof at.path, "segments[%zu].words[%zu]", segment, i);
        enum chip_status st = read_word(&at, json_array_get(array, i), &words[i]);
        if (st != CHIP_OK)
            return st;
    }
    return CHIP_OK;
}

static enum chip_status read_segment(struct chip_transcript *t, const json_t *json, size_t id,
                                     struct chip_err *err)
{
    struct place at = {.err = err};
    snprintf(at.path, sizeof at.path, "segments[%zu]", id);
    if (!json_is_object(json))
        return refuse(&at, "", "must be an object");
    const json_t *number = json_object_get(json, "id");
    if (!json_is_integer(number) || json_integer_value(number) != (json_int_t)id)
        return refuse(&at, "id", "must be there and count the segments from 0");

    struct chip_segment seg = {0};
    const json_t *array = NULL;
    enum chip_status st = get_ms(&at, json, "start", &seg.start_ms);
    if (st == CHIP_OK)
        st = get_ms(&at, json, "end", &seg.end_ms);
    if (st == CHIP_OK)
        st = get_spoken(&at, json, "text", &seg.text);
    if (st == CHIP_OK)
        st = get_confidence(&at, json, &seg.confidence);
    if (st == CHIP_OK)
        st = get_array(&at, json, "words", &array);
    if (st != CHIP_OK)
        return st;

    size_t n_words = json_array_size(array);
    struct chip_word *words = calloc(n_words + 1, sizeof *words);
    if (!words)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for the transcript");
    struct chip_err why = {0};
    st = read_words(id, array, words, err);
    if (st == CHIP_OK)
        st = built(&at, chip_transcript_add_segment(t, &seg, words, n_words, &why), &why);
    free(words);
    return st;
}

static enum chip_status read_audit(struct chip_transcript *t, const json_t *json, size_t i,
                                   struct chip_err *err)
{
    struct place at = {.err = err};
    snprintf(at.path, sizeof at.path, "audit[%zu]", i);
    if (!json_is_object(json))
        return refuse(&at, "", "must be an object");
    struct chip_audit audit = {0};
    const char *kind = NULL;
    enum chip_status st = get_text(&at, json, "kind", &kind);
    if (st == CHIP_OK && !chip_audit_kind_by_name(kind, &audit.kind))
        st = refuse(&at, "kind", "is not a kind of audit note that this version knows");
    if (st == CHIP_OK)
        st = get_ms(&at, json, "start", &audit.start_ms);
    if (st == CHIP_OK)
        st = get_ms(&at, json, "end", &audit.end_ms);
    if (st == CHIP_OK)
        st = get_text(&at, json, "detail", &audit.detail);
    if (st == CHIP_OK && t->n_audit && audit.start_ms < t->audit[t->n_audit - 1].start_ms)
        st = refuse(&at, "start", "must not be before that of the note in front of it");
    if (st != CHIP_OK)
        return st;
    struct chip_err why = {0};
    return built(&at, chip_transcript_add_audit(t, &audit, &why), &why);
}

static enum chip_status check_schema(const json_t *root, struct chip_err *err)
{
    static const char family[] = "chip.transcript/";
    struct place at = {.err = err};
    if (!json_is_object(root))
        return chip_fail(err, CHIP_E_FORMAT, "transcript json: not an object");
    const char *schema = json_string_value(json_object_get(root, "schema"));
    if (!schema || strncmp(schema, family, sizeof family - 1) != 0)
        return refuse(&at, "schema", "must be there and be \"" CHIP_TRANSCRIPT_SCHEMA "\"");
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
    struct place at = {.err = err};
    const char *model = NULL, *language = NULL;
    int64_t duration_ms = 0, speech_ms = 0;
    enum chip_status st = get_text(&at, root, "model", &model);
    if (st == CHIP_OK)
        st = get_text(&at, root, "language", &language);
    if (st == CHIP_OK)
        st = get_ms(&at, root, "duration", &duration_ms);
    if (st == CHIP_OK)
        st = get_ms(&at, root, "speech", &speech_ms);
    if (st == CHIP_OK)
        st = chip_transcript_set_model(t, model, err);
    if (st == CHIP_OK)
        st = chip_transcript_set_language(t, language, err);
    if (st == CHIP_OK)
        st = chip_transcript_set_durations(t, duration_ms, speech_ms, err);
    return st;
}

static enum chip_status read_root(struct chip_transcript *t, const json_t *root,
                                  struct chip_err *err)
{
    struct place at = {.err = err};
    const json_t *segments = NULL, *audit = NULL;
    enum chip_status st = check_schema(root, err);
    if (st == CHIP_OK)
        st = read_facts(t, root, err);
    if (st == CHIP_OK)
        st = get_array(&at, root, "segments", &segments);
    if (st == CHIP_OK)
        st = get_array(&at, root, "audit", &audit);
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

    CHIP_AUTO(chip_transcript) t = NULL;
    enum chip_status st = chip_transcript_new(&t, err);
    if (st == CHIP_OK)
        st = read_root(t, root, err);
    json_decref(root);
    if (st != CHIP_OK)
        return st;
    *out = t;
    t = NULL;
    return CHIP_OK;
}
