/*
 * write SETTINGS.json TRANSCRIPT.json: minutes as chip_minutes_write() makes them, for tests that
 * play servers. Prints them, or "status: message" and exits with 1.
 */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "meeting/json.h"
#include "minutes/write.h"

static const char *text(const json_t *settings, const char *name)
{
    return json_string_value(json_object_get(settings, name));
}

static int number(const json_t *settings, const char *name)
{
    return (int)json_integer_value(json_object_get(settings, name));
}

static struct chip_transcript *load(const char *path)
{
    struct chip_file file;
    struct chip_transcript *t = NULL;
    struct chip_err err;
    if (chip_file_map(&file, path, 64 << 20, &err) != CHIP_OK)
        return NULL;
    if (chip_transcript_from_json((const char *)file.data, file.size, &t, &err) != CHIP_OK)
        fprintf(stderr, "%s\n", err.message);
    chip_file_unmap(&file);
    return t;
}

static int fail(const struct chip_err *err)
{
    printf("%s: %s\n", chip_status_name(err->code), err->message);
    return 1;
}

static int write_minutes(const json_t *s, const struct chip_transcript *t)
{
    double temperature = json_number_value(json_object_get(s, "temperature"));
    struct chip_minutes_provider provider = {
        .provider = text(s, "provider"),
        .model = text(s, "model"),
        .base_url = text(s, "base_url"),
        .gemini_key = text(s, "gemini_key"),
        .openai_key = text(s, "openai_key"),
        .anthropic_key = text(s, "anthropic_key"),
        .compatible_key = text(s, "compatible_key"),
        .fallback = text(s, "fallback"),
        .prices = text(s, "prices"),
        .templates_dir = text(s, "templates_dir"),
        .temperature = json_object_get(s, "temperature") ? &temperature : NULL,
        .timeout_s = number(s, "timeout_s"),
        .deadline_s = number(s, "deadline_s"),
        .attempts = number(s, "attempts"),
        .retry_ms = 1,
        .max_tokens = number(s, "max_tokens"),
        .chunk_tokens = number(s, "chunk_tokens"),
    };
    struct chip_minutes_options options = {
        .meeting_day = number(s, "meeting_day"),
        .language = text(s, "language"),
        .template = text(s, "template"),
        .values = json_object_get(s, "values"),
    };
    json_t *minutes;
    struct chip_err err;
    if (chip_minutes_write(&provider, t, &options, &minutes, &err) != CHIP_OK)
        return fail(&err);
    json_dumpf(minutes, stdout, JSON_INDENT(1));
    json_decref(minutes);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc != 3)
        return 2;
    json_t *settings = json_load_file(argv[1], 0, NULL);
    struct chip_transcript *t = load(argv[2]);
    int rc = settings && t ? write_minutes(settings, t) : 2;
    chip_transcript_free(t);
    json_decref(settings);
    return rc;
}
