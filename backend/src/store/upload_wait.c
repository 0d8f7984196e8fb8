/* Waiting for the next bytes of an upload, in whatever process they are written. */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/clock.h"
#include "store/upload_state.h"

/* Whoever wrote the last byte still has to write that it was the last, and to say so to the client.
 */
static enum chip_status look(struct chip_uploads *uploads, const char *id,
                             struct chip_upload_info *info, struct chip_err *err)
{
    enum chip_status st = chip_upload_load(uploads, NULL, id, info, err);
    if (st == CHIP_OK && info->upload.finished)
        info->upload.finished = !chip_upload_is_written(uploads, id);
    return st;
}

static bool has_more(const struct chip_upload *u, int64_t offset)
{
    return u->finished || u->offset > offset;
}

/* Until something in the folder changes; the reader looks again, whatever it was. */
static void wait_for_change(int watch, int64_t deadline_ms)
{
    char events[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
    int64_t left_ms = deadline_ms - chip_clock_ms();
    struct pollfd poll_for = {.fd = watch, .events = POLLIN};
    if (left_ms > 0 && poll(&poll_for, 1, left_ms > INT_MAX ? INT_MAX : (int)left_ms) > 0 &&
        read(watch, events, sizeof events) < 0)
        return;
}

enum chip_status chip_upload_wait(struct chip_uploads *uploads, const char *id, int64_t offset,
                                  int timeout_ms, struct chip_upload *out, struct chip_err *err)
{
    int64_t deadline_ms = chip_clock_ms() + timeout_ms;
    struct chip_upload_info info;
    enum chip_status st = chip_upload_load(uploads, NULL, id, &info, err);
    if (st != CHIP_OK)
        return st;

    char folder[CHIP_UPLOAD_PATH];
    chip_upload_file(uploads, id, NULL, folder);
    int watch = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    if (watch < 0 || inotify_add_watch(watch, folder,
                                       IN_MODIFY | IN_MOVED_TO | IN_DELETE | IN_CLOSE_WRITE) < 0) {
        int cause = errno;
        if (watch >= 0)
            close(watch);
        return cause == ENOENT
                   ? look(uploads, id, &info, err)
                   : chip_fail(err, CHIP_E_IO, "cannot watch an upload: %s", strerror(cause));
    }
    /* The first look comes after the watch began, so that nothing is missed in between. */
    st = look(uploads, id, &info, err);
    while (st == CHIP_OK && !has_more(&info.upload, offset) && chip_clock_ms() < deadline_ms) {
        wait_for_change(watch, deadline_ms);
        st = look(uploads, id, &info, err);
    }
    close(watch);
    if (st == CHIP_OK)
        *out = info.upload;
    return st;
}
