#include "net/sha256.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

static enum chip_status no_hash(struct chip_err *err)
{
    return chip_fail(err, CHIP_E_INTERNAL, "OpenSSL cannot compute SHA-256");
}

static enum chip_status finish(EVP_MD_CTX *ctx, char *hex, struct chip_err *err)
{
    unsigned char digest[32];
    if (!EVP_DigestFinal_ex(ctx, digest, NULL))
        return no_hash(err);
    for (int i = 0; i < 32; i++)
        snprintf(hex + 2 * i, 3, "%02x", digest[i]);
    return CHIP_OK;
}

enum chip_status chip_sha256_file(const char *path, char hex[CHIP_SHA256_HEX], struct chip_err *err)
{
    FILE *file = fopen(path, "rbe");
    if (!file)
        return chip_fail(err, errno == ENOENT ? CHIP_E_NOT_FOUND : CHIP_E_IO, "'%s': %s", path,
                         strerror(errno));
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool ok = ctx && EVP_DigestInit_ex(ctx, EVP_sha256(), NULL);
    unsigned char block[65536];
    for (size_t n; ok && (n = fread(block, 1, sizeof block, file)) > 0;)
        ok = EVP_DigestUpdate(ctx, block, n);

    enum chip_status status;
    if (ferror(file))
        status = chip_fail(err, CHIP_E_IO, "'%s': %s", path, strerror(errno));
    else
        status = ok ? finish(ctx, hex, err) : no_hash(err);
    EVP_MD_CTX_free(ctx);
    fclose(file);
    return status;
}

enum chip_status chip_sha256_bytes(const void *data, size_t size, char hex[CHIP_SHA256_HEX],
                                   struct chip_err *err)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool ok =
        ctx && EVP_DigestInit_ex(ctx, EVP_sha256(), NULL) && EVP_DigestUpdate(ctx, data, size);
    enum chip_status status = ok ? finish(ctx, hex, err) : no_hash(err);
    EVP_MD_CTX_free(ctx);
    return status;
}

bool chip_sha256_valid(const char *hex)
{
    return hex && strlen(hex) == 64 && strspn(hex, "0123456789abcdef") == 64;
}
