/**
 * The tensors that a pickled Python object holds, as torch.save() writes it.
 *
 * A pickle is a program for a stack machine that may call anything. Here nothing is ever called:
 * the machine only follows where numbers, texts and tuples go, recognises the call that makes a
 * tensor by its name, and notes each tensor that is put into a dictionary under a text. Everything
 * else is a value of no kind.
 * Source: Python's pickletools (opcodes of protocols 2 to 4); torch/_utils.py for the tensor's
 * arguments: storage, offset, size, stride
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum { CHIP_PICKLE_MAX_RANK = 8 };

struct chip_pickle_tensor {
    const char *name, *storage, *type; /* not terminated; type as "FloatStorage" */
    size_t name_len, storage_len, type_len;
    uint64_t offset; /* elements into the storage */
    int rank;
    int64_t shape[CHIP_PICKLE_MAX_RANK], stride[CHIP_PICKLE_MAX_RANK];
};

/**
 * @param data  [n] borrowed; names point into it
 * @param found called for each tensor with a name; what it returns but CHIP_OK ends the reading
 * @return CHIP_OK; CHIP_E_FORMAT for a damaged program; CHIP_E_UNSUPPORTED for an instruction that
 *         torch.save() does not use; CHIP_E_NOMEM; what `found` returned
 */
CHIP_MUST_CHECK
enum chip_status chip_pickle_tensors(const unsigned char *data, size_t n,
                                     enum chip_status (*found)(void *user,
                                                               const struct chip_pickle_tensor *t,
                                                               struct chip_err *err),
                                     void *user, struct chip_err *err);
