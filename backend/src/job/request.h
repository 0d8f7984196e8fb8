/**
 * What a job asks for: its `options`, which the API has checked and other writers of the store have
 * not. Pure; any thread.
 *
 *     {"model": "moonshine-tiny", "language": "en", "speakers": 3, "min_speakers": 2,
 *      "max_speakers": 5, "no_speakers": false, "track": 1, "hotwords": ["chip"],
 *      "meeting_date": "2026-11-24",
 *      "minutes": {"provider": "openai", "model": "gpt-5.1", "template": "interview",
 *                  "language": "en"}}       or "minutes": false
 *
 * Members that are not in this list belong to others and are left alone.
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/** Who writes the minutes, and how; NULL: as the worker is set up. */
struct chip_job_minutes {
    bool none; /* they are not wanted */
    const char *provider, *model, *template, *language;
};

struct chip_job_request {
    const char *model; /* NULL: the default; borrowed from the options, as all texts */
    char language[8];  /* "en"; "": the model's own */
    int speakers;      /* 0: found out, as the next two */
    int min_speakers, max_speakers;
    bool no_speakers;
    int track;              /* 0: chosen by chip */
    const json_t *hotwords; /* texts: words and names to expect; NULL: none; borrowed */
    int32_t meeting_day;    /* days since 1970; -1: not said */
    struct chip_job_minutes minutes;
};

/**
 * @param options an object, or NULL for none
 * @return CHIP_OK; CHIP_E_INVAL naming the option that is of the wrong kind or out of range
 */
CHIP_MUST_CHECK
enum chip_status chip_job_request_read(const json_t *options, struct chip_job_request *out,
                                       struct chip_err *err);

/**
 * The hotwords as chip_options takes them.
 *
 * @param out ends with NULL; free() it; its texts are borrowed from the options
 * @return CHIP_OK; CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_job_hotwords(const struct chip_job_request *request, const char ***out,
                                   struct chip_err *err);
