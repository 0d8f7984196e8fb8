/* `open`: how long opening a model takes. `evict`: makes files cold, as after a reboot. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bench.h"

enum { MAX_ROUNDS = 1000 };

enum chip_status bench_open(int argc, char **argv, struct chip_err *err)
{
    (void)argc;
    int rounds = atoi(argv[1]);
    if (rounds < 1 || rounds > MAX_ROUNDS)
        return chip_fail(err, CHIP_E_INVAL, "ROUNDS is a number from 1 to %d", MAX_ROUNDS);
    json_t *seconds = json_array();
    for (int i = 0; i < rounds; i++) {
        struct chip_model *model;
        double start = bench_now();
        enum chip_status s = chip_model_open(&model, argv[0], err);
        if (s != CHIP_OK) {
            json_decref(seconds);
            return s;
        }
        json_array_append_new(seconds, json_real(bench_now() - start));
        chip_model_close(model);
    }
    return bench_print(json_pack("{s:o}", "seconds", seconds), err);
}

/* ---- evict ---- */

/* Bytes of a file that are in memory; -1 if the system does not say. */
static int64_t resident(int fd, size_t size)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE), n_pages = (size + page - 1) / page;
    unsigned char *in_memory = malloc(n_pages);
    void *map = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0);
    int64_t n = -1;
    if (in_memory && map != MAP_FAILED && mincore(map, size, in_memory) == 0) {
        n = 0;
        for (size_t i = 0; i < n_pages; i++)
            n += in_memory[i] & 1 ? (int64_t)page : 0;
    }
    if (map != MAP_FAILED)
        munmap(map, size);
    free(in_memory);
    return n;
}

/* Drops what the system caches of a file, and adds up how much of it was and is in memory. */
static enum chip_status evict(const char *path, int64_t *before, int64_t *after,
                              struct chip_err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat info;
    if (fd < 0 || fstat(fd, &info) < 0) {
        enum chip_status s = chip_fail(err, CHIP_E_NOT_FOUND, "'%s': %s", path, strerror(errno));
        if (fd >= 0)
            close(fd);
        return s;
    }
    enum chip_status s = CHIP_OK;
    if (info.st_size > 0) {
        int64_t was = resident(fd, (size_t)info.st_size);
        fsync(fd); /* pages that are not on disk yet stay; where this fails, `after` shows it */
        posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
        int64_t is = resident(fd, (size_t)info.st_size);
        if (was < 0 || is < 0)
            s = chip_fail(err, CHIP_E_IO, "cannot see what of '%s' is in memory", path);
        *before += was;
        *after += is;
    }
    close(fd);
    return s;
}

enum chip_status bench_evict(int argc, char **argv, struct chip_err *err)
{
    int64_t before = 0, after = 0;
    for (int i = 0; i < argc; i++) {
        enum chip_status s = evict(argv[i], &before, &after, err);
        if (s != CHIP_OK)
            return s;
    }
    return bench_print(json_pack("{s:I, s:I}", "bytes_before", (json_int_t)before, "bytes_after",
                                 (json_int_t)after),
                       err);
}
