#include "models/onnx_weights.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_BYTES 256
/* Smaller tensors are constants of the graph (axes, sizes, frequencies), not weights. */
#define MIN_WEIGHT_ELEMENTS 64

enum chip_status chip_onnx_weights_init(struct chip_onnx_weights *w, const struct chip_onnx *onnx,
                                        struct chip_tensors *out, struct chip_err *err)
{
    size_t n = chip_onnx_n_tensors(onnx);
    *w = (struct chip_onnx_weights){.onnx = onnx, .out = out};
    w->taken = calloc(n ? n : 1, sizeof *w->taken);
    return w->taken ? CHIP_OK : chip_fail(err, CHIP_E_NOMEM, "not enough memory");
}

void chip_onnx_weights_done(struct chip_onnx_weights *w)
{
    free(w->taken);
    *w = (struct chip_onnx_weights){0};
}

static size_t n_elements(const struct chip_tensor *t)
{
    return t->bytes / chip_dtype_bytes(t->dtype);
}

static bool has_shape(const struct chip_tensor *t, int rank, const size_t *shape)
{
    if (t->rank != rank)
        return false;
    for (int i = 0; i < rank; i++)
        if (t->shape[i] != shape[i])
            return false;
    return true;
}

static enum chip_status fail_node(const struct chip_onnx_weights *w, const char *node,
                                  const char *what, struct chip_err *err)
{
    return chip_fail(err, CHIP_E_FORMAT, "'%s': node '%s' %s", chip_onnx_path(w->onnx), node, what);
}

static enum chip_status take(struct chip_onnx_weights *w, const struct chip_tensor *t,
                             struct chip_err *err)
{
    bool *taken = &w->taken[t - chip_onnx_tensor_at(w->onnx, 0)];
    if (*taken)
        return chip_fail(err, CHIP_E_FORMAT, "'%s': two places use the weight '%.128s'",
                         chip_onnx_path(w->onnx), t->name);
    *taken = true;
    return CHIP_OK;
}

/* The stored tensor among a node's inputs from the `from`-th on; NULL if there is not just one. */
static const struct chip_tensor *stored_input(const struct chip_onnx_weights *w,
                                              const struct chip_onnx_node *node, size_t from,
                                              size_t to)
{
    const struct chip_tensor *found = NULL;
    for (size_t i = from; i < to && i < node->n_inputs; i++) {
        const struct chip_tensor *t = chip_onnx_tensor(w->onnx, node->inputs[i]);
        if (t && found)
            return NULL;
        if (t)
            found = t;
    }
    return found;
}

/* Looks at inputs from..to of all nodes of that name, which must agree. */
static const struct chip_tensor *peek_range(const struct chip_onnx_weights *w, const char *node,
                                            size_t from, size_t to, struct chip_err *err)
{
    size_t n;
    const struct chip_onnx_node *nodes = chip_onnx_nodes(w->onnx, node, &n);
    const struct chip_tensor *t = n > 0 ? stored_input(w, &nodes[0], from, to) : NULL;
    if (!t)
        (void)fail_node(w, node, n ? "does not have exactly one stored input" : "is missing", err);
    for (size_t i = 1; t && i < n; i++)
        if (stored_input(w, &nodes[i], from, to) != t) {
            (void)fail_node(w, node, "uses different weights in the two branches", err);
            t = NULL;
        }
    return t;
}

const struct chip_tensor *chip_onnx_weights_peek(const struct chip_onnx_weights *w,
                                                 const char *node, struct chip_err *err)
{
    return peek_range(w, node, 0, SIZE_MAX, err);
}

/* A single number of any type that quantisation uses, as a float. */
static bool number_of(const struct chip_tensor *t, float *out)
{
    if (!t || n_elements(t) != 1)
        return false;
    if (t->dtype == CHIP_F32)
        memcpy(out, t->data, sizeof *out);
    else if (t->dtype == CHIP_U8)
        *out = *(const uint8_t *)t->data;
    else if (t->dtype == CHIP_I8)
        *out = *(const int8_t *)t->data;
    else
        return false;
    return true;
}

