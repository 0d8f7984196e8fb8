#include "nn/safetensors_write.h"

#include <errno.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ALIGN 64

/* The largest power of two that divides the size, at most ALIGN; 0 bytes fit anywhere. */
static size_t alignment_of(const struct chip_tensor *t)
{
    size_t lowest_bit = t->bytes & -t->bytes;
    return t->bytes == 0 || lowest_bit > ALIGN ? ALIGN : lowest_bit;
}

/* Sizes that keep the next tensor aligned come first, names decide among equals. */
static int by_alignment(const void *a, const void *b)
{
    const struct chip_tensor *x = *(const struct chip_tensor *const *)a;
    const struct chip_tensor *y = *(const struct chip_tensor *const *)b;
    size_t ax = alignment_of(x), ay = alignment_of(y);
    if (ax != ay)
        return ax > ay ? -1 : 1;
    return strcmp(x->name, y->name);
}

static json_t *entry_of(const struct chip_tensor *t, size_t at)
{
    json_t *shape = json_array();
    for (int i = 0; i < t->rank; i++)
        json_array_append_new(shape, json_integer((json_int_t)t->shape[i]));
    size_t end = at + t->bytes;
    return json_pack("{s:s, s:o, s:[I,I]}", "dtype", chip_dtype_name(t->dtype), "shape", shape,
                     "data_offsets", (json_int_t)at, (json_int_t)end);
}

static enum chip_status header_of(const struct chip_tensor *const *order, size_t n_tensors,
                                  const struct chip_metadata *metadata, size_t n_metadata,
                                  char **out, struct chip_err *err)
{
    enum chip_status status = CHIP_OK;
    json_t *header = json_object();
    if (n_metadata) {
        json_t *strings = json_object();
        for (size_t i = 0; i < n_metadata; i++)
            json_object_set_new(strings, metadata[i].key, json_string(metadata[i].value));
        json_object_set_new(header, "__metadata__", strings);
    }
    size_t at = 0;
    for (size_t i = 0; i < n_tensors && status == CHIP_OK; i++) {
        const struct chip_tensor *t = order[i];
        size_t bytes;
        if (!chip_tensor_bytes(t->dtype, t->rank, t->shape, &bytes) || bytes != t->bytes)
            status = chip_fail(err, CHIP_E_INVAL, "tensor '%s': %zu bytes do not match its shape",
                               t->name, t->bytes);
        else if (json_object_get(header, t->name))
            status = chip_fail(err, CHIP_E_INVAL, "two tensors are named '%s'", t->name);
        else if (json_object_set_new(header, t->name, entry_of(t, at)) < 0)
            status = chip_fail(err, CHIP_E_INVAL, "'%s' cannot be a tensor's name", t->name);
        at += t->bytes;
    }
    if (status == CHIP_OK && !(*out = json_dumps(header, JSON_COMPACT)))
        status = chip_fail(err, CHIP_E_NOMEM, "not enough memory for the header");
    json_decref(header);
    return status;
}

static bool write_padded_header(FILE *file, const char *header)
{
    size_t len = strlen(header);
    size_t padded = (8 + len + ALIGN - 1) / ALIGN * ALIGN - 8;
    for (int i = 0; i < 8; i++)
        putc((int)((uint64_t)padded >> (8 * i) & 0xff), file);
    fwrite(header, 1, len, file);
    for (size_t i = len; i < padded; i++)
        putc(' ', file);
    return !ferror(file);
}

static enum chip_status write_file(int fd, const char *header,
                                   const struct chip_tensor *const *order, size_t n_tensors,
                                   struct chip_err *err)
{
    FILE *file = fdopen(fd, "wb");
    if (!file) {
        close(fd);
        return chip_fail(err, CHIP_E_NOMEM, "%s", strerror(errno));
    }
    bool ok = write_padded_header(file, header);
    for (size_t i = 0; i < n_tensors && ok; i++)
        ok = order[i]->bytes == 0 || fwrite(order[i]->data, order[i]->bytes, 1, file) == 1;
    ok = ok && fflush(file) == 0 && fsync(fd) == 0;
    int cause = errno;
    if (fclose(file) != 0 && ok) {
        ok = false;
        cause = errno;
    }
    return ok ? CHIP_OK : chip_fail(err, CHIP_E_IO, "%s", strerror(cause));
}

static enum chip_status write_and_rename(const char *path, const char *header,
                                         const struct chip_tensor *const *order, size_t n_tensors,
                                         struct chip_err *err)
{
    char *temporary;
    if (asprintf(&temporary, "%s.XXXXXX", path) < 0)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory");
    int fd = mkstemp(temporary);
    if (fd < 0) {
        free(temporary);
        return chip_fail(err, CHIP_E_IO, "%s", strerror(errno));
    }
    fchmod(fd, 0644);
    enum chip_status status = write_file(fd, header, order, n_tensors, err);
    if (status == CHIP_OK && rename(temporary, path) < 0)
        status = chip_fail(err, CHIP_E_IO, "%s", strerror(errno));
    if (status != CHIP_OK)
        unlink(temporary);
    free(temporary);
    return status;
}

enum chip_status chip_safetensors_write(const char *path, const struct chip_tensor *tensors,
                                        size_t n_tensors, const struct chip_metadata *metadata,
                                        size_t n_metadata, struct chip_err *err)
{
    const struct chip_tensor **order = calloc(n_tensors ? n_tensors : 1, sizeof(void *));
    if (!order)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for %zu tensors", n_tensors);
    for (size_t i = 0; i < n_tensors; i++)
        order[i] = &tensors[i];
    qsort(order, n_tensors, sizeof(void *), by_alignment);

    char *header = NULL;
    enum chip_status status = header_of(order, n_tensors, metadata, n_metadata, &header, err);
    if (status == CHIP_OK)
        status = write_and_rename(path, header, order, n_tensors, err);
    free(header);
    free(order);
    if (status != CHIP_OK)
        (void)chip_fail_in(err, "write '%s': ", path);
    return status;
}
