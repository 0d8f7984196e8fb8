#include "store/upload_sum.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_KEPT = 256 }; /* uploads between two requests whose hash is remembered */

static EVP_MD_CTX *start_hash(const EVP_MD *kind)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    if (ctx && EVP_DigestInit_ex(ctx, kind, NULL))
        return ctx;
    EVP_MD_CTX_free(ctx);
    return NULL;
}

static EVP_MD_CTX *copy_hash(const EVP_MD_CTX *from)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    if (ctx && EVP_MD_CTX_copy_ex(ctx, from))
        return ctx;
    EVP_MD_CTX_free(ctx);
    return NULL;
}

/* ---- between two requests ---- */

/* Takes what is remembered of an upload out of the list. */
static EVP_MD_CTX *recall(struct chip_uploads *uploads, const char *id, int64_t n_bytes)
{
    for (struct chip_upload_sum **at = &uploads->sums; *at; at = &(*at)->next) {
        struct chip_upload_sum *sum = *at;
        if (strcmp(sum->id, id) != 0)
            continue;
        *at = sum->next;
        EVP_MD_CTX *sha = NULL;
        if (sum->n_bytes == n_bytes) {
            sha = sum->sha;
            sum->sha = NULL;
        }
        chip_upload_sum_free(sum);
        return sha;
    }
    return NULL;
}

static void forget_oldest(struct chip_uploads *uploads)
{
    struct chip_upload_sum **at = &uploads->sums;
    for (int n = 0; *at && n < MAX_KEPT; n++)
        at = &(*at)->next;
    chip_upload_sum_free(*at);
    *at = NULL;
}

void chip_upload_sums_keep(struct chip_uploads *uploads, struct chip_upload_sums *sums,
                           const char *id, int64_t n_bytes)
{
    struct chip_upload_sum *sum = sums->sha ? calloc(1, sizeof *sum) : NULL;
    if (!sum)
        return;
    snprintf(sum->id, sizeof sum->id, "%s", id);
    sum->n_bytes = n_bytes;
    sum->sha = sums->sha;
    sums->sha = NULL;
    sum->next = uploads->sums;
    uploads->sums = sum;
    forget_oldest(uploads);
}

/* ---- while writing ---- */

enum chip_status chip_upload_sums_begin(struct chip_uploads *uploads, struct chip_upload_sums *sums,
                                        const char *id, int64_t offset,
                                        const struct chip_upload_check *check, struct chip_err *err)
{
    sums->sha = recall(uploads, id, offset);
    if (!sums->sha && offset == 0)
        sums->sha = start_hash(EVP_sha256());
    if (!check || check->hash == CHIP_UPLOAD_HASH_NONE)
        return CHIP_OK;
    sums->check = *check;
    sums->chunk = start_hash(check->hash == CHIP_UPLOAD_HASH_SHA1 ? EVP_sha1() : EVP_sha256());
    if (sums->sha)
        sums->before = copy_hash(sums->sha);
    return sums->chunk ? CHIP_OK : chip_fail(err, CHIP_E_NOMEM, "not enough memory for a checksum");
}

static void add(EVP_MD_CTX **ctx, const char *bytes, size_t n)
{
    if (*ctx && !EVP_DigestUpdate(*ctx, bytes, n)) {
        EVP_MD_CTX_free(*ctx);
        *ctx = NULL;
    }
}

void chip_upload_sums_add(struct chip_upload_sums *sums, const char *bytes, size_t n)
{
    add(&sums->sha, bytes, n);
    add(&sums->chunk, bytes, n);
}

bool chip_upload_sums_match(struct chip_upload_sums *sums)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int n = 0;
    return sums->chunk && EVP_DigestFinal_ex(sums->chunk, digest, &n) &&
           n <= sizeof sums->check.digest && memcmp(digest, sums->check.digest, n) == 0;
}

void chip_upload_sums_rewind(struct chip_upload_sums *sums)
{
    EVP_MD_CTX_free(sums->sha);
    sums->sha = sums->before;
    sums->before = NULL;
}

void chip_upload_sums_final(struct chip_upload_sums *sums, char hex[CHIP_SHA256_HEX])
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int n = 0;
    hex[0] = '\0';
    if (!sums->sha || !EVP_DigestFinal_ex(sums->sha, digest, &n))
        return;
    for (unsigned int i = 0; i < n && i < CHIP_SHA256_HEX / 2; i++)
        snprintf(hex + 2 * i, 3, "%02x", digest[i]);
}

void chip_upload_sums_done(struct chip_upload_sums *sums)
{
    EVP_MD_CTX_free(sums->sha);
    EVP_MD_CTX_free(sums->before);
    EVP_MD_CTX_free(sums->chunk);
    *sums = (struct chip_upload_sums){0};
}
