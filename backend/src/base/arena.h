/**
 * Scratch memory that is sized once and then only bumped.
 *
 * A run owns one arena per thread: kernels take what they need from it and nothing on the hot path
 * calls malloc. One arena belongs to one thread at a time.
 */
#pragma once

#include <stddef.h>

#include "base/err.h"

struct chip_arena {
    unsigned char *base; /* owned, 64-byte aligned */
    size_t size, used, peak;
};

/** Reserves `size` bytes. @return CHIP_OK or CHIP_E_NOMEM */
CHIP_MUST_CHECK
enum chip_status chip_arena_init(struct chip_arena *arena, size_t size, struct chip_err *err);

/** Gives the memory back; a zeroed arena is accepted. */
void chip_arena_done(struct chip_arena *arena);

/**
 * Takes `bytes` (64-byte aligned, not zeroed). Running out is a bug in the caller's sizing and
 * aborts with a message: sizes are computed from limits that are checked before.
 */
void *chip_arena_take(struct chip_arena *arena, size_t bytes);

/** Bytes that a take of `bytes` really uses; for sizing. */
size_t chip_arena_cost(size_t bytes);

/** Where we are; pass it to chip_arena_release() to give back all that was taken since. */
size_t chip_arena_mark(const struct chip_arena *arena);
void chip_arena_release(struct chip_arena *arena, size_t mark);
