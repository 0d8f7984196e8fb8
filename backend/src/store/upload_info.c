/* One upload on disk: its paths, its info.json, its removal. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "models/json_file.h"
#include "store/upload_state.h"

enum { MAX_INFO_BYTES = 64 << 10 };

int64_t chip_upload_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void chip_upload_file(const struct chip_uploads *uploads, const char *id, const char *file,
                      char path[CHIP_UPLOAD_PATH])
{
    snprintf(path, CHIP_UPLOAD_PATH, "%s/%s%s%s", uploads->dir, id, file ? "/" : "",
             file ? file : "");
}

enum chip_status chip_upload_path(const struct chip_uploads *uploads, const char *id,
                                  char path[CHIP_UPLOAD_PATH], struct chip_err *err)
{
    if (!chip_uuid_valid(id))
        return chip_fail(err, CHIP_E_NOT_FOUND, "there is no such upload");
    chip_upload_file(uploads, id, "data", path);
    return CHIP_OK;
}

/* ---- info.json ---- */

static void copy_text(char *to, size_t size, const json_t *info, const char *name)
{
    const char *text = json_string_value(json_object_get(info, name));
    snprintf(to, size, "%s", text ? text : "");
}

static int64_t get_number(const json_t *info, const char *name)
{
    const json_t *value = json_object_get(info, name);
    return json_is_integer(value) ? json_integer_value(value) : -1;
}

static void read_info(struct chip_upload_info *out, const json_t *info, const char *id,
                      const struct stat *data)
{
    struct chip_upload *u = &out->upload;
    *out = (struct chip_upload_info){
        .unchecked_from = get_number(info, "unchecked_from"),
        .changed_ms = (int64_t)data->st_mtim.tv_sec * 1000 + data->st_mtim.tv_nsec / 1000000,
        .n_bytes = data->st_size,
    };
    snprintf(u->id, sizeof u->id, "%s", id);
    copy_text(u->user_id, sizeof u->user_id, info, "user_id");
    copy_text(u->job_id, sizeof u->job_id, info, "job_id");
    copy_text(u->name, sizeof u->name, info, "name");
    copy_text(u->metadata, sizeof u->metadata, info, "metadata");
    copy_text(u->sha256, sizeof u->sha256, info, "sha256");
    u->length = get_number(info, "length");
    u->created_ms = get_number(info, "created_ms");
    u->offset = data->st_size;
    if (out->unchecked_from >= 0 && u->offset > out->unchecked_from)
        u->offset = out->unchecked_from;
    if (u->length >= 0 && u->offset > u->length)
        u->offset = u->length;
    /* After a crash between the last byte and info.json's last change, it is complete all the
     * same. */
    u->finished = json_is_true(json_object_get(info, "finished")) ||
                  (u->length >= 0 && u->offset == u->length && out->unchecked_from < 0);
}

static enum chip_status fail_gone(struct chip_err *err)
{
    return chip_fail(err, CHIP_E_NOT_FOUND,
                     "there is no such upload: it was removed, used by a job, or has expired");
}

enum chip_status chip_upload_load(const struct chip_uploads *uploads, const char *user_id,
                                  const char *id, struct chip_upload_info *out,
                                  struct chip_err *err)
{
    char path[CHIP_UPLOAD_PATH];
    struct stat data;
    json_t *info;
    if (!chip_uuid_valid(id))
        return fail_gone(err);
    chip_upload_file(uploads, id, "data", path);
    if (stat(path, &data) < 0)
        return fail_gone(err);
    chip_upload_file(uploads, id, "info.json", path);
    enum chip_status st = chip_file_read_json(&info, path, MAX_INFO_BYTES, err);
    if (st == CHIP_E_NOT_FOUND)
        return fail_gone(err);
    if (st != CHIP_OK)
        return chip_fail(err, CHIP_E_IO, "the upload's description cannot be read");
    read_info(out, info, id, &data);
    json_decref(info);
    if (user_id && strcmp(user_id, out->upload.user_id) != 0)
        return fail_gone(err);
    if (!out->upload.job_id[0])
        out->upload.expires_ms = out->changed_ms + uploads->limits.expire_seconds * INT64_C(1000);
    return CHIP_OK;
}

static json_t *text_or_null(const char *text)
{
    return text[0] ? json_string(text) : json_null();
}

static json_t *number_or_null(int64_t number)
{
    return number >= 0 ? json_integer(number) : json_null();
}

enum chip_status chip_upload_save(const struct chip_uploads *uploads,
                                  const struct chip_upload_info *info, struct chip_err *err)
{
    const struct chip_upload *u = &info->upload;
    char path[CHIP_UPLOAD_PATH];
    chip_upload_file(uploads, u->id, "info.json", path);
    json_t *json = json_pack("{s:o, s:o, s:o, s:o, s:o, s:I, s:b, s:o, s:o}", "user_id",
                             text_or_null(u->user_id), "job_id", text_or_null(u->job_id), "name",
                             text_or_null(u->name), "metadata", text_or_null(u->metadata), "length",
                             number_or_null(u->length), "created_ms", (json_int_t)u->created_ms,
                             "finished", u->finished, "sha256", text_or_null(u->sha256),
                             "unchecked_from", number_or_null(info->unchecked_from));
    if (!json)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for an upload");
    enum chip_status st = chip_file_write_json(path, json, err);
    json_decref(json);
    if (st == CHIP_E_IO)
        return chip_fail(err, st, "the upload cannot be written: %s", strerror(errno));
    return st;
}

bool chip_upload_expired(const struct chip_uploads *uploads, const struct chip_upload_info *info)
{
    return info->changed_ms + uploads->limits.expire_seconds * INT64_C(1000) <=
           chip_upload_now_ms();
}

/* ---- removal ---- */

void chip_folder_remove(const char *path)
{
    DIR *dir = opendir(path);
    if (!dir)
        return;
    for (struct dirent *entry; (entry = readdir(dir));)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            unlinkat(dirfd(dir), entry->d_name, 0);
    closedir(dir);
    rmdir(path);
}

void chip_upload_remove(const struct chip_uploads *uploads, const char *id)
{
    char path[CHIP_UPLOAD_PATH];
    chip_upload_file(uploads, id, "info.json", path);
    unlink(path);
    chip_upload_file(uploads, id, NULL, path);
    chip_folder_remove(path);
}

/* ---- room ---- */

enum chip_status chip_upload_room(const struct chip_uploads *uploads, int64_t n_bytes,
                                  struct chip_err *err)
{
    struct statvfs disk;
    if (statvfs(uploads->dir, &disk) < 0)
        return chip_fail(err, CHIP_E_IO, "the uploads' disk does not answer: %s", strerror(errno));
    int64_t free_bytes = (int64_t)(disk.f_bavail * disk.f_frsize);
    if (free_bytes - uploads->limits.keep_free_bytes < n_bytes)
        return chip_fail(err, CHIP_E_IO, "the server's disk has no room for this upload");
    return CHIP_OK;
}
