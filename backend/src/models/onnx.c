#include "models/onnx.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "models/onnx_tensor.h"

#define MAX_FILE_BYTES ((size_t)1 << 30)
#define MAX_NODES ((size_t)1 << 20)
#define MAX_DEPTH 8

/* An empty message takes two bytes in a file and a hundred in memory, so memory has a budget. */
struct budget {
    size_t left;
};

struct chip_onnx {
    char *path;
    struct budget budget;
    ProtobufCAllocator allocator;
    Onnx__ModelProto *model;
    Onnx__GraphProto **subgraphs; /* unpacked from attributes, owned */
    size_t n_subgraphs;
    struct chip_tensor *tensors; /* sorted by name */
    size_t n_tensors;
    uint8_t **converted; /* data of tensors that are not stored as bytes, owned */
    size_t n_converted;
    struct chip_onnx_node *nodes; /* sorted by name */
    size_t n_nodes;
    const struct chip_onnx_node **producers; /* [n_producers] sorted by output */
    size_t n_producers;
};

static void *budget_alloc(void *data, size_t size)
{
    struct budget *budget = data;
    if (size > budget->left)
        return NULL;
    budget->left -= size;
    return malloc(size);
}

static void budget_free(void *data, void *block)
{
    (void)data;
    free(block);
}

/* Makes room for one more element. Capacities are powers of two: only then a list may be full. */
CHIP_MUST_CHECK
static void *grow(void *list, size_t n, size_t size)
{
    return n & (n - 1) ? list : reallocarray(list, n ? n * 2 : 1, size);
}

static enum chip_status no_memory(struct chip_err *err)
{
    return chip_fail(err, CHIP_E_NOMEM, "not enough memory");
}

static enum chip_status add_tensor(struct chip_onnx *onnx, const char *name,
                                   const Onnx__TensorProto *proto, struct chip_err *err)
{
    struct chip_tensor *list = grow(onnx->tensors, onnx->n_tensors, sizeof *list);
    if (!list)
        return no_memory(err);
    onnx->tensors = list;
    uint8_t **blocks = grow(onnx->converted, onnx->n_converted, sizeof(void *));
    if (!blocks)
        return no_memory(err);
    onnx->converted = blocks;

    bool kept;
    uint8_t *converted;
    enum chip_status status =
        chip_onnx_tensor_read(proto, name, &kept, &list[onnx->n_tensors], &converted, err);
    if (status != CHIP_OK)
        return status;
    if (converted)
        blocks[onnx->n_converted++] = converted;
    onnx->n_tensors += kept && *name;
    return CHIP_OK;
}

/* ---- nodes and graphs ------------------------------------------------------------------------ */

static enum chip_status add_graph(struct chip_onnx *onnx, const Onnx__GraphProto *graph, int depth,
                                  struct chip_err *err);

static enum chip_status add_subgraph(struct chip_onnx *onnx, const ProtobufCBinaryData *packed,
                                     int depth, struct chip_err *err)
{
    if (depth == MAX_DEPTH)
        return chip_fail(err, CHIP_E_LIMIT, "graphs are nested deeper than %d", MAX_DEPTH);
    Onnx__GraphProto **list = grow(onnx->subgraphs, onnx->n_subgraphs, sizeof(void *));
    if (!list)
        return no_memory(err);
    onnx->subgraphs = list;
    Onnx__GraphProto *graph =
        onnx__graph_proto__unpack(&onnx->allocator, packed->len, packed->data);
    if (!graph)
        return chip_fail(err, CHIP_E_FORMAT, "a graph in a branch is damaged");
    list[onnx->n_subgraphs++] = graph;
    return add_graph(onnx, graph, depth + 1, err);
}

static enum chip_status add_node(struct chip_onnx *onnx, const Onnx__NodeProto *proto, int depth,
                                 struct chip_err *err)
{
    if (onnx->n_nodes == MAX_NODES)
        return chip_fail(err, CHIP_E_LIMIT, "more than %zu nodes", MAX_NODES);
    struct chip_onnx_node *list = grow(onnx->nodes, onnx->n_nodes, sizeof *list);
    if (!list)
        return no_memory(err);
    onnx->nodes = list;
    list[onnx->n_nodes++] = (struct chip_onnx_node){
        .name = proto->name,
        .op = proto->op_type,
        .inputs = proto->input,
        .n_inputs = proto->n_input,
        .outputs = proto->output,
        .n_outputs = proto->n_output,
        .attributes = proto,
    };
    enum chip_status status = CHIP_OK;
    for (size_t i = 0; i < proto->n_attribute && status == CHIP_OK; i++) {
        const Onnx__AttributeProto *a = proto->attribute[i];
        if (a->g.len)
            status = add_subgraph(onnx, &a->g, depth, err);
        else if (a->t && proto->n_output == 1 && !strcmp(proto->op_type, "Constant"))
            status = add_tensor(onnx, proto->output[0], a->t, err);
    }
    return status;
}

