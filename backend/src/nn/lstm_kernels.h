/**
 * The two loops of an LSTM, in the widest form that the CPU has. Private to lstm.c.
 *
 * Hidden units come in blocks of 16. Weights of a block are [n_in][4 gates][16 units], so that a
 * step, which reads every recurrent weight once and does nothing else worth mentioning, reads them
 * in one stream; biases and the input part of the gates are [n_blocks][4][16].
 */
#pragma once

#include <stddef.h>

enum {
    CHIP_LSTM_UNITS = 16,                  /* in a block */
    CHIP_LSTM_GATES = 4 * CHIP_LSTM_UNITS, /* floats of a block */
};

struct chip_lstm_kernels {
    const char *name;
    /** gates[t] = bias + W x[t] for all steps t; rows of gates are n_blocks * 64 floats. */
    void (*input)(const float *w, const float *bias, size_t n_blocks, size_t n_in, const float *x,
                  size_t ldx, size_t n_steps, float *gates);
    /**
     * One step; h and c are [n_blocks * 16].
     *
     * @param w       recurrent weights, of which the first n_hidden inputs exist
     * @param gates   this step's input part
     * @param h_next  must not be h
     */
    void (*step)(const float *w, size_t n_blocks, size_t n_hidden, const float *gates,
                 const float *h, float *c, float *h_next);
};

extern const struct chip_lstm_kernels chip_lstm_kernels_base;
#if defined(__x86_64__)
extern const struct chip_lstm_kernels chip_lstm_kernels_avx2, chip_lstm_kernels_avx512;
#endif
