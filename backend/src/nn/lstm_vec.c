/* Compiled once for each instruction set, with CHIP_ISA as its name: see meson.build. */
#include "nn/lstm_kernels.h"

#include "nn/vec.h"

enum {
    UNITS = CHIP_LSTM_UNITS,
    GATES = CHIP_LSTM_GATES,
    PER_GATE = UNITS / VN, /* vectors */
    PER_BLOCK = GATES / VN,
    ROWS = 6 /* steps at a time: with 2 vectors 12 sums, which AVX2's 16 registers hold */
};

VEC_INLINE vf sigmoid(vf x)
{
    return 1.0f / (1.0f + vf_exp(-x));
}

/* 16 gates of `rows` steps. Every sum adds its products in the order of k, whatever `rows` is. */
VEC_INLINE void gate_rows(const float *w, const float *bias, size_t n_in, const float *x,
                          size_t ldx, size_t rows, size_t ld, float *gates)
{
    vf sum[ROWS][PER_GATE];
    for (size_t r = 0; r < rows; r++)
        for (size_t v = 0; v < PER_GATE; v++)
            sum[r][v] = vf_load(bias + v * VN);
    for (size_t k = 0; k < n_in; k++, w += GATES)
        for (size_t r = 0; r < rows; r++)
            for (size_t v = 0; v < PER_GATE; v++)
                sum[r][v] += x[r * ldx + k] * vf_load(w + v * VN);
    for (size_t r = 0; r < rows; r++)
        for (size_t v = 0; v < PER_GATE; v++)
            vf_store(gates + r * ld + v * VN, sum[r][v]);
}

static void input(const float *w, const float *bias, size_t n_blocks, size_t n_in, const float *x,
                  size_t ldx, size_t n_steps, float *gates)
{
    const size_t ld = n_blocks * GATES;
    for (size_t g = 0; g < ld; g += UNITS) {
        const float *panel = w + g / GATES * n_in * GATES + g % GATES;
        size_t t = 0;
        for (; t + ROWS <= n_steps; t += ROWS)
            gate_rows(panel, bias + g, n_in, x + t * ldx, ldx, ROWS, ld, gates + t * ld + g);
        for (; t < n_steps; t++)
            gate_rows(panel, bias + g, n_in, x + t * ldx, ldx, 1, ld, gates + t * ld + g);
    }
}

static void step(const float *w, size_t n_blocks, size_t n_hidden, const float *gates,
                 const float *h, float *c, float *h_next)
{
    for (size_t b = 0; b < n_blocks; b++, gates += GATES, c += UNITS, h_next += UNITS) {
        vf sum[PER_BLOCK];
        for (size_t v = 0; v < PER_BLOCK; v++)
            sum[v] = vf_load(gates + v * VN);
        for (size_t k = 0; k < n_hidden; k++, w += GATES)
            for (size_t v = 0; v < PER_BLOCK; v++)
                sum[v] += h[k] * vf_load(w + v * VN);
        for (size_t v = 0; v < PER_GATE; v++) {
            vf in = sigmoid(sum[v]), forget = sigmoid(sum[PER_GATE + v]);
            vf cell = vf_tanh(sum[2 * PER_GATE + v]), show = sigmoid(sum[3 * PER_GATE + v]);
            vf kept = forget * vf_load(c + v * VN) + in * cell;
            vf_store(c + v * VN, kept);
            vf_store(h_next + v * VN, show * vf_tanh(kept));
        }
    }
}

#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)
#define TEXT_(a) #a
#define TEXT(a) TEXT_(a)

const struct chip_lstm_kernels JOIN(chip_lstm_kernels_, CHIP_ISA) = {
    .name = TEXT(CHIP_ISA),
    .input = input,
    .step = step,
};
