#include "minutes/values.h"

#include <string.h>
#include <strings.h>

#include "base/file.h"
#include "minutes/provider/json.h"
#include "minutes/yaml.h"

enum { MAX_VALUES = 30, MAX_BYTES = 256 << 10, MAX_NAME = 100 };

static enum chip_status check_one(size_t i, const json_t *value, struct chip_err *err)
{
    const char *name = chip_llm_text_of(value, "name");
    if (!name || !*name || strlen(name) > MAX_NAME)
        return chip_fail(err, CHIP_E_FORMAT,
                         "values[%zu].name: give each value a name of up to %d bytes", i, MAX_NAME);
    const json_t *about = json_object_get(value, "description");
    if (about && !json_is_string(about))
        return chip_fail(err, CHIP_E_FORMAT, "values[%zu].description: must be a text", i);
    const json_t *examples = json_object_get(value, "examples"), *example;
    if (examples && !json_is_array(examples))
        return chip_fail(err, CHIP_E_FORMAT, "values[%zu].examples: must be a list of texts", i);
    size_t k;
    json_array_foreach(examples, k, example)
    {
        if (!json_is_string(example))
            return chip_fail(err, CHIP_E_FORMAT, "values[%zu].examples[%zu]: must be a text", i, k);
    }
    return CHIP_OK;
}

enum chip_status chip_values_check(const json_t *values, struct chip_err *err)
{
    if (!json_is_array(values))
        return chip_fail(err, CHIP_E_FORMAT,
                         "values: must be a list of {name, description, examples}");
    if (json_array_size(values) > MAX_VALUES)
        return chip_fail(err, CHIP_E_LIMIT, "values: more than %d are too many", MAX_VALUES);
    size_t i;
    const json_t *value;
    json_array_foreach(values, i, value)
    {
        enum chip_status status = check_one(i, value, err);
        if (status != CHIP_OK)
            return status;
    }
    return CHIP_OK;
}

static bool is_yaml(const char *path)
{
    const char *dot = strrchr(path, '.');
    return dot && (strcasecmp(dot, ".yaml") == 0 || strcasecmp(dot, ".yml") == 0);
}

static enum chip_status read_json(const char *text, size_t size, json_t **out, struct chip_err *err)
{
    json_error_t where = {.text = "it is empty", .line = 1};
    *out = size ? json_loadb(text, size, 0, &where) : NULL;
    return *out ? CHIP_OK
                : chip_fail(err, CHIP_E_FORMAT, "line %d: %.160s", where.line, where.text);
}

enum chip_status chip_values_load(const char *path, json_t **out, struct chip_err *err)
{
    struct chip_file file;
    enum chip_status status = chip_file_map(&file, path, MAX_BYTES, err);
    if (status != CHIP_OK)
        return status;
    json_t *root = NULL;
    const char *text = file.size ? (const char *)file.data : "";
    status = is_yaml(path) ? chip_yaml_read(text, file.size, &root, err)
                           : read_json(text, file.size, &root, err);
    chip_file_unmap(&file);
    json_t *values = json_object_get(root, "values");
    if (status == CHIP_OK)
        status = chip_values_check(values, err);
    if (status == CHIP_OK)
        *out = json_incref(values);
    else
        chip_fail_in(err, "'%s': ", path);
    json_decref(root);
    return status;
}

/* ---- scores of a model ------------------------------------------------------------------------
 */

static json_t *too_little(void)
{
    return json_pack("{s:s}", "insufficient_evidence", "too-few-words");
}

/* NULL: all of them. */
static bool same_speaker(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : !a && !b;
}

/* The mean of what was said about one value of one speaker (NULL: of all). */
static json_t *mean_of(const json_t *scores, const char *name, const char *speaker)
{
    double sum = 0, weight = 0, most = 0;
    json_t *evidence = json_array();
    size_t i;
    const json_t *one;
    json_array_foreach(scores, i, one)
    {
        const json_t *score = json_object_get(one, "score");
        if (!chip_llm_is(chip_llm_text_of(one, "name"), name) ||
            !same_speaker(chip_llm_text_of(one, "speaker"), speaker) || !json_is_number(score) ||
            json_array_size(json_object_get(one, "evidence")) == 0)
            continue;
        double confidence = json_number_value(json_object_get(one, "confidence"));
        sum += json_number_value(score) * (confidence + 0.01);
        weight += confidence + 0.01;
        most = confidence > most ? confidence : most;
        json_array_extend(evidence, json_object_get(one, "evidence"));
    }
    if (weight > 0)
        return json_pack("{s:f, s:f, s:o}", "score", sum / weight, "confidence", most, "evidence",
                         evidence);
    json_decref(evidence);
    return too_little();
}

json_t *chip_values_gather(const json_t *values, const json_t *scores,
                           const struct chip_transcript *transcript)
{
    json_t *out = json_array();
    size_t i;
    const json_t *value;
    json_array_foreach(values, i, value)
    {
        const char *name = chip_llm_text_of(value, "name");
        json_t *speakers = json_array();
        for (size_t s = 0; s < transcript->n_speakers; s++) {
            json_t *one = mean_of(scores, name, transcript->speakers[s].label);
            json_object_set_new(one, "speaker", json_string(transcript->speakers[s].label));
            json_array_append_new(speakers, one);
        }
        json_array_append_new(out, json_pack("{s:s, s:o, s:o}", "name", name, "overall",
                                             mean_of(scores, name, NULL), "speakers", speakers));
    }
    return out;
}
