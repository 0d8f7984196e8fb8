#include "../test.h"

#include "layer.h"
#include "rows.h"

/* What makes transcripts repeatable: a row's result does not depend on the rows beside it. */

enum { N_IN = 52, N_OUT = 77, MOST = 200 };

static void each_product(void (*check)(const struct layer *l, bool wide))
{
    static const struct {
        enum layer_kind kind;
        size_t kernel;
        bool wide;
    } layers[] = {{LAYER_INT8, 1, false},
                  {LAYER_FLOAT, 1, false},
                  {LAYER_CONV_INT8, 2, false},
                  {LAYER_CONV_INT8, 2, true}};
    for (size_t i = 0; i < sizeof layers / sizeof layers[0]; i++) {
        struct layer l;
        layer_make(&l, layers[i].kind, N_OUT, N_IN / layers[i].kernel, layers[i].kernel, true);
        for (const struct chip_qgemm *const *gemm = chip_qgemm_all(); *gemm; gemm++) {
            setenv("CHIP_GEMM", (*gemm)->name, 1);
            check(&l, layers[i].wide);
        }
        setenv("CHIP_GEMM", "f32", 1);
        check(&l, layers[i].wide);
        unsetenv("CHIP_GEMM");
        layer_unmake(&l);
    }
}

/* Rows first .. first + m - 1 alone give, bit for bit, what they give among all. */
static void check_groups(const struct layer *l, bool wide)
{
    struct chip_linear lin = layer_open(l, wide);
    static float x[MOST][N_IN], all[MOST][N_OUT], some[MOST][N_OUT];
    rows_random(x[0], (size_t)MOST * N_IN, 2.0f, 5);
    layer_run(&lin, x[0], N_IN, MOST, false, all[0], N_OUT);
    static const size_t sizes[] = {1, 2, 3, 5, 15, 16, 17, 32, 95, 96, 97};
    for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
        for (size_t first = 0; first + sizes[s] <= MOST; first += 11) {
            layer_run(&lin, x[first], N_IN, sizes[s], false, some[0], N_OUT);
            assert_memory_equal(some, all[first], sizes[s] * sizeof some[0]);
        }
    }
    chip_linear_done(&lin);
}

static void a_row_gives_the_same_bits_alone_and_among_others(void **state)
{
    (void)state;
    each_product(check_groups);
}

/* The distance between rows in memory is no part of the result either. */
static void check_strides(const struct layer *l, bool wide)
{
    struct chip_linear lin = layer_open(l, wide);
    static float x[40][N_IN], apart[40][N_IN + 12], a[40][N_OUT], b[40][N_OUT];
    rows_random(x[0], (size_t)40 * N_IN, 2.0f, 6);
    for (size_t i = 0; i < 40; i++)
        memcpy(apart[i], x[i], sizeof x[i]);
    layer_run(&lin, x[0], N_IN, 40, false, a[0], N_OUT);
    layer_run(&lin, apart[0], N_IN + 12, 40, false, b[0], N_OUT);
    assert_memory_equal(a, b, sizeof a);
    chip_linear_done(&lin);
}

static void a_row_gives_the_same_bits_wherever_it_lies(void **state)
{
    (void)state;
    each_product(check_strides);
}

static struct chip_rows set_rows(const struct chip_linear *lin, struct chip_arena *arena,
                                 const float *x, size_t m)
{
    struct chip_rows rows;
    size_t size = chip_rows_cost(m, lin->n_in) + chip_linear_argmax_cost(m, lin->n_in);
    assert_int_equal(chip_arena_init(arena, size, NULL), CHIP_OK);
    chip_rows_init(&rows, arena, m, lin->n_in);
    chip_rows_set(&rows, lin, x, lin->n_in, m);
    return rows;
}

enum { WORDS = 4101, WIDTH = 40, ROWS = 9 }; /* outputs in three chunks, the last not whole */

/* Best and probability of each row, from all its outputs in double. */
static void check_against_all_outputs(const struct chip_linear *lin, const float *x)
{
    static float out[ROWS][WORDS];
    layer_run(lin, x, WIDTH, ROWS, false, out[0], WORDS);
    struct chip_arena arena;
    struct chip_rows rows = set_rows(lin, &arena, x, ROWS);
    int32_t best[ROWS];
    float probability[ROWS];
    chip_linear_argmax(lin, &rows, &arena, best, probability, NULL);
    for (size_t i = 0; i < ROWS; i++) {
        size_t at = 0;
        for (size_t j = 0; j < WORDS; j++)
            at = out[i][j] > out[i][at] ? j : at;
        double sum = 0.0;
        for (size_t j = 0; j < WORDS; j++)
            sum += exp((double)out[i][j] - (double)out[i][at]);
        assert_int_equal(best[i], at);
        assert_true(fabs((double)probability[i] * sum - 1.0) < 1e-5);
    }
    chip_arena_done(&arena);
}

