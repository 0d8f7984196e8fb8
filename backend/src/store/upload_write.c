/* Bytes of an upload as they arrive: one writer at a time. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "store/upload_sum.h"

enum { CHECK_EVERY_BYTES = 8 << 20 }; /* room on the disk, and handing pages to it */

struct chip_upload_writer {
    struct chip_uploads *uploads;
    struct chip_upload_writer *next; /* under uploads->lock */
    char id[CHIP_UUID_TEXT];
    int64_t start, offset; /* in the file: at begin, and now */
    int64_t most;          /* where it must end at the latest */
    int64_t checked_at;    /* offset of the last look at the disk */
    struct chip_upload_sums sums;

    pthread_mutex_t lock; /* guards the next two, and is held while writing */
    int fd;               /* holds the lock on the file; -1: another writer took over */
    int64_t last_ms;      /* of the monotonic clock */
};

/* ---- begin ---- */

static struct chip_upload_writer *find_writer(struct chip_uploads *uploads, const char *id)
{
    struct chip_upload_writer *w = uploads->writers;
    while (w && strcmp(w->id, id) != 0)
        w = w->next;
    return w;
}

static void unlist(struct chip_upload_writer *writer)
{
    struct chip_upload_writer **at = &writer->uploads->writers;
    while (*at && *at != writer)
        at = &(*at)->next;
    if (*at)
        *at = writer->next;
}

static enum chip_status fail_busy(struct chip_err *err)
{
    return chip_fail(err, CHIP_E_UNAVAILABLE,
                     "another connection is sending this upload: try again in some seconds");
}

/* Takes the file from a writer that has been silent for long: its connection is dead, and its
 * server will notice only later. */
static enum chip_status take_over(struct chip_upload_writer *old, int *fd, struct chip_err *err)
{
    pthread_mutex_lock(&old->lock);
    bool stale = chip_clock_ms() - old->last_ms >= old->uploads->limits.stale_ms;
    if (stale) {
        *fd = old->fd;
        old->fd = -1;
        chip_upload_sums_keep(old->uploads, &old->sums, old->id, old->offset);
    }
    pthread_mutex_unlock(&old->lock);
    if (!stale)
        return fail_busy(err);
    unlist(old);
    return CHIP_OK;
}

static enum chip_status lock_file(struct chip_uploads *uploads, const char *id, int *fd,
                                  struct chip_err *err)
{
    struct chip_upload_writer *old = find_writer(uploads, id);
    if (old)
        return take_over(old, fd, err);
    char path[CHIP_UPLOAD_PATH];
    chip_upload_file(uploads, id, "data", path);
    *fd = open(path, O_RDWR | O_CLOEXEC);
    if (*fd < 0)
        return chip_fail(err, CHIP_E_IO, "the upload cannot be written: %s", strerror(errno));
    if (flock(*fd, LOCK_EX | LOCK_NB) == 0)
        return CHIP_OK;
    int cause = errno;
    close(*fd);
    *fd = -1;
    return cause == EWOULDBLOCK
               ? fail_busy(err)
               : chip_fail(err, CHIP_E_IO, "the upload cannot be locked: %s", strerror(cause));
}

static enum chip_status check_offset(const struct chip_upload *u, int64_t offset,
                                     struct chip_err *err)
{
    if (u->finished)
        return chip_fail(err, CHIP_E_CONFLICT, "the upload is complete already");
    if (u->offset != offset)
        return chip_fail(err, CHIP_E_CONFLICT,
                         "the next byte of this upload is number %lld, not %lld",
                         (long long)u->offset, (long long)offset);
    return CHIP_OK;
}

/* Drops what an unchecked chunk left behind the offset, and notes where a new one begins. */
static enum chip_status prepare(struct chip_upload_writer *w, struct chip_upload_info *info,
                                bool checked, struct chip_err *err)
{
    if (info->n_bytes > w->start && ftruncate(w->fd, w->start) < 0)
        return chip_fail(err, CHIP_E_IO, "the upload cannot be written: %s", strerror(errno));
    int64_t from = checked ? w->start : -1;
    if (info->unchecked_from == from)
        return CHIP_OK;
    info->unchecked_from = from;
    return chip_upload_save(w->uploads, info, err);
}

static int64_t most_bytes(const struct chip_uploads *uploads, const struct chip_upload *u)
{
    if (u->length >= 0)
        return u->length;
    int64_t quota = chip_upload_quota(uploads, u->user_id, u->id);
    return quota < uploads->limits.max_bytes ? quota : uploads->limits.max_bytes;
}

