/**
 * Minutes of a meeting (docs/MINUTES.md): who writes them, and what they are asked for.
 *
 * Any thread; nothing is kept between calls.
 */
#pragma once

#include <jansson.h>
#include <stdint.h>

#include "base/err.h"

#define CHIP_MINUTES_SCHEMA "chip.minutes/1"

/** Zero-initialise; every zero means the default. */
struct chip_minutes_options {
    int32_t
        meeting_day; /* its date, days since 1970-01-01 (base/date.h); -1: not known, and so is 0 */
    const char *language;        /* of the minutes, "en"; NULL: that of the transcript */
    const char *template;        /* "general", "interview", ...; NULL: "general" */
    const json_t *values;        /* company values (docs/MINUTES.md#values); NULL: none */
    const volatile bool *cancel; /* polled; may be NULL */
};

/**
 * The built-in analyst: extractive, deterministic, without network; under a second for an hour.
 *
 * @param out minutes, a new reference
 * @return CHIP_OK, also for a transcript that says little; CHIP_E_CANCELLED; CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_minutes_analyse(const struct chip_transcript *transcript,
                                      const struct chip_minutes_options *options, json_t **out,
                                      struct chip_err *err);

/**
 * Holds minutes against the transcript: quotes that are not in it are dropped with their items,
 * times and segments are put right, what a quote does not support is marked, and `audit` counts.
 *
 * @param minutes changed in place
 */
CHIP_MUST_CHECK
enum chip_status chip_minutes_verify(json_t *minutes, const struct chip_transcript *transcript,
                                     struct chip_err *err);
