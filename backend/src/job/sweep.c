#include "job/sweep.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "job/failure.h"
#include "job/note.h"
#include "store/recordings.h"

enum { OLD_S = 24 * 3600 };

static bool end_lease(void *user, const char *job_id, const char *token)
{
    const struct chip_worker_settings *settings = user;
    enum chip_status s = chip_store_call(
        settings->store, NULL, "heartbeat_job",
        json_pack("{s:s, s:s, s:i}", "id", job_id, "lease_token", token, "lease_seconds", 0), NULL,
        NULL);
    if (s == CHIP_OK)
        chip_log(CHIP_LOG_WARNING, json_pack("{s:s}", "job", job_id),
                 "its worker is dead; it goes on from what was kept");
    return s == CHIP_OK || chip_failure_is_lost(s);
}

void chip_sweep_leases(const struct chip_worker_settings *settings)
{
    chip_notes_sweep(settings->data_dir, end_lease, (void *)settings);
}

static bool job_exists(void *user, const char *job_id)
{
    const struct chip_worker_settings *settings = user;
    return chip_store_call(settings->store, NULL, "get_job", json_pack("{s:s}", "id", job_id), NULL,
                           NULL) != CHIP_E_NOT_FOUND;
}

static int remove_old_files(const char *data_dir)
{
    char path[CHIP_UPLOAD_PATH];
    snprintf(path, sizeof path, "%s/tmp", data_dir);
    DIR *dir = opendir(path);
    if (!dir)
        return 0;
    int n = 0;
    for (struct dirent *entry; (entry = readdir(dir));) {
        struct stat info;
        if (fstatat(dirfd(dir), entry->d_name, &info, AT_SYMLINK_NOFOLLOW) == 0 &&
            !S_ISDIR(info.st_mode) && time(NULL) - info.st_mtime > OLD_S)
            n += unlinkat(dirfd(dir), entry->d_name, 0) == 0;
    }
    closedir(dir);
    return n;
}

void chip_sweep_files(const struct chip_worker_settings *settings)
{
    int recordings = chip_recordings_sweep(settings->data_dir, job_exists, (void *)settings);
    int files = remove_old_files(settings->data_dir);
    if (recordings + files > 0)
        chip_log(CHIP_LOG_NOTICE, NULL,
                 "removed what nobody needs any more: recordings of %d jobs, %d temporary files",
                 recordings, files);
}
