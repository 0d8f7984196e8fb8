#include "http/jwk.h"

#include <jansson.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/param_build.h>
#include <stdlib.h>
#include <string.h>

#include "net/base64.h"

enum { P256_BYTES = 32, MIN_RSA_BITS = 2048, MAX_RSA_BITS = 8192 };

/* ---- one key --------------------------------------------------------------------------------- */

static const char *text_of(const json_t *jwk, const char *name)
{
    const char *text = json_string_value(json_object_get(jwk, name));
    return text ? text : "";
}

/* A member that holds bytes. @return malloc'ed; NULL if it is none */
static unsigned char *bytes_of(const json_t *jwk, const char *name, size_t *n)
{
    const char *text = text_of(jwk, name);
    unsigned char *bytes;
    if (chip_base64_decode(CHIP_BASE64_URL, text, strlen(text), &bytes, n, NULL) != CHIP_OK)
        return NULL;
    return bytes;
}

static EVP_PKEY *key_from(const char *type, OSSL_PARAM_BLD *build)
{
    EVP_PKEY *key = NULL;
    OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(build);
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    if (params && ctx && EVP_PKEY_fromdata_init(ctx) == 1 &&
        EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) != 1)
        key = NULL;
    EVP_PKEY_CTX_free(ctx);
    OSSL_PARAM_free(params);
    return key;
}

/* Is the point on the curve, the modulus odd, and so on? */
static bool is_sound(EVP_PKEY *key)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
    bool sound = ctx && EVP_PKEY_public_check(ctx) == 1;
    EVP_PKEY_CTX_free(ctx);
    return sound;
}

static EVP_PKEY *read_p256(const json_t *jwk)
{
    size_t n_x = 0, n_y = 0;
    unsigned char *x = bytes_of(jwk, "x", &n_x), *y = bytes_of(jwk, "y", &n_y);
    unsigned char point[1 + 2 * P256_BYTES] = {4}; /* uncompressed: x and y follow */
    EVP_PKEY *key = NULL;
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    if (build && x && y && n_x == P256_BYTES && n_y == P256_BYTES) {
        memcpy(point + 1, x, P256_BYTES);
        memcpy(point + 1 + P256_BYTES, y, P256_BYTES);
        if (OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) &&
            OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point))
            key = key_from("EC", build);
    }
    OSSL_PARAM_BLD_free(build);
    free(x);
    free(y);
    return key;
}

static EVP_PKEY *read_rsa(const json_t *jwk)
{
    size_t n_n = 0, n_e = 0;
    unsigned char *n = bytes_of(jwk, "n", &n_n), *e = bytes_of(jwk, "e", &n_e);
    BIGNUM *modulus = n && n_n <= MAX_RSA_BITS / 8 ? BN_bin2bn(n, (int)n_n, NULL) : NULL;
    BIGNUM *exponent = e && n_e <= 8 ? BN_bin2bn(e, (int)n_e, NULL) : NULL;
    EVP_PKEY *key = NULL;
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    if (build && modulus && exponent && BN_num_bits(modulus) >= MIN_RSA_BITS &&
        BN_is_odd(modulus) && BN_is_odd(exponent) && !BN_is_one(exponent) &&
        OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, modulus) &&
        OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, exponent))
        key = key_from("RSA", build);
    OSSL_PARAM_BLD_free(build);
    BN_free(modulus);
    BN_free(exponent);
    free(n);
    free(e);
    return key;
}

static bool is_for_signatures(const json_t *jwk)
{
    const json_t *ops = json_object_get(jwk, "key_ops");
    const char *use = text_of(jwk, "use");
    bool verify = !ops;
    for (size_t i = 0; i < json_array_size(ops); i++) {
        const char *op = json_string_value(json_array_get(ops, i));
        verify = verify || (op && !strcmp(op, "verify"));
    }
    return verify && (!use[0] || !strcmp(use, "sig"));
}

