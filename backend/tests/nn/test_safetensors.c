#include "../test.h"

#include <unistd.h>

#include "nn/safetensors.h"
#include "nn/safetensors_write.h"

static char file_path[64];

static int setup(void **state)
{
    (void)state;
    strcpy(file_path, "/tmp/chip-safetensors-XXXXXX");
    int fd = mkstemp(file_path);
    return fd < 0 ? -1 : close(fd);
}

static int teardown(void **state)
{
    (void)state;
    return unlink(file_path);
}

/* A file with this header and n_data zero bytes of data. */
static void write_raw(uint64_t header_bytes, const char *header, size_t n_data)
{
    FILE *file = fopen(file_path, "wb");
    assert_non_null(file);
    fwrite(&header_bytes, 8, 1, file); /* the format and our machines are little-endian */
    fputs(header, file);
    for (size_t i = 0; i < n_data; i++)
        putc(0, file);
    assert_int_equal(fclose(file), 0);
}

static void assert_refused(const char *header, size_t n_data, enum chip_status want,
                           const char *word)
{
    struct chip_err err = {0};
    struct chip_safetensors *st = NULL;
    write_raw(strlen(header), header, n_data);
    if (chip_safetensors_open(&st, file_path, &err) == CHIP_OK)
        fail_msg("accepted: %s", header);
    if (err.code != want || !strstr(err.message, word))
        fail_msg("'%s' for %s", err.message, header);
    assert_null(st);
}

static void what_is_written_is_read(void **state)
{
    (void)state;
    const float f[6] = {1, 2, 3, 4, 5, 6};
    uint8_t q[128];
    memset(q, 7, sizeof q);
    const uint8_t odd[3] = {9, 8, 7};
    const struct chip_tensor tensors[] = {
        {"z.odd", CHIP_U8, 1, {3}, odd, 3},        {"b.weight", CHIP_F32, 2, {2, 3}, f, sizeof f},
        {"a.scalar", CHIP_F32, 0, {0}, f, 4},      {"c.q", CHIP_U8, 2, {2, 64}, q, sizeof q},
        {"d.empty", CHIP_F32, 2, {0, 4}, NULL, 0},
    };
    const struct chip_metadata meta[] = {{"format", "pt"}, {"source", "a \"test\""}};
    assert_int_equal(chip_safetensors_write(file_path, tensors, 5, meta, 2, NULL), CHIP_OK);

    struct chip_safetensors *st;
    struct chip_err err = {0};
    if (chip_safetensors_open(&st, file_path, &err) != CHIP_OK)
        fail_msg("%s", err.message);
    assert_int_equal(chip_safetensors_count(st), 5);
    assert_string_equal(chip_safetensors_at(st, 0)->name, "a.scalar");
    assert_string_equal(chip_safetensors_at(st, 4)->name, "z.odd");
    assert_null(chip_safetensors_at(st, 5));
    assert_string_equal(chip_safetensors_metadata(st, "source"), "a \"test\"");
    assert_null(chip_safetensors_metadata(st, "nobody"));
    assert_null(chip_safetensors_find(st, "b.weigh"));
    for (size_t i = 0; i < 5; i++) {
        const struct chip_tensor *t = chip_safetensors_find(st, tensors[i].name);
        assert_non_null(t);
        assert_int_equal(t->dtype, tensors[i].dtype);
        assert_int_equal(t->rank, tensors[i].rank);
        assert_memory_equal(t->shape, tensors[i].shape, (size_t)t->rank * sizeof t->shape[0]);
        assert_int_equal(t->bytes, tensors[i].bytes);
        if (t->bytes)
            assert_memory_equal(t->data, tensors[i].data, t->bytes);
    }
    assert_int_equal((uintptr_t)chip_safetensors_find(st, "c.q")->data % 64, 0);
    chip_safetensors_close(st);
}

static void the_order_of_tensors_does_not_change_the_file(void **state)
{
    (void)state;
    const float f[4] = {1, 2, 3, 4};
    struct chip_tensor t[] = {{"a", CHIP_F32, 1, {4}, f, 16},
                              {"b", CHIP_F32, 1, {1}, f, 4},
                              {"c", CHIP_U8, 1, {3}, f, 3}};
    char bytes[2][512];
    size_t n[2];
    for (int i = 0; i < 2; i++) {
        assert_int_equal(chip_safetensors_write(file_path, t, 3, NULL, 0, NULL), CHIP_OK);
        FILE *file = fopen(file_path, "rb");
        n[i] = fread(bytes[i], 1, sizeof bytes[i], file);
        fclose(file);
        struct chip_tensor first = t[0];
        t[0] = t[2];
        t[2] = first;
    }
    assert_int_equal(n[0], n[1]);
    assert_memory_equal(bytes[0], bytes[1], n[0]);
}

