#include "models/onnx_tensor.h"

#include <stdlib.h>

/* ONNX's numbers for the dtypes that we read. */
enum { ONNX_FLOAT = 1, ONNX_UINT8 = 2, ONNX_INT8 = 3, ONNX_INT32 = 6, ONNX_INT64 = 7 };

static bool dtype_of(int32_t onnx_type, enum chip_dtype *out)
{
    switch (onnx_type) {
    case ONNX_FLOAT:
        *out = CHIP_F32;
        return true;
    case ONNX_UINT8:
        *out = CHIP_U8;
        return true;
    case ONNX_INT8:
        *out = CHIP_I8;
        return true;
    case ONNX_INT32:
        *out = CHIP_I32;
        return true;
    case ONNX_INT64:
        *out = CHIP_I64;
        return true;
    default: /* a number from a file, not an enum of ours */
        return false;
    }
}

/* int32_data holds also 8-bit values, one per number. */
static enum chip_status narrow(struct chip_tensor *t, const int32_t *values, uint8_t **converted,
                               struct chip_err *err)
{
    uint8_t *bytes = malloc(t->bytes);
    if (!bytes)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory");
    for (size_t i = 0; i < t->bytes; i++)
        bytes[i] = (uint8_t)values[i];
    t->data = *converted = bytes;
    return CHIP_OK;
}

/* The numbers are raw bytes, or in a list whose kind depends on the dtype. */
static enum chip_status find_data(struct chip_tensor *t, const Onnx__TensorProto *proto,
                                  uint8_t **converted, struct chip_err *err)
{
    size_t n = t->bytes / chip_dtype_bytes(t->dtype);
    if (proto->raw_data.len > 0 && proto->raw_data.len == t->bytes) {
        t->data = proto->raw_data.data;
        return CHIP_OK;
    }
    if (proto->raw_data.len == 0 && n == 0)
        return CHIP_OK;
    if (proto->raw_data.len == 0) {
        if (t->dtype == CHIP_F32 && proto->n_float_data == n)
            t->data = proto->float_data;
        else if (t->dtype == CHIP_I64 && proto->n_int64_data == n)
            t->data = proto->int64_data;
        else if (t->dtype == CHIP_I32 && proto->n_int32_data == n)
            t->data = proto->int32_data;
        else if (chip_dtype_bytes(t->dtype) == 1 && proto->n_int32_data == n)
            return narrow(t, proto->int32_data, converted, err);
    }
    return t->data ? CHIP_OK
                   : chip_fail(err, CHIP_E_FORMAT,
                               "the data of tensor '%.128s' does not match its shape", t->name);
}

enum chip_status chip_onnx_tensor_read(const Onnx__TensorProto *proto, const char *name, bool *kept,
                                       struct chip_tensor *out, uint8_t **converted,
                                       struct chip_err *err)
{
    struct chip_tensor t = {.name = name};
    *converted = NULL;
    *kept = dtype_of(proto->data_type, &t.dtype);
    if (!*kept)
        return CHIP_OK;
    if (proto->data_location != 0)
        return chip_fail(err, CHIP_E_UNSUPPORTED, "tensor '%.128s' is in another file", name);
    if (proto->n_dims > CHIP_TENSOR_MAX_RANK)
        return chip_fail(err, CHIP_E_LIMIT, "tensor '%.128s' has %zu dimensions", name,
                         proto->n_dims);
    t.rank = (int)proto->n_dims;
    for (size_t i = 0; i < proto->n_dims; i++) {
        if (proto->dims[i] < 0)
            return chip_fail(err, CHIP_E_FORMAT, "tensor '%.128s' has a negative size", name);
        t.shape[i] = (size_t)proto->dims[i];
    }
    if (!chip_tensor_bytes(t.dtype, t.rank, t.shape, &t.bytes))
        return chip_fail(err, CHIP_E_FORMAT, "tensor '%.128s' is too large", name);
    enum chip_status status = find_data(&t, proto, converted, err);
    if (status == CHIP_OK)
        *out = t;
    return status;
}
