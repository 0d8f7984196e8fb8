/*
 * `products`: how fast this machine multiplies, on one thread: the products that chip's layers are
 * made of, and oneDNN's, which are the yardstick. The shape is that of the largest layer of
 * Moonshine base's encoder for 96 frames (96 x 416 by 416 x 1664), and the weights are that
 * layer's in each of the encoder's layers: how fast chip's own product is depends on them.
 * All are measured in turn, in slices of a few milliseconds, so that they see the same noise.
 */
#include <dnnl.h>
#include <stdio.h>
#include <stdlib.h>

#include "api/model.h"
#include "bench.h"
#include "nn/threads.h"

#define MODEL "moonshine-base"

enum { ROWS = 96, MAX_ROUNDS = 100, MAX_CONTENDERS = 8 };

static const double SLICE_S = 0.004;

struct bench {
    struct chip_model *model;
    size_t n_in, n_out, ld, n_layers;
    uint8_t *q;   /* [ROWS][n_in], values up to 127: right for each product */
    float *x;     /* [ROWS][n_in] */
    float *w;     /* [n_out][n_in] */
    int32_t *acc; /* [ROWS][ld] */
    float *out;   /* [ROWS][n_out] */
};

struct contender {
    char name[32];
    void (*run)(const struct bench *b, const struct contender *c, size_t layer);
    const struct chip_qgemm *gemm;
    void *packed[CHIP_MOONSHINE_MAX_LAYERS];
    double rates[MAX_ROUNDS]; /* MAC/s */
};

static const struct chip_linear *layer_of(const struct bench *b, size_t layer)
{
    return &b->model->asr->encoder[layer].fc1;
}

/* ---- contenders ---- */

static void run_dnnl_int8(const struct bench *b, const struct contender *c, size_t layer)
{
    (void)c;
    const int32_t no_offset = 0;
    dnnl_gemm_u8s8s32('N', 'T', 'F', ROWS, (dnnl_dim_t)b->n_out, (dnnl_dim_t)b->n_in, 1.0f, b->q,
                      (dnnl_dim_t)b->n_in, 0, layer_of(b, layer)->w, (dnnl_dim_t)b->n_in, 0, 0.0f,
                      b->acc, (dnnl_dim_t)b->n_out, &no_offset);
}

static void run_dnnl_float(const struct bench *b, const struct contender *c, size_t layer)
{
    (void)c;
    (void)layer;
    dnnl_sgemm('N', 'T', ROWS, (dnnl_dim_t)b->n_out, (dnnl_dim_t)b->n_in, 1.0f, b->x,
               (dnnl_dim_t)b->n_in, b->w, (dnnl_dim_t)b->n_in, 0.0f, b->out, (dnnl_dim_t)b->n_out);
}

/* In pieces of n_at_once outputs, as the layers call it. */
static void run_chip(const struct bench *b, const struct contender *c, size_t layer)
{
    for (size_t first = 0; first < b->n_out; first += c->gemm->n_at_once) {
        size_t left = b->n_out - first, n = left < c->gemm->n_at_once ? left : c->gemm->n_at_once;
        c->gemm->run(layer_of(b, layer)->w, c->packed[layer], b->n_out, b->n_in, b->q, b->n_in,
                     ROWS, first, n, b->acc, b->ld);
    }
}

static enum chip_status pack(const struct bench *b, struct contender *c, struct chip_err *err)
{
    int8_t *offset = malloc(b->ld);
    size_t bytes = (c->gemm->packed_bytes(b->n_out, b->n_in) + 63) & ~(size_t)63;
    bool ok = offset;
    for (size_t i = 0; ok && i < b->n_layers; i++) {
        c->packed[i] = bytes ? aligned_alloc(64, bytes) : NULL;
        ok = !bytes || c->packed[i];
        if (ok)
            c->gemm->pack(layer_of(b, i)->w, b->n_out, b->n_in, c->packed[i], offset);
    }
    free(offset);
    return ok ? CHIP_OK : chip_fail(err, CHIP_E_NOMEM, "not enough memory for packed weights");
}

static enum chip_status add_all(const struct bench *b, struct contender *all, size_t *n,
                                struct chip_err *err)
{
    all[(*n)++] = (struct contender){.name = "dnnl_gemm_u8s8s32", .run = run_dnnl_int8};
    all[(*n)++] = (struct contender){.name = "dnnl_sgemm", .run = run_dnnl_float};
    const struct chip_qgemm *const *gemm = chip_qgemm_all();
    for (; *gemm && *n < MAX_CONTENDERS; gemm++) {
        struct contender *c = &all[(*n)++];
        *c = (struct contender){.run = run_chip, .gemm = *gemm};
        snprintf(c->name, sizeof c->name, "%s", (*gemm)->name);
        enum chip_status s = pack(b, c, err);
        if (s != CHIP_OK)
            return s;
    }
    return CHIP_OK;
}

