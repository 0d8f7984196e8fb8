/**
 * Reading the members of a JSON object that came from outside, strictly.
 *
 *     struct chip_fields f = {options, "options.", err};
 *     chip_fields_only(&f, "model speakers");
 *     chip_fields_text(&f, "model", 64, &model);
 *     chip_fields_integer(&f, "speakers", 1, 100, &speakers);
 *     if (f.status != CHIP_OK) ...
 *
 * The first problem is kept, with the place where it is; after it the readers do nothing. A member
 * that is missing or null leaves its target as it is. Texts are borrowed from the object.
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct chip_fields {
    const json_t *object;
    const char *where; /* what stands before a member's name in messages: "", "jobs[3]." */
    struct chip_err *err;
    enum chip_status status;
};

/** Refuses members that are not among `allowed` ("jobId fileUrl"), and what is no object. */
void chip_fields_only(struct chip_fields *f, const char *allowed);

/** @param max_chars characters of UTF-8, not bytes; control characters are refused */
void chip_fields_text(struct chip_fields *f, const char *name, size_t max_chars, const char **out);
void chip_fields_integer(struct chip_fields *f, const char *name, int64_t least, int64_t most,
                         int64_t *out);
void chip_fields_bool(struct chip_fields *f, const char *name, bool *out);
void chip_fields_object(struct chip_fields *f, const char *name, const json_t **out);
void chip_fields_array(struct chip_fields *f, const char *name, size_t most, const json_t **out);

/** Member `name` must be there. */
void chip_fields_need(struct chip_fields *f, const char *name);

/** Records "WHERE NAME: MESSAGE" with `code`. */
void chip_fields_refuse(struct chip_fields *f, enum chip_status code, const char *name,
                        const char *fmt, ...) CHIP_PRINTF(4, 5);

/** Is `name` one of the words of `list`, which blanks separate? */
bool chip_fields_is_among(const char *list, const char *name);