enum chip_status chip_onnx_weights_scalar(const struct chip_onnx_weights *w, const char *node,
                                          float *out, struct chip_err *err)
{
    const struct chip_tensor *t = chip_onnx_weights_peek(w, node, err);
    if (!t)
        return CHIP_E_FORMAT;
    return number_of(t, out) ? CHIP_OK : fail_node(w, node, "does not use a single number", err);
}

enum chip_status chip_onnx_weights_vector(struct chip_onnx_weights *w, const char *node,
                                          const char *name, size_t n, struct chip_err *err)
{
    const struct chip_tensor *t = chip_onnx_weights_peek(w, node, err);
    if (!t)
        return CHIP_E_FORMAT;
    bool flat = t->rank == 1 || (t->rank == 2 && (t->shape[0] == 1 || t->shape[1] == 1));
    if (t->dtype != CHIP_F32 || !flat || n_elements(t) != n)
        return fail_node(w, node, "does not use a vector of the expected length", err);
    enum chip_status status = take(w, t, err);
    if (status != CHIP_OK)
        return status;
    return chip_tensors_copy(w->out, name, CHIP_F32, 1, &n, t->data, err);
}

/* ---- matrices -------------------------------------------------------------------------------- */

static enum chip_status add_quantisation(struct chip_onnx_weights *w, const char *name, float scale,
                                         float zero_point, struct chip_err *err)
{
    static const size_t one[] = {1};
    char full[NAME_BYTES];
    snprintf(full, sizeof full, "%.200s_scale", name);
    enum chip_status status = chip_tensors_copy(w->out, full, CHIP_F32, 1, one, &scale, err);
    if (status != CHIP_OK)
        return status;
    snprintf(full, sizeof full, "%.200s_zero_point", name);
    return chip_tensors_copy(w->out, full, CHIP_F32, 1, one, &zero_point, err);
}

/* ONNX has 0..255, products want -128..127: the same numbers less 128, which only moves the zero
 * point. */
static int8_t to_signed(uint8_t q)
{
    return (int8_t)(q - 128);
}

static void transpose_bytes(int8_t *to, const uint8_t *from, size_t rows, size_t cols)
{
    for (size_t r = 0; r < rows; r++)
        for (size_t c = 0; c < cols; c++)
            to[c * rows + r] = to_signed(from[r * cols + c]);
}

static void transpose_floats(unsigned char *to, const unsigned char *from, size_t rows, size_t cols)
{
    /* memcpy, because ONNX aligns nothing */
    for (size_t r = 0; r < rows; r++)
        for (size_t c = 0; c < cols; c++)
            memcpy(to + 4 * (c * rows + r), from + 4 * (r * cols + c), 4);
}

/* Room for the signed form of a U8 tensor, which is taken. */
static int8_t *take_signed(struct chip_onnx_weights *w, const char *name,
                           const struct chip_tensor *t, const size_t *shape, struct chip_err *err)
{
    if (take(w, t, err) != CHIP_OK)
        return NULL;
    return chip_tensors_add(w->out, name, CHIP_I8, 2, shape, err);
}

static enum chip_status float_linear(struct chip_onnx_weights *w, const char *name,
                                     const struct chip_tensor *t, struct chip_err *err)
{
    const size_t shape[] = {t->shape[1], t->shape[0]};
    enum chip_status status = take(w, t, err);
    if (status != CHIP_OK)
        return status;
    void *data = chip_tensors_add(w->out, name, CHIP_F32, 2, shape, err);
    if (!data)
        return CHIP_E_NOMEM;
    transpose_floats(data, t->data, t->shape[0], t->shape[1]);
    return CHIP_OK;
}