/* ---- measuring ---- */

/* MAC/s over one slice for each of the layers. */
static double rate(const struct bench *b, const struct contender *c)
{
    double seconds = 0.0, n_runs = 0.0;
    for (size_t layer = 0; layer < b->n_layers; layer++) {
        c->run(b, c, layer); /* the weights come into the cache */
        double start = bench_now(), now = start;
        for (; now - start < SLICE_S; now = bench_now(), n_runs += 1.0)
            c->run(b, c, layer);
        seconds += now - start;
    }
    return n_runs * ROWS * (double)b->n_out * (double)b->n_in / seconds;
}

static json_t *result_of(const struct contender *c, int n_rounds)
{
    json_t *rates = json_array();
    for (int i = 0; i < n_rounds; i++)
        json_array_append_new(rates, json_real(c->rates[i] / 1e9));
    return json_pack("{s:s, s:o}", "name", c->name, "gmacs", rates);
}

static enum chip_status bench_init(struct bench *b, struct chip_err *err)
{
    enum chip_status s = chip_model_open(&b->model, MODEL, err);
    if (s != CHIP_OK)
        return s;
    const struct chip_linear *lin = layer_of(b, 0);
    if (!lin->w)
        return chip_fail(err, CHIP_E_UNSUPPORTED, "the layers compute in float32 (CHIP_GEMM)");
    b->n_in = lin->n_in;
    b->n_out = lin->n_out;
    b->ld = ((lin->n_out + 15) & ~(size_t)15) + 16;
    b->n_layers = b->model->asr->n_encoder_layers;
    if (b->n_in % 32)
        return chip_fail(err, CHIP_E_UNSUPPORTED, "a layer with %zu inputs", b->n_in);
    b->q = aligned_alloc(64, ROWS * b->n_in);
    b->x = aligned_alloc(64, ROWS * b->n_in * sizeof *b->x);
    b->w = aligned_alloc(64, b->n_out * b->n_in * sizeof *b->w);
    b->acc = aligned_alloc(64, ROWS * b->ld * sizeof *b->acc);
    b->out = aligned_alloc(64, ROWS * b->n_out * sizeof *b->out);
    if (!b->q || !b->x || !b->w || !b->acc || !b->out)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for a product");
    for (size_t i = 0; i < ROWS * b->n_in; i++) {
        b->q[i] = (uint8_t)(i * 37 % 128);
        b->x[i] = (float)(i * 37 % 128) / 64.0f - 1.0f;
    }
    for (size_t i = 0; i < b->n_out * b->n_in; i++)
        b->w[i] = (float)lin->w[i] * lin->w_scale;
    return CHIP_OK;
}

static void bench_done(struct bench *b)
{
    chip_model_close(b->model);
    free(b->q);
    free(b->x);
    free(b->w);
    free(b->acc);
    free(b->out);
}

enum chip_status bench_products(int argc, char **argv, struct chip_err *err)
{
    (void)argc;
    int n_rounds = atoi(argv[0]);
    if (n_rounds < 1 || n_rounds > MAX_ROUNDS)
        return chip_fail(err, CHIP_E_INVAL, "ROUNDS is a number from 1 to %d", MAX_ROUNDS);
    chip_threads_single();
    struct bench b = {0};
    struct contender all[MAX_CONTENDERS] = {0};
    size_t n = 0;
    enum chip_status s = bench_init(&b, err);
    if (s == CHIP_OK)
        s = add_all(&b, all, &n, err);
    if (s == CHIP_OK) {
        for (int round = 0; round < n_rounds; round++)
            for (size_t i = 0; i < n; i++)
                all[i].rates[round] = rate(&b, &all[i]);
        json_t *results = json_array();
        for (size_t i = 0; i < n; i++)
            json_array_append_new(results, result_of(&all[i], n_rounds));
        s = bench_print(json_pack("{s:i, s:I, s:I, s:o}", "rows", ROWS, "inputs",
                                  (json_int_t)b.n_in, "outputs", (json_int_t)b.n_out, "products",
                                  results),
                        err);
    }
    for (size_t i = 0; i < n; i++)
        for (size_t layer = 0; layer < b.n_layers; layer++)
            free(all[i].packed[layer]);
    bench_done(&b);
    return s;
}
