#include "../test.h"

#include <math.h>
#include <unistd.h>

#include "nn/kernels.h"
#include "nn/lstm.h"
#include "nn/safetensors_write.h"

/* ---- a layer with random weights, and the same in plain C ---- */

struct fixture {
    char path[64];
    size_t n_in, n_hidden;
    float *w_ih, *w_hh, *b_ih, *b_hh;
};

static uint32_t random_state;

/* -1..1, the same on every machine */
static float noise(void)
{
    random_state = random_state * 1664525u + 1013904223u;
    return (float)(random_state >> 8) / 8388608.0f - 1.0f;
}

static float *noise_array(size_t n, float scale)
{
    float *x = malloc((n ? n : 1) * sizeof *x);
    assert_non_null(x);
    for (size_t i = 0; i < n; i++)
        x[i] = noise() * scale;
    return x;
}

static struct chip_tensor f32(const char *name, int rank, size_t a, size_t b, const float *data)
{
    return (struct chip_tensor){.name = name,
                                .dtype = CHIP_F32,
                                .rank = rank,
                                .shape = {a, b},
                                .data = data,
                                .bytes = a * (rank == 2 ? b : 1) * sizeof(float)};
}

static void make(struct fixture *f, size_t n_in, size_t n_hidden, float scale)
{
    random_state = (uint32_t)(n_in * 1000 + n_hidden);
    *f = (struct fixture){.path = "/tmp/chip-lstm-XXXXXX", .n_in = n_in, .n_hidden = n_hidden};
    int fd = mkstemp(f->path);
    assert_true(fd >= 0);
    close(fd);
    f->w_ih = noise_array(4 * n_hidden * n_in, scale);
    f->w_hh = noise_array(4 * n_hidden * n_hidden, scale);
    f->b_ih = noise_array(4 * n_hidden, scale);
    f->b_hh = noise_array(4 * n_hidden, scale);
    const struct chip_tensor tensors[] = {
        f32("a.weight_ih", 2, 4 * n_hidden, n_in, f->w_ih),
        f32("a.weight_hh", 2, 4 * n_hidden, n_hidden, f->w_hh),
        f32("a.bias_ih", 1, 4 * n_hidden, 0, f->b_ih),
        f32("a.bias_hh", 1, 4 * n_hidden, 0, f->b_hh),
        f32("half.weight_ih", 2, 4 * n_hidden, n_in, f->w_ih),
    };
    struct chip_err err;
    if (chip_safetensors_write(f->path, tensors, 5, NULL, 0, &err) != CHIP_OK)
        fail_msg("%s", err.message);
}

static void unmake(struct fixture *f)
{
    unlink(f->path);
    free(f->w_ih);
    free(f->w_hh);
    free(f->b_ih);
    free(f->b_hh);
}

static void open_layer(const struct fixture *f, struct chip_lstm *lstm, struct chip_arena *arena)
{
    struct chip_err err;
    struct chip_safetensors *st;
    if (chip_safetensors_open(&st, f->path, &err) != CHIP_OK ||
        chip_lstm_init(lstm, st, "a", f->n_in, f->n_hidden, &err) != CHIP_OK)
        fail_msg("%s", err.message);
    chip_safetensors_close(st); /* the layer has its own copy */
    assert_int_equal(chip_arena_init(arena, chip_lstm_cost(lstm), NULL), CHIP_OK);
}

static double sigmoid(double x)
{
    return 1.0 / (1.0 + exp(-x));
}

/* The definition in lstm.h, in double precision. */
static void plain_step(const struct fixture *f, const float *x, double *h, double *c)
{
    const size_t n = f->n_hidden;
    double *gate = malloc(4 * n * sizeof *gate);
    assert_non_null(gate);
    for (size_t r = 0; r < 4 * n; r++) {
        gate[r] = (double)f->b_ih[r] + f->b_hh[r];
        for (size_t k = 0; k < f->n_in; k++)
            gate[r] += (double)f->w_ih[r * f->n_in + k] * x[k];
        for (size_t k = 0; k < n; k++)
            gate[r] += (double)f->w_hh[r * n + k] * h[k];
    }
    for (size_t j = 0; j < n; j++) {
        c[j] = sigmoid(gate[n + j]) * c[j] + sigmoid(gate[j]) * tanh(gate[2 * n + j]);
        h[j] = sigmoid(gate[3 * n + j]) * tanh(c[j]);
    }
    free(gate);
}

/* ---- tests ---- */

