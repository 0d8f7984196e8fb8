/** Public keys of a JSON Web Key Set (RFC 7517), and signatures checked with them. Any thread. */
#pragma once

#include <openssl/evp.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

enum { CHIP_MAX_JWKS = 32 };

/** One key with the one algorithm that it is good for. */
struct chip_jwk {
    char kid[128];
    const char *alg; /* "ES256" or "RS256"; static */
    EVP_PKEY *key;   /* owned */
};

struct chip_jwk_set {
    struct chip_jwk keys[CHIP_MAX_JWKS];
    size_t n;
};

/**
 * Takes the keys that can be used: P-256 and RSA of 2048 to 8192 bits, for signatures, with an id
 * that no other key has. Others are passed over, shared secrets ("oct") always.
 *
 * @param out free it with chip_jwk_set_free(); may have no keys
 * @return CHIP_OK; CHIP_E_FORMAT if it is no key set at all; CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_jwk_set_parse(const char *text, size_t n, struct chip_jwk_set **out,
                                    struct chip_err *err);
void chip_jwk_set_free(struct chip_jwk_set *set);
CHIP_DEFINE_AUTO(chip_jwk_set)

/** @return NULL if there is none */
const struct chip_jwk *chip_jwk_find(const struct chip_jwk_set *set, const char *kid);

/** Is it the signature of `data` by this key, in the form that JWTs have? */
bool chip_jwk_verify(const char *alg, EVP_PKEY *key, const void *data, size_t n,
                     const unsigned char *signature, size_t n_signature);
