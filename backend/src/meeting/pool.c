#include "meeting/pool.h"

#include <stdlib.h>
#include <string.h>

#define CHUNK_BYTES 32768 /* about an hour of words in two chunks */

struct chip_pool_chunk {
    struct chip_pool_chunk *next;
    size_t used, size;
    char bytes[];
};

static struct chip_pool_chunk *chunk_with_room(struct chip_pool *pool, size_t bytes)
{
    struct chip_pool_chunk *chunk = pool->chunks;
    if (chunk && chunk->size - chunk->used >= bytes)
        return chunk;

    size_t size = bytes > CHUNK_BYTES ? bytes : CHUNK_BYTES;
    chunk = malloc(sizeof *chunk + size);
    if (!chunk)
        return NULL;
    *chunk = (struct chip_pool_chunk){.next = pool->chunks, .size = size};
    pool->chunks = chunk;
    return chunk;
}

const char *chip_pool_add(struct chip_pool *pool, const char *text, size_t n)
{
    struct chip_pool_chunk *chunk = chunk_with_room(pool, n + 1);
    if (!chunk)
        return NULL;
    char *copy = chunk->bytes + chunk->used;
    memcpy(copy, text, n);
    copy[n] = '\0';
    chunk->used += n + 1;
    return copy;
}

void chip_pool_done(struct chip_pool *pool)
{
    while (pool->chunks) {
        struct chip_pool_chunk *next = pool->chunks->next;
        free(pool->chunks);
        pool->chunks = next;
    }
}