static void the_writer_refuses_what_the_reader_would(void **state)
{
    (void)state;
    const float f[4] = {0};
    const struct chip_tensor short_one[] = {{"a", CHIP_F32, 1, {4}, f, 12}};
    const struct chip_tensor twice[] = {{"a", CHIP_F32, 1, {4}, f, 16},
                                        {"a", CHIP_F32, 1, {2}, f, 8}};
    assert_int_equal(chip_safetensors_write(file_path, short_one, 1, NULL, 0, NULL), CHIP_E_INVAL);
    assert_int_equal(chip_safetensors_write(file_path, twice, 2, NULL, 0, NULL), CHIP_E_INVAL);
    struct chip_err err = {0};
    assert_int_equal(chip_safetensors_write("/nonexistent/x", twice, 1, NULL, 0, &err), CHIP_E_IO);
    assert_non_null(strstr(err.message, "/nonexistent/x"));
}

static void a_missing_file_is_not_found(void **state)
{
    (void)state;
    struct chip_safetensors *st;
    struct chip_err err = {0};
    assert_int_equal(chip_safetensors_open(&st, "/nonexistent", &err), CHIP_E_NOT_FOUND);
    assert_non_null(strstr(err.message, "/nonexistent"));
    assert_int_equal(chip_safetensors_open(&st, "/tmp", &err), CHIP_E_FORMAT);
}

static void a_header_longer_than_the_file_is_refused(void **state)
{
    (void)state;
    static const uint64_t lengths[] = {3, 1 << 20, UINT64_MAX, UINT64_MAX - 7, INT64_MAX};
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        struct chip_safetensors *st;
        struct chip_err err = {0};
        write_raw(lengths[i], "{}", 0);
        assert_int_equal(chip_safetensors_open(&st, file_path, &err), CHIP_E_FORMAT);
        assert_non_null(strstr(err.message, "truncated"));
    }
    struct chip_safetensors *st;
    assert_int_equal(truncate(file_path, 7), 0);
    assert_int_equal(chip_safetensors_open(&st, file_path, NULL), CHIP_E_FORMAT);
}

static void tensors_outside_or_over_each_other_are_refused(void **state)
{
    (void)state;
#define T(name, dtype, shape, at) \
    "\"" name "\":{\"dtype\":\"" dtype "\",\"shape\":" shape ",\"data_offsets\":" at "}"
    assert_refused("{" T("a", "F32", "[2]", "[0,8]") "}      ", 7, CHIP_E_FORMAT, "7 bytes long");
    assert_refused("{" T("a", "U8", "[4]", "[0,4]") "," T("b", "U8", "[4]", "[3,7]") "}", 7,
                   CHIP_E_FORMAT, "overlaps");
    assert_refused("{" T("a", "U8", "[4]", "[0,4]") "," T("b", "U8", "[4]", "[0,4]") "}", 4,
                   CHIP_E_FORMAT, "overlaps");
    assert_refused("{" T("a", "U8", "[4]", "[0,4]") "," T("b", "U8", "[4]", "[5,9]") "}", 9,
                   CHIP_E_FORMAT, "belong to no tensor");
    assert_refused("{" T("a", "U8", "[4]", "[0,4]") "}", 5, CHIP_E_FORMAT, "at the end");
    assert_refused("{" T("a", "U8", "[4]", "[4,0]") "}", 4, CHIP_E_FORMAT, "bytes 4 to 0");
    assert_refused("{}", 1, CHIP_E_FORMAT, "at the end");
}

static void shapes_that_lie_are_refused(void **state)
{
    (void)state;
    assert_refused("{" T("a", "F32", "[3]", "[0,8]") "}", 8, CHIP_E_FORMAT, "its shape");
    assert_refused("{" T("a", "F32", "[-2]", "[0,8]") "}", 8, CHIP_E_FORMAT, "not a size");
    assert_refused("{" T("a", "F32", "[2.0]", "[0,8]") "}", 8, CHIP_E_FORMAT, "not a size");
    assert_refused("{" T("a", "F32", "[\"2\"]", "[0,8]") "}", 8, CHIP_E_FORMAT, "not a size");
    assert_refused("{" T("a", "F32", "2", "[0,8]") "}", 8, CHIP_E_FORMAT, "no shape");
    /* 2^62 times 4 is 0 modulo 2^64 */
    assert_refused("{" T("a", "F32", "[4611686018427387904]", "[0,0]") "}", 0, CHIP_E_FORMAT,
                   "its shape");
    assert_refused("{" T("a", "U8", "[4294967296,4294967296]", "[0,0]") "}", 0, CHIP_E_FORMAT,
                   "its shape");
    assert_refused("{" T("a", "U8", "[99999999999999999999]", "[0,0]") "}", 0, CHIP_E_FORMAT,
                   "JSON");
    assert_refused("{" T("a", "U8", "[1,1,1,1,1,1,1,1,1]", "[0,1]") "}", 1, CHIP_E_LIMIT, "9");
    assert_refused("{" T("a", "U8", "[1]", "[-1,0]") "}", 1, CHIP_E_FORMAT, "data_offsets");
    assert_refused("{" T("a", "U8", "[1]", "[0]") "}", 1, CHIP_E_FORMAT, "data_offsets");
    assert_refused("{" T("a", "U8", "[1]", "[0,1,1]") "}", 1, CHIP_E_FORMAT, "data_offsets");
    assert_refused("{" T("a", "F4", "[1]", "[0,1]") "}", 1, CHIP_E_UNSUPPORTED, "F4");
    assert_refused("{" T("", "U8", "[1]", "[0,1]") "}", 1, CHIP_E_FORMAT, "name");
    assert_refused("{\"a\":{\"shape\":[1],\"data_offsets\":[0,1]}}", 1, CHIP_E_FORMAT, "dtype");
    assert_refused("{\"a\":5}", 0, CHIP_E_FORMAT, "dtype");
}

