#include "net/base64.h"

#include <limits.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

static void swap_letters(char *text, size_t n, const char *from, const char *to)
{
    for (size_t i = 0; i < n; i++) {
        if (text[i] == from[0])
            text[i] = to[0];
        else if (text[i] == from[1])
            text[i] = to[1];
    }
}

char *chip_base64_encode(enum chip_base64 kind, const void *data, size_t n)
{
    if (n > INT_MAX / 2)
        return NULL;
    char *text = malloc((n + 2) / 3 * 4 + 1);
    if (!text)
        return NULL;
    int length = EVP_EncodeBlock((unsigned char *)text, data, (int)n);
    if (kind == CHIP_BASE64_URL) {
        while (length > 0 && text[length - 1] == '=')
            text[--length] = '\0';
        swap_letters(text, (size_t)length, "+/", "-_");
    }
    return text;
}

/* OpenSSL forgives blanks and bits left over; what we write does not have them. */
static bool is_canonical(enum chip_base64 kind, const char *text, size_t n,
                         const unsigned char *bytes, size_t n_bytes)
{
    char *again = chip_base64_encode(kind, bytes, n_bytes);
    bool same = again && strlen(again) == n && !memcmp(again, text, n);
    free(again);
    return same;
}

enum chip_status chip_base64_decode(enum chip_base64 kind, const char *text, size_t n,
                                    unsigned char **out, size_t *n_out, struct chip_err *err)
{
    size_t padded = (n + 3) / 4 * 4, padding = padded - n;
    if (n > INT_MAX / 2 || padding == 3 || (kind == CHIP_BASE64 && padding > 0))
        return chip_fail(err, CHIP_E_FORMAT, "this is not base64");
    char *block = malloc(padded + 1);
    unsigned char *bytes = malloc(padded / 4 * 3 + 1);
    if (!block || !bytes) {
        free(block);
        free(bytes);
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory");
    }
    memcpy(block, text, n);
    memset(block + n, '=', padding);
    if (kind == CHIP_BASE64_URL)
        swap_letters(block, n, "-_", "+/");
    else
        for (padding = 0; padding < 2 && padding < n && text[n - 1 - padding] == '=';)
            padding++;
    int got = EVP_DecodeBlock(bytes, (unsigned char *)block, (int)padded);
    free(block);
    size_t length = got < (int)padding ? 0 : (size_t)got - padding;
    if (got < 0 || !is_canonical(kind, text, n, bytes, length)) {
        free(bytes);
        return chip_fail(err, CHIP_E_FORMAT, "this is not base64");
    }
    bytes[length] = '\0';
    *out = bytes;
    *n_out = length;
    return CHIP_OK;
}
