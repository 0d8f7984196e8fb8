#include "tokens.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "net/base64.h"

static void check(bool ok, const char *what)
{
    if (ok)
        return;
    fprintf(stderr, "tokens: %s\n", what);
    abort();
}

long long test_time(int in)
{
    return (long long)time(NULL) + in;
}

char *test_claims(const char *user)
{
    char *claims;
    check(asprintf(&claims,
                   "{\"aud\":\"authenticated\",\"exp\":%lld,\"iat\":%lld,\"sub\":\"%s\","
                   "\"role\":\"authenticated\",\"iss\":\"https://ref.example/auth/v1\"}",
                   test_time(3600), test_time(0), user) > 0,
          "asprintf");
    return claims;
}

char *test_unsigned(const char *header, const char *claims)
{
    char *h = chip_base64_encode(CHIP_BASE64_URL, header, strlen(header));
    char *c = chip_base64_encode(CHIP_BASE64_URL, claims, strlen(claims)), *token;
    check(h && c && asprintf(&token, "%s.%s", h, c) > 0, "asprintf");
    free(h);
    free(c);
    return token;
}

static char *with_signature(char *head, const void *signature, size_t n)
{
    char *s = chip_base64_encode(CHIP_BASE64_URL, signature, n), *token;
    check(s && asprintf(&token, "%s.%s", head, s) > 0, "asprintf");
    free(s);
    free(head);
    return token;
}

char *test_hs256(const char *header, const char *claims, const void *secret, size_t n)
{
    unsigned char mac[32];
    char *head = test_unsigned(header, claims);
    check(HMAC(EVP_sha256(), secret, (int)n, (unsigned char *)head, strlen(head), mac, NULL),
          "HMAC");
    return with_signature(head, mac, sizeof mac);
}

static size_t sign(const char *text, EVP_PKEY *key, unsigned char *out, size_t size)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    check(EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key) == 1 &&
              EVP_DigestSign(ctx, out, &size, (const unsigned char *)text, strlen(text)) == 1,
          "sign");
    EVP_MD_CTX_free(ctx);
    return size;
}

char *test_signed_der(const char *header, const char *claims, EVP_PKEY *key)
{
    unsigned char signature[1024];
    char *head = test_unsigned(header, claims);
    size_t n = sign(head, key, signature, sizeof signature);
    return with_signature(head, signature, n);
}

void test_sign_raw(const char *text, EVP_PKEY *key, unsigned char signature[64])
{
    unsigned char der[256];
    const unsigned char *at = der;
    size_t n = sign(text, key, der, sizeof der);
    ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &at, (long)n);
    check(pair && BN_bn2binpad(ECDSA_SIG_get0_r(pair), signature, 32) == 32 &&
              BN_bn2binpad(ECDSA_SIG_get0_s(pair), signature + 32, 32) == 32,
          "raw signature");
    ECDSA_SIG_free(pair);
}

char *test_signed(const char *header, const char *claims, EVP_PKEY *key)
{
    if (EVP_PKEY_get_base_id(key) != EVP_PKEY_EC)
        return test_signed_der(header, claims, key);
    unsigned char raw[64];
    char *head = test_unsigned(header, claims);
    test_sign_raw(head, key, raw);
    return with_signature(head, raw, sizeof raw);
}

static char *number_of(EVP_PKEY *key, const char *name, int n_min)
{
    unsigned char bytes[1024];
    BIGNUM *number = NULL;
    check(EVP_PKEY_get_bn_param(key, name, &number) == 1, name);
    int n = BN_num_bytes(number) > n_min ? BN_num_bytes(number) : n_min;
    BN_bn2binpad(number, bytes, n);
    BN_free(number);
    return chip_base64_encode(CHIP_BASE64_URL, bytes, (size_t)n);
}

char *test_jwks(EVP_PKEY *key, const char *kid, const char *more)
{
    bool ec = EVP_PKEY_get_base_id(key) == EVP_PKEY_EC;
    char *a = number_of(key, ec ? OSSL_PKEY_PARAM_EC_PUB_X : OSSL_PKEY_PARAM_RSA_N, ec ? 32 : 0);
    char *b = number_of(key, ec ? OSSL_PKEY_PARAM_EC_PUB_Y : OSSL_PKEY_PARAM_RSA_E, ec ? 32 : 0);
    char *set;
    check(asprintf(&set,
                   "{\"keys\":[{\"kid\":\"%s\",\"kty\":\"%s\",%s\"%s\":\"%s\",\"%s\":\"%s\"%s%s}]}",
                   kid, ec ? "EC" : "RSA", ec ? "\"crv\":\"P-256\"," : "", ec ? "x" : "n", a,
                   ec ? "y" : "e", b, more[0] ? "," : "", more) > 0,
          "asprintf");
    free(a);
    free(b);
    return set;
}

char *test_pem(EVP_PKEY *key)
{
    BIO *bio = BIO_new(BIO_s_mem());
    check(PEM_write_bio_PUBKEY(bio, key) == 1, "PEM");
    char *data;
    long n = BIO_get_mem_data(bio, &data);
    char *text = strndup(data, (size_t)n);
    BIO_free(bio);
    return text;
}
