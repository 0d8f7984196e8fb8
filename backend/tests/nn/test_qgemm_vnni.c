#include "../test.h"

#include <errno.h>
#include <stdbool.h>

#include "nn/qgemm.h"
#include "rows.h"

/*
 * oneDNN's products, on any CPU. Without VNNI it adds pairs of products in 16 bits, which hold
 * those of 7-bit activations: with such rows its sums must be exact here too, whatever the CPU has.
 * What 8 bits give where there is VNNI is test_qgemm.c's.
 */

enum { Q_MAX = 127, MAX_M = 13, MAX_OUT = 130, MAX_IN = 800, LD = 144 };

extern const struct chip_qgemm chip_qgemm_vnni;
static const struct chip_qgemm *const gemm = &chip_qgemm_vnni;

static int8_t w[MAX_OUT * MAX_IN];
static uint8_t q[MAX_M * MAX_IN];

static bool no_memory;
static int n_refused;

/* oneDNN takes its buffers from here. */
__attribute__((visibility("default"))) int posix_memalign(void **out, size_t align, size_t size)
{
    if (no_memory) {
        n_refused++;
        return ENOMEM;
    }
    void *p = aligned_alloc(align, (size + align - 1) / align * align);
    if (!p)
        return ENOMEM;
    *out = p;
    return 0;
}

static void fill(bool extreme)
{
    uint32_t seed = 5;
    for (size_t i = 0; i < sizeof w; i++)
        w[i] = extreme ? -128 : (int8_t)(rows_next(&seed) & 0xff);
    for (size_t i = 0; i < sizeof q; i++)
        q[i] = extreme ? Q_MAX : (uint8_t)(rows_next(&seed) & Q_MAX);
}

static void check(size_t m, size_t n_out, size_t n_in, size_t first, size_t n)
{
    static int32_t acc[MAX_M * LD];
    const size_t stride = (n_in + 31) / 32 * 32;
    int8_t offset[MAX_OUT];
    assert_int_equal(gemm->packed_bytes(n_out, n_in), 0);
    assert_true(gemm->pack(w, n_out, n_in, NULL, offset));
    memset(acc, 0x55, sizeof acc);
    gemm->run(w, NULL, n_out, n_in, q, stride, m, first, n, acc, LD);
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++) {
            int32_t want = 0;
            for (size_t k = 0; k < n_in; k++)
                want += (q[i * stride + k] - gemm->center) *
                        (w[(first + j) * n_in + k] - offset[first + j]);
            assert_int_equal(acc[i * LD + j], want);
        }
    for (size_t i = 0; i + 1 < m; i++) /* and nothing but the n sums of a row is written */
        assert_int_equal(acc[i * LD + n], 0x55555555);
}

static void check_shapes(void)
{
    const size_t rows[] = {1, 2, 5, MAX_M}, outs[] = {1, 15, 16, 17, 65, MAX_OUT},
                 ins[] = {1, 31, 32, 33, 127, 416, MAX_IN};
    for (size_t a = 0; a < sizeof rows / sizeof *rows; a++)
        for (size_t b = 0; b < sizeof outs / sizeof *outs; b++)
            for (size_t c = 0; c < sizeof ins / sizeof *ins; c++) {
                check(rows[a], outs[b], ins[c], 0, outs[b]);
                if (outs[b] > 32)
                    check(rows[a], outs[b], ins[c], 16, outs[b] - 16);
            }
}

static void seven_bits_are_exact_on_every_cpu(void **state)
{
    (void)state;
    for (int extreme = 0; extreme < 2; extreme++) {
        fill(extreme);
        check_shapes();
    }
}

static void sums_stay_exact_when_memory_runs_out(void **state)
{
    (void)state;
    fill(false);
    no_memory = true;
    check_shapes();
    no_memory = false;
    assert_true(n_refused > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seven_bits_are_exact_on_every_cpu),
        cmocka_unit_test(sums_stay_exact_when_memory_runs_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
