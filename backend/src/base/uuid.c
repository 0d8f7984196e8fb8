#include "base/uuid.h"

#include <ctype.h>
#include <openssl/evp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum { BYTES = 16, SHA1_BYTES = 20 };

static void print(uint8_t bytes[BYTES], int version, char text[CHIP_UUID_TEXT])
{
    bytes[6] = (uint8_t)((bytes[6] & 0x0f) | version << 4);
    bytes[8] = (uint8_t)((bytes[8] & 0x3f) | 0x80);
    char *at = text;
    for (int i = 0; i < BYTES; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *at++ = '-';
        at += snprintf(at, 3, "%02x", bytes[i]);
    }
}

void chip_uuid_make(char text[CHIP_UUID_TEXT])
{
    uint8_t bytes[BYTES];
    if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
        abort(); /* no kernel that we run on fails for so few bytes */
    print(bytes, 4, text);
}

static void parse(const char *text, uint8_t bytes[BYTES])
{
    for (int i = 0; i < BYTES; i++) {
        while (*text == '-')
            text++;
        char digits[3] = {text[0], text[1], '\0'};
        bytes[i] = (uint8_t)strtoul(digits, NULL, 16);
        text += 2;
    }
}

void chip_uuid_of_name(const char *space, const char *name, char text[CHIP_UUID_TEXT])
{
    uint8_t bytes[BYTES], hash[SHA1_BYTES];
    parse(space, bytes);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    if (!ctx || !EVP_DigestInit_ex(ctx, EVP_sha1(), NULL) ||
        !EVP_DigestUpdate(ctx, bytes, sizeof bytes) || !EVP_DigestUpdate(ctx, name, strlen(name)) ||
        !EVP_DigestFinal_ex(ctx, hash, NULL))
        abort(); /* out of memory for a hash */
    EVP_MD_CTX_free(ctx);
    print(hash, 5, text);
}

bool chip_uuid_valid(const char *text)
{
    for (int i = 0; i < CHIP_UUID_TEXT - 1; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? text[i] != '-' : !isxdigit((unsigned char)text[i]))
            return false;
    }
    return text[CHIP_UUID_TEXT - 1] == '\0';
}
