#include "net/part.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static void release(struct chip_part *part)
{
    if (part->fd >= 0)
        close(part->fd); /* releases the lock */
    free(part->path);
    free(part->part_path);
    free(part->from_path);
    *part = (struct chip_part){.fd = -1};
}

static enum chip_status fail_io(const struct chip_part *part, const char *what,
                                struct chip_err *err)
{
    return chip_fail(err, CHIP_E_IO, "%s '%s': %s", what, part->part_path, strerror(errno));
}

/* PATH.part.from is two lines. @return whether its URL is ours; the validator may be empty */
static bool recall(struct chip_part *part, const char *url)
{
    FILE *file = fopen(part->from_path, "re");
    if (!file)
        return false;
    char *line = NULL;
    size_t size = 0;
    bool same = getline(&line, &size, file) > 0;
    if (same) {
        line[strcspn(line, "\n")] = '\0';
        same = !strcmp(line, url);
    }
    free(line);
    if (!same || !fgets(part->validator, sizeof part->validator, file))
        part->validator[0] = '\0';
    part->validator[strcspn(part->validator, "\n")] = '\0';
    fclose(file);
    return same;
}

enum chip_status chip_part_open(struct chip_part *part, const char *path, const char *url,
                                bool keep_any, struct chip_err *err)
{
    *part = (struct chip_part){.fd = -1, .path = strdup(path)};
    if (!part->path || asprintf(&part->part_path, "%s.part", path) < 0 ||
        asprintf(&part->from_path, "%s.part.from", path) < 0) {
        release(part);
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory");
    }
    enum chip_status status = CHIP_OK;
    part->fd = open(part->part_path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
    struct stat info = {0};
    if (part->fd < 0)
        status = fail_io(part, "open", err);
    else if (flock(part->fd, LOCK_EX | LOCK_NB) < 0)
        status = chip_fail(err, CHIP_E_IO, "'%s' is being downloaded by another process", path);
    else if (fstat(part->fd, &info) < 0)
        status = fail_io(part, "read", err);
    if (status != CHIP_OK) {
        release(part);
        return status;
    }
    bool ours = recall(part, url);
    part->size = (uint64_t)info.st_size;
    if (part->size > 0 && !(ours && (part->validator[0] || keep_any)))
        status = chip_part_restart(part, err);
    else if (lseek(part->fd, 0, SEEK_END) < 0)
        status = fail_io(part, "read", err);
    if (status != CHIP_OK)
        release(part);
    return status;
}

enum chip_status chip_part_restart(struct chip_part *part, struct chip_err *err)
{
    if (ftruncate(part->fd, 0) < 0 || lseek(part->fd, 0, SEEK_SET) < 0)
        return fail_io(part, "empty", err);
    part->size = 0;
    part->validator[0] = '\0';
    return CHIP_OK;
}

void chip_part_remember(struct chip_part *part, const char *url, const char *validator)
{
    snprintf(part->validator, sizeof part->validator, "%s", validator);
    FILE *file = fopen(part->from_path, "we");
    if (!file)
        return;
    fprintf(file, "%s\n%s\n", url, validator);
    fclose(file);
}

bool chip_part_append(struct chip_part *part, const void *data, size_t size)
{
    const char *at = data;
    while (size > 0) {
        ssize_t n = write(part->fd, at, size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        at += n;
        size -= (size_t)n;
        part->size += (uint64_t)n;
    }
    return true;
}

enum chip_status chip_part_finish(struct chip_part *part, struct chip_err *err)
{
    enum chip_status status = CHIP_OK;
    if (fsync(part->fd) < 0)
        status = fail_io(part, "write", err);
    else if (rename(part->part_path, part->path) < 0)
        status = fail_io(part, "rename", err);
    if (status == CHIP_OK)
        unlink(part->from_path);
    release(part);
    return status;
}

void chip_part_close(struct chip_part *part)
{
    if (part->fd >= 0 && part->size == 0)
        chip_part_discard(part);
    else
        release(part);
}

void chip_part_discard(struct chip_part *part)
{
    unlink(part->part_path);
    unlink(part->from_path);
    release(part);
}
