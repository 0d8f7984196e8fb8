/** Makes keys and tokens for tests, good ones and bad ones. All texts are malloc'ed. */
#pragma once

#include <openssl/evp.h>

/** Seconds since 1970, `in` seconds from now. */
long long test_time(int in);

/** Claims of a signed-in user: {"aud":"authenticated","exp":...,"sub":USER,"role":...}. */
char *test_claims(const char *user);

/** "HEADER.CLAIMS" in base64url. */
char *test_unsigned(const char *header, const char *claims);

/** With HMAC-SHA256; `secret` [n] bytes. */
char *test_hs256(const char *header, const char *claims, const void *secret, size_t n);

/** With a P-256 or RSA key, as ES256 or RS256. */
char *test_signed(const char *header, const char *claims, EVP_PKEY *key);

/** With ES256, but the signature in DER, as OpenSSL makes it. */
char *test_signed_der(const char *header, const char *claims, EVP_PKEY *key);

/** {"keys":[...]} of one key, with `more` in it ("\"use\":\"sig\"" or ""). */
char *test_jwks(EVP_PKEY *key, const char *kid, const char *more);

/** The public key in PEM. */
char *test_pem(EVP_PKEY *key);

/** r and s of an ES256 signature. */
void test_sign_raw(const char *text, EVP_PKEY *key, unsigned char signature[64]);
