#include "../test.h"

#include "nn/qgemm.h"
#include "rows.h"

extern const struct chip_kernels chip_kernels_ref;

/* Each backend against the sum written out, for sizes around its panels, blocks and row tiles. */

struct weights {
    size_t n_out, n_in;
    int8_t *w, *offset;
    void *packed;
};

static struct weights weights_make(const struct chip_qgemm *gemm, size_t n_out, size_t n_in,
                                   int spread, uint32_t seed)
{
    struct weights p = {.n_out = n_out, .n_in = n_in};
    p.w = malloc(n_out * n_in);
    p.offset = malloc(n_out);
    for (size_t i = 0; i < n_out * n_in; i++)
        p.w[i] = (int8_t)(rows_next(&seed) % (unsigned)(2 * spread) - (unsigned)spread);
    size_t bytes = (gemm->packed_bytes(n_out, n_in) + 63) & ~(size_t)63;
    p.packed = bytes ? aligned_alloc(64, bytes) : NULL;
    assert_true(gemm->pack(p.w, n_out, n_in, p.packed, p.offset));
    return p;
}

static void weights_done(struct weights *p)
{
    free(p->w);
    free(p->offset);
    free(p->packed);
}

static void check(const struct chip_qgemm *gemm, size_t m, size_t n_out, size_t n_in, int spread,
                  int all_same)
{
    struct weights p = weights_make(gemm, n_out, n_in, spread, 99);
    if (all_same) { /* the largest sums there can be */
        memset(p.w, all_same, n_out * n_in);
        p.w[0] = (int8_t)-all_same;
        assert_true(gemm->pack(p.w, n_out, n_in, p.packed, p.offset));
    }
    size_t stride = (n_in + 31) / 32 * 32, ld = (n_out + 15) / 16 * 16;
    uint8_t *q = malloc(m * stride);
    int32_t *acc = malloc(m * ld * sizeof *acc);
    uint32_t seed = 7;
    for (size_t i = 0; i < m * stride; i++)
        q[i] = all_same ? (uint8_t)gemm->q_max
                        : (uint8_t)(rows_next(&seed) % (unsigned)(gemm->q_max + 1));
    gemm->run(p.w, p.packed, n_out, n_in, q, stride, m, 0, n_out, acc, ld);
    for (size_t i = 0; i < m; i++) {
        for (size_t j = 0; j < n_out; j++) {
            int64_t want = 0;
            for (size_t k = 0; k < n_in; k++)
                want +=
                    (int64_t)(q[i * stride + k] - gemm->center) * (p.w[j * n_in + k] - p.offset[j]);
            assert_int_equal(acc[i * ld + j], want);
        }
    }
    if (n_out > 32) { /* a part of the outputs alone */
        int32_t *part = malloc(m * 32 * sizeof *part);
        gemm->run(p.w, p.packed, n_out, n_in, q, stride, m, 16, 17, part, 32);
        for (size_t i = 0; i < m; i++)
            assert_memory_equal(part + i * 32, acc + i * ld + 16, 17 * sizeof *part);
        free(part);
    }
    free(q);
    free(acc);
    weights_done(&p);
}

enum { OUT = 80, INNER = 416, MARGIN = 16 }; /* of the products that are finished */

/* What run() sums and plain C finishes, from output `first` on. */
static void finish_plain(const struct chip_qgemm *gemm, const struct weights *p, const uint8_t *q,
                         size_t m, size_t first, size_t n, const struct chip_qfinish *f)
{
    int32_t *acc = malloc(m * OUT * sizeof *acc);
    gemm->run(p->w, p->packed, OUT, INNER, q, INNER, m, first, n, acc, OUT);
    for (size_t i = 0; i < m; i++)
        chip_kernels_ref.dequantize(acc + i * OUT, &f->row[i], gemm->center, f->w_scale, f->w_sum,
                                    f->w_offset, f->bias, f->add, n, f->out + i * f->ld);
    free(acc);
}

