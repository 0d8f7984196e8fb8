#include "nn/safetensors.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_HEADER_BYTES ((size_t)32 << 20)
#define MAX_TENSORS 65536
#define MAX_NAME_BYTES 512

struct chip_safetensors {
    char *path;         /* owned, for messages */
    unsigned char *map; /* the whole file */
    size_t map_bytes;   /* > 0 when mapped */
    bool borrowed;      /* `map` is the caller's memory */
    const unsigned char *data;
    size_t data_bytes;
    struct chip_tensor *tensors; /* sorted by name; names point into `header` */
    size_t n_tensors;
    json_t *header;
};

static const struct {
    const char *name;
    size_t bytes;
} DTYPES[] = {
    [CHIP_BOOL] = {"BOOL", 1}, [CHIP_U8] = {"U8", 1},   [CHIP_I8] = {"I8", 1},
    [CHIP_U16] = {"U16", 2},   [CHIP_I16] = {"I16", 2}, [CHIP_F16] = {"F16", 2},
    [CHIP_BF16] = {"BF16", 2}, [CHIP_U32] = {"U32", 4}, [CHIP_I32] = {"I32", 4},
    [CHIP_F32] = {"F32", 4},   [CHIP_U64] = {"U64", 8}, [CHIP_I64] = {"I64", 8},
    [CHIP_F64] = {"F64", 8},
};

#define N_DTYPES (sizeof DTYPES / sizeof DTYPES[0])

size_t chip_dtype_bytes(enum chip_dtype dtype)
{
    return DTYPES[dtype].bytes;
}

const char *chip_dtype_name(enum chip_dtype dtype)
{
    return DTYPES[dtype].name;
}

bool chip_tensor_bytes(enum chip_dtype dtype, int rank, const size_t *shape, size_t *bytes)
{
    if (rank < 0 || rank > CHIP_TENSOR_MAX_RANK)
        return false;
    size_t n = chip_dtype_bytes(dtype);
    for (int i = 0; i < rank; i++)
        if (__builtin_mul_overflow(n, shape[i], &n))
            return false;
    *bytes = n;
    return true;
}

static bool dtype_by_name(const char *name, enum chip_dtype *out)
{
    for (size_t i = 0; i < N_DTYPES; i++)
        if (!strcmp(DTYPES[i].name, name)) {
            *out = (enum chip_dtype)i;
            return true;
        }
    return false;
}

/* A JSON number that is a count of something: an integer, not negative. */
static bool count_of(const json_t *value, size_t *out)
{
    if (!json_is_integer(value) || json_integer_value(value) < 0)
        return false;
    *out = (size_t)json_integer_value(value);
    return true;
}

/* ---- one tensor's entry ---------------------------------------------------------------------- */

static enum chip_status parse_shape(struct chip_tensor *t, const json_t *shape,
                                    struct chip_err *err)
{
    if (!json_is_array(shape))
        return chip_fail(err, CHIP_E_FORMAT, "tensor '%s' has no shape", t->name);
    size_t rank = json_array_size(shape);
    if (rank > CHIP_TENSOR_MAX_RANK)
        return chip_fail(err, CHIP_E_LIMIT, "tensor '%s' has %zu dimensions, more than %d", t->name,
                         rank, CHIP_TENSOR_MAX_RANK);
    t->rank = (int)rank;
    for (size_t i = 0; i < rank; i++)
        if (!count_of(json_array_get(shape, i), &t->shape[i]))
            return chip_fail(err, CHIP_E_FORMAT,
                             "tensor '%s': dimension %zu of its shape is not a size", t->name, i);
    return CHIP_OK;
}

