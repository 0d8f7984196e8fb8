/* The folder of uploads: making, finding, claiming, removing them. */
#include "store/uploads.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "meeting/text.h"
#include "store/upload_state.h"

/* ---- opening ---- */

static int64_t or_default(int64_t value, int64_t otherwise)
{
    return value > 0 ? value : otherwise;
}

enum chip_status chip_uploads_open(struct chip_uploads **out,
                                   const struct chip_upload_settings *settings,
                                   struct chip_err *err)
{
    /* Room for "/ID/info.json" and the temporary file beside it. */
    if (strlen(settings->data_dir) > CHIP_UPLOAD_PATH - 128)
        return chip_fail(err, CHIP_E_LIMIT, "the path of the data folder is too long");
    struct chip_uploads *uploads = calloc(1, sizeof *uploads);
    if (!uploads)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for uploads");
    uploads->limits = *settings;
    uploads->limits.data_dir = NULL;
    uploads->limits.max_bytes = or_default(settings->max_bytes, INT64_C(8) << 30);
    uploads->limits.keep_free_bytes = or_default(settings->keep_free_bytes, INT64_C(256) << 20);
    uploads->limits.expire_seconds = (int)or_default(settings->expire_seconds, 24 * 60 * 60);
    uploads->limits.stale_ms = (int)or_default(settings->stale_ms, 1000);
    snprintf(uploads->dir, sizeof uploads->dir, "%s/uploads", settings->data_dir);
    pthread_mutex_init(&uploads->lock, NULL);
    if ((mkdir(settings->data_dir, 0700) < 0 && errno != EEXIST) ||
        (mkdir(uploads->dir, 0700) < 0 && errno != EEXIST)) {
        enum chip_status st = chip_fail(err, CHIP_E_IO, "cannot make the folder '%s': %s",
                                        uploads->dir, strerror(errno));
        chip_uploads_close(uploads);
        return st;
    }
    *out = uploads;
    return CHIP_OK;
}

void chip_upload_sum_free(struct chip_upload_sum *sum)
{
    if (sum)
        EVP_MD_CTX_free(sum->sha);
    free(sum);
}

void chip_uploads_close(struct chip_uploads *uploads)
{
    if (!uploads)
        return;
    for (struct chip_upload_sum *sum = uploads->sums, *next; sum; sum = next) {
        next = sum->next;
        chip_upload_sum_free(sum);
    }
    pthread_mutex_destroy(&uploads->lock);
    free(uploads);
}

int64_t chip_uploads_max_bytes(const struct chip_uploads *uploads)
{
    return uploads->limits.max_bytes;
}

/* ---- all of them ---- */

/* Calls back with the id of each folder that is named as one. */
static void each_upload(const struct chip_uploads *uploads, void (*visit)(void *user, const char *),
                        void *user)
{
    DIR *dir = opendir(uploads->dir);
    if (!dir)
        return;
    for (struct dirent *entry; (entry = readdir(dir));)
        if (chip_uuid_valid(entry->d_name))
            visit(user, entry->d_name);
    closedir(dir);
}

struct quota {
    const struct chip_uploads *uploads;
    const char *user_id, *except;
    int64_t used;
};

static void count_quota(void *user, const char *id)
{
    struct quota *quota = user;
    struct chip_upload_info info;
    if ((quota->except && strcmp(id, quota->except) == 0) ||
        chip_upload_load(quota->uploads, quota->user_id, id, &info, NULL) != CHIP_OK ||
        info.upload.job_id[0])
        return;
    quota->used += info.upload.length >= 0 ? info.upload.length : info.n_bytes;
}

int64_t chip_upload_quota(const struct chip_uploads *uploads, const char *user_id,
                          const char *except)
{
    if (!user_id || !user_id[0] || uploads->limits.max_user_bytes <= 0)
        return INT64_MAX;
    struct quota quota = {uploads, user_id, except, 0};
    each_upload(uploads, count_quota, &quota);
    return uploads->limits.max_user_bytes - quota.used;
}

/* ---- making one ---- */

