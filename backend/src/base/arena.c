#include "base/arena.h"

#include <stdio.h>
#include <stdlib.h>

enum { ALIGN = 64 };

size_t chip_arena_cost(size_t bytes)
{
    return (bytes + ALIGN - 1) & ~(size_t)(ALIGN - 1);
}

enum chip_status chip_arena_init(struct chip_arena *arena, size_t size, struct chip_err *err)
{
    size = chip_arena_cost(size ? size : ALIGN);
    void *base = aligned_alloc(ALIGN, size);
    if (!base)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for %zu MiB of scratch space",
                         size >> 20);
    *arena = (struct chip_arena){.base = base, .size = size};
    return CHIP_OK;
}

void chip_arena_done(struct chip_arena *arena)
{
    free(arena->base);
    *arena = (struct chip_arena){0};
}

void *chip_arena_take(struct chip_arena *arena, size_t bytes)
{
    size_t cost = chip_arena_cost(bytes);
    if (cost > arena->size - arena->used) {
        fprintf(stderr, "bug: arena of %zu bytes is full (%zu used, %zu wanted)\n", arena->size,
                arena->used, cost);
        abort();
    }
    void *p = arena->base + arena->used;
    arena->used += cost;
    if (arena->used > arena->peak)
        arena->peak = arena->used;
    return p;
}

size_t chip_arena_mark(const struct chip_arena *arena)
{
    return arena->used;
}

void chip_arena_release(struct chip_arena *arena, size_t mark)
{
    arena->used = mark;
}
