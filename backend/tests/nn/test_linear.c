#include "../test.h"

#include "layer.h"
#include "rows.h"

/* Linear layers in every form of the product that this CPU has, against plain C. */

/* Calls check() with CHIP_GEMM set to each integer backend and to f32. */
static void each_product(void (*check)(void))
{
    for (const struct chip_qgemm *const *gemm = chip_qgemm_all();; gemm++) {
        const char *name = *gemm ? (*gemm)->name : "f32";
        print_message("           %s\n", name);
        setenv("CHIP_GEMM", name, 1);
        check();
        if (!*gemm)
            break;
    }
    unsetenv("CHIP_GEMM");
}

static float *random_rows(size_t n, float range, unsigned seed)
{
    float *x = malloc(n * sizeof *x);
    assert_non_null(x);
    rows_random(x, n, range, seed);
    return x;
}

/* The quantisation step of a row: its range, stretched to hold 0, over the largest value. */
static double step_of(const struct chip_linear *lin, const float *x, size_t n)
{
    float lo = 0.0f, hi = 0.0f;
    for (size_t i = 0; i < n; i++) {
        lo = fminf(lo, x[i]);
        hi = fmaxf(hi, x[i]);
    }
    double steps = lin->gemm ? lin->gemm->q_max : 0.0;
    if (lin->wide)
        steps = steps * (steps + 2.0); /* two parts: (q_max + 1)^2 - 1 */
    return lin->gemm ? (double)(hi - lo) / steps : 0.0;
}

/* Each input may be off by half a step, and float sums by a little. */
static void assert_near_plain(const struct layer *l, const struct chip_linear *lin, const float *x,
                              const float *got)
{
    double *want = calloc(l->n_out, sizeof *want);
    layer_plain(l, x, want);
    double step = step_of(lin, x, l->n_in), loudest = 0.0;
    for (size_t k = 0; k < l->n_in; k++)
        loudest = fmax(loudest, fabs((double)x[k]));
    for (size_t j = 0; j < l->n_out; j++) {
        double reach = layer_reach(l, j), far = fabs((double)got[j] - want[j]);
        if (!(far <= (0.51 * step + 1e-6 * loudest) * reach + 1e-6))
            fail_msg("output %zu of %zu x %zu: got %.9g, want %.9g", j, l->n_out, l->n_in,
                     (double)got[j], want[j]);
    }
    free(want);
}

static void check_layer(enum layer_kind kind, size_t m, size_t n_out, size_t n_in, bool bias)
{
    struct layer l;
    layer_make(&l, kind, n_out, n_in, 1, bias);
    struct chip_linear lin = layer_open(&l, false);
    size_t ldx = n_in + 3, ldo = n_out + 5;
    float *x = random_rows(m * ldx, 3.0f, (unsigned)m), *out = random_rows(m * ldo, 1.0f, 1);
    float *before = random_rows(m * ldo, 1.0f, 1);
    layer_run(&lin, x, ldx, m, false, out, ldo);
    for (size_t i = 0; i < m; i++) {
        assert_near_plain(&l, &lin, x + i * ldx, out + i * ldo);
        assert_memory_equal(out + i * ldo + n_out, before + i * ldo + n_out, 5 * sizeof *out);
    }
    free(x);
    free(out);
    free(before);
    chip_linear_done(&lin);
    layer_unmake(&l);
}

static const struct {
    size_t m, n_out, n_in;
} shapes[] = {{1, 1, 1},   {2, 15, 31},  {3, 16, 32},   {5, 17, 33},
              {7, 64, 96}, {17, 61, 52}, {97, 130, 64}, {2, 416, 1664}};
enum { N_SHAPES = sizeof shapes / sizeof shapes[0] };

static void check_int8(void)
{
    for (size_t i = 0; i < N_SHAPES; i++)
        check_layer(LAYER_INT8, shapes[i].m, shapes[i].n_out, shapes[i].n_in, i % 2 == 0);
}

static void int8_layers_match_plain_float_within_the_quantisation_step(void **state)
{
    (void)state;
    each_product(check_int8);
}

static void float_layers_match_plain_float(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_SHAPES; i++)
        check_layer(LAYER_FLOAT, shapes[i].m, shapes[i].n_out, shapes[i].n_in, i % 2 == 0);
}

/* Frames of `channels` values; output i reads the frames from i * stride on. */
static void check_conv(enum layer_kind kind, bool wide, size_t channels, size_t kernel,
                       size_t stride, size_t n)
{
    struct layer l;
    layer_make(&l, kind, 24, channels, kernel, true);
    struct chip_linear lin = layer_open(&l, wide);
    assert_int_equal(lin.n_in, kernel * channels);
    size_t hop = stride * channels;
    float *x = random_rows((n - 1) * hop + l.n_in, 1.0f, 4), *out = random_rows(n * 24, 1.0f, 1);
    layer_run(&lin, x, hop, n, false, out, 24);
    for (size_t i = 0; i < n; i++)
        assert_near_plain(&l, &lin, x + i * hop, out + i * 24);
    free(x);
    free(out);
    chip_linear_done(&lin);
    layer_unmake(&l);
}

