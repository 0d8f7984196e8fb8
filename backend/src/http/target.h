/**
 * The target of a request, taken apart: path, segments, query; each decoded exactly once.
 *
 * What could mean one thing to us and another to somebody else is refused: "." and ".." as a
 * segment, an encoded slash, NUL and control characters, broken percent codes, broken UTF-8.
 */
#pragma once

#include <stddef.h>

#include "base/err.h"

enum { CHIP_MAX_SEGMENTS = 16, CHIP_MAX_QUERY = 32 };

struct chip_target {
    const char *raw;                         /* the path as it was sent; for logs */
    const char *path;                        /* decoded */
    const char *segments[CHIP_MAX_SEGMENTS]; /* of the path, decoded: "api", "jobs", "42" */
    size_t n_segments;
    const char *names[CHIP_MAX_QUERY], *values[CHIP_MAX_QUERY];
    size_t n_query;
    char *memory; /* owned; all strings lie in it */
};

/**
 * @param uri "/path?query", "http://host/path?query", or "*"
 * @return CHIP_OK; CHIP_E_INVAL with what is wrong with it; CHIP_E_NOMEM. `raw` is set in any case
 *         but the last
 */
CHIP_MUST_CHECK
enum chip_status chip_target_parse(struct chip_target *target, const char *uri,
                                   struct chip_err *err);
void chip_target_done(struct chip_target *target);

/** The first parameter of that name; NULL if there is none. */
const char *chip_target_query(const struct chip_target *target, const char *name);
