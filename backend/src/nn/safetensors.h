/**
 * Model files: named tensors in one mapped file.
 *
 * The safetensors format is a little-endian u64 header length, a JSON header that gives every
 * tensor's dtype, shape and byte range, and the bytes. Opening maps the file read-only and checks
 * the header completely, so that a tensor's shape and its bytes always agree; nothing is copied,
 * and all processes share the pages. The file's size is checked when it is opened; who shortens the
 * file while it is mapped gets what mmap gives.
 *
 * An open file is read-only: any number of threads may use it at once.
 * Source: https://github.com/huggingface/safetensors, "Format".
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum chip_dtype {
    CHIP_BOOL,
    CHIP_U8,
    CHIP_I8,
    CHIP_U16,
    CHIP_I16,
    CHIP_F16,
    CHIP_BF16,
    CHIP_U32,
    CHIP_I32,
    CHIP_F32,
    CHIP_U64,
    CHIP_I64,
    CHIP_F64,
};

#define CHIP_TENSOR_MAX_RANK 8

/** One tensor, row-major. What it points to belongs to whoever made it (the open file). */
struct chip_tensor {
    const char *name; /* UTF-8, not empty */
    enum chip_dtype dtype;
    int rank; /* 0..CHIP_TENSOR_MAX_RANK; 0 is a scalar */
    size_t shape[CHIP_TENSOR_MAX_RANK];
    const void *data; /* aligned for its dtype, `bytes` long */
    size_t bytes;     /* always the product of the shape times the size of the dtype */
};

/** Bytes of one element. */
size_t chip_dtype_bytes(enum chip_dtype dtype);

/** The format's own name: "F32". */
const char *chip_dtype_name(enum chip_dtype dtype);

/**
 * The bytes that a shape needs.
 *
 * @param bytes written on success
 * @return false if that does not fit into a size_t or the rank is out of range
 */
CHIP_MUST_CHECK
bool chip_tensor_bytes(enum chip_dtype dtype, int rank, const size_t *shape, size_t *bytes);

struct chip_safetensors;

/**
 * Maps a file and checks it.
 *
 * @param out  close with chip_safetensors_close()
 * @param path borrowed
 * @return CHIP_OK; CHIP_E_NOT_FOUND or CHIP_E_IO if it cannot be read; CHIP_E_FORMAT if a tensor
 *         lies outside the file, overlaps another, leaves a hole, is misaligned or does not match
 * its shape, or if the header is no valid JSON or names something twice; CHIP_E_UNSUPPORTED for an
 * unknown dtype; CHIP_E_LIMIT beyond 32 MiB of header, 65,536 tensors, or rank 8
 */
CHIP_MUST_CHECK
enum chip_status chip_safetensors_open(struct chip_safetensors **out, const char *path,
                                       struct chip_err *err);

/**
 * The same for a file that is in memory already.
 *
 * @param data [bytes] aligned to 64; borrowed until it is closed
 * @param name what messages call it
 */
CHIP_MUST_CHECK
enum chip_status chip_safetensors_open_memory(struct chip_safetensors **out, const void *data,
                                              size_t bytes, const char *name, struct chip_err *err);

/** Unmaps; NULL is accepted. Every tensor of it is invalid afterwards. */
void chip_safetensors_close(struct chip_safetensors *st);

static inline void chip_safetensors_freep(struct chip_safetensors **st)
{
    chip_safetensors_close(*st);
    *st = NULL;
}

/** Number of tensors, and the i-th in order of name (0 <= i < count). */
size_t chip_safetensors_count(const struct chip_safetensors *st);
const struct chip_tensor *chip_safetensors_at(const struct chip_safetensors *st, size_t i);

/** Finds a tensor by its exact name. @return NULL if there is none */
const struct chip_tensor *chip_safetensors_find(const struct chip_safetensors *st,
                                                const char *name);

/**
 * Finds a tensor that must be there.
 *
 * @param dtype, rank, shape what it must be; a 0 in the shape stands for any size
 * @param out  the tensor, owned by the file
 * @return CHIP_OK; CHIP_E_FORMAT with the file, the name and both shapes in the message
 */
CHIP_MUST_CHECK
enum chip_status chip_safetensors_require(const struct chip_safetensors *st, const char *name,
                                          enum chip_dtype dtype, int rank, const size_t *shape,
                                          const struct chip_tensor **out, struct chip_err *err);

/** A string of the header's __metadata__. @return NULL if there is none; owned by the file */
const char *chip_safetensors_metadata(const struct chip_safetensors *st, const char *key);
