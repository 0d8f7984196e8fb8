/**
 * Lets the n-th allocation fail. For programs that are linked with --wrap=malloc, calloc and
 * realloc: each allocation of ours passes here, those inside shared libraries do not.
 */
#pragma once

#include "../test.h"

#include <stdbool.h>

static int until_failure = -1; /* allocations that succeed before one fails; -1: none does */
static bool has_failed;

static bool fails(void)
{
    if (until_failure < 0 || until_failure-- > 0)
        return false;
    has_failed = true;
    return true;
}

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *old, size_t size);

void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t n, size_t size)
{
    return fails() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *old, size_t size)
{
    return fails() ? NULL : __real_realloc(old, size);
}
