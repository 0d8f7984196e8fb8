/** Templates: Markdown that is built in, or lies in a folder of the operator's. Any thread. */
#pragma once

#include <jansson.h>

#include "base/str.h"

/**
 * @param dir  NAME.md there comes before our own; NULL: none
 * @param name letters, digits, hyphens
 * @return CHIP_OK; CHIP_E_INVAL, listing those that there are; CHIP_E_IO; CHIP_E_LIMIT;
 * CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_template_load(const char *dir, const char *name, struct chip_str *out,
                                    struct chip_err *err);

/**
 * The templates that there are for kinds of meetings.
 *
 * @param dir as above
 * @return names: our own, then those of the folder by alphabet, 100 at most; a new reference; NULL:
 *         out of memory
 */
json_t *chip_template_list(const char *dir);

/** Is there a template of that name for a kind of meeting? */
bool chip_template_exists(const char *dir, const char *name);

struct chip_template_value {
    const char *name, *value;
};

/** Appends a text in which {{name}} is replaced; values are not looked into. */
void chip_template_fill(struct chip_str *out, const char *text,
                        const struct chip_template_value *values, size_t n);