static enum chip_status quantised_linear(struct chip_onnx_weights *w, const char *node,
                                         const char *name, const size_t shape[2],
                                         struct chip_err *err)
{
    /* MatMulInteger(activations, weights, zero point of the activations, of the weights) */
    const size_t turned[] = {shape[1], shape[0]};
    float scale = 0, zero_point = 0;
    char scales_node[NAME_BYTES];
    snprintf(scales_node, sizeof scales_node, "%.200s_scales_mul", node);
    const struct chip_tensor *q = peek_range(w, node, 1, 2, err);
    const struct chip_tensor *zero = q ? peek_range(w, node, 3, 4, err) : NULL;
    if (!zero)
        return CHIP_E_FORMAT;
    enum chip_status status = chip_onnx_weights_scalar(w, scales_node, &scale, err);
    if (status != CHIP_OK)
        return status;
    if (q->dtype != CHIP_U8 || !has_shape(q, 2, shape) || !number_of(zero, &zero_point))
        return fail_node(w, node, "does not use a U8 matrix of the expected shape", err);
    int8_t *data = take_signed(w, name, q, turned, err);
    if (!data)
        return err ? err->code : CHIP_E_FORMAT;
    transpose_bytes(data, q->data, shape[0], shape[1]);
    return add_quantisation(w, name, scale, zero_point - 128, err);
}

enum chip_status chip_onnx_weights_linear(struct chip_onnx_weights *w, const char *node,
                                          const char *name, size_t n_out, size_t n_in,
                                          struct chip_err *err)
{
    const size_t shape[] = {n_in, n_out};
    char quantised[NAME_BYTES];
    size_t n;
    snprintf(quantised, sizeof quantised, "%.200s_quant", node);
    if (chip_onnx_nodes(w->onnx, quantised, &n))
        return quantised_linear(w, quantised, name, shape, err);

    const struct chip_tensor *t = peek_range(w, node, 1, 2, err);
    if (!t)
        return CHIP_E_FORMAT;
    if (t->dtype != CHIP_F32 || !has_shape(t, 2, shape))
        return fail_node(w, node, "does not use a float matrix of the expected shape", err);
    return float_linear(w, name, t, err);
}

static enum chip_status quantised_table(struct chip_onnx_weights *w, const char *node,
                                        const char *name, const struct chip_tensor *t,
                                        struct chip_err *err)
{
    char dequantise[NAME_BYTES];
    float scale, zero_point;
    snprintf(dequantise, sizeof dequantise, "%.200s_output_0_DequantizeLinear", node);
    const struct chip_tensor *s = peek_range(w, dequantise, 1, 2, err);
    const struct chip_tensor *z = s ? peek_range(w, dequantise, 2, 3, err) : NULL;
    if (!z)
        return CHIP_E_FORMAT;
    if (!number_of(s, &scale) || !number_of(z, &zero_point))
        return fail_node(w, dequantise, "has no single scale and zero point", err);
    int8_t *data = take_signed(w, name, t, t->shape, err);
    if (!data)
        return err ? err->code : CHIP_E_FORMAT;
    for (size_t i = 0; i < t->bytes; i++)
        data[i] = to_signed(((const uint8_t *)t->data)[i]);
    return add_quantisation(w, name, scale, zero_point - 128, err);
}

enum chip_status chip_onnx_weights_table(struct chip_onnx_weights *w, const char *node,
                                         const char *name, const struct chip_tensor **table,
                                         struct chip_err *err)
{
    const struct chip_tensor *t = peek_range(w, node, 0, 1, err);
    if (!t)
        return CHIP_E_FORMAT;
    if (t->rank != 2 || (t->dtype != CHIP_F32 && t->dtype != CHIP_U8))
        return fail_node(w, node, "does not use a float or U8 table", err);
    *table = t;
    if (t->dtype == CHIP_U8)
        return quantised_table(w, node, name, t, err);
    enum chip_status status = take(w, t, err);
    if (status != CHIP_OK)
        return status;
    return chip_tensors_copy(w->out, name, CHIP_F32, 2, t->shape, t->data, err);
}

/* ---- convolutions ---------------------------------------------------------------------------- */