static enum chip_status parse_range(const struct chip_safetensors *st, struct chip_tensor *t,
                                    const json_t *range, struct chip_err *err)
{
    size_t begin, end, want;
    if (!json_is_array(range) || json_array_size(range) != 2 ||
        !count_of(json_array_get(range, 0), &begin) || !count_of(json_array_get(range, 1), &end))
        return chip_fail(err, CHIP_E_FORMAT, "tensor '%s' has no valid data_offsets", t->name);
    if (begin > end || end > st->data_bytes)
        return chip_fail(err, CHIP_E_FORMAT,
                         "tensor '%s' is at bytes %zu to %zu, but the data is %zu bytes long",
                         t->name, begin, end, st->data_bytes);
    if (!chip_tensor_bytes(t->dtype, t->rank, t->shape, &want) || want != end - begin)
        return chip_fail(err, CHIP_E_FORMAT,
                         "tensor '%s' has %zu bytes, which is not what its shape and %s need",
                         t->name, end - begin, chip_dtype_name(t->dtype));
    t->data = st->data + begin;
    t->bytes = want;
    if ((uintptr_t)t->data % chip_dtype_bytes(t->dtype) != 0)
        return chip_fail(err, CHIP_E_FORMAT, "tensor '%s' is not aligned for %s", t->name,
                         chip_dtype_name(t->dtype));
    return CHIP_OK;
}

static enum chip_status parse_tensor(const struct chip_safetensors *st, struct chip_tensor *t,
                                     const char *name, const json_t *entry, struct chip_err *err)
{
    size_t name_bytes = strlen(name);
    if (name_bytes == 0 || name_bytes > MAX_NAME_BYTES)
        return chip_fail(err, CHIP_E_FORMAT, "a tensor's name has %zu bytes", name_bytes);
    t->name = name;
    const char *dtype = json_string_value(json_object_get(entry, "dtype"));
    if (!dtype)
        return chip_fail(err, CHIP_E_FORMAT, "tensor '%s' has no dtype", name);
    if (!dtype_by_name(dtype, &t->dtype))
        return chip_fail(err, CHIP_E_UNSUPPORTED, "tensor '%s' has the unknown dtype '%.16s'", name,
                         dtype);
    enum chip_status status = parse_shape(t, json_object_get(entry, "shape"), err);
    if (status != CHIP_OK)
        return status;
    return parse_range(st, t, json_object_get(entry, "data_offsets"), err);
}

/* ---- all of them ----------------------------------------------------------------------------- */

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct chip_tensor *)a)->name, ((const struct chip_tensor *)b)->name);
}

static int by_place(const void *a, const void *b)
{
    const struct chip_tensor *x = a, *y = b;
    if (x->data != y->data)
        return (uintptr_t)x->data < (uintptr_t)y->data ? -1 : 1;
    return x->bytes < y->bytes ? -1 : x->bytes > y->bytes;
}

/* The format wants every byte to belong to exactly one tensor. Leaves them sorted by place. */
static enum chip_status check_cover(const struct chip_safetensors *st, struct chip_err *err)
{
    qsort(st->tensors, st->n_tensors, sizeof *st->tensors, by_place);
    size_t at = 0;
    for (size_t i = 0; i < st->n_tensors; i++) {
        const struct chip_tensor *t = &st->tensors[i];
        size_t begin = (size_t)((const unsigned char *)t->data - st->data);
        if (begin < at)
            return chip_fail(err, CHIP_E_FORMAT, "tensor '%s' overlaps another tensor", t->name);
        if (begin > at)
            return chip_fail(err, CHIP_E_FORMAT, "%zu bytes before tensor '%s' belong to no tensor",
                             begin - at, t->name);
        at = begin + t->bytes;
    }
    if (at != st->data_bytes)
        return chip_fail(err, CHIP_E_FORMAT, "%zu bytes at the end belong to no tensor",
                         st->data_bytes - at);
    return CHIP_OK;
}

static enum chip_status check_metadata(const json_t *metadata, struct chip_err *err)
{
    if (!metadata)
        return CHIP_OK;
    if (!json_is_object(metadata))
        return chip_fail(err, CHIP_E_FORMAT, "__metadata__ is not an object");
    const char *key;
    json_t *value;
    json_object_foreach(
        (json_t *)metadata, key,
        value) if (!json_is_string(value)) return chip_fail(err, CHIP_E_FORMAT,
                                                            "metadata '%.64s' is not a string",
                                                            key);
    return CHIP_OK;
}

