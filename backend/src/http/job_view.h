/**
 * Rows of the store (docs/STORE.md) as clients of the API see them (docs/openapi.yaml): names in
 * camelCase, without what concerns the service only. Pure; any thread.
 *
 * Each returns a new reference, or NULL when out of memory.
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>

/** A job row. The address of its recording is shown without its query: that holds secrets. */
json_t *chip_view_job(const json_t *row);

/** @param with_voices leave `voices` in the transcript: biometric data, see docs/TRANSCRIPT.md */
json_t *chip_view_analysis(const json_t *row, bool with_voices);

json_t *chip_view_delivery(const json_t *row);
json_t *chip_view_audit(const json_t *row);

/** All rows of an array through one of the above. */
json_t *chip_view_all(const json_t *rows, json_t *(*view)(const json_t *row));

/** A copy in which the members of all objects are renamed: start_ms becomes startMs. */
json_t *chip_view_camel(const json_t *value);

/** The other way round: startMs becomes start_ms. */
json_t *chip_view_snake(const json_t *value);
