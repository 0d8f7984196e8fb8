/**
 * The keys that users' tokens are signed with: given, or fetched from a URL and kept fresh.
 *
 * A thread of its own fetches them at the start, every ten minutes, and when a token names a key
 * that is not known, but not more often than every 30 seconds. While fetching fails, the old keys
 * stay. Any thread may ask.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct chip_jwks;

struct chip_jwks_settings {
    const char *text; /* a key set; these keys stay for good; NULL */
    const char *url;  /* the operator's own, so not guarded; NULL */
    int fresh_ms;     /* 0: ten minutes */
    int again_ms;     /* after a failure, and for unknown keys; 0: 30 s */
    int wait_ms;      /* how long a check waits for a fetch that it needs; 0: 2000 */
};

/** @return CHIP_OK; CHIP_E_FORMAT for a text that is no key set; CHIP_E_NOMEM */
CHIP_MUST_CHECK
enum chip_status chip_jwks_new(struct chip_jwks **out, const struct chip_jwks_settings *settings,
                               struct chip_err *err);
void chip_jwks_free(struct chip_jwks *jwks);
CHIP_DEFINE_AUTO(chip_jwks)

enum chip_jwks_result {
    CHIP_JWKS_RIGHT,
    CHIP_JWKS_WRONG,   /* another signature, or the key is for another algorithm */
    CHIP_JWKS_UNKNOWN, /* no such key */
    CHIP_JWKS_NO_KEYS, /* none could be fetched yet */
};

/**
 * Checks a signature.
 *
 * @param alg what the token claims; must be what the key is for
 */
enum chip_jwks_result chip_jwks_verify(struct chip_jwks *jwks, const char *kid, const char *alg,
                                       const void *data, size_t n, const unsigned char *signature,
                                       size_t n_signature);
