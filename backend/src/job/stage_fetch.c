/* The recording, from wherever it is to data_dir/recordings/JOB_ID/source. */

#include <ctype.h>
#include <string.h>

#include "job/work.h"
#include "net/fetch.h"
#include "store/recordings.h"

static const char *source_text(const struct chip_work *work, const char *member)
{
    return json_string_value(json_object_get(json_object_get(work->job, "source"), member));
}

/* ---- what it is called ---- */

static void set_title(struct chip_work *work, const char *name, size_t n)
{
    const char *dot = memrchr(name, '.', n);
    if (dot && dot > name)
        n = (size_t)(dot - name);
    if (n == 0 || n >= sizeof work->title)
        return;
    memcpy(work->title, name, n);
    work->title[n] = '\0';
    json_t *text = json_string(work->title); /* refuses what is not UTF-8 */
    if (!text)
        work->title[0] = '\0';
    json_decref(text);
    const char *given = chip_work_text(work, "title");
    if (work->title[0] && !(given && *given))
        chip_lease_title(work->lease, work->title);
}

static int hex(char c)
{
    return isdigit((unsigned char)c) ? c - '0' : tolower((unsigned char)c) - 'a' + 10;
}

/* By the last part of the path: never by the query, which may hold secrets. */
static void set_title_of_url(struct chip_work *work, const char *url)
{
    char name[sizeof work->title];
    const char *path = strstr(url, "://");
    path = path ? path + 3 : url;
    size_t n_path = strcspn(path, "?#"), n = 0;
    const char *slash = memrchr(path, '/', n_path);
    if (!slash)
        return;
    for (const char *p = slash + 1; p < path + n_path && n < sizeof name - 1; p++) {
        bool escaped =
            p[0] == '%' && isxdigit((unsigned char)p[1]) && isxdigit((unsigned char)p[2]);
        char c = escaped ? (char)(hex(p[1]) << 4 | hex(p[2])) : *p;
        p += escaped ? 2 : 0;
        if (iscntrl((unsigned char)c) || c == '/')
            return;
        name[n++] = c;
    }
    set_title(work, name, n);
}

/* ---- from a URL ---- */

static void tell_bytes(void *user, uint64_t done, uint64_t total)
{
    chip_work_tell(user, total ? (double)done / (double)total : 0.0, -1.0, -1.0);
}

static enum chip_status fetch_url(struct chip_work *work, const char *url, struct chip_err *err)
{
    set_title_of_url(work, url);
    if (!work->settings->guard)
        return chip_fail(err, CHIP_E_DENIED, "this worker may not fetch recordings");
    enum chip_status s =
        chip_recording_prepare(work->settings->data_dir, work->id, work->path, err);
    if (s != CHIP_OK)
        return s;
    const struct chip_fetch fetch = {
        .url = url,
        .path = work->path,
        .guard = work->settings->guard,
        .max_bytes = (uint64_t)work->settings->max_bytes,
        .on_progress = tell_bytes,
        .user = work,
        .cancel = chip_lease_cancel(work->lease),
    };
    s = chip_fetch(&fetch, err);
    /* What may pass goes on where it broke; what will not leaves nothing behind. */
    if (s != CHIP_OK && s != CHIP_E_CANCELLED && s != CHIP_E_NETWORK && s != CHIP_E_NOMEM)
        chip_fetch_forget(work->path);
    return s;
}

/* ---- from an upload ---- */

static const char *upload_of(const struct chip_work *work)
{
    const char *kind = source_text(work, "kind");
    return kind && strcmp(kind, "upload") == 0 ? source_text(work, "upload_id") : NULL;
}

static bool is_eager(const struct chip_work *work)
{
    return json_is_true(json_object_get(json_object_get(work->job, "options"), "eager"));
}

static void show_life(void *user)
{
    chip_lease_alive(user);
}

static void cut(void *user)
{
    chip_lease_cut(user);
}

static enum chip_status follow_upload(struct chip_work *work, const char *upload_id,
                                      struct chip_err *err)
{
    const struct chip_arrival_settings arrival = {
        .uploads = work->settings->uploads,
        .upload_id = upload_id,
        .stall_ms = work->settings->upload_seconds * INT64_C(1000),
        .cancel = chip_lease_cancel(work->lease),
        .alive = show_life,
        .failed = cut,
        .user = work->lease,
    };
    return chip_arrival_start(&work->arrival, &arrival, err);
}

enum chip_status chip_work_take_upload(struct chip_work *work, struct chip_err *err)
{
    enum chip_status s =
        chip_recording_take(work->settings->uploads, upload_of(work), work->id, err);
    return s == CHIP_OK ? chip_recording_path(work->settings->data_dir, work->id, work->path, err)
                        : s;
}

void chip_work_drop_upload(const struct chip_work *work)
{
    struct chip_uploads *uploads = work->settings->uploads;
    const char *id = upload_of(work);
    struct chip_upload upload;
    if (id && uploads && chip_upload_get(uploads, NULL, id, &upload, NULL) == CHIP_OK &&
        strcmp(upload.job_id, work->id) == 0)
        (void)!chip_upload_delete(uploads, NULL, id, NULL); /* else it expires */
}

/* Users can put any row into a store that they reach by themselves (Supabase), so the row is not
 * believed: the server gives an upload to a job once it has seen whose it is. */
static enum chip_status fetch_upload(struct chip_work *work, const char *upload_id,
                                     struct chip_err *err)
{
    struct chip_upload upload;
    struct chip_uploads *uploads = work->settings->uploads;
    if (!uploads)
        return chip_fail(err, CHIP_E_NOT_FOUND, "this worker has no uploads");
    if (chip_upload_wait(uploads, upload_id, 0, 0, &upload, NULL) == CHIP_OK) {
        if (strcmp(upload.job_id, work->id) != 0)
            return chip_fail(err, CHIP_E_NOT_FOUND, "there is no such upload for this job");
        set_title(work, upload.name, strlen(upload.name));
        if (!upload.finished && is_eager(work))
            return follow_upload(work, upload_id, err);
    }
    return chip_work_take_upload(work, err);
}

enum chip_status chip_stage_fetch(struct chip_work *work, struct chip_err *err)
{
    if (chip_recording_exists(work->settings->data_dir, work->id))
        return chip_recording_path(work->settings->data_dir, work->id, work->path, err);
    const char *kind = source_text(work, "kind"), *url = source_text(work, "url");
    if (kind && strcmp(kind, "url") == 0 && url)
        return fetch_url(work, url, err);
    if (upload_of(work))
        return fetch_upload(work, upload_of(work), err);
    return chip_fail(err, CHIP_E_INVAL, "the job does not say where its recording is");
}
