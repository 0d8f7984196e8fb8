#include "http/request_hash.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/str.h"

/* Of Supabase, Google, Amazon, CloudFront and Azure; all that begin so. */
static const char *const signing[] = {
    "token=",
    "x-goog-",
    "x-amz-",
    "googleaccessid=",
    "awsaccesskeyid=",
    "signature=",
    "expires=",
    "key-pair-id=",
    "policy=",
    "sig=",
    "se=",
    "sp=",
    "sr=",
    "sv=",
    "st=",
};

static bool signs(const char *parameter)
{
    for (size_t i = 0; i < sizeof signing / sizeof *signing; i++)
        if (strncasecmp(parameter, signing[i], strlen(signing[i])) == 0)
            return true;
    return false;
}

/* The address without what signs it. */
static void add_address(struct chip_str *out, const char *url)
{
    size_t n = strcspn(url, "?#");
    chip_str_add_n(out, url, n);
    for (const char *at = url + n; *at == '?' || *at == '&'; at += 1 + strcspn(at + 1, "&#"))
        if (!signs(at + 1))
            chip_str_add_n(out, at, 1 + strcspn(at + 1, "&#"));
}

static json_t *essence(const json_t *args)
{
    json_t *copy = json_deep_copy(args), *source = json_object_get(copy, "source");
    const char *url = json_string_value(json_object_get(source, "url"));
    struct chip_str address = {0};
    if (url)
        add_address(&address, url);
    bool ok = copy && !address.failed;
    if (ok && url)
        ok = json_object_set_new(source, "url", json_string(address.data)) == 0;
    if (ok) {
        json_object_del(copy, "id");
        json_object_del(source, "node"); /* of the server that was asked */
    }
    chip_str_done(&address);
    if (ok)
        return copy;
    json_decref(copy);
    return NULL;
}

bool chip_request_hash(const json_t *args, char out[CHIP_REQUEST_HASH])
{
    unsigned char digest[32];
    json_t *what = essence(args);
    char *text = what ? json_dumps(what, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
    json_decref(what);
    bool ok = text && EVP_Digest(text, strlen(text), digest, NULL, EVP_sha256(), NULL) == 1;
    free(text);
    for (size_t i = 0; ok && i < sizeof digest; i++)
        snprintf(out + 2 * i, 3, "%02x", digest[i]);
    return ok;
}