static enum chip_status begin_locked(struct chip_upload_writer *w, const char *user_id,
                                     const struct chip_upload_check *check, struct chip_err *err)
{
    struct chip_upload_info info;
    enum chip_status st = chip_upload_load(w->uploads, user_id, w->id, &info, err);
    if (st == CHIP_OK && !info.upload.job_id[0] && chip_upload_expired(w->uploads, &info))
        st = chip_fail(err, CHIP_E_NOT_FOUND, "the upload has expired: start it again");
    if (st == CHIP_OK)
        st = check_offset(&info.upload, w->start, err);
    if (st == CHIP_OK)
        st = lock_file(w->uploads, w->id, &w->fd, err);
    if (st == CHIP_OK) /* again: the last writer may have gone in between */
        st = chip_upload_load(w->uploads, user_id, w->id, &info, err);
    if (st == CHIP_OK)
        st = check_offset(&info.upload, w->start, err);
    if (st == CHIP_OK)
        st = prepare(w, &info, check && check->hash != CHIP_UPLOAD_HASH_NONE, err);
    if (st == CHIP_OK)
        st = chip_upload_sums_begin(w->uploads, &w->sums, w->id, w->start, check, err);
    if (st != CHIP_OK)
        return st;
    w->most = most_bytes(w->uploads, &info.upload);
    w->next = w->uploads->writers;
    w->uploads->writers = w;
    return CHIP_OK;
}

static void free_writer(struct chip_upload_writer *w)
{
    if (w->fd >= 0)
        close(w->fd); /* and with it goes the lock */
    chip_upload_sums_done(&w->sums);
    pthread_mutex_destroy(&w->lock);
    free(w);
}

enum chip_status chip_upload_write_begin(struct chip_uploads *uploads, const char *user_id,
                                         const char *id, int64_t offset,
                                         const struct chip_upload_check *check,
                                         struct chip_upload_writer **out, struct chip_err *err)
{
    struct chip_upload_writer *w = calloc(1, sizeof *w);
    if (!w)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for an upload");
    w->uploads = uploads;
    w->fd = -1;
    w->start = w->offset = w->checked_at = offset;
    w->last_ms = chip_clock_ms();
    snprintf(w->id, sizeof w->id, "%s", id);
    pthread_mutex_init(&w->lock, NULL);

    pthread_mutex_lock(&uploads->lock);
    enum chip_status st = strlen(id) < sizeof w->id
                              ? begin_locked(w, user_id, check, err)
                              : chip_fail(err, CHIP_E_NOT_FOUND, "there is no such upload");
    pthread_mutex_unlock(&uploads->lock);
    if (st != CHIP_OK) {
        free_writer(w);
        return st;
    }
    *out = w;
    return CHIP_OK;
}

/* ---- write ---- */

static enum chip_status fail_taken(struct chip_err *err)
{
    return chip_fail(err, CHIP_E_CONFLICT, "another connection goes on with this upload");
}

/* Now and then: is there still room, and let the disk begin, so that the end is not slow. */
static enum chip_status look_at_disk(struct chip_upload_writer *w, struct chip_err *err)
{
    if (w->offset > w->start && w->offset - w->checked_at < CHECK_EVERY_BYTES)
        return CHIP_OK;
    enum chip_status st = chip_upload_room(w->uploads, CHECK_EVERY_BYTES, err);
    if (w->offset > w->checked_at)
        sync_file_range(w->fd, w->checked_at, w->offset - w->checked_at, SYNC_FILE_RANGE_WRITE);
    w->checked_at = w->offset;
    return st;
}

static enum chip_status write_locked(struct chip_upload_writer *w, const char *bytes, size_t n,
                                     struct chip_err *err)
{
    struct stat info;
    if (w->fd < 0)
        return fail_taken(err);
    if (fstat(w->fd, &info) == 0 && info.st_nlink == 0)
        return chip_fail(err, CHIP_E_CONFLICT, "the upload was removed while it arrived");
    if ((int64_t)n > w->most - w->offset)
        return chip_fail(err, CHIP_E_LIMIT, "the upload goes beyond the %lld bytes it may have",
                         (long long)w->most);
    enum chip_status st = look_at_disk(w, err);
    while (st == CHIP_OK && n > 0) {
        ssize_t wrote = pwrite(w->fd, bytes, n, w->offset);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote < 0)
            return chip_fail(err, CHIP_E_IO, "the upload cannot be written: %s", strerror(errno));
        chip_upload_sums_add(&w->sums, bytes, (size_t)wrote);
        w->offset += wrote;
        bytes += wrote;
        n -= (size_t)wrote;
    }
    return st;
}

