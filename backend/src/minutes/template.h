/** Templates: Markdown that is built in, or lies in a folder of the operator's. Any thread. */
#pragma once

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

struct chip_template_value {
    const char *name, *value;
};

/** Appends a text in which {{name}} is replaced; values are not looked into. */
void chip_template_fill(struct chip_str *out, const char *text,
                        const struct chip_template_value *values, size_t n);
