/**
 * The last answers about jobs, for those who ask again and again how theirs is going. An answer is
 * good for as long as the store's version (chip_store_version()) is what it was before the job was
 * read; so nobody ever sees less than the store has.
 *
 * Any thread.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum { CHIP_CACHED_JOBS = 512, CHIP_CACHED_BYTES = 8192 }; /* of a longer answer nothing is kept */

struct chip_job_cache;

CHIP_MUST_CHECK
enum chip_status chip_job_cache_new(struct chip_job_cache **out, struct chip_err *err);
void chip_job_cache_free(struct chip_job_cache *cache);

/**
 * @param user who asks: a user's id, "" for the service
 * @param n    its length
 * @return the answer, malloc'ed and ended by NUL; NULL: it is not known for this version
 */
char *chip_job_cache_find(struct chip_job_cache *cache, const char *id, const char *user,
                          int64_t version, size_t *n);

/** Keeps a copy of `text`, [n]. @param version from before the job was read */
void chip_job_cache_keep(struct chip_job_cache *cache, const char *id, const char *user,
                         int64_t version, const char *text, size_t n);
