#include "onnx_build.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void put(struct pb *pb, const void *data, size_t n)
{
    if (pb->len + n > pb->cap) {
        pb->cap = (pb->len + n) * 2;
        pb->data = realloc(pb->data, pb->cap);
        if (!pb->data)
            abort();
    }
    if (n)
        memcpy(pb->data + pb->len, data, n);
    pb->len += n;
}

static void put_varint(struct pb *pb, uint64_t value)
{
    do {
        unsigned char byte = (unsigned char)((value & 0x7f) | (value > 0x7f ? 0x80 : 0));
        put(pb, &byte, 1);
        value >>= 7;
    } while (value);
}

void pb_done(struct pb *pb)
{
    free(pb->data);
    *pb = (struct pb){0};
}

void pb_int(struct pb *pb, unsigned field, uint64_t value)
{
    put_varint(pb, field << 3);
    put_varint(pb, value);
}

void pb_float(struct pb *pb, unsigned field, float value)
{
    put_varint(pb, field << 3 | 5);
    put(pb, &value, 4);
}

void pb_bytes(struct pb *pb, unsigned field, const void *data, size_t n)
{
    put_varint(pb, field << 3 | 2);
    put_varint(pb, n);
    put(pb, data, n);
}

void pb_text(struct pb *pb, unsigned field, const char *text)
{
    pb_bytes(pb, field, text, strlen(text));
}

void pb_message(struct pb *pb, unsigned field, struct pb *message)
{
    pb_bytes(pb, field, message->data, message->len);
    pb_done(message);
}

void pb_join(struct pb *pb, struct pb *fields)
{
    put(pb, fields->data, fields->len);
    pb_done(fields);
}

static size_t element_bytes(int dtype)
{
    return dtype == ONNX_I64 ? 8 : dtype == ONNX_F32 ? 4 : 1;
}

/* int32_data holds 8-bit numbers, one each. */
static void put_list(struct pb *tensor, int dtype, const void *values, size_t n)
{
    struct pb list = {0};
    for (size_t i = 0; i < n; i++) {
        if (dtype == ONNX_F32)
            put(&list, (const float *)values + i, 4);
        else if (dtype == ONNX_I64)
            put_varint(&list, (uint64_t)((const int64_t *)values)[i]);
        else if (dtype == ONNX_U8)
            put_varint(&list, ((const uint8_t *)values)[i]);
        else
            put_varint(&list, (uint64_t)(int64_t)((const int8_t *)values)[i]);
    }
    pb_message(tensor, dtype == ONNX_F32 ? 4 : dtype == ONNX_I64 ? 7 : 5, &list);
}

void onnx_tensor(struct pb *pb, unsigned field, const char *name, int dtype, int rank,
                 const int64_t *dims, const void *values, enum onnx_storage storage)
{
    struct pb tensor = {0};
    size_t n = 1;
    for (int i = 0; i < rank; i++) {
        pb_int(&tensor, 1, (uint64_t)dims[i]);
        n *= (size_t)dims[i];
    }
    pb_int(&tensor, 2, (uint64_t)dtype);
    pb_text(&tensor, 8, name);
    if (storage == ONNX_RAW)
        pb_bytes(&tensor, 9, values, n * element_bytes(dtype));
    else
        put_list(&tensor, dtype, values, n);
    pb_message(pb, field, &tensor);
}

void onnx_init(struct pb *graph, const char *name, int dtype, int rank, const int64_t *dims,
               const void *values)
{
    onnx_tensor(graph, 5, name, dtype, rank, dims, values, ONNX_RAW);
}

void onnx_scalar(struct pb *graph, const char *name, float value)
{
    onnx_tensor(graph, 5, name, ONNX_F32, 0, NULL, &value, ONNX_LISTS);
}

static void put_names(struct pb *node, unsigned field, const char *names)
{
    while (*names) {
        size_t n = strcspn(names, " ");
        bool left_out = n == 1 && names[0] == '-';
        pb_bytes(node, field, names, left_out ? 0 : n);
        names += n + (names[n] == ' ');
    }
}

struct pb onnx_node(const char *op, const char *name, const char *inputs, const char *outputs)
{
    struct pb node = {0};
    put_names(&node, 1, inputs);
    put_names(&node, 2, outputs);
    pb_text(&node, 3, name);
    pb_text(&node, 4, op);
    return node;
}

void onnx_attr_ints(struct pb *node, const char *name, size_t n, const int64_t *values)
{
    struct pb attribute = {0};
    pb_text(&attribute, 1, name);
    for (size_t i = 0; i < n; i++)
        pb_int(&attribute, 8, (uint64_t)values[i]);
    pb_message(node, 5, &attribute);
}

void onnx_attr_float(struct pb *node, const char *name, float value)
{
    struct pb attribute = {0};
    pb_text(&attribute, 1, name);
    pb_float(&attribute, 2, value);
    pb_message(node, 5, &attribute);
}

void onnx_attr_graph(struct pb *node, const char *name, struct pb *graph)
{
    struct pb attribute = {0};
    pb_text(&attribute, 1, name);
    pb_message(&attribute, 6, graph);
    pb_message(node, 5, &attribute);
}

void onnx_add(struct pb *graph, const char *op, const char *name, const char *inputs,
              const char *outputs)
{
    struct pb node = onnx_node(op, name, inputs, outputs);
    pb_message(graph, 1, &node);
}

void onnx_input(struct pb *graph, const char *name, int rank, const int64_t *dims)
{
    struct pb shape = {0}, tensor = {0}, type = {0}, input = {0};
    for (int i = 0; i < rank; i++) {
        struct pb dim = {0};
        if (dims[i])
            pb_int(&dim, 1, (uint64_t)dims[i]);
        else
            pb_text(&dim, 2, "varies");
        pb_message(&shape, 1, &dim);
    }
    pb_int(&tensor, 1, ONNX_F32);
    pb_message(&tensor, 2, &shape);
    pb_message(&type, 1, &tensor);
    pb_text(&input, 1, name);
    pb_message(&input, 2, &type);
    pb_message(graph, 11, &input);
}

void onnx_write(const char *path, struct pb *graph)
{
    struct pb model = {0};
    pb_int(&model, 1, 8);
    pb_message(&model, 7, graph);
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(model.data, 1, model.len, file) != model.len || fclose(file) != 0)
        abort();
    pb_done(&model);
}