static bool read_key(const json_t *jwk, struct chip_jwk *out)
{
    const char *kid = text_of(jwk, "kid"), *type = text_of(jwk, "kty"), *alg = text_of(jwk, "alg");
    bool ec = !strcmp(type, "EC") && !strcmp(text_of(jwk, "crv"), "P-256");
    bool rsa = !strcmp(type, "RSA");
    if (!kid[0] || strlen(kid) >= sizeof out->kid || !(ec || rsa) || !is_for_signatures(jwk))
        return false;
    out->alg = ec ? "ES256" : "RS256";
    if (alg[0] && strcmp(alg, out->alg) != 0)
        return false;
    memcpy(out->kid, kid, strlen(kid) + 1);
    out->key = ec ? read_p256(jwk) : read_rsa(jwk);
    if (out->key && !is_sound(out->key)) {
        EVP_PKEY_free(out->key);
        out->key = NULL;
    }
    return out->key != NULL;
}

/* ---- the set --------------------------------------------------------------------------------- */

enum chip_status chip_jwk_set_parse(const char *text, size_t n, struct chip_jwk_set **out,
                                    struct chip_err *err)
{
    json_t *root = json_loadb(text, n, JSON_REJECT_DUPLICATES, NULL);
    const json_t *keys = json_object_get(root, "keys");
    if (!json_is_array(keys)) {
        json_decref(root);
        return chip_fail(err, CHIP_E_FORMAT, "this is not a JSON Web Key Set ({\"keys\": [...]})");
    }
    struct chip_jwk_set *set = calloc(1, sizeof *set);
    if (!set) {
        json_decref(root);
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory");
    }
    for (size_t i = 0; i < json_array_size(keys) && set->n < CHIP_MAX_JWKS; i++) {
        struct chip_jwk key;
        if (!read_key(json_array_get(keys, i), &key))
            continue;
        if (chip_jwk_find(set, key.kid))
            EVP_PKEY_free(key.key); /* the first of an id stays */
        else
            set->keys[set->n++] = key;
    }
    json_decref(root);
    *out = set;
    return CHIP_OK;
}

void chip_jwk_set_free(struct chip_jwk_set *set)
{
    if (!set)
        return;
    for (size_t i = 0; i < set->n; i++)
        EVP_PKEY_free(set->keys[i].key);
    free(set);
}

const struct chip_jwk *chip_jwk_find(const struct chip_jwk_set *set, const char *kid)
{
    for (size_t i = 0; i < set->n; i++)
        if (!strcmp(set->keys[i].kid, kid))
            return &set->keys[i];
    return NULL;
}

/* ---- signatures ------------------------------------------------------------------------------ */

static bool verify(EVP_PKEY *key, const void *data, size_t n, const unsigned char *signature,
                   size_t n_signature)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool ok = ctx && EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(), NULL, key) == 1 &&
              EVP_DigestVerify(ctx, signature, n_signature, data, n) == 1;
    EVP_MD_CTX_free(ctx);
    return ok;
}

/* JWTs have r and s side by side, OpenSSL wants them in DER. */
static bool verify_p256(EVP_PKEY *key, const void *data, size_t n, const unsigned char *signature,
                        size_t n_signature)
{
    if (n_signature != 2 * P256_BYTES)
        return false;
    BIGNUM *r = BN_bin2bn(signature, P256_BYTES, NULL);
    BIGNUM *s = BN_bin2bn(signature + P256_BYTES, P256_BYTES, NULL);
    ECDSA_SIG *pair = ECDSA_SIG_new();
    if (!r || !s || !pair || ECDSA_SIG_set0(pair, r, s) != 1) {
        BN_free(r);
        BN_free(s);
        ECDSA_SIG_free(pair);
        return false;
    }
    unsigned char *der = NULL;
    int n_der = i2d_ECDSA_SIG(pair, &der);
    bool ok = n_der > 0 && verify(key, data, n, der, (size_t)n_der);
    OPENSSL_free(der);
    ECDSA_SIG_free(pair);
    return ok;
}

bool chip_jwk_verify(const char *alg, EVP_PKEY *key, const void *data, size_t n,
                     const unsigned char *signature, size_t n_signature)
{
    if (!strcmp(alg, "ES256"))
        return verify_p256(key, data, n, signature, n_signature);
    return !strcmp(alg, "RS256") && verify(key, data, n, signature, n_signature);
}
