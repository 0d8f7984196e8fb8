/** Inside uploads: hashes of what arrives, of all of it and of one chunk. Not for others. */
#pragma once

#include "store/upload_state.h"

struct chip_upload_sums {
    EVP_MD_CTX *sha;    /* SHA-256 from byte 0; NULL: it is not known */
    EVP_MD_CTX *before; /* the same at begin, when there is a check */
    EVP_MD_CTX *chunk;  /* of the bytes since begin; NULL: no check */
    struct chip_upload_check check;
};

/** Goes on from where the last writer was, if that is known; under uploads->lock. */
CHIP_MUST_CHECK
enum chip_status chip_upload_sums_begin(struct chip_uploads *uploads, struct chip_upload_sums *sums,
                                        const char *id, int64_t offset,
                                        const struct chip_upload_check *check,
                                        struct chip_err *err);
void chip_upload_sums_add(struct chip_upload_sums *sums, const char *bytes, size_t n);

/** Are the bytes since begin those of the check? Once. */
bool chip_upload_sums_match(struct chip_upload_sums *sums);

/** Forgets the bytes since begin. */
void chip_upload_sums_rewind(struct chip_upload_sums *sums);

/** @param hex "" when it is not known */
void chip_upload_sums_final(struct chip_upload_sums *sums, char hex[CHIP_SHA256_HEX]);

/** Keeps the hash for the next writer; under uploads->lock. */
void chip_upload_sums_keep(struct chip_uploads *uploads, struct chip_upload_sums *sums,
                           const char *id, int64_t n_bytes);
void chip_upload_sums_done(struct chip_upload_sums *sums);