static void check_finished(const struct chip_qgemm *gemm, size_t m, size_t first, size_t n,
                           bool biased, bool add)
{
    struct weights p = weights_make(gemm, OUT, INNER, 30, 5);
    float w_sum[OUT], w_offset[OUT], bias[OUT];
    rows_random(w_sum, OUT, 900.0f, 1);
    rows_random(w_offset, OUT, 20.0f, 2);
    rows_random(bias, OUT, 1.0f, 3);
    struct chip_qrow row[13];
    uint8_t q[13 * INNER];
    uint32_t seed = 7;
    for (size_t i = 0; i < m * INNER; i++)
        q[i] = (uint8_t)(rows_next(&seed) % (unsigned)(gemm->q_max + 1));
    for (size_t i = 0; i < m; i++)
        row[i] = (struct chip_qrow){0.01f + 0.001f * (float)i, 60 + (int)i, 300 * (int)i - 500};

    float got[13 * (OUT + MARGIN)], want[13 * (OUT + MARGIN)];
    rows_random(got, sizeof got / sizeof *got, 1.0f, 4);
    memcpy(want, got, sizeof got);
    struct chip_qfinish f = {.row = row,
                             .w_scale = 0.004f,
                             .w_sum = w_sum,
                             .w_offset = w_offset,
                             .bias = biased ? bias : NULL,
                             .add = add,
                             .out = got,
                             .ld = OUT + MARGIN};
    gemm->run_finished(p.packed, INNER, q, INNER, m, first, n, &f);
    f.out = want;
    finish_plain(gemm, &p, q, m, first, n, &f);
    rows_assert_close(got, want, m * (OUT + MARGIN), 1e-5f);
    for (size_t i = 0; i < m; i++) /* the rest of each row is as it was */
        assert_memory_equal(got + i * f.ld + n, want + i * f.ld + n, (f.ld - n) * sizeof *got);
    weights_done(&p);
}

static void finished_products_agree_with_plain_c(void **state)
{
    (void)state;
    const size_t rows[] = {1, 2, 3, 4, 5, 7, 13}, widths[] = {1, 7, 8, 15, 16, 17, 33, 48, 64};
    for (const struct chip_qgemm *const *gemm = chip_qgemm_all(); *gemm; gemm++)
        for (size_t a = 0; (*gemm)->run_finished && a < sizeof rows / sizeof rows[0]; a++)
            for (size_t b = 0; b < sizeof widths / sizeof widths[0]; b++)
                for (int mode = 0; mode < 4; mode++)
                    check_finished(*gemm, rows[a], mode & 1 ? 16 : 0, widths[b], mode & 1,
                                   mode & 2);
}

static void products_are_exact_for_all_shapes(void **state)
{
    (void)state;
    const size_t rows[] = {1, 2, 3, 4, 5, 7, 13}, outs[] = {1, 15, 16, 17, 48, 65},
                 ins[] = {1, 31, 32, 33, 127, 416};
    for (const struct chip_qgemm *const *gemm = chip_qgemm_all(); *gemm; gemm++)
        for (size_t a = 0; a < sizeof rows / sizeof rows[0]; a++)
            for (size_t b = 0; b < sizeof outs / sizeof outs[0]; b++)
                for (size_t c = 0; c < sizeof ins / sizeof ins[0]; c++)
                    check(*gemm, rows[a], outs[b], ins[c], 30, 0);
}

static void products_are_exact_for_weights_of_any_size(void **state)
{
    (void)state;
    for (const struct chip_qgemm *const *gemm = chip_qgemm_all(); *gemm; gemm++)
        for (int spread = 1; spread <= 128; spread *= 2)
            check(*gemm, 4, 64, 256, spread, 0);
}

static void the_largest_sums_do_not_overflow(void **state)
{
    (void)state;
    for (const struct chip_qgemm *const *gemm = chip_qgemm_all(); *gemm; gemm++) {
        check(*gemm, 3, 48, 2912, 128, 127);
        check(*gemm, 3, 48, 2912, 128, -127);
    }
}

static void the_environment_chooses_the_backend(void **state)
{
    (void)state;
    setenv("CHIP_GEMM", "ref", 1);
    assert_string_equal(chip_qgemm()->name, "ref");
    setenv("CHIP_GEMM", "f32", 1);
    assert_null(chip_qgemm());
    unsetenv("CHIP_GEMM");
    assert_ptr_equal(chip_qgemm(), chip_qgemm_all()[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(products_are_exact_for_all_shapes),
        cmocka_unit_test(products_are_exact_for_weights_of_any_size),
        cmocka_unit_test(the_largest_sums_do_not_overflow),
        cmocka_unit_test(finished_products_agree_with_plain_c),
        cmocka_unit_test(the_environment_chooses_the_backend),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
