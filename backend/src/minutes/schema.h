/**
 * Shapes of answers: JSON Schema, of which only that part is used which every vendor takes (type,
 * properties, required, additionalProperties, items, enum). Any thread.
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>

#include "base/err.h"

/** Minutes of one part of a meeting. @return a new reference; NULL: out of memory */
json_t *chip_minutes_schema_part(void);

/** Title and summary of all of it. @return a new reference; NULL: out of memory */
json_t *chip_minutes_schema_summary(void);

/** Minutes as they are stored: docs/minutes.schema.json. @return as above */
json_t *chip_minutes_schema_stored(void);

/** An answer to a question. @return a new reference; NULL: out of memory */
json_t *chip_minutes_schema_answer(void);

/**
 * Has a value this shape? Members that are not named are refused only where the schema says so.
 *
 * @return CHIP_OK; CHIP_E_FORMAT with the place and what should be there ("decisions[0].text:
 *         expected string"), never what is there
 */
CHIP_MUST_CHECK
enum chip_status chip_minutes_schema_check(const json_t *schema, const json_t *value,
                                           struct chip_err *err);
