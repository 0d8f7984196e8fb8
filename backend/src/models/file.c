#include "models/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

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

static bool write_all(int fd, const char *data, size_t size)
{
    while (size > 0) {
        ssize_t n = write(fd, data, size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        data += n;
        size -= (size_t)n;
    }
    return true;
}

enum chip_status chip_file_write(const char *path, const void *data, size_t size,
                                 struct chip_err *err)
{
    char *temporary;
    if (asprintf(&temporary, "%s.XXXXXX", path) < 0)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory");
    int fd = mkstemp(temporary);
    if (fd < 0) {
        free(temporary);
        return fail_errno(err, path);
    }
    bool ok = fchmod(fd, 0644) == 0 && write_all(fd, data, size) && fsync(fd) == 0;
    enum chip_status status = ok ? CHIP_OK : fail_errno(err, path);
    if (close(fd) < 0 && status == CHIP_OK)
        status = fail_errno(err, path);
    if (status == CHIP_OK && rename(temporary, path) < 0)
        status = fail_errno(err, path);
    if (status != CHIP_OK)
        unlink(temporary);
    free(temporary);
    return status;
}

enum chip_status chip_file_read_json(json_t **out, const char *path, size_t max_bytes,
                                     struct chip_err *err)
{
    struct chip_file file = {0};
    enum chip_status status = chip_file_map(&file, path, max_bytes, err);
    if (status != CHIP_OK)
        return status;
    json_error_t at;
    json_t *json = json_loadb(file.size ? (const char *)file.data : "", file.size,
                              JSON_REJECT_DUPLICATES, &at);
    chip_file_unmap(&file);
    if (!json)
        return chip_fail(err, CHIP_E_FORMAT, "'%s' line %d: %s", path, at.line, at.text);
    if (!json_is_object(json)) {
        json_decref(json);
        return chip_fail(err, CHIP_E_FORMAT, "'%s' does not hold a JSON object", path);
    }
    *out = json;
    return CHIP_OK;
}

enum chip_status chip_file_write_json(const char *path, const json_t *json, struct chip_err *err)
{
    char *text = json_dumps(json, JSON_INDENT(2) | JSON_REAL_PRECISION(9));
    if (!text)
        return chip_fail(err, CHIP_E_NOMEM, "'%s': not enough memory", path);
    size_t n = strlen(text);
    text[n] = '\n'; /* in place of the NUL */
    enum chip_status status = chip_file_write(path, text, n + 1, err);
    free(text);
    return status;
}
