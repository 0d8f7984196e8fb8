#include "../test.h"

#include <unistd.h>

#include "nn/linear.h"
#include "nn/safetensors_write.h"
#include "rows.h"

/* Model files whose layers are not what they should be: a clear error, and nothing leaks. */

enum { N_OUT = 6, N_IN = 8 };

static const int8_t weights[N_OUT * N_IN];
static const float floats[N_OUT * N_IN], scale[2] = {0.01f, 0.02f}, zero[2], nan_scale[1] = {NAN};

static const struct chip_tensor weight = {"a.weight",    CHIP_I8, 2,
                                          {N_OUT, N_IN}, weights, sizeof weights};
static const struct chip_tensor scale_ok = {"a.weight_scale", CHIP_F32, 1, {1}, scale, 4};
static const struct chip_tensor zero_ok = {"a.weight_zero_point", CHIP_F32, 1, {1}, zero, 4};

static enum chip_status open_with(const struct chip_tensor *tensors, size_t n, bool conv,
                                  struct chip_err *err)
{
    char path[] = "/tmp/chip-refused-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    if (chip_safetensors_write(path, tensors, n, NULL, 0, err) != CHIP_OK)
        fail_msg("%s", err->message);
    struct chip_safetensors *st;
    assert_int_equal(chip_safetensors_open(&st, path, err), CHIP_OK);
    struct chip_linear lin;
    enum chip_status s = conv ? chip_linear_init_conv(&lin, st, "a", N_OUT, N_IN / 2, 2, false, err)
                              : chip_linear_init(&lin, st, "a", N_OUT, N_IN, err);
    chip_linear_done(&lin);
    chip_safetensors_close(st);
    unlink(path);
    return s;
}

/* Refused, with a message that names the tensor. */
static void assert_refused(const struct chip_tensor *tensors, size_t n, bool conv, const char *name)
{
    struct chip_err err = {.message = ""};
    assert_int_equal(open_with(tensors, n, conv, &err), CHIP_E_FORMAT);
    assert_int_equal(err.code, CHIP_E_FORMAT);
    if (!strstr(err.message, name))
        fail_msg("'%s' does not name '%s'", err.message, name);
}

static void a_sound_layer_is_accepted(void **state)
{
    (void)state;
    struct chip_err err;
    const struct chip_tensor tensors[] = {weight, scale_ok, zero_ok};
    assert_int_equal(open_with(tensors, 3, false, &err), CHIP_OK);
}

static void missing_tensors_are_refused(void **state)
{
    (void)state;
    const struct chip_tensor no_weight[] = {scale_ok, zero_ok};
    const struct chip_tensor no_scale[] = {weight, zero_ok}, no_zero[] = {weight, scale_ok};
    assert_refused(no_weight, 2, false, "a.weight");
    assert_refused(no_scale, 2, false, "a.weight_scale");
    assert_refused(no_zero, 2, false, "a.weight_zero_point");
}

static void weights_of_another_shape_or_type_are_refused(void **state)
{
    (void)state;
    struct chip_tensor t[] = {weight, scale_ok, zero_ok};
    t[0].shape[0] = N_IN;
    t[0].shape[1] = N_OUT;
    assert_refused(t, 3, false, "a.weight");
    t[0] = weight;
    t[0].dtype = CHIP_U8;
    assert_refused(t, 3, false, "a.weight");
    t[0] = weight;
    t[0].rank = 3;
    t[0].shape[1] = N_IN / 2;
    t[0].shape[2] = 2;
    assert_refused(t, 3, false, "a.weight");
}

static void convolutions_of_another_rank_are_refused(void **state)
{
    (void)state;
    struct chip_tensor t[] = {weight, scale_ok, zero_ok};
    assert_refused(t, 3, true, "a.weight");
    t[0].rank = 3;
    t[0].shape[1] = 2; /* channels and kernel exchanged */
    t[0].shape[2] = N_IN / 2;
    assert_refused(t, 3, true, "a.weight");
}

static void scales_that_are_no_number_are_refused(void **state)
{
    (void)state;
    struct chip_tensor t[] = {weight, scale_ok, zero_ok};
    t[1].data = nan_scale;
    assert_refused(t, 3, false, "a.weight_scale");
    t[1] = scale_ok;
    t[1].shape[0] = 2;
    t[1].bytes = 8;
    assert_refused(t, 3, false, "a.weight_scale");
}

static void a_bias_of_another_length_or_type_is_refused(void **state)
{
    (void)state;
    struct chip_tensor bias = {"a.bias", CHIP_F32, 1, {N_OUT + 1}, floats, 4 * (N_OUT + 1)};
    struct chip_tensor t[] = {weight, scale_ok, zero_ok, bias};
    assert_refused(t, 4, false, "a.bias");
    t[3].dtype = CHIP_I32;
    t[3].shape[0] = N_OUT;
    t[3].bytes = 4 * N_OUT;
    assert_refused(t, 4, false, "a.bias");
    t[0] = (struct chip_tensor){"a.weight",    CHIP_F32, 2,
                                {N_OUT, N_IN}, floats,   sizeof floats}; /* float weights too */
    assert_refused(t, 4, false, "a.bias");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sound_layer_is_accepted),
        cmocka_unit_test(missing_tensors_are_refused),
        cmocka_unit_test(weights_of_another_shape_or_type_are_refused),
        cmocka_unit_test(convolutions_of_another_rank_are_refused),
        cmocka_unit_test(scales_that_are_no_number_are_refused),
        cmocka_unit_test(a_bias_of_another_length_or_type_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
