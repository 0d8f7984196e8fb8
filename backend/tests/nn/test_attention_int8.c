#include "../test.h"

#include "nn/attention.h"
#include "rows.h"

/* Attention of one row over keys and values that were kept in int8: they are held to half a step,
 * and queries and weights in int16 add next to nothing. */

enum { HEADS = 3, MAX_T = 317, MAX_WIDTH = HEADS * 256 };

static const size_t lengths[] = {1, 5, 6, 7, 31, 32, 33, 64, 65, MAX_T};
static const size_t dims[] = {36, 52, 2, 64, 256};
enum { N_LENGTHS = sizeof lengths / sizeof lengths[0], N_DIMS = sizeof dims / sizeof dims[0] };

/* A query in int16 moves a score by some 1e-4, and so the weights and their mean. */
static const double INT16_ERROR = 3e-4;

static float k[MAX_T * MAX_WIDTH], v[MAX_T * MAX_WIDTH], q[MAX_WIDTH], out[MAX_WIDTH];

struct cache {
    struct chip_heads heads;
    size_t n;
    struct chip_kept kept;
};

static struct cache cache_empty(size_t n, size_t dim)
{
    struct cache cache = {.heads = {HEADS, dim}, .n = n};
    size_t bytes = chip_kept_bytes(cache.heads, n);
    assert_int_equal(bytes % 64, 0);
    void *memory = aligned_alloc(64, bytes);
    assert_non_null(memory);
    memset(memory, 0x7f, bytes); /* what memory held before must not matter */
    chip_kept_init(&cache.kept, cache.heads, n, memory);
    return cache;
}

static struct cache cache_make(const struct chip_kernels *kernels, size_t n, size_t dim)
{
    struct cache cache = cache_empty(n, dim);
    chip_kept_put(&cache.kept, cache.heads, kernels, 0, n, k, v, HEADS * dim);
    return cache;
}

static void fill(size_t dim, float range)
{
    rows_random(q, HEADS * dim, range / sqrtf((float)dim), 1);
    rows_random(k, MAX_T * HEADS * dim, 3.0f, 2);
    rows_random(v, MAX_T * HEADS * dim, 2.0f, 3);
}

static double held_k(const struct cache *c, size_t h, size_t d, size_t t)
{
    struct chip_kept_head head = chip_kept_head(&c->kept, c->heads, h);
    const int8_t *block = head.k + t / 32 * 32 * c->heads.head_dim;
    return (double)head.k_scale[t] * block[d / 2 * 64 + t % 32 * 2 + d % 2];
}

static double held_v(const struct cache *c, size_t h, size_t d, size_t t)
{
    struct chip_kept_head head = chip_kept_head(&c->kept, c->heads, h);
    return (double)head.v_scale[t] * head.v[t / 2 * 2 * c->heads.head_dim + d * 2 + t % 2];
}

static void each(void (*check)(const struct chip_kernels *kernels, size_t n, size_t dim))
{
    for (const struct chip_kernels *const *all = chip_kernels_all(); *all; all++)
        for (size_t i = 0; i < N_LENGTHS; i++)
            for (size_t d = 0; d < N_DIMS; d++)
                check(*all, lengths[i], dims[d]);
}

static void check_held(const struct chip_kernels *kernels, size_t n, size_t dim)
{
    fill(dim, 3.0f);
    struct cache c = cache_make(kernels, n, dim);
    for (size_t t = 0; t < n; t++) {
        for (size_t h = 0; h < HEADS; h++) {
            for (size_t d = 0; d < dim; d++) {
                size_t at = (t * HEADS + h) * dim + d;
                assert_true(fabs(held_k(&c, h, d, t) - (double)k[at]) <= 3.0 / 127 * 0.501);
                assert_true(fabs(held_v(&c, h, d, t) - (double)v[at]) <= 2.0 / 127 * 0.501);
            }
        }
    }
    free(c.kept.memory);
}

static void the_cache_holds_keys_and_values_to_half_a_step(void **state)
{
    (void)state;
    each(check_held);
}

static void attend(const struct chip_kernels *kernels, const struct cache *c, float *const *weights)
{
    struct chip_arena arena;
    assert_int_equal(chip_arena_init(&arena, chip_attention_row_cost(c->heads, c->n), NULL),
                     CHIP_OK);
    chip_attention_row(c->heads, kernels, &arena, q, &c->kept, c->n, weights, out);
    chip_arena_done(&arena);
}

/* Weights over the frames for one head, from what the cache holds or from the originals. */
static void plain_weights(const struct cache *c, size_t h, bool original, double *weight)
{
    size_t n = c->n, dim = c->heads.head_dim;
    double max = -INFINITY, sum = 0.0;
    for (size_t t = 0; t < n; t++) {
        weight[t] = 0.0;
        for (size_t d = 0; d < dim; d++)
            weight[t] += (double)q[h * dim + d] *
                         (original ? (double)k[(t * HEADS + h) * dim + d] : held_k(c, h, d, t));
        max = fmax(max, weight[t]);
    }
    for (size_t t = 0; t < n; t++)
        sum += weight[t] = exp(weight[t] - max);
    for (size_t t = 0; t < n; t++)
        weight[t] /= sum;
}

static void check_outputs(const struct cache *c, bool original, double tolerance)
{
    size_t dim = c->heads.head_dim;
    for (size_t h = 0; h < HEADS; h++) {
        double weight[MAX_T];
        plain_weights(c, h, original, weight);
        for (size_t d = 0; d < dim; d++) {
            double want = 0.0;
            for (size_t t = 0; t < c->n; t++)
                want += weight[t] *
                        (original ? (double)v[(t * HEADS + h) * dim + d] : held_v(c, h, d, t));
            if (!(fabs((double)out[h * dim + d] - want) <= tolerance))
                fail_msg("%zu frames, head %zu, dim %zu: got %g, want %g", c->n, h, d,
                         (double)out[h * dim + d], want);
        }
    }
}