static void a_misaligned_float_is_refused(void **state)
{
    (void)state;
    /* 8 + length of the header is odd */
    const char *header = "{" T("a", "F32", "[1]", "[0,4]") "}";
    char padded[128];
    snprintf(padded, sizeof padded, "%s%s", header, strlen(header) % 2 ? "" : " ");
    assert_refused(padded, 4, CHIP_E_FORMAT, "not aligned");
}

static void headers_that_are_not_plain_json_are_refused(void **state)
{
    (void)state;
    assert_refused("", 0, CHIP_E_FORMAT, "JSON");
    assert_refused("[]", 0, CHIP_E_FORMAT, "object");
    assert_refused("{\"a\":", 0, CHIP_E_FORMAT, "JSON");
    assert_refused("{\"a\":{}}garbage", 0, CHIP_E_FORMAT, "JSON");
    assert_refused("{\"\xff\":{}}", 0, CHIP_E_FORMAT, "JSON");
    assert_refused("{\"a\\u0000b\":{}}", 0, CHIP_E_FORMAT, "JSON");
    assert_refused("{\"__metadata__\":{\"a\":1}}", 0, CHIP_E_FORMAT, "metadata");
    assert_refused("{\"__metadata__\":\"a\"}", 0, CHIP_E_FORMAT, "metadata");
    assert_refused("{" T("a", "U8", "[1]", "[0,1]") "," T("a", "U8", "[1]", "[1,2]") "}", 2,
                   CHIP_E_FORMAT, "JSON");
}

static void deep_nesting_is_refused(void **state)
{
    (void)state;
    static char deep[200001];
    memset(deep, '[', sizeof deep - 1);
    assert_refused(deep, 0, CHIP_E_FORMAT, "JSON");
    static char objects[200001];
    for (size_t i = 0; i + 5 < sizeof objects; i += 5)
        memcpy(objects + i, "{\"a\":", 5);
    assert_refused(objects, 0, CHIP_E_FORMAT, "JSON");
}

static void require_names_what_is_wrong(void **state)
{
    (void)state;
    const float f[6] = {0};
    const struct chip_tensor one[] = {{"w", CHIP_F32, 2, {2, 3}, f, sizeof f}};
    assert_int_equal(chip_safetensors_write(file_path, one, 1, NULL, 0, NULL), CHIP_OK);
    struct chip_safetensors *st;
    assert_int_equal(chip_safetensors_open(&st, file_path, NULL), CHIP_OK);

    const struct chip_tensor *t = NULL;
    struct chip_err err = {0};
    assert_int_equal(
        chip_safetensors_require(st, "w", CHIP_F32, 2, (const size_t[]){2, 3}, &t, &err), CHIP_OK);
    assert_ptr_equal(t, chip_safetensors_at(st, 0));
    assert_int_equal(
        chip_safetensors_require(st, "w", CHIP_F32, 2, (const size_t[]){0, 3}, &t, &err), CHIP_OK);
    assert_int_equal(
        chip_safetensors_require(st, "w", CHIP_F32, 2, (const size_t[]){0, 4}, &t, &err),
        CHIP_E_FORMAT);
    assert_non_null(strstr(err.message, "'w' is F32 [2,3] instead of F32 [?,4]"));
    assert_int_equal(chip_safetensors_require(st, "w", CHIP_U8, 1, (const size_t[]){6}, &t, &err),
                     CHIP_E_FORMAT);
    assert_int_equal(chip_safetensors_require(st, "v", CHIP_U8, 1, (const size_t[]){6}, &t, &err),
                     CHIP_E_FORMAT);
    assert_non_null(strstr(err.message, "'v' is missing"));
    chip_safetensors_close(st);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_written_is_read, setup, teardown),
        cmocka_unit_test_setup_teardown(the_order_of_tensors_does_not_change_the_file, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(the_writer_refuses_what_the_reader_would, setup, teardown),
        cmocka_unit_test(a_missing_file_is_not_found),
        cmocka_unit_test_setup_teardown(a_header_longer_than_the_file_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(tensors_outside_or_over_each_other_are_refused, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(shapes_that_lie_are_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(a_misaligned_float_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(headers_that_are_not_plain_json_are_refused, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(deep_nesting_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(require_names_what_is_wrong, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
