/**
 * A Moonshine that is small enough for a test: two encoder layers, one decoder layer, 16 wide, with
 * all nodes that import looks for, under the names that real exports have.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum { TOY_D = 16, TOY_F = 64, TOY_HEADS = 2, TOY_VOCAB = 40, TOY_ENC = 2, TOY_DEC = 1 };

/** What to do wrong; zeroed: nothing. */
struct toy_fault {
    const char *leave_out; /* node or tensor of this name; NULL: none */
    const char *swap_in;   /* a node of this name differs in the second branch; NULL: none */
    bool is_untied;        /* the output projection is a matrix of its own */
    bool has_surplus;      /* a weight that nothing uses */
    int width;             /* instead of TOY_D; 0: none */
};

/**
 * The weight at a place: its number i in the order that its node stores it. Multiples of TOY_SCALE.
 *
 * @param place name of the MatMul, Conv weight, or vector's node
 */
float toy_weight(const char *place, size_t i);

#define TOY_SCALE 0.01f
#define TOY_ZERO 120
#define TOY_CONV_OFFSET 0.083f /* of int8 kernels: weight = q * TOY_SCALE + TOY_CONV_OFFSET */

void toy_encoder(const char *path, bool is_quantised, const struct toy_fault *fault);
void toy_decoder(const char *path, bool is_quantised, const struct toy_fault *fault);

/** A llama-tokenizer.js with the 32,000 pieces that import wants; not for a toy's 40 ids. */
void toy_tokenizer(const char *path);

struct toy_silero_fault {
    bool lacks_first; /* the first of its weights */
    bool is_8_khz;    /* its weights are in the other branch */
    int stft_stride;  /* instead of 128; 0: none */
};

/** Silero VAD in its real shapes, with toy_weight() of the tensors' names. */
void toy_silero(const char *path, const struct toy_silero_fault *fault);
