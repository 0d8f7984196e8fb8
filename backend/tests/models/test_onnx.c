#include "../test.h"

#include "models/onnx.h"
#include "onnx_build.h"
#include "temp.h"

static const char *onnx_path(void)
{
    return temp_path("x.onnx");
}

static struct chip_onnx *open_onnx(void)
{
    struct chip_onnx *onnx = NULL;
    struct chip_err err = {0};
    if (chip_onnx_open(&onnx, onnx_path(), &err) != CHIP_OK)
        fail_msg("%s", err.message);
    return onnx;
}

static void assert_refused(enum chip_status want, const char *word)
{
    struct chip_onnx *onnx = NULL;
    struct chip_err err = {0};
    if (chip_onnx_open(&onnx, onnx_path(), &err) == CHIP_OK)
        fail_msg("accepted");
    if (err.code != want || !strstr(err.message, word))
        fail_msg("%s: %s", chip_status_name(err.code), err.message);
}

static void tensors_are_read_however_they_are_stored(void **state)
{
    (void)state;
    const int64_t dims[] = {2, 3}, one[] = {1}, i64[] = {-5};
    const float f[] = {1, 2, 3, 4, 5, 6};
    const uint8_t u[] = {0, 1, 127, 128, 254, 255};
    const int8_t i[] = {-128, -1, 0, 1, 2, 127};
    struct pb graph = {0};
    onnx_tensor(&graph, 5, "f.raw", ONNX_F32, 2, dims, f, ONNX_RAW);
    onnx_tensor(&graph, 5, "f.list", ONNX_F32, 2, dims, f, ONNX_LISTS);
    onnx_tensor(&graph, 5, "u.raw", ONNX_U8, 2, dims, u, ONNX_RAW);
    onnx_tensor(&graph, 5, "u.list", ONNX_U8, 2, dims, u, ONNX_LISTS);
    onnx_tensor(&graph, 5, "i.raw", ONNX_I8, 2, dims, i, ONNX_RAW);
    onnx_tensor(&graph, 5, "i.list", ONNX_I8, 2, dims, i, ONNX_LISTS);
    onnx_tensor(&graph, 5, "n.list", ONNX_I64, 1, one, i64, ONNX_LISTS);
    onnx_scalar(&graph, "scalar", 7);
    onnx_write(onnx_path(), &graph);
    struct chip_onnx *onnx = open_onnx();
    assert_int_equal(chip_onnx_n_tensors(onnx), 8);
    static const struct {
        const char *name;
        enum chip_dtype dtype;
        int rank;
    } want[] = {{"f.raw", CHIP_F32, 2},  {"f.list", CHIP_F32, 2}, {"u.raw", CHIP_U8, 2},
                {"u.list", CHIP_U8, 2},  {"i.raw", CHIP_I8, 2},   {"i.list", CHIP_I8, 2},
                {"n.list", CHIP_I64, 1}, {"scalar", CHIP_F32, 0}};
    const void *const values[] = {f, f, u, u, i, i, i64, &(const float){7}};
    for (size_t k = 0; k < 8; k++) {
        const struct chip_tensor *t = chip_onnx_tensor(onnx, want[k].name);
        assert_non_null(t);
        assert_int_equal(t->dtype, want[k].dtype);
        assert_int_equal(t->rank, want[k].rank);
        assert_memory_equal(t->data, values[k], t->bytes);
    }
    assert_null(chip_onnx_tensor(onnx, "f"));
    chip_onnx_close(onnx);
}

