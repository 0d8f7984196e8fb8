#include "net/url.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <string.h>
#include <strings.h>

struct parts {
    char scheme[16];
    char host[256];
    bool has_user;
};

static bool copy_part(CURLU *handle, CURLUPart part, char *out, size_t size)
{
    char *value = NULL;
    if (curl_url_get(handle, part, &value, 0) != CURLUE_OK)
        return false;
    bool fits = strlen(value) < size;
    if (fits)
        memcpy(out, value, strlen(value) + 1);
    curl_free(value);
    return fits;
}

static bool parse(const char *url, struct parts *out)
{
    *out = (struct parts){0};
    CURLU *handle = curl_url();
    if (!handle)
        return false;
    bool ok = curl_url_set(handle, CURLUPART_URL, url, 0) == CURLUE_OK &&
              copy_part(handle, CURLUPART_SCHEME, out->scheme, sizeof out->scheme) &&
              copy_part(handle, CURLUPART_HOST, out->host, sizeof out->host);
    char *user = NULL;
    if (ok && curl_url_get(handle, CURLUPART_USER, &user, 0) == CURLUE_OK) {
        out->has_user = true;
        curl_free(user);
    }
    curl_url_cleanup(handle);
    return ok;
}

/* curl's parser has already turned other spellings of an IPv4 address (127.1, 0x7f000001) into
 * this. */
static bool host_is_loopback(const char *host)
{
    struct in_addr v4;
    if (!strcasecmp(host, "localhost") || !strcmp(host, "[::1]"))
        return true;
    return inet_pton(AF_INET, host, &v4) == 1 && ntohl(v4.s_addr) >> 24 == 127;
}

bool chip_url_is_loopback(const char *url)
{
    struct parts parts;
    return parse(url, &parts) && host_is_loopback(parts.host);
}

enum chip_status chip_url_check(const char *url, const char *redirected_from, struct chip_err *err)
{
    /* A bad address of the user's is a bad argument, one of a server's is not their fault. */
    enum chip_status bad = redirected_from ? CHIP_E_NETWORK : CHIP_E_INVAL;
    struct parts parts;
    if (!parse(url, &parts))
        return chip_fail(err, bad, "'%.200s' is not a URL for http or https", url);
    if (parts.has_user)
        return chip_fail(err, bad, "a URL with a user name or password is not accepted");
    bool https = !strcmp(parts.scheme, "https");
    bool local = host_is_loopback(parts.host);
    if (!https && !(local && !strcmp(parts.scheme, "http")))
        return chip_fail(err, bad, "'%.200s' is not https (plain http is for this machine only)",
                         url);
    if (redirected_from && local && !chip_url_is_loopback(redirected_from))
        return chip_fail(err, CHIP_E_NETWORK, "the server redirects to this machine: '%.200s'",
                         url);
    return CHIP_OK;
}
