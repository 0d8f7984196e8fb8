/** What auth.c and auth_session.c share. */
#pragma once

#include "http/api_keys.h"
#include "http/auth.h"
#include "http/jwks.h"
#include "http/link.h"

struct chip_auth {
    bool open;
    struct chip_api_keys api_keys;
    char *jwt_secret;
    struct chip_jwks *jwks; /* NULL: no public keys */
    char *issuer, *audience;
    unsigned char link_key[CHIP_LINK_KEY]; /* seals links and sessions */
};

/** Checks a user's token, and makes its user of `who`. */
enum chip_auth_result chip_auth_check_jwt(const struct chip_auth *auth, const char *token,
                                          struct chip_identity *who, const char **why);

/** When what stands for a user's token has to end: with it, or when it is wanted. */
int64_t chip_auth_end(const char *jwt, int64_t wanted_s);