static void check_convs(void)
{
    for (int wide = 0; wide < 2; wide++) {
        check_conv(LAYER_CONV_INT8, wide, 1, 127, 64, 40); /* the three of Moonshine */
        check_conv(LAYER_CONV_INT8, wide, 36, 7, 3, 97);
        check_conv(LAYER_CONV_INT8, wide, 72, 3, 2, 100);
        check_conv(LAYER_CONV_FLOAT, wide, 36, 7, 3, 97);
        check_conv(LAYER_CONV_FLOAT, wide, 5, 2, 4, 3); /* with frames between */
    }
}

static void convolutions_read_rows_that_overlap(void **state)
{
    (void)state;
    each_product(check_convs);
}

static void check_add(void)
{
    for (int kind = LAYER_FLOAT; kind <= LAYER_INT8; kind++) {
        struct layer l;
        layer_make(&l, (enum layer_kind)kind, 37, 40, 1, true);
        struct chip_linear lin = layer_open(&l, false);
        float *x = random_rows(5 * 40, 1.0f, 2), *old = random_rows(5 * 37, 50.0f, 3);
        float *out = random_rows(5 * 37, 50.0f, 3), *alone = random_rows(5 * 37, 1.0f, 4);
        layer_run(&lin, x, 40, 5, true, out, 37);
        layer_run(&lin, x, 40, 5, false, alone, 37);
        for (size_t i = 0; i < (size_t)5 * 37; i++)
            alone[i] += old[i];
        rows_assert_close(out, alone, (size_t)5 * 37, 1e-6f);
        free(x);
        free(old);
        free(out);
        free(alone);
        chip_linear_done(&lin);
        layer_unmake(&l);
    }
}

static void adding_keeps_what_the_output_holds(void **state)
{
    (void)state;
    each_product(check_add);
}

/* A row of zeros has no range to quantise, one loud input leaves little for the others. */
static void check_odd_rows(void)
{
    struct layer l;
    layer_make(&l, LAYER_INT8, 20, 40, 1, true);
    struct chip_linear lin = layer_open(&l, false);
    float x[4][40] = {{0}}, out[4][20];
    x[1][7] = 1e20f;
    x[2][7] = -1e20f;
    x[2][8] = 1.0f;
    x[3][0] = 1e-20f;
    layer_run(&lin, x[0], 40, 4, false, out[0], 20);
    for (size_t i = 0; i < 4; i++)
        assert_near_plain(&l, &lin, x[i], out[i]);
    rows_assert_close(out[0], l.bias, 20, 1e-6f);
    chip_linear_done(&lin);
    layer_unmake(&l);
}

static void silent_and_loud_rows_stay_exact(void **state)
{
    (void)state;
    each_product(check_odd_rows);
}

/* Networks whose files are damaged make such rows: any result will do, but no crash. */
static void check_no_numbers(void)
{
    static const float odd[] = {NAN, INFINITY, -INFINITY, 3e38f, -3e38f};
    for (int kind = LAYER_INT8; kind <= LAYER_CONV_INT8; kind++) {
        struct layer l;
        layer_make(&l, (enum layer_kind)kind, 20, 40, 1, true);
        struct chip_linear lin = layer_open(&l, true);
        for (size_t i = 0; i < 25; i++) {
            float x[40], out[20];
            rows_random(x, 40, 1.0f, 1);
            x[3] = odd[i / 5];
            x[39] = odd[i % 5];
            layer_run(&lin, x, 40, 1, false, out, 20);
        }
        chip_linear_done(&lin);
        layer_unmake(&l);
    }
}

static void rows_that_are_no_numbers_do_no_harm(void **state)
{
    (void)state;
    each_product(check_no_numbers);
}

static void check_embedding(void)
{
    for (int kind = LAYER_FLOAT; kind <= LAYER_INT8; kind++) {
        struct layer l;
        layer_make(&l, (enum layer_kind)kind, 50, 33, 1, false);
        struct chip_linear lin = layer_open(&l, false);
        for (size_t j = 0; j < 50; j++) {
            float row[33];
            chip_linear_row(&lin, j, row);
            rows_assert_close(row, l.w + j * 33, 33, 1e-6f);
        }
        chip_linear_done(&lin);
        layer_unmake(&l);
    }
}

static void a_row_of_the_weights_is_an_embedding(void **state)
{
    (void)state;
    each_product(check_embedding);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(int8_layers_match_plain_float_within_the_quantisation_step),
        cmocka_unit_test(float_layers_match_plain_float),
        cmocka_unit_test(convolutions_read_rows_that_overlap),
        cmocka_unit_test(adding_keeps_what_the_output_holds),
        cmocka_unit_test(silent_and_loud_rows_stay_exact),
        cmocka_unit_test(rows_that_are_no_numbers_do_no_harm),
        cmocka_unit_test(a_row_of_the_weights_is_an_embedding),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
