#include "models/zip.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"

enum {
    END = 22,    /* bytes of the record at the end, without its comment */
    ENTRY = 46,  /* of an entry of the directory, without its name */
    HEADER = 30, /* of the header before a file, without its name */
    MAX_BYTES = 1 << 30,
};

struct mapped {
    struct chip_file file;
    char *names; /* all of them, each with its end */
};

static uint32_t u16(const unsigned char *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8;
}

static uint32_t u32(const unsigned char *p)
{
    return u16(p) | u16(p + 2) << 16;
}

/* ---- CRC-32, four bits at a time ---- */

static uint32_t crc32_of(const unsigned char *data, size_t n)
{
    static const uint32_t table[16] = {0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac,
                                       0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
                                       0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
                                       0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c};
    uint32_t crc = 0xffffffff;
    for (size_t i = 0; i < n; i++) {
        crc ^= data[i];
        crc = crc >> 4 ^ table[crc & 15];
        crc = crc >> 4 ^ table[crc & 15];
    }
    return ~crc;
}

/* ---- the directory ---- */

static const unsigned char *find_end(const struct chip_file *f)
{
    if (f->size < END)
        return NULL;
    const size_t most = f->size - END < 0xffff ? f->size - END : 0xffff;
    for (size_t comment = 0; comment <= most; comment++) {
        const unsigned char *p = f->data + f->size - END - comment;
        if (u32(p) == 0x06054b50 && u16(p + 20) == comment)
            return p;
    }
    return NULL;
}

static enum chip_status damaged(const char *path, struct chip_err *err)
{
    return chip_fail(err, CHIP_E_FORMAT, "'%s' is no zip archive, or it is damaged", path);
}

/* The file behind an entry of the directory. */
static enum chip_status take_file(const struct chip_file *f, const char *path,
                                  const unsigned char *entry, struct chip_zip_file *out,
                                  struct chip_err *err)
{
    const uint32_t flags = u16(entry + 8), method = u16(entry + 10), size = u32(entry + 24);
    const uint32_t at = u32(entry + 42);
    if (method != 0 || flags & 1 || u32(entry + 20) != size)
        return chip_fail(err, CHIP_E_UNSUPPORTED, "'%s': '%.100s' is compressed or encrypted", path,
                         out->name);
    if (at > f->size || f->size - at < HEADER || u32(f->data + at) != 0x04034b50)
        return damaged(path, err);
    const size_t skip = HEADER + u16(f->data + at + 26) + u16(f->data + at + 28);
    if (f->size - at < skip || f->size - at - skip < size)
        return damaged(path, err);
    out->data = f->data + at + skip;
    out->size = size;
    if (crc32_of(out->data, size) != u32(entry + 16))
        return chip_fail(err, CHIP_E_FORMAT, "'%s': '%.100s' is damaged (CRC-32)", path, out->name);
    return CHIP_OK;
}

static enum chip_status take_files(const struct chip_file *f, const char *path,
                                   const unsigned char *end, char *names, struct chip_zip *zip,
                                   struct chip_err *err)
{
    const size_t size = u32(end + 12), at = u32(end + 16);
    if (at > f->size || size > f->size - at)
        return damaged(path, err);
    const unsigned char *entry = f->data + at, *stop = entry + size;
    for (size_t i = 0; i < zip->n_files; i++) {
        if (stop - entry < ENTRY || u32(entry) != 0x02014b50)
            return damaged(path, err);
        const size_t name = u16(entry + 28);
        const size_t all = ENTRY + name + u16(entry + 30) + u16(entry + 32);
        if ((size_t)(stop - entry) < all)
            return damaged(path, err);
        memcpy(names, entry + ENTRY, name);
        names[name] = '\0';
        zip->files[i].name = names;
        names += name + 1;
        enum chip_status s = take_file(f, path, entry, &zip->files[i], err);
        if (s != CHIP_OK)
            return s;
        entry += all;
    }
    return CHIP_OK;
}

enum chip_status chip_zip_open(struct chip_zip *zip, const char *path, struct chip_err *err)
{
    struct mapped *map = calloc(1, sizeof *map);
    if (!map)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory to read '%s'", path);
    struct chip_zip out = {.map = map};
    enum chip_status s = chip_file_map(&map->file, path, MAX_BYTES, err);
    const unsigned char *end = s == CHIP_OK ? find_end(&map->file) : NULL;
    if (s == CHIP_OK && !end)
        s = damaged(path, err);
    if (s == CHIP_OK && u16(end + 10) == 0xffff)
        s = chip_fail(err, CHIP_E_LIMIT, "'%s' holds too many files", path);
    if (s == CHIP_OK) {
        out.n_files = u16(end + 10);
        out.files = calloc(out.n_files + 1, sizeof *out.files);
        map->names = malloc(map->file.size + out.n_files + 1);
        s = out.files && map->names
                ? take_files(&map->file, path, end, map->names, &out, err)
                : chip_fail(err, CHIP_E_NOMEM, "not enough memory to read '%s'", path);
    }
    if (s != CHIP_OK) {
        chip_zip_close(&out);
        return s;
    }
    *zip = out;
    return CHIP_OK;
}

void chip_zip_close(struct chip_zip *zip)
{
    struct mapped *map = zip->map;
    if (map) {
        chip_file_unmap(&map->file);
        free(map->names);
        free(map);
    }
    free(zip->files);
    *zip = (struct chip_zip){0};
}

const struct chip_zip_file *chip_zip_find(const struct chip_zip *zip, const char *name)
{
    for (size_t i = 0; i < zip->n_files; i++)
        if (!strcmp(zip->files[i].name, name))
            return &zip->files[i];
    return NULL;
}
