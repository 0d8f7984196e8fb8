#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"

/* ---- reading ---- */

static enum chip_status fail_errno(struct chip_err *err, const char *path)
{
    int cause = errno;
    return chip_fail(err, cause == ENOENT || cause == ENOTDIR ? CHIP_E_NOT_FOUND : CHIP_E_IO,
                     "'%s': %s", path, strerror(cause));
}

enum chip_status chip_file_map(struct chip_file *file, const char *path, size_t max_bytes,
                               struct chip_err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* never wait for a pipe's writer */
    if (fd < 0)
        return fail_errno(err, path);
    enum chip_status status = CHIP_OK;
    struct stat info;
    void *map = NULL;
    if (fstat(fd, &info) < 0)
        status = fail_errno(err, path);
    else if (!S_ISREG(info.st_mode))
        status = chip_fail(err, CHIP_E_FORMAT, "'%s' is not a file", path);
    else if ((unsigned long long)info.st_size > max_bytes)
        status = chip_fail(err, CHIP_E_LIMIT, "'%s' is larger than %zu bytes", path, max_bytes);
    else if (info.st_size > 0) {
        map = mmap(NULL, (size_t)info.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (map == MAP_FAILED)
            status = fail_errno(err, path);
    }
    close(fd);
    if (status == CHIP_OK)
        *file = (struct chip_file){map, (size_t)info.st_size};
    return status;
}

void chip_file_unmap(struct chip_file *file)
{
    if (file->size)
        munmap((void *)file->data, file->size);
    *file = (struct chip_file){0};
}

/* ---- writing ---- */

static enum chip_status fail_io(struct chip_err *err, const char *what, const char *path)
{
    return chip_fail(err, CHIP_E_IO, "%s '%s': %s", what, path, strerror(errno));
}

/* ".notes.srt.4711.0.tmp" beside "notes.srt": hidden, and ours alone. */
static int open_temporary(const char *path, struct chip_str *name)
{
    const char *slash = strrchr(path, '/');
    size_t folder = slash ? (size_t)(slash - path) + 1 : 0;
    for (int attempt = 0; attempt < 100; attempt++) {
        chip_str_reset(name);
        chip_str_add_n(name, path, folder);
        chip_str_addf(name, ".%.200s.%ld.%d.tmp", path + folder, (long)getpid(), attempt);
        if (name->failed) {
            errno = ENOMEM;
            return -1;
        }
        int fd = open(name->data, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd >= 0 || errno != EEXIST)
            return fd;
    }
    return -1;
}

static bool write_all(int fd, const char *text, size_t n)
{
    while (n > 0) {
        ssize_t wrote = write(fd, text, n);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote < 0)
            return false;
        text += wrote;
        n -= (size_t)wrote;
    }
    return true;
}

enum chip_status chip_file_replace(const char *path, const void *data, size_t n,
                                   struct chip_err *err)
{
    struct chip_str temporary = {0};
    enum chip_status st = CHIP_OK;
    int fd = open_temporary(path, &temporary);
    if (fd < 0) {
        st = fail_io(err, "cannot write", path);
        chip_str_done(&temporary);
        return st;
    }
    bool written = write_all(fd, data, n) && fsync(fd) == 0;
    int why = errno;
    if (close(fd) < 0 && written) { /* network file systems report a full disk here */
        written = false;
        why = errno;
    }
    if (written && rename(temporary.data, path) == 0) {
        chip_str_done(&temporary);
        return CHIP_OK;
    }
    if (!written)
        errno = why;
    st = fail_io(err, "cannot write", path);
    unlink(temporary.data);
    chip_str_done(&temporary);
    return st;
}