static void nodes_in_branches_are_found_with_those_outside(void **state)
{
    (void)state;
    const int64_t dims[] = {1}, strides[] = {3};
    const float one = 1;
    struct pb graph = {0}, branch = {0}, inner = {0};
    struct pb constant = onnx_node("Constant", "", "", "inner.weight");
    struct pb attribute = {0};
    pb_text(&attribute, 1, "value");
    onnx_tensor(&attribute, 5, "", ONNX_F32, 1, dims, &one, ONNX_RAW);
    pb_message(&constant, 5, &attribute);
    pb_message(&inner, 1, &constant);
    onnx_add(&inner, "MatMul", "same", "x inner.weight", "y");
    struct pb inner_if = onnx_node("If", "inner if", "c", "z");
    onnx_attr_graph(&inner_if, "then_branch", &inner);
    pb_message(&branch, 1, &inner_if);
    onnx_add(&branch, "MatMul", "same", "x w", "y2");
    struct pb outer_if = onnx_node("If", "outer if", "c", "z");
    onnx_attr_graph(&outer_if, "else_branch", &branch);
    pb_message(&graph, 1, &outer_if);
    struct pb conv = onnx_node("Conv", "conv", "x - b", "out");
    onnx_attr_ints(&conv, "strides", 1, strides);
    onnx_attr_float(&conv, "epsilon", 0.5f);
    pb_message(&graph, 1, &conv);
    onnx_input(&graph, "in", 3, (const int64_t[]){0, 8, 52});
    onnx_write(onnx_path(), &graph);

    struct chip_onnx *onnx = open_onnx();
    size_t n;
    const struct chip_onnx_node *nodes = chip_onnx_nodes(onnx, "same", &n);
    assert_int_equal(n, 2);
    assert_string_equal(nodes[1].op, "MatMul");
    assert_non_null(chip_onnx_tensor(onnx, "inner.weight"));
    assert_string_equal(chip_onnx_producer(onnx, "y2")->inputs[1], "w");
    assert_null(chip_onnx_producer(onnx, "nothing"));
    assert_null(chip_onnx_nodes(onnx, "nothing", &n));
    assert_int_equal(n, 0);

    nodes = chip_onnx_nodes(onnx, "conv", &n);
    const int64_t *values;
    float number;
    assert_int_equal(nodes->n_inputs, 3);
    assert_string_equal(nodes->inputs[1], "");
    assert_int_equal(chip_onnx_attr_ints(nodes, "strides", &values), 1);
    assert_int_equal(values[0], 3);
    assert_int_equal(chip_onnx_attr_ints(nodes, "pads", &values), 0);
    assert_true(chip_onnx_attr_float(nodes, "epsilon", &number));
    assert_true(number == 0.5f);
    assert_false(chip_onnx_attr_float(nodes, "alpha", &number));

    size_t shape[CHIP_TENSOR_MAX_RANK];
    assert_int_equal(chip_onnx_input_shape(onnx, "in", shape), 3);
    assert_int_equal(shape[0], 0);
    assert_int_equal(shape[2], 52);
    assert_int_equal(chip_onnx_input_shape(onnx, "out", shape), -1);
    chip_onnx_close(onnx);
}

static void a_name_that_two_tensors_have_finds_none(void **state)
{
    (void)state;
    struct pb graph = {0};
    onnx_scalar(&graph, "twice", 1);
    onnx_scalar(&graph, "twice", 2);
    onnx_scalar(&graph, "once", 3);
    onnx_write(onnx_path(), &graph);
    struct chip_onnx *onnx = open_onnx();
    assert_null(chip_onnx_tensor(onnx, "twice"));
    assert_non_null(chip_onnx_tensor(onnx, "once"));
    chip_onnx_close(onnx);
}

static void what_is_not_onnx_is_refused(void **state)
{
    (void)state;
    write_text(onnx_path(), "");
    assert_refused(CHIP_E_FORMAT, "not an ONNX file");
    write_text(onnx_path(), "this is text, and text is no protobuf message at all");
    assert_refused(CHIP_E_FORMAT, "not an ONNX file");
    struct pb model = {0};
    pb_int(&model, 1, 8); /* a version, but no graph */
    write_bytes(onnx_path(), model.data, model.len);
    pb_done(&model);
    assert_refused(CHIP_E_FORMAT, "not an ONNX file");
    unlink(onnx_path());
    assert_refused(CHIP_E_NOT_FOUND, "x.onnx");
}

