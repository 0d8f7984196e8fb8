/**
 * A JSON Web Token as it is written (RFC 7519, compact form of RFC 7515): taken apart, not yet
 * believed. Any thread.
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

enum { CHIP_MAX_JWT = 8192 };

struct chip_jwt {
    char alg[16], kid[128];  /* of the header; kid is "" if there is none */
    json_t *claims;          /* owned; an object */
    const char *signed_part; /* [n_signed] of the token, borrowed */
    size_t n_signed;
    unsigned char *signature; /* owned */
    size_t n_signature;
};

/**
 * Takes apart what has three parts of strict base64url, JSON objects without duplicate members in
 * the first two, and a header that asks for nothing we do not know (`crit`, `zip`).
 *
 * @param token must outlive `jwt`
 * @param jwt   release it with chip_jwt_done(); empty on failure
 * @param why   set on failure: static text
 */
bool chip_jwt_parse(const char *token, struct chip_jwt *jwt, const char **why);
void chip_jwt_done(struct chip_jwt *jwt);

/** What the claims must say. */
struct chip_jwt_rules {
    const char *audience; /* one of `aud` */
    const char *issuer;   /* NULL: any */
    int skew_s;           /* how far clocks may differ */
};

/**
 * Checks the claims of a token whose signature is right: exp, nbf and iat, aud, iss, role
 * ("authenticated") and sub (a UUID).
 *
 * @param now_s   seconds since 1970
 * @param user_id the sub, borrowed from the claims
 * @param why     set on failure: static text
 */
bool chip_jwt_check(const struct chip_jwt *jwt, const struct chip_jwt_rules *rules,
                    json_int_t now_s, const char **user_id, const char **why);