static enum chip_status add_graph(struct chip_onnx *onnx, const Onnx__GraphProto *graph, int depth,
                                  struct chip_err *err)
{
    enum chip_status status = CHIP_OK;
    for (size_t i = 0; i < graph->n_initializer && status == CHIP_OK; i++)
        status = add_tensor(onnx, graph->initializer[i]->name, graph->initializer[i], err);
    for (size_t i = 0; i < graph->n_node && status == CHIP_OK; i++)
        status = add_node(onnx, graph->node[i], depth, err);
    return status;
}

/* ---- the index ------------------------------------------------------------------------------- */

static int by_tensor_name(const void *a, const void *b)
{
    return strcmp(((const struct chip_tensor *)a)->name, ((const struct chip_tensor *)b)->name);
}

static int by_node_name(const void *a, const void *b)
{
    return strcmp(((const struct chip_onnx_node *)a)->name,
                  ((const struct chip_onnx_node *)b)->name);
}

/* Only the first output of a node is found; no weight that we look for comes from another. */
static int by_output(const void *a, const void *b)
{
    const struct chip_onnx_node *x = *(const struct chip_onnx_node *const *)a;
    const struct chip_onnx_node *y = *(const struct chip_onnx_node *const *)b;
    return strcmp(x->outputs[0], y->outputs[0]);
}

static enum chip_status build_index(struct chip_onnx *onnx, struct chip_err *err)
{
    if (onnx->n_tensors)
        qsort(onnx->tensors, onnx->n_tensors, sizeof *onnx->tensors, by_tensor_name);
    if (!onnx->n_nodes)
        return CHIP_OK;
    qsort(onnx->nodes, onnx->n_nodes, sizeof *onnx->nodes, by_node_name);
    onnx->producers = calloc(onnx->n_nodes, sizeof(void *));
    if (!onnx->producers)
        return no_memory(err);
    for (size_t i = 0; i < onnx->n_nodes; i++)
        if (onnx->nodes[i].n_outputs)
            onnx->producers[onnx->n_producers++] = &onnx->nodes[i];
    qsort(onnx->producers, onnx->n_producers, sizeof(void *), by_output);
    return CHIP_OK;
}

static enum chip_status unpack(struct chip_onnx *onnx, const char *path, struct chip_err *err)
{
    struct chip_file file = {0};
    onnx->path = strdup(path);
    if (!onnx->path)
        return no_memory(err);
    enum chip_status status = chip_file_map(&file, onnx->path, MAX_FILE_BYTES, err);
    if (status != CHIP_OK)
        return status;
    onnx->budget.left = 8 * file.size + ((size_t)64 << 20);
    onnx->allocator = (ProtobufCAllocator){budget_alloc, budget_free, &onnx->budget};
    onnx->model = onnx__model_proto__unpack(&onnx->allocator, file.size, file.data);
    chip_file_unmap(&file);
    if (!onnx->model || !onnx->model->graph || onnx->model->ir_version < 1)
        return chip_fail(err, CHIP_E_FORMAT, "truncated, or not an ONNX file");
    return CHIP_OK;
}

enum chip_status chip_onnx_open(struct chip_onnx **out, const char *path, struct chip_err *err)
{
    struct chip_onnx *onnx = calloc(1, sizeof *onnx);
    if (!onnx)
        return no_memory(err);
    enum chip_status status = unpack(onnx, path, err);
    if (status == CHIP_OK && onnx->model)
        status = add_graph(onnx, onnx->model->graph, 0, err);
    if (status == CHIP_OK)
        status = build_index(onnx, err);
    if (status != CHIP_OK) {
        chip_onnx_close(onnx);
        (void)chip_fail_in(err, "ONNX file '%s': ", path);
        return status;
    }
    *out = onnx;
    return CHIP_OK;
}

