#include "hs256.h"

#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net/base64.h"

static char *encode(const void *data, size_t n)
{
    char *text = chip_base64_encode(CHIP_BASE64_URL, data, n);
    if (!text)
        abort();
    return text;
}

static char *sign(const char *secret, const char *text, size_t n)
{
    unsigned char mac[EVP_MAX_MD_SIZE];
    unsigned int n_mac = 0;
    HMAC(EVP_sha256(), secret, (int)strlen(secret), (const unsigned char *)text, n, mac, &n_mac);
    return encode(mac, n_mac);
}

char *test_jwt_make(const char *secret, json_t *claims)
{
    static const char header[] = "{\"alg\":\"HS256\",\"typ\":\"JWT\"}";
    char *payload = json_dumps(claims, JSON_COMPACT);
    char *first = encode(header, strlen(header)), *second = encode(payload, strlen(payload));
    char *text = NULL, *token = NULL;
    if (asprintf(&text, "%s.%s", first, second) < 0)
        abort();
    char *third = sign(secret, text, strlen(text));
    if (asprintf(&token, "%s.%s", text, third) < 0)
        abort();
    free(payload);
    free(first);
    free(second);
    free(third);
    free(text);
    json_decref(claims);
    return token;
}

json_t *test_jwt_read(const char *secret, const char *token)
{
    const char *first = strchr(token, '.'), *last = strrchr(token, '.');
    if (!first || first == last)
        return NULL;
    char *right = sign(secret, token, (size_t)(last - token));
    bool good = strcmp(right, last + 1) == 0;
    free(right);
    unsigned char *payload = NULL;
    size_t n = 0;
    if (!good || chip_base64_decode(CHIP_BASE64_URL, first + 1, (size_t)(last - first - 1),
                                    &payload, &n, NULL) != CHIP_OK)
        return NULL;
    json_t *claims = json_loadb((const char *)payload, n, 0, NULL);
    free(payload);
    return claims;
}
