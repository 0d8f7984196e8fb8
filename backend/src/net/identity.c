#include "net/identity.h"

#include <curl/curl.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "base/str.h"

/* Amazon (old and new), Google (old and new), Azure, CloudFront, Supabase. */
static const char *const signing[] = {
    "AWSAccessKeyId",
    "Expires",
    "GoogleAccessId",
    "Key-Pair-Id",
    "Policy",
    "Signature",
    "expiry",
    "se",
    "sig",
    "ske",
    "skoid",
    "sks",
    "skt",
    "sktid",
    "skv",
    "sp",
    "spr",
    "sr",
    "st",
    "sv",
    "token",
};

static bool is_signing(const char *parameter, size_t n)
{
    const char *equals = memchr(parameter, '=', n);
    size_t n_name = equals ? (size_t)(equals - parameter) : n;
    if (n_name > 6 && !strncasecmp(parameter, "X-Amz-", 6))
        return true;
    if (n_name > 7 && !strncasecmp(parameter, "X-Goog-", 7))
        return true;
    for (size_t i = 0; i < sizeof signing / sizeof *signing; i++)
        if (strlen(signing[i]) == n_name && !strncasecmp(parameter, signing[i], n_name))
            return true;
    return false;
}

/* Parts are separated by a byte that no URL has. */
static void add_part(struct chip_str *s, CURLU *handle, CURLUPart part)
{
    char *value = NULL;
    if (curl_url_get(handle, part, &value, CURLU_DEFAULT_PORT) == CURLUE_OK)
        chip_str_add(s, value);
    chip_str_add(s, "\n");
    curl_free(value);
}

static void add_query(struct chip_str *s, CURLU *handle)
{
    char *query = NULL;
    if (curl_url_get(handle, CURLUPART_QUERY, &query, 0) != CURLUE_OK)
        return;
    for (const char *at = query; *at;) {
        size_t n = strcspn(at, "&");
        if (n > 0 && !is_signing(at, n)) {
            chip_str_add_n(s, at, n);
            chip_str_add(s, "&");
        }
        at += n + (at[n] == '&');
    }
    curl_free(query);
}

enum chip_status chip_url_identity(const char *url, char hex[CHIP_SHA256_HEX], struct chip_err *err)
{
    CURLU *handle = curl_url();
    if (!handle)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory");
    if (curl_url_set(handle, CURLUPART_URL, url, 0) != CURLUE_OK) {
        curl_url_cleanup(handle);
        return chip_fail(err, CHIP_E_INVAL, "this is not a URL");
    }
    struct chip_str s = {0};
    add_part(&s, handle, CURLUPART_SCHEME);
    add_part(&s, handle, CURLUPART_HOST);
    add_part(&s, handle, CURLUPART_PORT);
    add_part(&s, handle, CURLUPART_PATH);
    add_query(&s, handle);
    curl_url_cleanup(handle);
    enum chip_status status = s.failed ? chip_fail(err, CHIP_E_NOMEM, "not enough memory")
                                       : chip_sha256_bytes(s.data, s.len, hex, err);
    chip_str_done(&s);
    return status;
}