void chip_onnx_close(struct chip_onnx *onnx)
{
    if (!onnx)
        return;
    for (size_t i = 0; i < onnx->n_subgraphs; i++)
        onnx__graph_proto__free_unpacked(onnx->subgraphs[i], &onnx->allocator);
    if (onnx->model)
        onnx__model_proto__free_unpacked(onnx->model, &onnx->allocator);
    for (size_t i = 0; i < onnx->n_converted; i++)
        free(onnx->converted[i]);
    free(onnx->converted);
    free(onnx->subgraphs);
    free(onnx->tensors);
    free(onnx->nodes);
    free(onnx->producers);
    free(onnx->path);
    free(onnx);
}

/* ---- looking things up ----------------------------------------------------------------------- */

const char *chip_onnx_path(const struct chip_onnx *onnx)
{
    return onnx->path;
}

size_t chip_onnx_n_tensors(const struct chip_onnx *onnx)
{
    return onnx->n_tensors;
}

const struct chip_tensor *chip_onnx_tensor_at(const struct chip_onnx *onnx, size_t i)
{
    return i < onnx->n_tensors ? &onnx->tensors[i] : NULL;
}

const struct chip_tensor *chip_onnx_tensor(const struct chip_onnx *onnx, const char *name)
{
    struct chip_tensor key = {.name = name};
    if (!onnx->n_tensors)
        return NULL;
    const struct chip_tensor *t =
        bsearch(&key, onnx->tensors, onnx->n_tensors, sizeof key, by_tensor_name);
    if (!t)
        return NULL;
    bool twice = (t > onnx->tensors && !strcmp(t[-1].name, name)) ||
                 (t + 1 < onnx->tensors + onnx->n_tensors && !strcmp(t[1].name, name));
    return twice ? NULL : t;
}

const struct chip_onnx_node *chip_onnx_nodes(const struct chip_onnx *onnx, const char *name,
                                             size_t *n_nodes)
{
    *n_nodes = 0;
    struct chip_onnx_node key = {.name = name};
    if (!onnx->n_nodes)
        return NULL;
    const struct chip_onnx_node *first =
        bsearch(&key, onnx->nodes, onnx->n_nodes, sizeof key, by_node_name);
    if (!first)
        return NULL;
    while (first > onnx->nodes && !strcmp(first[-1].name, name))
        first--;
    const struct chip_onnx_node *end = onnx->nodes + onnx->n_nodes;
    while (first + *n_nodes < end && !strcmp(first[*n_nodes].name, name))
        ++*n_nodes;
    return first;
}

const struct chip_onnx_node *chip_onnx_producer(const struct chip_onnx *onnx, const char *output)
{
    char *outputs[] = {(char *)output};
    const struct chip_onnx_node node = {.outputs = outputs}, *key = &node;
    if (!onnx->n_producers)
        return NULL;
    const struct chip_onnx_node *const *found =
        bsearch(&key, onnx->producers, onnx->n_producers, sizeof(void *), by_output);
    return found ? *found : NULL;
}

static const Onnx__AttributeProto *attribute(const struct chip_onnx_node *node, const char *name)
{
    const Onnx__NodeProto *proto = node->attributes;
    for (size_t i = 0; i < proto->n_attribute; i++)
        if (!strcmp(proto->attribute[i]->name, name))
            return proto->attribute[i];
    return NULL;
}

size_t chip_onnx_attr_ints(const struct chip_onnx_node *node, const char *name,
                           const int64_t **values)
{
    const Onnx__AttributeProto *a = attribute(node, name);
    *values = a ? a->ints : NULL;
    return a ? a->n_ints : 0;
}

bool chip_onnx_attr_float(const struct chip_onnx_node *node, const char *name, float *value)
{
    const Onnx__AttributeProto *a = attribute(node, name);
    if (a)
        *value = a->f;
    return a != NULL;
}

int chip_onnx_input_shape(const struct chip_onnx *onnx, const char *name, size_t *shape)
{
    const Onnx__GraphProto *graph = onnx->model->graph;
    for (size_t i = 0; i < graph->n_input; i++) {
        const Onnx__ValueInfoProto *input = graph->input[i];
        if (strcmp(input->name, name) != 0)
            continue;
        if (!input->type || !input->type->tensor_type || !input->type->tensor_type->shape ||
            input->type->tensor_type->shape->n_dim > CHIP_TENSOR_MAX_RANK)
            return -1;
        const Onnx__TensorShapeProto *dims = input->type->tensor_type->shape;
        for (size_t d = 0; d < dims->n_dim; d++)
            shape[d] = dims->dim[d]->dim_value > 0 ? (size_t)dims->dim[d]->dim_value : 0;
        return (int)dims->n_dim;
    }
    return -1;
}
