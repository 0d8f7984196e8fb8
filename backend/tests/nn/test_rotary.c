#include "../test.h"

#include "nn/rotary.h"
#include "rows.h"

/* Rotary positions against the formula of the paper, for the sizes of Moonshine base and tiny. */

enum { HEADS = 3, POSITIONS = 1400 };

static const size_t positions[] = {0, 1, 2, 17, 500, POSITIONS - 1};
enum { N_POSITIONS = sizeof positions / sizeof positions[0] };

/* Pair i of a head turns by position * theta^(-2i / dims). */
static void turn(float *row, size_t position, size_t dims, size_t head_dim, double theta)
{
    for (size_t h = 0; h < HEADS; h++) {
        for (size_t i = 0; i < dims / 2; i++) {
            double angle = (double)position / pow(theta, 2.0 * (double)i / (double)dims);
            float *x = row + h * head_dim + 2 * i;
            double a = (double)x[0], b = (double)x[1];
            x[0] = (float)(a * cos(angle) - b * sin(angle));
            x[1] = (float)(b * cos(angle) + a * sin(angle));
        }
    }
}

static void check(const struct chip_kernels *k, size_t dims, size_t head_dim, double theta)
{
    struct chip_rotary r;
    assert_int_equal(chip_rotary_init(&r, POSITIONS, dims, theta, NULL), CHIP_OK);
    for (size_t p = 0; p < N_POSITIONS; p++) {
        float row[HEADS * 64], want[HEADS * 64], before[HEADS * 64];
        rows_random(row, HEADS * head_dim, 2.0f, (unsigned)p);
        memcpy(want, row, sizeof row);
        memcpy(before, row, sizeof row);
        chip_rotary_apply(&r, k, positions[p], HEADS, head_dim, row);
        turn(want, positions[p], dims, head_dim, theta);
        rows_assert_close(row, want, HEADS * head_dim, 1e-6f);
        for (size_t h = 0; h < HEADS; h++)
            assert_memory_equal(row + h * head_dim + dims, before + h * head_dim + dims,
                                (head_dim - dims) * sizeof *row);
    }
    chip_rotary_done(&r);
}

static void rotation_follows_the_formula_and_leaves_the_rest(void **state)
{
    (void)state;
    for (const struct chip_kernels *const *k = chip_kernels_all(); *k; k++) {
        check(*k, 32, 52, 10000.0);
        check(*k, 32, 36, 10000.0);
        check(*k, 2, 16, 10000.0);
        check(*k, 64, 64, 500.0);
    }
}

static void products_depend_on_the_distance_of_positions_only(void **state)
{
    (void)state;
    struct chip_rotary r;
    assert_int_equal(chip_rotary_init(&r, POSITIONS, 32, 10000.0, NULL), CHIP_OK);
    const struct chip_kernels *k = chip_kernels();
    float q[36], x[36], first = 0.0f;
    for (size_t at = 0; at + 9 < POSITIONS; at += 131) {
        rows_random(q, 36, 1.0f, 1);
        rows_random(x, 36, 1.0f, 2);
        chip_rotary_apply(&r, k, at + 9, 1, 36, q);
        chip_rotary_apply(&r, k, at, 1, 36, x);
        float product = k->dot(q, x, 36);
        if (at == 0)
            first = product;
        assert_true(fabsf(product - first) < 1e-5f);
    }
    rows_random(q, 36, 1.0f, 1);
    rows_random(x, 36, 1.0f, 2);
    assert_true(fabsf(k->dot(q, x, 36) - first) > 1e-3f); /* and on it they do */
    chip_rotary_done(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rotation_follows_the_formula_and_leaves_the_rest),
        cmocka_unit_test(products_depend_on_the_distance_of_positions_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