static void every_truncation_is_refused(void **state)
{
    (void)state;
    const int64_t dims[] = {16};
    const float f[16] = {0};
    struct pb graph = {0};
    onnx_init(&graph, "w", ONNX_F32, 1, dims, f);
    onnx_add(&graph, "MatMul", "node", "x w", "y");
    onnx_write(onnx_path(), &graph);
    size_t n;
    char *whole = read_bytes(onnx_path(), &n);
    for (size_t keep = 0; keep < n; keep++) {
        write_bytes(onnx_path(), whole, keep);
        assert_refused(CHIP_E_FORMAT, "");
    }
    free(whole);
}

static void tensor_with(int rank, const int64_t *dims, size_t n_raw)
{
    static const unsigned char zeros[64];
    struct pb graph = {0}, tensor = {0};
    for (int i = 0; i < rank; i++)
        pb_int(&tensor, 1, (uint64_t)dims[i]);
    pb_int(&tensor, 2, ONNX_F32);
    pb_text(&tensor, 8, "w");
    pb_bytes(&tensor, 9, zeros, n_raw);
    pb_message(&graph, 5, &tensor);
    onnx_write(onnx_path(), &graph);
}

static void shapes_that_lie_are_refused(void **state)
{
    (void)state;
    tensor_with(1, (const int64_t[]){4}, 15);
    assert_refused(CHIP_E_FORMAT, "does not match its shape");
    tensor_with(1, (const int64_t[]){4}, 0);
    assert_refused(CHIP_E_FORMAT, "does not match its shape");
    tensor_with(1, (const int64_t[]){-4}, 16);
    assert_refused(CHIP_E_FORMAT, "negative");
    tensor_with(2, (const int64_t[]){INT64_C(1) << 32, INT64_C(1) << 32}, 0);
    assert_refused(CHIP_E_FORMAT, "too large");
    tensor_with(9, (const int64_t[]){1, 1, 1, 1, 1, 1, 1, 1, 1}, 4);
    assert_refused(CHIP_E_LIMIT, "9 dimensions");
}

static void data_in_another_file_is_refused(void **state)
{
    (void)state;
    struct pb graph = {0}, tensor = {0};
    pb_int(&tensor, 1, 4);
    pb_int(&tensor, 2, ONNX_F32);
    pb_text(&tensor, 8, "w");
    pb_int(&tensor, 14, 1);
    pb_message(&graph, 5, &tensor);
    onnx_write(onnx_path(), &graph);
    assert_refused(CHIP_E_UNSUPPORTED, "another file");
}

static void graphs_nested_without_end_are_refused(void **state)
{
    (void)state;
    struct pb graph = {0};
    onnx_add(&graph, "Add", "innermost", "a b", "c");
    for (int depth = 0; depth < 2000; depth++) {
        struct pb node = onnx_node("If", "if", "c", "d"), outer = {0};
        onnx_attr_graph(&node, "then_branch", &graph);
        pb_message(&outer, 1, &node);
        graph = outer;
    }
    onnx_write(onnx_path(), &graph);
    assert_refused(CHIP_E_LIMIT, "nested deeper");
}

static void a_small_file_cannot_take_much_memory(void **state)
{
    (void)state;
    /* two bytes an empty node: 4 MiB of them would be some 250 MiB of structs, and more with names
     */
    size_t n = (size_t)4 << 20;
    struct pb graph = {.data = malloc(n), .len = n, .cap = n};
    assert_non_null(graph.data);
    for (size_t i = 0; i < n; i += 2) {
        graph.data[i] = 1 << 3 | 2;
        graph.data[i + 1] = 0;
    }
    onnx_write(onnx_path(), &graph);
    assert_refused(CHIP_E_FORMAT, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_TEMP(tensors_are_read_however_they_are_stored),
        IN_TEMP(nodes_in_branches_are_found_with_those_outside),
        IN_TEMP(a_name_that_two_tensors_have_finds_none),
        IN_TEMP(what_is_not_onnx_is_refused),
        IN_TEMP(every_truncation_is_refused),
        IN_TEMP(shapes_that_lie_are_refused),
        IN_TEMP(data_in_another_file_is_refused),
        IN_TEMP(graphs_nested_without_end_are_refused),
        IN_TEMP(a_small_file_cannot_take_much_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