/* The last part of a name, as one clean line: 'C:\calls\a.wav' is "a.wav". */
static enum chip_status clean_name(char to[CHIP_UPLOAD_NAME], const char *name,
                                   struct chip_err *err)
{
    to[0] = '\0';
    if (!name)
        return CHIP_OK;
    const char *last = name + strlen(name);
    while (last > name && last[-1] != '/' && last[-1] != '\\')
        last--;
    struct chip_str line = {0};
    chip_text_clean(&line, last);
    if (line.failed)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for an upload");
    size_t n = line.len < CHIP_UPLOAD_NAME ? line.len : CHIP_UPLOAD_NAME - 1;
    while (n > 0 && n < line.len && ((unsigned char)line.data[n] & 0xc0) == 0x80)
        n--; /* not in the middle of a character */
    if (n > 0)
        memcpy(to, line.data, n);
    to[n] = '\0';
    chip_str_done(&line);
    return CHIP_OK;
}

static enum chip_status check_length(const struct chip_uploads *uploads, const char *user_id,
                                     int64_t length, struct chip_err *err)
{
    if (length > uploads->limits.max_bytes)
        return chip_fail(err, CHIP_E_LIMIT,
                         "the recording has %lld bytes, more than the %lld that this server takes",
                         (long long)length, (long long)uploads->limits.max_bytes);
    if (chip_upload_quota(uploads, user_id, NULL) < (length > 0 ? length : 0))
        return chip_fail(err, CHIP_E_LIMIT,
                         "your uploads take too much room together: use or remove some first");
    return chip_upload_room(uploads, length > 0 ? length : 0, err);
}

static enum chip_status make_files(struct chip_uploads *uploads,
                                   const struct chip_upload_info *info, struct chip_err *err)
{
    char path[CHIP_UPLOAD_PATH];
    chip_upload_file(uploads, info->upload.id, NULL, path);
    if (mkdir(path, 0700) < 0)
        return chip_fail(err, CHIP_E_IO, "the upload cannot be written: %s", strerror(errno));
    chip_upload_file(uploads, info->upload.id, "data", path);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return chip_fail(err, CHIP_E_IO, "the upload cannot be written: %s", strerror(errno));
    close(fd);
    return chip_upload_save(uploads, info, err);
}

enum chip_status chip_upload_create(struct chip_uploads *uploads, const char *user_id,
                                    const char *name, const char *metadata, int64_t length,
                                    struct chip_upload *out, struct chip_err *err)
{
    struct chip_upload_info info = {.unchecked_from = -1};
    struct chip_upload *u = &info.upload;
    enum chip_status st = clean_name(u->name, name, err);
    if (st != CHIP_OK)
        return st;
    if (metadata && strlen(metadata) >= sizeof u->metadata)
        return chip_fail(err, CHIP_E_LIMIT, "the metadata is longer than %zu bytes",
                         sizeof u->metadata - 1);
    snprintf(u->metadata, sizeof u->metadata, "%s", metadata ? metadata : "");
    snprintf(u->user_id, sizeof u->user_id, "%s", user_id ? user_id : "");
    u->length = length < 0 ? -1 : length;
    u->created_ms = chip_upload_now_ms();
    u->finished = length == 0;
    if (u->finished && chip_sha256_bytes("", 0, u->sha256, err) != CHIP_OK)
        return err ? err->code : CHIP_E_INTERNAL;
    char id[CHIP_UUID_TEXT];
    chip_uuid_make(id);
    strcpy(u->id, id);

    pthread_mutex_lock(&uploads->lock);
    st = check_length(uploads, user_id, length, err);
    if (st == CHIP_OK) {
        st = make_files(uploads, &info, err);
        if (st == CHIP_OK)
            st = chip_upload_load(uploads, NULL, id, &info, err);
        if (st != CHIP_OK)
            chip_upload_remove(uploads, id);
    }
    pthread_mutex_unlock(&uploads->lock);
    if (st == CHIP_OK && out)
        *out = info.upload;
    return st;
}

/* ---- finding, claiming, removing one ---- */