static void each_word_layer(void (*check)(const struct chip_linear *lin, const float *x))
{
    for (int kind = LAYER_FLOAT; kind <= LAYER_INT8; kind++) {
        struct layer l;
        layer_make(&l, (enum layer_kind)kind, WORDS, WIDTH, 1, false);
        for (const struct chip_qgemm *const *gemm = chip_qgemm_all(); *gemm; gemm++) {
            setenv("CHIP_GEMM", (*gemm)->name, 1);
            struct chip_linear lin = layer_open(&l, false);
            float x[ROWS * WIDTH];
            rows_random(x, (size_t)ROWS * WIDTH, 2.0f, 8);
            memset(x, 0, WIDTH * sizeof *x); /* all outputs equal: the first is the best */
            check(&lin, x);
            chip_linear_done(&lin);
        }
        unsetenv("CHIP_GEMM");
        layer_unmake(&l);
    }
}

static void the_best_output_is_the_best_of_all(void **state)
{
    (void)state;
    each_word_layer(check_against_all_outputs);
}

/* The first and last of each chunk, and the best of a row; each exactly what it is. */
static void check_picks(const struct chip_linear *lin, const float *x)
{
    static float out[ROWS][WORDS];
    static const int32_t outputs[] = {0, 1, 2047, 2048, 2999, 4095, 4096, WORDS - 1};
    enum { N = sizeof outputs / sizeof *outputs };
    float below[ROWS][N], p[2][ROWS];
    int32_t best[2][ROWS];
    struct chip_arena arena;
    struct chip_rows rows = set_rows(lin, &arena, x, ROWS);
    const struct chip_picks picks = {outputs, N, below[0]};
    layer_run(lin, x, WIDTH, ROWS, false, out[0], WORDS);
    chip_linear_argmax(lin, &rows, &arena, best[0], p[0], NULL);
    chip_linear_argmax(lin, &rows, &arena, best[1], p[1], &picks);
    assert_memory_equal(best[0], best[1], sizeof best[0]);
    assert_memory_equal(p[0], p[1], sizeof p[0]);
    for (size_t i = 0; i < ROWS; i++)
        for (size_t j = 0; j < N; j++)
            if (lin->gemm) /* the same bits; float32 sums may come in another order */
                assert_true(below[i][j] == out[i][best[0][i]] - out[i][outputs[j]]);
            else
                assert_true(fabsf(below[i][j] - (out[i][best[0][i]] - out[i][outputs[j]])) < 1e-4f);
    chip_arena_done(&arena);
}

static void outputs_that_are_picked_are_those_of_the_layer(void **state)
{
    (void)state;
    each_word_layer(check_picks);
}

static void check_argmax_alone(const struct chip_linear *lin, const float *x)
{
    int32_t best[ROWS], one;
    float probability[ROWS], p;
    struct chip_arena arena;
    struct chip_rows rows = set_rows(lin, &arena, x, ROWS);
    chip_linear_argmax(lin, &rows, &arena, best, probability, NULL);
    chip_arena_done(&arena);
    for (size_t i = 0; i < ROWS; i++) {
        rows = set_rows(lin, &arena, x + i * WIDTH, 1);
        chip_linear_argmax(lin, &rows, &arena, &one, &p, NULL);
        chip_arena_done(&arena);
        assert_int_equal(one, best[i]);
        assert_memory_equal(&p, &probability[i], sizeof p);
    }
}

static void the_best_output_does_not_depend_on_other_rows(void **state)
{
    (void)state;
    each_word_layer(check_argmax_alone);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_row_gives_the_same_bits_alone_and_among_others),
        cmocka_unit_test(a_row_gives_the_same_bits_wherever_it_lies),
        cmocka_unit_test(the_best_output_is_the_best_of_all),
        cmocka_unit_test(outputs_that_are_picked_are_those_of_the_layer),
        cmocka_unit_test(the_best_output_does_not_depend_on_other_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