/* Keys are off by 3/254 at most, so scores by half a step times sum |q|, here below 0.11. */
static void check_cross(const struct chip_kernels *kernels, size_t n, size_t dim)
{
    fill(dim, 3.0f);
    struct cache c = cache_make(kernels, n, dim);
    attend(kernels, &c, NULL);
    check_outputs(&c, false, INT16_ERROR);
    check_outputs(&c, true, 0.05);
    free(c.kept.memory);
}

static void a_query_attends_as_in_plain_c_within_the_quantisation_error(void **state)
{
    (void)state;
    each(check_cross);
}

static void check_weights(const struct chip_kernels *kernels, size_t n, size_t dim)
{
    fill(dim, 3.0f);
    struct cache c = cache_make(kernels, n, dim);
    float sum[MAX_T];
    for (size_t t = 0; t < n; t++)
        sum[t] = 10.0f;
    float *weights[HEADS] = {sum, NULL, sum};
    attend(kernels, &c, weights);
    check_outputs(&c, false, INT16_ERROR);
    double first[MAX_T], third[MAX_T];
    plain_weights(&c, 0, false, first);
    plain_weights(&c, 2, false, third);
    for (size_t t = 0; t < n; t++)
        assert_true(fabs((double)sum[t] - 10.0 - first[t] - third[t]) < INT16_ERROR);
    free(c.kept.memory);
}

static void weights_of_the_wanted_heads_are_added_up(void **state)
{
    (void)state;
    each(check_weights);
}

static void check_pieces(const struct chip_kernels *kernels, size_t n, size_t dim)
{
    fill(dim, 3.0f);
    struct cache all = cache_make(kernels, n, dim), pieces = cache_empty(n, dim);
    for (size_t t = 0; t < n; t += 5) {
        size_t m = n - t < 5 ? n - t : 5, at = t * HEADS * dim;
        chip_kept_put(&pieces.kept, pieces.heads, kernels, t, m, k + at, v + at, HEADS * dim);
    }
    assert_memory_equal(pieces.kept.memory, all.kept.memory, chip_kept_bytes(all.heads, n));
    free(all.kept.memory);
    free(pieces.kept.memory);
}

static void frames_may_be_stored_in_pieces(void **state)
{
    (void)state;
    each(check_pieces);
}

/* A cache that was full and starts over, a frame at a time. */
static void check_growing(const struct chip_kernels *kernels, size_t n, size_t dim)
{
    fill(dim, 1.0f);
    for (size_t i = 0; i < n * HEADS * dim; i++)
        k[i] = v[i] = i % 2 ? 1e4f : -1e4f;
    struct cache c = cache_make(kernels, n, dim);
    fill(dim, 3.0f);
    for (size_t t = 0; t < n && t < 70; t++) {
        size_t at = t * HEADS * dim;
        chip_kept_put(&c.kept, c.heads, kernels, t, 1, k + at, v + at, HEADS * dim);
        c.n = t + 1;
        attend(kernels, &c, NULL);
        check_outputs(&c, false, INT16_ERROR);
    }
    free(c.kept.memory);
}

static void only_the_first_frames_count_whatever_is_behind_them(void **state)
{
    (void)state;
    each(check_growing);
}

/* As many frames as a segment has, all of them with the largest weight and value. */
static void sums_of_the_largest_numbers_do_not_overflow(void **state)
{
    (void)state;
    for (const struct chip_kernels *const *all = chip_kernels_all(); *all; all++) {
        for (size_t d = 0; d < N_DIMS; d++) {
            struct cache c = cache_empty(2048, dims[d]);
            for (size_t i = 0; i < HEADS * dims[d]; i++) {
                q[i] = k[i] = 100.0f;
                v[i] = -7.0f;
            }
            chip_kept_put(&c.kept, c.heads, *all, 0, c.n, k, v, 0); /* one row for all */
            attend(*all, &c, NULL);
            for (size_t i = 0; i < HEADS * dims[d]; i++)
                assert_float_equal(out[i], -7.0f, 1e-5f);
            free(c.kept.memory);
        }
    }
}

static void check_extremes(const struct chip_kernels *kernels, size_t n, size_t dim)
{
    fill(dim, 1e5f);
    memset(k, 0, HEADS * dim * sizeof *k); /* a frame without any key has scale 0 */
    struct cache c = cache_make(kernels, n, dim);
    attend(kernels, &c, NULL);
    for (size_t i = 0; i < HEADS * dim; i++)
        assert_true(fabsf(out[i]) <= 2.02f);
    free(c.kept.memory);
}

static void extreme_scores_stay_a_mean_of_the_values(void **state)
{
    (void)state;
    each(check_extremes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_cache_holds_keys_and_values_to_half_a_step),
        cmocka_unit_test(a_query_attends_as_in_plain_c_within_the_quantisation_error),
        cmocka_unit_test(weights_of_the_wanted_heads_are_added_up),
        cmocka_unit_test(frames_may_be_stored_in_pieces),
        cmocka_unit_test(only_the_first_frames_count_whatever_is_behind_them),
        cmocka_unit_test(sums_of_the_largest_numbers_do_not_overflow),
        cmocka_unit_test(extreme_scores_stay_a_mean_of_the_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