enum chip_status chip_upload_get(struct chip_uploads *uploads, const char *user_id, const char *id,
                                 struct chip_upload *out, struct chip_err *err)
{
    struct chip_upload_info info;
    enum chip_status st = chip_upload_load(uploads, user_id, id, &info, err);
    if (st != CHIP_OK)
        return st;
    if (!info.upload.job_id[0] && chip_upload_expired(uploads, &info))
        return chip_fail(err, CHIP_E_NOT_FOUND, "the upload has expired: start it again");
    *out = info.upload;
    return CHIP_OK;
}

enum chip_status chip_upload_claim(struct chip_uploads *uploads, const char *user_id,
                                   const char *id, const char *job_id, struct chip_err *err)
{
    struct chip_upload_info info;
    pthread_mutex_lock(&uploads->lock);
    enum chip_status st = chip_upload_load(uploads, user_id, id, &info, err);
    char *holder = info.upload.job_id;
    if (st == CHIP_OK && holder[0] && strcmp(holder, job_id) != 0)
        st = chip_fail(err, CHIP_E_CONFLICT, "another job has this upload: upload it again");
    if (st == CHIP_OK && !holder[0]) {
        snprintf(holder, CHIP_UUID_TEXT, "%s", job_id);
        st = chip_upload_save(uploads, &info, err);
    }
    pthread_mutex_unlock(&uploads->lock);
    return st;
}

void chip_upload_unclaim(struct chip_uploads *uploads, const char *id, const char *job_id)
{
    struct chip_upload_info info;
    pthread_mutex_lock(&uploads->lock);
    if (chip_upload_load(uploads, NULL, id, &info, NULL) == CHIP_OK &&
        strcmp(info.upload.job_id, job_id) == 0) {
        info.upload.job_id[0] = '\0';
        if (chip_upload_save(uploads, &info, NULL) != CHIP_OK)
            chip_upload_remove(uploads, id); /* nobody could use it any more */
    }
    pthread_mutex_unlock(&uploads->lock);
}

enum chip_status chip_upload_delete(struct chip_uploads *uploads, const char *user_id,
                                    const char *id, struct chip_err *err)
{
    struct chip_upload_info info;
    pthread_mutex_lock(&uploads->lock);
    enum chip_status st = chip_upload_load(uploads, user_id, id, &info, err);
    if (st == CHIP_OK)
        chip_upload_remove(uploads, id);
    pthread_mutex_unlock(&uploads->lock);
    return st;
}

/* ---- expiry ---- */

struct sweep {
    struct chip_uploads *uploads;
    bool (*in_use)(void *user, const char *job_id);
    void *user;
    int n_removed;
};

bool chip_upload_is_written(const struct chip_uploads *uploads, const char *id)
{
    char path[CHIP_UPLOAD_PATH];
    chip_upload_file(uploads, id, "data", path);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool written = flock(fd, LOCK_EX | LOCK_NB) < 0;
    close(fd);
    return written;
}

/* A folder without info.json is either being made or what a crash left. */
static bool is_remains(const struct chip_uploads *uploads, const char *id)
{
    char path[CHIP_UPLOAD_PATH];
    struct stat folder;
    chip_upload_file(uploads, id, NULL, path);
    return stat(path, &folder) == 0 && time(NULL) - folder.st_mtime > 60 * 60;
}

static void sweep_one(void *user, const char *id)
{
    struct sweep *sweep = user;
    struct chip_uploads *uploads = sweep->uploads;
    struct chip_upload_info info;
    bool remove;
    pthread_mutex_lock(&uploads->lock);
    if (chip_upload_load(uploads, NULL, id, &info, NULL) != CHIP_OK)
        remove = is_remains(uploads, id);
    else if (!chip_upload_expired(uploads, &info) || chip_upload_is_written(uploads, id))
        remove = false;
    else
        remove = !info.upload.job_id[0] ||
                 (sweep->in_use && !sweep->in_use(sweep->user, info.upload.job_id));
    if (remove) {
        chip_upload_remove(uploads, id);
        sweep->n_removed++;
    }
    pthread_mutex_unlock(&uploads->lock);
}

int chip_uploads_expire(struct chip_uploads *uploads,
                        bool (*in_use)(void *user, const char *job_id), void *user)
{
    struct sweep sweep = {uploads, in_use, user, 0};
    each_upload(uploads, sweep_one, &sweep);
    return sweep.n_removed;
}
