#include "probe.h"

#include "bench.h"
#include "speech/asr/moonshine.h"

/*
 * Functions that are wrapped have nowhere to carry a context, so this is the one mutable global.
 * `stages` runs one recogniser thread, and reads it after that was joined.
 */
static struct bench_seen seen;
static enum bench_part part; /* that runs now */

/* The types of the real functions, so that a change there does not compile here. */
extern __typeof__(chip_moonshine_encode) __real_chip_moonshine_encode, __wrap_chip_moonshine_encode;
extern __typeof__(chip_moonshine_step) __real_chip_moonshine_step, __wrap_chip_moonshine_step;
extern __typeof__(chip_rows_set) __real_chip_rows_set, __wrap_chip_rows_set;
extern __typeof__(chip_linear_run) __real_chip_linear_run, __wrap_chip_linear_run;
extern __typeof__(chip_linear_argmax) __real_chip_linear_argmax, __wrap_chip_linear_argmax;
extern __typeof__(chip_attention) __real_chip_attention, __wrap_chip_attention;
extern __typeof__(chip_attention_row) __real_chip_attention_row, __wrap_chip_attention_row;

void bench_probe_reset(void)
{
    seen = (struct bench_seen){0};
}

struct bench_seen bench_probe_seen(void)
{
    return seen;
}

/* ---- the two halves of the network ---- */

enum chip_status __wrap_chip_moonshine_encode(const struct chip_moonshine *model,
                                              struct chip_arena *arena, const float *pcm,
                                              size_t n_samples, size_t max_tokens,
                                              struct chip_moonshine_slot *slot,
                                              struct chip_err *err)
{
    part = BENCH_ENCODER;
    double start = bench_now();
    enum chip_status s =
        __real_chip_moonshine_encode(model, arena, pcm, n_samples, max_tokens, slot, err);
    seen.seconds[part] += bench_now() - start;
    seen.n_segments++;
    return s;
}

void __wrap_chip_moonshine_step(const struct chip_moonshine *model,
                                const struct chip_hotwords *hotwords, struct chip_arena *arena,
                                struct chip_moonshine_slot *const *slots, size_t n)
{
    part = BENCH_DECODER;
    double start = bench_now();
    __real_chip_moonshine_step(model, hotwords, arena, slots, n);
    seen.seconds[part] += bench_now() - start;
    seen.n_steps++;
    seen.n_tokens += n;
}

/* ---- linear layers ---- */

static void add_product(const struct chip_linear *lin, const struct chip_rows *rows, double start)
{
    bool is_wide = lin->gemm && lin->wide;
    struct bench_products_seen *p = is_wide     ? &seen.wide[part]
                                    : lin->gemm ? &seen.int8[part]
                                                : &seen.float32[part];
    p->seconds += bench_now() - start;
    p->macs += (is_wide ? 2.0 : 1.0) * (double)rows->m * (double)lin->n_in * (double)lin->n_out;
}

void __wrap_chip_rows_set(struct chip_rows *rows, const struct chip_linear *lin, const float *x,
                          size_t ldx, size_t m)
{
    double start = bench_now();
    __real_chip_rows_set(rows, lin, x, ldx, m);
    seen.prepare_s[part] += bench_now() - start;
}

void __wrap_chip_linear_run(const struct chip_linear *lin, const struct chip_rows *rows,
                            struct chip_arena *arena, bool add, float *out, size_t ldo)
{
    double start = bench_now();
    __real_chip_linear_run(lin, rows, arena, add, out, ldo);
    add_product(lin, rows, start);
}

void __wrap_chip_linear_argmax(const struct chip_linear *lin, const struct chip_rows *rows,
                               struct chip_arena *arena, int32_t *best, float *probability,
                               const struct chip_picks *picks)
{
    double start = bench_now();
    __real_chip_linear_argmax(lin, rows, arena, best, probability, picks);
    add_product(lin, rows, start);
}

/* ---- attention ---- */

void __wrap_chip_attention(struct chip_heads heads, const struct chip_kernels *kernels,
                           struct chip_arena *arena, const float *q, size_t n_q, const float *k,
                           const float *v, size_t n_k, size_t ld, float *out)
{
    double start = bench_now();
    __real_chip_attention(heads, kernels, arena, q, n_q, k, v, n_k, ld, out);
    seen.attention_s[part] += bench_now() - start;
}

void __wrap_chip_attention_row(struct chip_heads heads, const struct chip_kernels *kernels,
                               struct chip_arena *arena, const float *q,
                               const struct chip_kept *kept, size_t n, float *const *weights,
                               float *out)
{
    double start = bench_now();
    __real_chip_attention_row(heads, kernels, arena, q, kept, n, weights, out);
    seen.attention_s[part] += bench_now() - start;
}
