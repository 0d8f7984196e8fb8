/**
 * Rate limits: a token bucket for each key, user or address, in memory that does not grow.
 *
 * A bucket holds up to `burst` tokens and gains `per_second`; a request takes one (or more, if it
 * is dear). When there are more keys than room, the one that was used longest ago is forgotten.
 * Any thread.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct chip_limit;

struct chip_limit_settings {
    double per_second; /* > 0 */
    double burst;      /* >= 1 */
    size_t max_keys;   /* 0: 16384; about 128 bytes each */
};

CHIP_MUST_CHECK
enum chip_status chip_limit_new(struct chip_limit **out, const struct chip_limit_settings *settings,
                                struct chip_err *err);
void chip_limit_free(struct chip_limit *limit);
CHIP_DEFINE_AUTO(chip_limit)

/**
 * Takes `cost` tokens from the bucket of `key`, or none when there are too few.
 *
 * @param key    any text; what counts is its first 63 bytes
 * @param cost   at most `burst` (more is taken as that)
 * @param now_ms chip_clock_ms()
 * @return 0: go on; else seconds for Retry-After, 1 or more
 */
int chip_limit_take(struct chip_limit *limit, const char *key, double cost, int64_t now_ms);

enum { CHIP_LIMIT_ADDRESS = 64 };

/**
 * The key of a client's address: IPv4 as it is, IPv6 as its /64, since a client has all of that.
 */
void chip_limit_address(const char *address, char key[CHIP_LIMIT_ADDRESS]);
