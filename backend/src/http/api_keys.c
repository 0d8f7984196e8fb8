#include "http/api_keys.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

enum { MIN_KEY = 16 };

static bool hash_key(const char *key, size_t n, unsigned char out[CHIP_API_KEY_HASH])
{
    return EVP_Digest(key, n, out, NULL, EVP_sha256(), NULL) == 1;
}

enum chip_status chip_api_keys_parse(const char *text, struct chip_api_keys *keys,
                                     struct chip_err *err)
{
    struct chip_api_keys found = {0};
    while (text && *(text += strspn(text, ", \t\r\n"))) {
        size_t n = strcspn(text, ",");
        const char *next = text + n;
        while (n > 0 && strchr(" \t\r\n", text[n - 1]))
            n--;
        if (n < MIN_KEY)
            return chip_fail(err, CHIP_E_INVAL,
                             "an API key must have %d characters or more; make one with 'openssl "
                             "rand -hex 24'",
                             MIN_KEY);
        if (found.n == CHIP_MAX_API_KEYS)
            return chip_fail(err, CHIP_E_INVAL, "there are more than %d API keys",
                             CHIP_MAX_API_KEYS);
        if (!hash_key(text, n, found.hashes[found.n++]))
            return chip_fail(err, CHIP_E_INTERNAL, "OpenSSL cannot compute SHA-256");
        text = next;
    }
    *keys = found;
    return CHIP_OK;
}

static void make_name(const unsigned char hash[CHIP_API_KEY_HASH], char name[17])
{
    for (int i = 0; i < 8; i++)
        snprintf(name + 2 * i, 3, "%02x", hash[i]);
}

bool chip_api_keys_have(const struct chip_api_keys *keys, const char *key, char name[17])
{
    unsigned char wanted[CHIP_API_KEY_HASH];
    if (!hash_key(key, strlen(key), wanted))
        return false;
    unsigned found = 0;
    for (size_t i = 0; i < keys->n; i++)
        found |= CRYPTO_memcmp(wanted, keys->hashes[i], sizeof wanted) == 0;
    make_name(wanted, name);
    return found != 0;
}

bool chip_api_keys_named(const struct chip_api_keys *keys, const char *name)
{
    char own[17];
    for (size_t i = 0; i < keys->n; i++) {
        make_name(keys->hashes[i], own);
        if (strcmp(own, name) == 0)
            return true;
    }
    return false;
}
