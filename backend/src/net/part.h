/**
 * The unfinished file of a download, and what is known about where its bytes came from.
 *
 * PATH.part holds the bytes, PATH.part.from the URL and the server's validator (ETag or date) of
 * the file that they are of. PATH.part is locked while it is open.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

#define CHIP_VALIDATOR_BYTES 256

struct chip_part {
    char *path, *part_path, *from_path; /* owned */
    int fd;
    uint64_t size;                        /* bytes that are there */
    char validator[CHIP_VALIDATOR_BYTES]; /* "": the server gave none */
};

/**
 * Opens or creates it.
 *
 * @param keep_any keep old bytes of the same URL even without a validator, as a hash will tell
 */
CHIP_MUST_CHECK
enum chip_status chip_part_open(struct chip_part *part, const char *path, const char *url,
                                bool keep_any, struct chip_err *err);

/** Starts again from nothing. */
CHIP_MUST_CHECK
enum chip_status chip_part_restart(struct chip_part *part, struct chip_err *err);

/** Remembers what the bytes are of; a failure only costs the next resume. */
void chip_part_remember(struct chip_part *part, const char *url, const char *validator);

/** @return false with errno set */
bool chip_part_append(struct chip_part *part, const void *data, size_t size);

/** Gives the file its name and closes. */
CHIP_MUST_CHECK
enum chip_status chip_part_finish(struct chip_part *part, struct chip_err *err);

/** Closes and keeps what is there, unless it is nothing. */
void chip_part_close(struct chip_part *part);

/** Closes and deletes. */
void chip_part_discard(struct chip_part *part);
