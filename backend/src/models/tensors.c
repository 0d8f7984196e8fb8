#include "models/tensors.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

void chip_tensors_done(struct chip_tensors *set)
{
    for (size_t i = 0; i < set->n; i++) {
        free((void *)set->items[i].name);
        free((void *)set->items[i].data);
    }
    free(set->items);
    *set = (struct chip_tensors){0};
}

void *chip_tensors_add(struct chip_tensors *set, const char *name, enum chip_dtype dtype, int rank,
                       const size_t *shape, struct chip_err *err)
{
    struct chip_tensor t = {.dtype = dtype, .rank = rank};
    struct chip_tensor *items = reallocarray(set->items, set->n + 1, sizeof *items);
    if (items)
        set->items = items;
    bool fits = items && chip_tensor_bytes(dtype, rank, shape, &t.bytes);
    void *data = fits ? malloc(t.bytes ? t.bytes : 1) : NULL;
    t.name = data ? strdup(name) : NULL;
    if (!t.name) {
        free(data);
        (void)chip_fail(err, CHIP_E_NOMEM, "not enough memory for tensor '%s'", name);
        return NULL;
    }
    for (int i = 0; i < rank; i++)
        t.shape[i] = shape[i];
    t.data = data;
    items[set->n++] = t;
    return data;
}

enum chip_status chip_tensors_copy(struct chip_tensors *set, const char *name,
                                   enum chip_dtype dtype, int rank, const size_t *shape,
                                   const void *data, struct chip_err *err)
{
    void *copy = chip_tensors_add(set, name, dtype, rank, shape, err);
    if (!copy)
        return CHIP_E_NOMEM;
    if (set->items[set->n - 1].bytes)
        memcpy(copy, data, set->items[set->n - 1].bytes);
    return CHIP_OK;
}
