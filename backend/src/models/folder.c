#include "models/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum chip_status fail_errno(struct chip_err *err, const char *what, const char *path)
{
    int cause = errno;
    return chip_fail(err, cause == ENOENT ? CHIP_E_NOT_FOUND : CHIP_E_IO, "%s '%s': %s", what, path,
                     strerror(cause));
}

enum chip_status chip_folder_make(const char *path, struct chip_err *err)
{
    char part[4096];
    size_t n = strlen(path);
    if (n == 0 || n >= sizeof part)
        return chip_fail(err, CHIP_E_INVAL, "'%.64s' cannot be a folder", path);
    for (size_t i = 1; i <= n; i++) {
        if (path[i] != '/' && path[i] != '\0')
            continue;
        memcpy(part, path, i);
        part[i] = '\0';
        if (mkdir(part, 0755) < 0 && errno != EEXIST)
            return fail_errno(err, "make", part);
    }
    struct stat info;
    if (stat(path, &info) < 0)
        return fail_errno(err, "make", path);
    return S_ISDIR(info.st_mode) ? CHIP_OK
                                 : chip_fail(err, CHIP_E_IO, "'%s' is not a folder", path);
}

static int delete_one(const char *path, const struct stat *info, int type, struct FTW *where)
{
    (void)info;
    (void)type;
    (void)where;
    return remove(path);
}

enum chip_status chip_folder_delete(const char *path, struct chip_err *err)
{
    if (nftw(path, delete_one, 16, FTW_DEPTH | FTW_PHYS) != 0)
        return fail_errno(err, "delete", path);
    return CHIP_OK;
}

enum chip_status chip_folder_replace(const char *from, const char *to, struct chip_err *err)
{
    if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_EXCHANGE) == 0)
        return chip_folder_delete(from, err); /* which is the old one now */
    if (errno != ENOENT) {
        enum chip_status status = chip_folder_delete(to, err);
        if (status != CHIP_OK)
            return status;
    }
    if (rename(from, to) < 0)
        return fail_errno(err, "rename", from);
    return CHIP_OK;
}
