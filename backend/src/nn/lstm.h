/**
 * One layer of long short-term memory (Hochreiter & Schmidhuber 1997), PyTorch's gates i, f, g, o:
 *
 *     i, f, o = sigmoid(W x + R h + b);  g = tanh(W x + R h + b);  c = f c + i g;  h = o tanh(c)
 *
 * What depends on the input alone is computed for many steps in one product; only the recurrent
 * part goes step by step. A step's result depends on the steps before it, never on how many steps
 * come in one call. Float32 throughout. An opened layer is read-only: any thread.
 */
#pragma once

#include "base/arena.h"
#include "nn/safetensors.h"

struct chip_lstm_kernels;

struct chip_lstm {
    size_t n_in, n_hidden;
    size_t n_blocks; /* of 16 hidden units, the last filled up with units that stay 0 */
    const struct chip_lstm_kernels *kernels;
    float *input,
        *recurrent; /* weights, blocked (lstm_kernels.h), and both biases summed; in owned */
    float *bias;
    void *owned;
};

/**
 * Opens `<name>.weight_ih` [4 n_hidden, n_in], `<name>.weight_hh` [4 n_hidden, n_hidden],
 * `<name>.bias_ih` and `<name>.bias_hh` [4 n_hidden], all F32, and copies them into blocks.
 *
 * @param lstm zeroed by the callee; chip_lstm_done() frees it also after a failure
 * @param st   not needed any more on return
 * @return CHIP_OK, CHIP_E_FORMAT when a tensor is missing or of another shape, CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_lstm_init(struct chip_lstm *lstm, const struct chip_safetensors *st,
                                const char *name, size_t n_in, size_t n_hidden,
                                struct chip_err *err);

/**
 * The same for one direction of one layer of a stack, as PyTorch names it:
 * `<name>.weight_ih<layer>` and so on.
 *
 * @param layer "_l0", "_l1_reverse"
 */
CHIP_MUST_CHECK
enum chip_status chip_lstm_init_layer(struct chip_lstm *lstm, const struct chip_safetensors *st,
                                      const char *name, const char *layer, size_t n_in,
                                      size_t n_hidden, struct chip_err *err);

/** Frees what init made; a zeroed layer is accepted. */
void chip_lstm_done(struct chip_lstm *lstm);

/**
 * Runs n_steps steps.
 *
 * @param arena scratch of chip_lstm_cost() bytes, given back on return
 * @param x     [n_steps] rows of n_in floats, `ldx` floats apart
 * @param h, c  [n_hidden] the state, zeros at the start; updated
 * @param out   [n_steps][n_hidden] the h of every step; must not overlap x
 */
void chip_lstm_run(const struct chip_lstm *lstm, struct chip_arena *arena, const float *x,
                   size_t ldx, size_t n_steps, float *h, float *c, float *out);
/** Bytes of scratch, for any number of steps. */
size_t chip_lstm_cost(const struct chip_lstm *lstm);
