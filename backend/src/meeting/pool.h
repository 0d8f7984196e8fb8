/** Strings that stay where they are while more are added. One thread at a time. */
#pragma once

#include <stddef.h>

struct chip_pool_chunk;

/** Starts zeroed. */
struct chip_pool {
    struct chip_pool_chunk *chunks; /* owned; the newest first */
};

/** Copies n bytes and a NUL. @return the copy, owned by the pool; NULL: out of memory */
const char *chip_pool_add(struct chip_pool *pool, const char *text, size_t n);

/** Frees every string; a zeroed pool is accepted. */
void chip_pool_done(struct chip_pool *pool);
