#include "media/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A file without a name: nothing is left behind, however the process ends. */
static int open_unnamed(const char *dir)
{
    int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != ENOENT && errno != EINVAL))
        return fd;
    char path[4096];
    if (snprintf(path, sizeof path, "%s/chip-XXXXXX", dir) >= (int)sizeof path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    fd = mkostemp(path, O_CLOEXEC);
    if (fd >= 0)
        unlink(path);
    return fd;
}

static bool write_all(int fd, const unsigned char *buf, size_t n)
{
    while (n > 0) {
        ssize_t put = write(fd, buf, n);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return false;
        buf += put;
        n -= (size_t)put;
    }
    return true;
}

static enum chip_status copy(struct chip_source *s, int to, int64_t limit, const char *dir,
                             int64_t *n_copied, struct chip_err *err)
{
    unsigned char buf[16 * 1024];
    int64_t total = 0;
    int got;
    while ((got = chip_source_read(s, buf, sizeof buf)) > 0) {
        total += got;
        if (total > limit)
            return chip_fail(err, CHIP_E_LIMIT,
                             "%s has its index at the end and is larger than the %lld MiB that are "
                             "buffered: save it to a file first, or put its index in front "
                             "(ffmpeg -i in.mp4 -c copy -movflags +faststart out.mp4)",
                             s->name, (long long)(limit >> 20));
        if (!write_all(to, buf, (size_t)got))
            return chip_fail(err, CHIP_E_IO,
                             "%s must be buffered, but '%s' cannot take it: %s; set TMPDIR to a "
                             "directory with more room, or save it to a file first",
                             s->name, dir, strerror(errno));
    }
    if (got < 0)
        return chip_source_fail(s, err);
    *n_copied = total;
    return CHIP_OK;
}

enum chip_status chip_source_spool(struct chip_source *s, int64_t limit, int spool_fd,
                                   const char *temp_dir, struct chip_err *err)
{
    const char *dir = temp_dir ? temp_dir : getenv("TMPDIR");
    if (!dir || !*dir)
        dir = "/tmp";
    int fd = spool_fd ? spool_fd : open_unnamed(dir);
    if (fd < 0)
        return chip_fail(err, CHIP_E_IO,
                         "%s must be buffered, but no file can be made in '%s': %s; set TMPDIR to "
                         "a writable directory, or save it to a file first",
                         s->name, dir, strerror(errno));
    int64_t size = 0;
    enum chip_status st = copy(s, fd, limit, dir, &size, err);
    if (st != CHIP_OK) {
        if (!spool_fd)
            close(fd);
        return st;
    }
    if (s->owns_fd)
        close(s->fd);
    s->fd = fd;
    s->owns_fd = !spool_fd;
    s->seekable = true;
    s->base = s->pos = 0;
    s->size = size;
    return CHIP_OK;
}