static enum chip_status parse_header(struct chip_safetensors *st, const char *text, size_t bytes,
                                     struct chip_err *err)
{
    json_error_t at;
    /* A tensor named twice would hide one of the two, so duplicates are refused. */
    st->header = json_loadb(text, bytes, JSON_REJECT_DUPLICATES, &at);
    if (!st->header)
        return chip_fail(err, CHIP_E_FORMAT, "the header is not valid JSON: %s", at.text);
    if (!json_is_object(st->header))
        return chip_fail(err, CHIP_E_FORMAT, "the header is not a JSON object");

    size_t n = json_object_size(st->header);
    if (n > MAX_TENSORS)
        return chip_fail(err, CHIP_E_LIMIT, "%zu tensors, more than %d", n, MAX_TENSORS);
    st->tensors = calloc(n ? n : 1, sizeof *st->tensors);
    if (!st->tensors)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for %zu tensors", n);

    enum chip_status status = check_metadata(json_object_get(st->header, "__metadata__"), err);
    const char *name;
    json_t *entry;
    json_object_foreach(st->header, name, entry)
    {
        if (status != CHIP_OK)
            break;
        if (strcmp(name, "__metadata__") != 0)
            status = parse_tensor(st, &st->tensors[st->n_tensors++], name, entry, err);
    }
    if (status == CHIP_OK)
        status = check_cover(st, err);
    if (status == CHIP_OK)
        qsort(st->tensors, st->n_tensors, sizeof *st->tensors, by_name);
    return status;
}

/* ---- the file -------------------------------------------------------------------------------- */