static enum chip_status int8_kernel(struct chip_onnx_weights *w, const struct chip_onnx_node *conv,
                                    const char *name, const size_t shape[3], struct chip_err *err)
{
    /* Conv(x, Add(Mul(Cast(q), scale), offset)) */
    const struct chip_onnx_node *add = chip_onnx_producer(w->onnx, conv->inputs[1]);
    const struct chip_onnx_node *mul =
        add && add->n_inputs == 2 ? chip_onnx_producer(w->onnx, add->inputs[0]) : NULL;
    const struct chip_onnx_node *cast =
        mul && mul->n_inputs == 2 ? chip_onnx_producer(w->onnx, mul->inputs[0]) : NULL;
    if (!cast || cast->n_inputs != 1 || strcmp(add->op, "Add") != 0 ||
        strcmp(mul->op, "Mul") != 0 || strcmp(cast->op, "Cast") != 0)
        return fail_node(w, conv->name, "has no stored kernel", err);

    float offset, scale;
    const struct chip_tensor *q = chip_onnx_tensor(w->onnx, cast->inputs[0]);
    if (!q || q->dtype != CHIP_I8 || !has_shape(q, 3, shape) ||
        !number_of(chip_onnx_tensor(w->onnx, add->inputs[1]), &offset) ||
        !number_of(chip_onnx_tensor(w->onnx, mul->inputs[1]), &scale) || !(scale > 0))
        return fail_node(w, conv->name, "has a kernel of another shape or type", err);

    enum chip_status status = take(w, q, err);
    if (status == CHIP_OK)
        status = chip_tensors_copy(w->out, name, CHIP_I8, 3, shape, q->data, err);
    if (status != CHIP_OK)
        return status;
    return add_quantisation(w, name, scale, (float)(-(double)offset / scale), err);
}

static enum chip_status float_kernel(struct chip_onnx_weights *w, const struct chip_tensor *t,
                                     const char *node, const char *name, const size_t shape[3],
                                     struct chip_err *err)
{
    if (t->dtype != CHIP_F32 || !has_shape(t, 3, shape))
        return fail_node(w, node, "has a kernel of another shape or type", err);
    enum chip_status status = take(w, t, err);
    if (status != CHIP_OK)
        return status;
    return chip_tensors_copy(w->out, name, CHIP_F32, 3, shape, t->data, err);
}

enum chip_status chip_onnx_weights_conv(struct chip_onnx_weights *w, const char *node,
                                        const char *name, const char *bias, const size_t shape[3],
                                        int64_t stride, struct chip_err *err)
{
    size_t n;
    const struct chip_onnx_node *conv = chip_onnx_nodes(w->onnx, node, &n);
    const int64_t *strides;
    if (n != 1 || conv->n_inputs != (bias ? 3u : 2u))
        return fail_node(w, node, "is missing or has other inputs", err);
    if (chip_onnx_attr_ints(conv, "strides", &strides) != 1 || strides[0] != stride)
        return fail_node(w, node, "has another stride", err);

    const struct chip_tensor *t = chip_onnx_tensor(w->onnx, conv->inputs[1]);
    enum chip_status status =
        t ? float_kernel(w, t, node, name, shape, err) : int8_kernel(w, conv, name, shape, err);
    if (status != CHIP_OK || !bias)
        return status;
    t = chip_onnx_tensor(w->onnx, conv->inputs[2]);
    if (!t || t->dtype != CHIP_F32 || !has_shape(t, 1, shape))
        return fail_node(w, node, "has no bias of the expected length", err);
    status = take(w, t, err);
    if (status != CHIP_OK)
        return status;
    return chip_tensors_copy(w->out, bias, CHIP_F32, 1, shape, t->data, err);
}

enum chip_status chip_onnx_weights_finish(const struct chip_onnx_weights *w, struct chip_err *err)
{
    for (size_t i = 0; i < chip_onnx_n_tensors(w->onnx); i++) {
        const struct chip_tensor *t = chip_onnx_tensor_at(w->onnx, i);
        if (!w->taken[i] && n_elements(t) >= MIN_WEIGHT_ELEMENTS)
            return chip_fail(err, CHIP_E_UNSUPPORTED,
                             "'%s': weight '%.128s' has no place in the network that chip knows",
                             chip_onnx_path(w->onnx), t->name);
    }
    return CHIP_OK;
}
