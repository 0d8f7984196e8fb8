#include "models/tensors.h"

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

enum chip_status chip_tensors_add(struct chip_tensors *set, const char *name, enum chip_dtype dtype,
                                  int rank, const size_t *shape, void **data, struct chip_err *err)
{
    struct chip_tensor t = {.dtype = dtype, .rank = rank};
    if (!chip_tensor_bytes(dtype, rank, shape, &t.bytes))
        return chip_fail(err, CHIP_E_LIMIT, "tensor '%s' is too large", name);
    for (int i = 0; i < rank; i++)
        t.shape[i] = shape[i];

    struct chip_tensor *items = reallocarray(set->items, set->n + 1, sizeof *items);
    if (items)
        set->items = items;
    t.name = strdup(name);
    t.data = *data = malloc(t.bytes ? t.bytes : 1);
    if (!items || !t.name || !t.data) {
        free((void *)t.name);
        free((void *)t.data);
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for tensor '%s'", name);
    }
    items[set->n++] = t;
    return CHIP_OK;
}

enum chip_status chip_tensors_copy(struct chip_tensors *set, const char *name,
                                   enum chip_dtype dtype, int rank, const size_t *shape,
                                   const void *data, struct chip_err *err)
{
    void *copy;
    enum chip_status status = chip_tensors_add(set, name, dtype, rank, shape, &copy, err);
    if (status == CHIP_OK && set->items[set->n - 1].bytes)
        memcpy(copy, data, set->items[set->n - 1].bytes);
    return status;
}
