#include "store/recordings.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "store/upload_state.h"

static enum chip_status folder_path(const char *data_dir, const char *job_id,
                                    char path[CHIP_UPLOAD_PATH], struct chip_err *err)
{
    if (!chip_uuid_valid(job_id))
        return chip_fail(err, CHIP_E_NOT_FOUND, "there is no such recording");
    if (strlen(data_dir) > CHIP_UPLOAD_PATH - 128)
        return chip_fail(err, CHIP_E_LIMIT, "the path of the data folder is too long");
    snprintf(path, CHIP_UPLOAD_PATH, "%s/recordings/%s", data_dir, job_id);
    return CHIP_OK;
}

enum chip_status chip_recording_path(const char *data_dir, const char *job_id,
                                     char path[CHIP_UPLOAD_PATH], struct chip_err *err)
{
    enum chip_status st = folder_path(data_dir, job_id, path, err);
    if (st == CHIP_OK)
        strcat(path, "/source");
    return st;
}

static bool make_folder(const char *path)
{
    return mkdir(path, 0700) == 0 || errno == EEXIST;
}

enum chip_status chip_recording_prepare(const char *data_dir, const char *job_id,
                                        char path[CHIP_UPLOAD_PATH], struct chip_err *err)
{
    char parent[CHIP_UPLOAD_PATH];
    enum chip_status st = folder_path(data_dir, job_id, path, err);
    if (st != CHIP_OK)
        return st;
    snprintf(parent, sizeof parent, "%s/recordings", data_dir);
    if (!make_folder(data_dir) || !make_folder(parent) || !make_folder(path))
        return chip_fail(err, CHIP_E_IO, "cannot make a folder for the recording: %s",
                         strerror(errno));
    strcat(path, "/source");
    return CHIP_OK;
}

bool chip_recording_exists(const char *data_dir, const char *job_id)
{
    char path[CHIP_UPLOAD_PATH];
    struct stat info;
    return chip_recording_path(data_dir, job_id, path, NULL) == CHIP_OK && stat(path, &info) == 0 &&
           S_ISREG(info.st_mode);
}

/* data_dir of an opened folder of uploads. */
static void parent_of(const struct chip_uploads *uploads, char dir[CHIP_UPLOAD_PATH])
{
    snprintf(dir, CHIP_UPLOAD_PATH, "%s", uploads->dir);
    *strrchr(dir, '/') = '\0';
}

enum chip_status chip_recording_take(struct chip_uploads *uploads, const char *upload_id,
                                     const char *job_id, struct chip_err *err)
{
    char data_dir[CHIP_UPLOAD_PATH], from[CHIP_UPLOAD_PATH], to[CHIP_UPLOAD_PATH];
    struct chip_upload_info info;
    parent_of(uploads, data_dir);
    bool there = chip_recording_exists(data_dir, job_id);
    enum chip_status st = chip_upload_load(uploads, NULL, upload_id, &info, err);
    if (st == CHIP_E_NOT_FOUND && there) {
        if (chip_uuid_valid(upload_id))
            chip_upload_remove(uploads, upload_id); /* a crash left its folder */
        return CHIP_OK;
    }
    if (st != CHIP_OK)
        return st;
    if (info.upload.job_id[0] && strcmp(info.upload.job_id, job_id) != 0)
        return chip_fail(err, CHIP_E_CONFLICT, "another job has this upload: upload it again");
    if (!info.upload.finished)
        return chip_fail(err, CHIP_E_CONFLICT, "the upload is not finished");
    st = chip_recording_prepare(data_dir, job_id, to, err);
    if (st != CHIP_OK)
        return st;
    chip_upload_file(uploads, upload_id, "data", from);
    if (rename(from, to) < 0)
        return chip_fail(err, CHIP_E_IO, "cannot keep the recording: %s", strerror(errno));
    chip_upload_remove(uploads, upload_id);
    return CHIP_OK;
}

enum chip_status chip_recording_remove(const char *data_dir, const char *job_id,
                                       struct chip_err *err)
{
    char path[CHIP_UPLOAD_PATH];
    struct stat info;
    enum chip_status st = folder_path(data_dir, job_id, path, err);
    if (st != CHIP_OK)
        return st;
    chip_folder_remove(path);
    if (stat(path, &info) == 0)
        return chip_fail(err, CHIP_E_IO, "the recording of job %s cannot be removed", job_id);
    return CHIP_OK;
}

int chip_recordings_sweep(const char *data_dir, bool (*exists)(void *user, const char *job_id),
                          void *user)
{
    char path[CHIP_UPLOAD_PATH];
    snprintf(path, sizeof path, "%s/recordings", data_dir);
    DIR *dir = opendir(path);
    if (!dir)
        return 0;
    int n = 0;
    for (struct dirent *entry; (entry = readdir(dir));) {
        struct stat info;
        if (!chip_uuid_valid(entry->d_name) || fstatat(dirfd(dir), entry->d_name, &info, 0) < 0 ||
            time(NULL) - info.st_mtime < 60 * 60 || exists(user, entry->d_name))
            continue;
        if (chip_recording_remove(data_dir, entry->d_name, NULL) == CHIP_OK)
            n++;
    }
    closedir(dir);
    return n;
}