enum chip_status chip_upload_write(struct chip_upload_writer *writer, const char *bytes, size_t n,
                                   struct chip_err *err)
{
    pthread_mutex_lock(&writer->lock);
    writer->last_ms = chip_clock_ms();
    enum chip_status st = write_locked(writer, bytes, n, err);
    pthread_mutex_unlock(&writer->lock);
    return st;
}

/* ---- end ---- */

static enum chip_status drop_unchecked(struct chip_upload_writer *w, struct chip_err *err)
{
    if (ftruncate(w->fd, w->start) < 0)
        return chip_fail(err, CHIP_E_IO, "the upload cannot be written: %s", strerror(errno));
    w->offset = w->start;
    chip_upload_sums_rewind(&w->sums);
    return CHIP_OK;
}

static bool is_complete(const struct chip_upload_writer *w, const struct chip_upload_info *info,
                        enum chip_upload_end how)
{
    return how == CHIP_UPLOAD_FINISH ||
           (info->upload.length >= 0 && w->offset == info->upload.length);
}

/* Brings info.json up to date, if anything in it changes. */
static enum chip_status settle(struct chip_upload_writer *w, enum chip_upload_end how,
                               struct chip_upload *out, struct chip_err *err)
{
    struct chip_upload_info info;
    enum chip_status st = chip_upload_load(w->uploads, NULL, w->id, &info, err);
    if (st != CHIP_OK)
        return st == CHIP_E_NOT_FOUND
                   ? chip_fail(err, CHIP_E_CONFLICT, "the upload was removed while it arrived")
                   : st;
    bool finished = is_complete(w, &info, how), checked = info.unchecked_from >= 0;
    info.unchecked_from = -1;
    info.upload.finished = finished;
    if (finished) {
        info.upload.length = w->offset;
        chip_upload_sums_final(&w->sums, info.upload.sha256);
    } else {
        chip_upload_sums_keep(w->uploads, &w->sums, w->id, w->offset);
    }
    if (finished || checked)
        st = chip_upload_save(w->uploads, &info, err);
    if (st == CHIP_OK)
        st = chip_upload_load(w->uploads, NULL, w->id, &info, err);
    if (st == CHIP_OK && out)
        *out = info.upload;
    return st;
}

static enum chip_status end_locked(struct chip_upload_writer *w, enum chip_upload_end how,
                                   struct chip_upload *out, struct chip_err *err)
{
    if (w->fd < 0)
        return fail_taken(err);
    unlist(w);
    bool checked = w->sums.check.hash != CHIP_UPLOAD_HASH_NONE;
    bool wrong = checked && how != CHIP_UPLOAD_CUT && !chip_upload_sums_match(&w->sums);
    if (wrong || (checked && how == CHIP_UPLOAD_CUT)) {
        enum chip_status st = drop_unchecked(w, err);
        if (st != CHIP_OK)
            return st;
    }
    enum chip_status st = settle(w, wrong ? CHIP_UPLOAD_CUT : how, out, err);
    if (st == CHIP_OK && wrong)
        return chip_fail(err, CHIP_E_CHECKSUM,
                         "the bytes are not those of the checksum: send them again");
    return st;
}

enum chip_status chip_upload_write_end(struct chip_upload_writer *writer, enum chip_upload_end how,
                                       struct chip_upload *out, struct chip_err *err)
{
    if (!writer)
        return CHIP_OK;
    struct chip_uploads *uploads = writer->uploads;
    pthread_mutex_lock(&writer->lock);
    writer->last_ms = chip_clock_ms(); /* from here on nobody takes over */
    int fd = writer->fd;
    pthread_mutex_unlock(&writer->lock);
    if (fd >= 0 && (how == CHIP_UPLOAD_FINISH || writer->offset == writer->most))
        fdatasync(fd); /* it will be called complete: not while others wait for the lock */
    pthread_mutex_lock(&uploads->lock);
    enum chip_status st = end_locked(writer, how, out, err);
    pthread_mutex_unlock(&uploads->lock);
    free_writer(writer);
    return st;
}
