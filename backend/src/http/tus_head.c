#include "http/tus_head.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

bool chip_tus_number(const char *text, int64_t *out)
{
    if (!text || !text[0] || strlen(text) > 18 || text[strspn(text, "0123456789")])
        return false;
    *out = strtoll(text, NULL, 10);
    return true;
}

/* ---- base64 ---- */

static bool is_base64(const char *text, size_t n)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t pad = 0;
    while (pad < 2 && pad < n && text[n - pad - 1] == '=')
        pad++;
    return n % 4 == 0 && strspn(text, digits) >= n - pad;
}

/* Decodes n digits. @return bytes; -1 for what is no base64, or more than `size` */
static int decode(const char *text, size_t n, unsigned char *out, size_t size)
{
    if (!is_base64(text, n) || n / 4 * 3 > size)
        return -1;
    int bytes = EVP_DecodeBlock(out, (const unsigned char *)text, (int)n);
    for (size_t i = n; bytes > 0 && i > 0 && text[i - 1] == '='; i--)
        bytes--;
    return bytes;
}

/* ---- Upload-Metadata ---- */

static enum chip_status fail_metadata(struct chip_err *err)
{
    return chip_fail(err, CHIP_E_INVAL,
                     "Upload-Metadata is no list of keys with values in base64: 'filename "
                     "YS53YXY=,language ZW4='");
}

/* Printable ASCII without blank and comma. */
static bool is_key(const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (text[i] <= ' ' || text[i] > '~')
            return false;
    return n > 0;
}

static bool key_is(const char *key, size_t n, const char *name)
{
    return n == strlen(name) && strncmp(key, name, n) == 0;
}

static enum chip_status read_pair(const char *pair, size_t n, char name[CHIP_UPLOAD_NAME],
                                  bool *is_filename, struct chip_err *err)
{
    unsigned char value[CHIP_UPLOAD_METADATA];
    const char *blank = memchr(pair, ' ', n);
    size_t n_key = blank ? (size_t)(blank - pair) : n;
    size_t n_value = blank ? n - n_key - 1 : 0;
    if (!is_key(pair, n_key))
        return fail_metadata(err);
    int bytes = decode(pair + n - n_value, n_value, value, sizeof value);
    if (bytes < 0)
        return fail_metadata(err);
    bool is_name =
        key_is(pair, n_key, "filename") || (!*is_filename && key_is(pair, n_key, "name"));
    if (!is_name)
        return CHIP_OK;
    *is_filename = key_is(pair, n_key, "filename");
    /* What is too long for a name loses its beginning: folders, perhaps. */
    int skip = bytes >= CHIP_UPLOAD_NAME ? bytes - CHIP_UPLOAD_NAME + 1 : 0;
    for (int i = skip; i < bytes; i++)
        name[i - skip] = value[i] ? (char)value[i] : ' ';
    name[bytes - skip] = '\0';
    return CHIP_OK;
}

enum chip_status chip_tus_metadata(const char *text, char name[CHIP_UPLOAD_NAME],
                                   struct chip_err *err)
{
    bool is_filename = false;
    name[0] = '\0';
    if (!text || !text[0])
        return CHIP_OK;
    if (strlen(text) >= CHIP_UPLOAD_METADATA)
        return chip_fail(err, CHIP_E_LIMIT, "Upload-Metadata is longer than %d bytes",
                         CHIP_UPLOAD_METADATA - 1);
    for (const char *at = text;;) {
        at += *at == ' ' && at > text; /* after a comma; some clients write one */
        size_t n = strcspn(at, ",");
        enum chip_status st = read_pair(at, n, name, &is_filename, err);
        if (st != CHIP_OK)
            return st;
        if (at[n] == '\0')
            return CHIP_OK;
        at += n + 1;
    }
}

/* ---- Upload-Checksum ---- */

enum chip_status chip_tus_checksum(const char *text, struct chip_upload_check *out,
                                   struct chip_err *err)
{
    size_t n_name = strcspn(text, " ");
    bool sha1 = n_name == 4 && strncmp(text, "sha1", 4) == 0;
    bool sha256 = n_name == 6 && strncmp(text, "sha256", 6) == 0;
    if (!sha1 && !sha256)
        return chip_fail(err, CHIP_E_UNSUPPORTED,
                         "Upload-Checksum must be one of " CHIP_TUS_HASHES);
    unsigned char digest[48];
    const char *value = text + n_name + (text[n_name] == ' ');
    int bytes = decode(value, strlen(value), digest, sizeof digest);
    if (bytes != (sha1 ? 20 : 32))
        return chip_fail(err, CHIP_E_INVAL,
                         "Upload-Checksum is not the name of a hash and its value in base64");
    out->hash = sha1 ? CHIP_UPLOAD_HASH_SHA1 : CHIP_UPLOAD_HASH_SHA256;
    memcpy(out->digest, digest, (size_t)bytes);
    return CHIP_OK;
}

void chip_tus_date(int64_t ms, char text[CHIP_TUS_DATE])
{
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    time_t seconds = (time_t)(ms / 1000);
    struct tm t;
    gmtime_r(&seconds, &t); /* strftime() would ask the locale */
    snprintf(text, CHIP_TUS_DATE, "%s, %02d %s %04d %02d:%02d:%02d GMT", days[t.tm_wday], t.tm_mday,
             months[t.tm_mon], t.tm_year + 1900, t.tm_hour, t.tm_min, t.tm_sec);
}