static enum chip_status map_file(struct chip_safetensors *st, struct chip_err *err)
{
    int fd = open(st->path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return chip_fail(err, errno == ENOENT ? CHIP_E_NOT_FOUND : CHIP_E_IO, "%s",
                         strerror(errno));
    enum chip_status status = CHIP_OK;
    struct stat info;
    if (fstat(fd, &info) < 0) {
        status = chip_fail(err, CHIP_E_IO, "%s", strerror(errno));
    } else if (!S_ISREG(info.st_mode)) {
        status = chip_fail(err, CHIP_E_FORMAT, "not a file");
    } else if (info.st_size < 8) {
        status = chip_fail(err, CHIP_E_FORMAT, "too short to be a safetensors file");
    } else {
        void *map = mmap(NULL, (size_t)info.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (map == MAP_FAILED) {
            status = chip_fail(err, CHIP_E_IO, "map: %s", strerror(errno));
        } else {
            st->map = map;
            st->map_bytes = (size_t)info.st_size;
        }
    }
    close(fd);
    return status;
}

static enum chip_status open_mapped(struct chip_safetensors *st, struct chip_err *err)
{
    uint64_t header_bytes = 0;
    for (int i = 7; i >= 0; i--)
        header_bytes = header_bytes << 8 | st->map[i];
    if (header_bytes > st->map_bytes - 8)
        return chip_fail(err, CHIP_E_FORMAT,
                         "the header would be %llu bytes long, but the file has only %zu: "
                         "truncated, or not a safetensors file",
                         (unsigned long long)header_bytes, st->map_bytes);
    if (header_bytes > MAX_HEADER_BYTES)
        return chip_fail(err, CHIP_E_LIMIT, "a header of %llu bytes is longer than %zu",
                         (unsigned long long)header_bytes, MAX_HEADER_BYTES);
    st->data = st->map + 8 + header_bytes;
    st->data_bytes = st->map_bytes - 8 - (size_t)header_bytes;
    return parse_header(st, (const char *)st->map + 8, (size_t)header_bytes, err);
}

static enum chip_status open_path(struct chip_safetensors *st, const char *path,
                                  struct chip_err *err)
{
    st->path = strdup(path);
    if (!st->path)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory");
    enum chip_status status = map_file(st, err);
    return st->map ? open_mapped(st, err) : status;
}

enum chip_status chip_safetensors_open(struct chip_safetensors **out, const char *path,
                                       struct chip_err *err)
{
    struct chip_safetensors *st = calloc(1, sizeof *st);
    if (!st)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory to open '%s'", path);
    enum chip_status status = open_path(st, path, err);
    if (status != CHIP_OK) {
        chip_safetensors_close(st);
        (void)chip_fail_in(err, "model file '%s': ", path);
        return status;
    }
    *out = st;
    return CHIP_OK;
}

enum chip_status chip_safetensors_open_memory(struct chip_safetensors **out, const void *data,
                                              size_t bytes, const char *name, struct chip_err *err)
{
    struct chip_safetensors *st = calloc(1, sizeof *st);
    if (st)
        st->path = strdup(name);
    if (!st || !st->path) {
        chip_safetensors_close(st);
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory to open '%s'", name);
    }
    st->map = (unsigned char *)(uintptr_t)data;
    st->map_bytes = bytes;
    st->borrowed = true;
    enum chip_status status =
        bytes >= 8 ? open_mapped(st, err)
                   : chip_fail(err, CHIP_E_FORMAT, "too short to be a safetensors file");
    if (status != CHIP_OK) {
        chip_safetensors_close(st);
        (void)chip_fail_in(err, "model file '%s': ", name);
        return status;
    }
    *out = st;
    return CHIP_OK;
}

void chip_safetensors_close(struct chip_safetensors *st)
{
    if (!st)
        return;
    if (st->map_bytes && !st->borrowed)
        munmap(st->map, st->map_bytes);
    json_decref(st->header);
    free(st->tensors);
    free(st->path);
    free(st);
}

/* ---- looking things up ----------------------------------------------------------------------- */

size_t chip_safetensors_count(const struct chip_safetensors *st)
{
    return st->n_tensors;
}

const struct chip_tensor *chip_safetensors_at(const struct chip_safetensors *st, size_t i)
{
    return i < st->n_tensors ? &st->tensors[i] : NULL;
}

const struct chip_tensor *chip_safetensors_find(const struct chip_safetensors *st, const char *name)
{
    struct chip_tensor key = {.name = name};
    return bsearch(&key, st->tensors, st->n_tensors, sizeof key, by_name);
}

/* "F32 [416,0]" with ? for any size, into a buffer that always suffices for rank 8. */
static const char *describe(char *buf, size_t size, enum chip_dtype dtype, int rank,
                            const size_t *shape)
{
    int n = snprintf(buf, size, "%s [", chip_dtype_name(dtype));
    for (int i = 0; i < rank; i++)
        n += shape[i] ? snprintf(buf + n, size - (size_t)n, "%s%zu", i ? "," : "", shape[i])
                      : snprintf(buf + n, size - (size_t)n, "%s?", i ? "," : "");
    snprintf(buf + n, size - (size_t)n, "]");
    return buf;
}

enum chip_status chip_safetensors_require(const struct chip_safetensors *st, const char *name,
                                          enum chip_dtype dtype, int rank, const size_t *shape,
                                          const struct chip_tensor **out, struct chip_err *err)
{
    const struct chip_tensor *t = chip_safetensors_find(st, name);
    if (!t)
        return chip_fail(err, CHIP_E_FORMAT, "model file '%s': tensor '%s' is missing", st->path,
                         name);
    bool same = t->dtype == dtype && t->rank == rank;
    for (int i = 0; same && i < rank; i++)
        same = shape[i] == 0 || shape[i] == t->shape[i];
    if (!same) {
        char have[192], want[192];
        return chip_fail(err, CHIP_E_FORMAT, "model file '%s': tensor '%s' is %s instead of %s",
                         st->path, name, describe(have, sizeof have, t->dtype, t->rank, t->shape),
                         describe(want, sizeof want, dtype, rank, shape));
    }
    *out = t;
    return CHIP_OK;
}

const char *chip_safetensors_metadata(const struct chip_safetensors *st, const char *key)
{
    return json_string_value(json_object_get(json_object_get(st->header, "__metadata__"), key));
}
