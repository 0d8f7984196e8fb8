#include "nn/lstm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nn/kernels.h"
#include "nn/lstm_kernels.h"

enum {
    UNITS = CHIP_LSTM_UNITS,
    GATES = CHIP_LSTM_GATES,
    TILE = 48 /* steps whose input part is computed at once; their gates stay in the cache */
};

/* The kernels that go with chip_kernels(), which honours CHIP_KERNELS; "ref" gets the baseline. */
static const struct chip_lstm_kernels *choose(void)
{
    const char *name = chip_kernels()->name;
#if defined(__x86_64__)
    if (strcmp(name, chip_lstm_kernels_avx512.name) == 0)
        return &chip_lstm_kernels_avx512;
    if (strcmp(name, chip_lstm_kernels_avx2.name) == 0)
        return &chip_lstm_kernels_avx2;
#endif
    (void)name;
    return &chip_lstm_kernels_base;
}

/* [4 n_hidden][n] -> [n_blocks][n][4][16]; `to` is zeroed, so units that fill up a block get 0. */
static void fill_blocks(const float *from, size_t n_hidden, size_t n, float *to)
{
    for (size_t gate = 0; gate < 4; gate++)
        for (size_t unit = 0; unit < n_hidden; unit++) {
            const float *row = from + (gate * n_hidden + unit) * n;
            float *block = to + unit / UNITS * n * GATES + gate * UNITS + unit % UNITS;
            for (size_t k = 0; k < n; k++)
                block[k * GATES] += row[k];
        }
}

static enum chip_status require(const struct chip_safetensors *st, const char *name,
                                const char *part, const char *layer, int rank, size_t rows,
                                size_t columns, const float **out, struct chip_err *err)
{
    char full[256];
    snprintf(full, sizeof full, "%s.%s%s", name, part, layer);
    const struct chip_tensor *t;
    enum chip_status s = chip_safetensors_require(st, full, CHIP_F32, rank,
                                                  (const size_t[]){rows, columns}, &t, err);
    if (s == CHIP_OK)
        *out = t->data;
    return s;
}

enum chip_status chip_lstm_init(struct chip_lstm *lstm, const struct chip_safetensors *st,
                                const char *name, size_t n_in, size_t n_hidden,
                                struct chip_err *err)
{
    return chip_lstm_init_layer(lstm, st, name, "", n_in, n_hidden, err);
}

enum chip_status chip_lstm_init_layer(struct chip_lstm *lstm, const struct chip_safetensors *st,
                                      const char *name, const char *layer, size_t n_in,
                                      size_t n_hidden, struct chip_err *err)
{
    const size_t n_blocks = (n_hidden + UNITS - 1) / UNITS;
    *lstm = (struct chip_lstm){
        .n_in = n_in, .n_hidden = n_hidden, .n_blocks = n_blocks, .kernels = choose()};

    const float *w_ih, *w_hh, *b_ih, *b_hh;
    enum chip_status s = require(st, name, "weight_ih", layer, 2, 4 * n_hidden, n_in, &w_ih, err);
    if (s == CHIP_OK)
        s = require(st, name, "weight_hh", layer, 2, 4 * n_hidden, n_hidden, &w_hh, err);
    if (s == CHIP_OK)
        s = require(st, name, "bias_ih", layer, 1, 4 * n_hidden, 0, &b_ih, err);
    if (s == CHIP_OK)
        s = require(st, name, "bias_hh", layer, 1, 4 * n_hidden, 0, &b_hh, err);
    if (s != CHIP_OK)
        return s;

    const size_t bytes = n_blocks * GATES * (n_in + n_hidden + 1) * sizeof(float);
    float *memory = aligned_alloc(64, bytes); /* GATES floats are 256 bytes */
    if (!memory)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for layer '%s'", name);
    memset(memory, 0, bytes);
    lstm->owned = memory;
    lstm->input = memory;
    lstm->recurrent = lstm->input + n_blocks * GATES * n_in;
    lstm->bias = lstm->recurrent + n_blocks * GATES * n_hidden;
    fill_blocks(w_ih, n_hidden, n_in, lstm->input);
    fill_blocks(w_hh, n_hidden, n_hidden, lstm->recurrent);
    fill_blocks(b_ih, n_hidden, 1, lstm->bias);
    fill_blocks(b_hh, n_hidden, 1, lstm->bias);
    return CHIP_OK;
}

void chip_lstm_done(struct chip_lstm *lstm)
{
    free(lstm->owned);
    *lstm = (struct chip_lstm){0};
}

size_t chip_lstm_cost(const struct chip_lstm *lstm)
{
    return chip_arena_cost(TILE * lstm->n_blocks * GATES * sizeof(float)) +
           3 * chip_arena_cost(lstm->n_blocks * UNITS * sizeof(float));
}

void chip_lstm_run(const struct chip_lstm *lstm, struct chip_arena *arena, const float *x,
                   size_t ldx, size_t n_steps, float *h, float *c, float *out)
{
    const size_t mark = chip_arena_mark(arena);
    const size_t row = lstm->n_blocks * GATES, n = lstm->n_hidden;
    const size_t padded = lstm->n_blocks * UNITS * sizeof(float);
    float *gates = chip_arena_take(arena, TILE * row * sizeof *gates);
    float *cell = chip_arena_take(arena, padded);
    float *now = chip_arena_take(arena, padded), *next = chip_arena_take(arena, padded);
    memset(cell, 0, padded);
    memset(now, 0, padded);
    memcpy(cell, c, n * sizeof *c);
    memcpy(now, h, n * sizeof *h);

    for (size_t t = 0; t < n_steps; t++) {
        if (t % TILE == 0) {
            size_t ahead = n_steps - t < TILE ? n_steps - t : TILE;
            lstm->kernels->input(lstm->input, lstm->bias, lstm->n_blocks, lstm->n_in, x + t * ldx,
                                 ldx, ahead, gates);
        }
        lstm->kernels->step(lstm->recurrent, lstm->n_blocks, n, gates + t % TILE * row, now, cell,
                            next);
        float *swap = now;
        now = next;
        next = swap;
        memcpy(out + t * n, now, n * sizeof *out);
    }
    memcpy(h, now, n * sizeof *h);
    memcpy(c, cell, n * sizeof *c);
    chip_arena_release(arena, mark);
}
