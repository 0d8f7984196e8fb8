/**
 * Moonshine, an encoder-decoder speech recogniser (Jeffries et al. 2024, arXiv:2410.15608).
 *
 * Raw samples go through three convolutions to frames of 384 samples (24 ms), then an encoder of
 * transformer layers with rotary positions; the decoder reads the frames through cross-attention
 * and gives one token a step. The network is written out by hand here: moonshine_model.c opens the
 * weights, moonshine_encoder.c and moonshine_decoder.c run them.
 *
 * An opened model is read-only: any number of threads may run it at once, each with its own arena.
 */
#pragma once

#include <stdbool.h>

#include "base/arena.h"
#include "nn/attention.h"
#include "nn/linear.h"
#include "nn/rotary.h"
#include "nn/safetensors.h"
#include "speech/hotwords.h"

enum {
    CHIP_MOONSHINE_MAX_LAYERS = 16,
    CHIP_MOONSHINE_FRAME = 384,              /* samples */
    CHIP_MOONSHINE_MAX_SAMPLES = 32 * 16000, /* of one segment */
    CHIP_MOONSHINE_MAX_SLOTS = 64,           /* segments decoded at once */
};

struct chip_moonshine_attention {
    struct chip_linear q, k, v, o;
};

struct chip_moonshine_layer {
    const float *input_norm, *post_norm, *final_norm; /* final_norm: decoder only */
    struct chip_moonshine_attention self, cross;      /* cross: decoder only */
    struct chip_linear fc1, fc2;
};

struct chip_moonshine {
    struct chip_safetensors *weights;
    const struct chip_kernels *kernels;
    size_t width, ff, vocab; /* hidden size, inner size of the feed-forward layers, tokens */
    size_t n_encoder_layers, n_decoder_layers;
    struct chip_heads heads;
    int32_t bos, eos;
    float norm_eps, group_norm_eps, attention_scale;
    struct chip_rotary rotary;

    struct chip_linear conv1, conv2, conv3;
    const float *group_norm_weight, *group_norm_bias;
    struct chip_moonshine_layer encoder[CHIP_MOONSHINE_MAX_LAYERS];
    const float *encoder_norm;

    struct chip_linear embed; /* [vocab][width], input embedding and output layer */
    struct chip_moonshine_layer decoder[CHIP_MOONSHINE_MAX_LAYERS];
    const float *decoder_norm;
    uint64_t
        aligns[CHIP_MOONSHINE_MAX_LAYERS]; /* bit h: head h of the layer looks at what is said */
};

/**
 * Opens the model in a directory (model.safetensors, config.json).
 *
 * @param out chip_moonshine_close() frees it
 * @return CHIP_OK; CHIP_E_NOT_FOUND, CHIP_E_FORMAT (damaged or other shapes than the
 *         configuration says), CHIP_E_UNSUPPORTED (another kind of model), CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_moonshine_open(struct chip_moonshine **out, const char *dir,
                                     struct chip_err *err);
void chip_moonshine_close(struct chip_moonshine *model);

/** Where a slot went another way than the likeliest because of a hotword: moonshine_bias.h. */
struct chip_moonshine_fork {
    bool pending;      /* the word is not whole yet */
    bool capital;      /* it begins a sentence, with a capital letter */
    size_t start, at;  /* of the word's first token, and of the first that was changed */
    int32_t token;     /* the likeliest there */
    float probability; /* of it */
};

/** One segment on its way through the decoder. */
struct chip_moonshine_slot {
    size_t n_frames;
    struct chip_kept cross[CHIP_MOONSHINE_MAX_LAYERS]; /* of the frames */
    struct chip_kept self[CHIP_MOONSHINE_MAX_LAYERS];  /* of the tokens, and the start */
    void *memory;                /* behind those and the arrays below; owned */
    size_t bytes;                /* of it */
    size_t n_tokens, max_tokens; /* n_tokens counts what is in `tokens` */
    int32_t *tokens;             /* [max_tokens] */
    float *probabilities;        /* [max_tokens] */
    float *lost; /* [max_tokens] logits that a hotword's token lies below the best */
    struct chip_moonshine_fork fork;
    float *attention; /* [max_tokens][n_frames]: how a token looked at the frames */
    bool ended;       /* the end token came, or max_tokens is reached */
    bool no_repeat;   /* never give a token that completes a known 4-gram */
};

/** Bytes of arena that encoding a segment of n_samples takes. */
size_t chip_moonshine_encode_cost(const struct chip_moonshine *model, size_t n_samples);

/**
 * Encodes one segment and makes a slot ready for its first step.
 *
 * @param pcm        [n_samples] mono, 16 kHz; 1 <= n_samples <= CHIP_MOONSHINE_MAX_SAMPLES
 * @param max_tokens the decoder stops there, >= 1
 * @param slot       chip_moonshine_slot_done() frees it; untouched on failure
 * @return CHIP_OK or CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_moonshine_encode(const struct chip_moonshine *model, struct chip_arena *arena,
                                       const float *pcm, size_t n_samples, size_t max_tokens,
                                       struct chip_moonshine_slot *slot, struct chip_err *err);
void chip_moonshine_slot_done(struct chip_moonshine_slot *slot);

/** Makes a slot start over: its tokens are forgotten. */
void chip_moonshine_slot_restart(struct chip_moonshine_slot *slot);

/**
 * The frames that the encoder makes of a segment, for tests and for speaker features.
 *
 * @param frames [chip_moonshine_frames(n_samples)][width]
 */
void chip_moonshine_encoder_frames(const struct chip_moonshine *model, struct chip_arena *arena,
                                   const float *pcm, size_t n_samples, float *frames);
size_t chip_moonshine_frames(size_t n_samples);

/** Bytes of arena that a step of n slots takes. */
size_t chip_moonshine_step_cost(const struct chip_moonshine *model,
                                const struct chip_hotwords *hotwords, size_t n_slots);

/**
 * Gives each of the slots, none of them ended, its next token; where a hotword did not come about,
 * some are taken back.
 *
 * What a slot gets does not depend on the slots beside it.
 *
 * @param hotwords words to expect, the same at each step; NULL: none. A slot with no_repeat gets
 *                 none either
 * @param n        <= CHIP_MOONSHINE_MAX_SLOTS
 */
void chip_moonshine_step(const struct chip_moonshine *model, const struct chip_hotwords *hotwords,
                         struct chip_arena *arena, struct chip_moonshine_slot *const *slots,
                         size_t n);

/** All outputs of the decoder for one slot's next step, without taking it; for tests. */
void chip_moonshine_logits(const struct chip_moonshine *model, struct chip_arena *arena,
                           struct chip_moonshine_slot *slot, float *logits);
