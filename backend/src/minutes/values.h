/**
 * Values of a company, and how far a meeting's words show them (docs/MINUTES.md#values). Pure;
 * any thread.
 */
#pragma once

#include "minutes/minutes.h"

/** @return CHIP_OK; CHIP_E_FORMAT with the place and what should be there; CHIP_E_LIMIT */
CHIP_MUST_CHECK
enum chip_status chip_values_check(const json_t *values, struct chip_err *err);

/**
 * Reads and checks a file: YAML if its name ends in .yaml or .yml, else JSON.
 *
 * @param out a new reference
 * @return as chip_values_check(), chip_yaml_read(), chip_file_map()
 */
CHIP_MUST_CHECK
enum chip_status chip_values_load(const char *path, json_t **out, struct chip_err *err);

/**
 * Puts a model's scores in order: one result for each value, in the values' order.
 *
 * @param scores {name, speaker, score, confidence, evidence} of all parts; several of one value and
 *               speaker are averaged by their confidence
 * @return a new reference; NULL: out of memory
 */
json_t *chip_values_gather(const json_t *values, const json_t *scores,
                           const struct chip_transcript *transcript);

/**
 * Without a model: by the words that the values' texts and the transcript share.
 *
 * @return a new reference, as above; NULL: out of memory
 */
json_t *chip_values_by_words(const json_t *values, const struct chip_transcript *transcript);