static void compare_with_plain_c(size_t n_in, size_t n_hidden, size_t n_steps, double tolerance)
{
    struct fixture f;
    make(&f, n_in, n_hidden, 1.2f / sqrtf((float)n_hidden));
    const size_t ldx = n_in + 3;
    float *x = noise_array(n_steps * ldx, 2.0f), *out = malloc(n_steps * n_hidden * sizeof *out);
    float *h = noise_array(n_hidden, 1.0f), *c = noise_array(n_hidden, 2.0f);
    double *want_h = malloc(n_hidden * sizeof *want_h), *want_c = malloc(n_hidden * sizeof *want_c);
    assert_true(out && want_h && want_c);
    for (size_t j = 0; j < n_hidden; j++) {
        want_h[j] = h[j];
        want_c[j] = c[j];
    }
    struct chip_lstm lstm;
    struct chip_arena arena;
    open_layer(&f, &lstm, &arena);
    chip_lstm_run(&lstm, &arena, x, ldx, n_steps, h, c, out);
    assert_int_equal(chip_arena_mark(&arena), 0);

    double worst = 0.0;
    for (size_t t = 0; t < n_steps; t++) {
        plain_step(&f, x + t * ldx, want_h, want_c);
        for (size_t j = 0; j < n_hidden; j++)
            worst = fmax(worst, fabs(out[t * n_hidden + j] - want_h[j]));
    }
    for (size_t j = 0; j < n_hidden; j++)
        worst = fmax(worst, fmax(fabs(h[j] - want_h[j]), fabs(c[j] - want_c[j])));
    if (!(worst < tolerance))
        fail_msg("%zu -> %zu: off by %g", n_in, n_hidden, worst);

    chip_lstm_done(&lstm);
    chip_arena_done(&arena);
    free(x), free(out), free(h), free(c), free(want_h), free(want_c);
    unmake(&f);
}

static void matches_plain_c_for_every_kernel_and_size(void **state)
{
    (void)state;
    static const size_t sizes[][3] = {{1, 1, 3},    {3, 5, 1},       {7, 16, 6},   {16, 17, 7},
                                      {33, 48, 13}, {128, 128, 110}, {40, 131, 49}};
    for (const struct chip_kernels *const *k = chip_kernels_all(); *k; k++) {
        assert_int_equal(setenv("CHIP_KERNELS", (*k)->name, 1), 0);
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
            compare_with_plain_c(sizes[i][0], sizes[i][1], sizes[i][2], 5e-6);
    }
    unsetenv("CHIP_KERNELS");
}

static void steps_in_any_portions_give_the_same_bits(void **state)
{
    (void)state;
    enum { N_IN = 24, N_HIDDEN = 40, N_STEPS = 200 };
    struct fixture f;
    make(&f, N_IN, N_HIDDEN, 0.4f);
    struct chip_lstm lstm;
    struct chip_arena arena;
    open_layer(&f, &lstm, &arena);
    float *x = noise_array(N_STEPS * N_IN, 1.0f);
    static float whole[N_STEPS * N_HIDDEN], parts[N_STEPS * N_HIDDEN];
    float h[N_HIDDEN] = {0}, c[N_HIDDEN] = {0}, h2[N_HIDDEN] = {0}, c2[N_HIDDEN] = {0};
    chip_lstm_run(&lstm, &arena, x, N_IN, N_STEPS, h, c, whole);
    for (size_t t = 0, n; t < N_STEPS; t += n) {
        n = (random_state >> 16) % 60; /* 0 too */
        (void)noise();
        n = n < N_STEPS - t ? n : N_STEPS - t;
        chip_lstm_run(&lstm, &arena, x + t * N_IN, N_IN, n, h2, c2, parts + t * N_HIDDEN);
    }
    assert_memory_equal(whole, parts, sizeof whole);
    assert_memory_equal(h, h2, sizeof h);
    assert_memory_equal(c, c2, sizeof c);
    free(x);
    chip_lstm_done(&lstm);
    chip_arena_done(&arena);
    unmake(&f);
}

static void extreme_inputs_saturate(void **state)
{
    (void)state;
    struct fixture f;
    make(&f, 4, 16, 1.0f);
    struct chip_lstm lstm;
    struct chip_arena arena;
    open_layer(&f, &lstm, &arena);
    float x[8] = {1e30f, -1e30f, 1e30f, 1e30f, -1e4f, 1e4f, -1e4f, 0.0f};
    float h[16] = {0}, c[16] = {0}, out[32];
    chip_lstm_run(&lstm, &arena, x, 4, 2, h, c, out);
    for (size_t i = 0; i < 32; i++)
        assert_true(out[i] >= -1.0f && out[i] <= 1.0f);
    for (size_t i = 0; i < 16; i++)
        assert_true(c[i] >= -2.0f && c[i] <= 2.0f);
    chip_lstm_done(&lstm);
    chip_arena_done(&arena);
    unmake(&f);
}

static void missing_or_misshapen_weights_are_refused(void **state)
{
    (void)state;
    struct fixture f;
    make(&f, 8, 16, 1.0f);
    struct chip_safetensors *st;
    assert_int_equal(chip_safetensors_open(&st, f.path, NULL), CHIP_OK);
    struct chip_lstm lstm;
    struct chip_err err;
    assert_int_equal(chip_lstm_init(&lstm, st, "a", 9, 16, &err), CHIP_E_FORMAT);
    assert_non_null(strstr(err.message, "a.weight_ih"));
    chip_lstm_done(&lstm);
    assert_int_equal(chip_lstm_init(&lstm, st, "half", 8, 16, &err), CHIP_E_FORMAT);
    assert_non_null(strstr(err.message, "half.weight_hh"));
    chip_lstm_done(&lstm);
    chip_safetensors_close(st);
    unmake(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(matches_plain_c_for_every_kernel_and_size),
        cmocka_unit_test(steps_in_any_portions_give_the_same_bits),
        cmocka_unit_test(extreme_inputs_saturate),
        cmocka_unit_test(missing_or_misshapen_weights_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
