#include "models/torch_file.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "models/pickle.h"
#include "models/zip.h"

enum { MAX_PICKLE_BYTES = 4 << 20, MAX_NAME = 256 };

static const char PICKLE[] = "/data.pkl";

struct reading {
    const struct chip_zip *zip;
    const char *prefix; /* of all names in the archive */
    int prefix_len;
    struct chip_tensors *set;
};

static bool text_is(const char *text, size_t n, const char *other)
{
    return n == strlen(other) && !memcmp(text, other, n);
}

/* The shape, and how many elements; false for a tensor that is not row-major or far too large. */
static bool measure(const struct chip_pickle_tensor *t, size_t *shape, uint64_t *n)
{
    *n = 1;
    for (int d = t->rank; d-- > 0;) {
        if (t->shape[d] < 1 || t->shape[d] > 1 << 28 ||
            (t->shape[d] > 1 && t->stride[d] != (int64_t)*n))
            return false;
        shape[d] = (size_t)t->shape[d];
        *n *= (uint64_t)t->shape[d];
        if (*n > 1 << 28)
            return false;
    }
    return true;
}

static enum chip_status add(void *user, const struct chip_pickle_tensor *t, struct chip_err *err)
{
    const struct reading *r = user;
    char name[MAX_NAME], place[2 * MAX_NAME];
    size_t shape[CHIP_PICKLE_MAX_RANK];
    uint64_t n;
    if (!text_is(t->type, t->type_len, "FloatStorage"))
        return CHIP_OK;
    snprintf(name, sizeof name, "%.*s", (int)(t->name_len < MAX_NAME ? t->name_len : 0), t->name);
    if (!name[0] || t->storage_len >= MAX_NAME)
        return chip_fail(err, CHIP_E_FORMAT, "a tensor has no usable name");
    if (!measure(t, shape, &n))
        return chip_fail(err, CHIP_E_UNSUPPORTED, "tensor '%s' is not row-major", name);
    for (size_t i = 0; i < r->set->n; i++)
        if (!strcmp(r->set->items[i].name, name))
            return chip_fail(err, CHIP_E_FORMAT, "two tensors are '%s'", name);
    snprintf(place, sizeof place, "%.*s/data/%.*s", r->prefix_len, r->prefix, (int)t->storage_len,
             t->storage);
    const struct chip_zip_file *file = chip_zip_find(r->zip, place);
    const uint64_t there = file ? file->size / sizeof(float) : 0;
    if (!file || t->offset > there || n > there - t->offset)
        return chip_fail(err, CHIP_E_FORMAT, "tensor '%s' is not all there", name);
    return chip_tensors_copy(r->set, name, CHIP_F32, t->rank, shape,
                             file->data + t->offset * sizeof(float), err);
}

enum chip_status chip_torch_read(const char *path, struct chip_tensors *set, struct chip_err *err)
{
    struct chip_zip zip = {0};
    enum chip_status s = chip_zip_open(&zip, path, err);
    if (s != CHIP_OK)
        return s;
    const struct chip_zip_file *pickle = NULL;
    size_t prefix = 0;
    for (size_t i = 0; i < zip.n_files && !pickle; i++) {
        const size_t n = strlen(zip.files[i].name), tail = sizeof PICKLE - 1;
        if (n <= tail || strcmp(zip.files[i].name + n - tail, PICKLE) != 0)
            continue;
        pickle = &zip.files[i];
        prefix = n - tail;
    }
    if (!pickle || pickle->size > MAX_PICKLE_BYTES || prefix >= MAX_NAME) {
        s = chip_fail(err, CHIP_E_FORMAT, "'%s' is no file of torch.save()", path);
    } else {
        struct reading reading = {&zip, pickle->name, (int)prefix, set};
        s = chip_pickle_tensors(pickle->data, pickle->size, add, &reading, err);
        if (s != CHIP_OK)
            (void)chip_fail_in(err, "cannot read '%s': ", path);
    }
    chip_zip_close(&zip);
    return s;
}
