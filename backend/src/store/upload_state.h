/** Inside uploads: their folder, info.json, and what this process knows. Not for others. */
#pragma once

#include <openssl/evp.h>
#include <pthread.h>

#include "store/uploads.h"

struct chip_uploads {
    char dir[CHIP_UPLOAD_PATH]; /* data_dir/uploads */
    struct chip_upload_settings limits;
    pthread_mutex_t lock; /* guards all below, and changes of any info.json */
    struct chip_upload_writer *writers;
    struct chip_upload_sum *sums; /* of uploads between two requests, newest first */
};

/** The SHA-256 of what has come so far, while nobody is writing. */
struct chip_upload_sum {
    struct chip_upload_sum *next;
    char id[CHIP_UUID_TEXT];
    int64_t n_bytes;
    EVP_MD_CTX *sha;
};

/** What info.json holds beside struct chip_upload. */
struct chip_upload_info {
    struct chip_upload upload;
    int64_t unchecked_from; /* bytes from here on wait for their checksum; -1: none do */
    int64_t changed_ms;     /* when the last byte came */
    int64_t n_bytes;        /* of the file, unchecked ones too */
};

/** The path of a file of an upload; `file` NULL: of its folder. `id` is a UUID. */
void chip_upload_file(const struct chip_uploads *uploads, const char *id, const char *file,
                      char path[CHIP_UPLOAD_PATH]);

/** Reads an upload, expired or not; `id` does not lie in `out`. CHIP_E_NOT_FOUND for a wrong id or
 * another user's. */
CHIP_MUST_CHECK
enum chip_status chip_upload_load(const struct chip_uploads *uploads, const char *user_id,
                                  const char *id, struct chip_upload_info *out,
                                  struct chip_err *err);

/** Replaces info.json. */
CHIP_MUST_CHECK
enum chip_status chip_upload_save(const struct chip_uploads *uploads,
                                  const struct chip_upload_info *info, struct chip_err *err);

bool chip_upload_expired(const struct chip_uploads *uploads, const struct chip_upload_info *info);

/** Is somebody writing it right now, in whatever process? */
bool chip_upload_is_written(const struct chip_uploads *uploads, const char *id);

/** Removes folder and files, info.json first: from then on it is not found. */
void chip_upload_remove(const struct chip_uploads *uploads, const char *id);

/** Has the disk room for so many more bytes? */
CHIP_MUST_CHECK
enum chip_status chip_upload_room(const struct chip_uploads *uploads, int64_t n_bytes,
                                  struct chip_err *err);

/** Bytes that the user may still upload, `except` (an id, or NULL) not counted. */
int64_t chip_upload_quota(const struct chip_uploads *uploads, const char *user_id,
                          const char *except);

void chip_upload_sum_free(struct chip_upload_sum *sum);

int64_t chip_upload_now_ms(void); /* since 1970 */

/** Removes a folder with the files in it, which holds no folders; being gone is fine. */
void chip_folder_remove(const char *path);
