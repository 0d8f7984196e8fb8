/**
 * A Moonshine with random weights, small enough to run in a blink: 64 wide, two layers each way.
 * What it says makes no sense, but it says it the same way every time, with tokens of all kinds and
 * ends at all lengths.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum {
    TOY_WIDTH = 64,
    TOY_FF = 96,
    TOY_HEADS = 4,
    TOY_ROTARY = 8,
    TOY_LAYERS = 2,
    TOY_TOKENS = 80,
};

/** What to do wrong; zeroed: nothing. */
struct toy_oddity {
    const char *float32; /* this layer's weights are float32 though the others are int8 */
    const char *nan;     /* the first value of this layer's norm is not a number */
    int eos;             /* the token that ends a text, instead of 2 */
    bool mute;           /* no token stands for text */
};

/** Writes model.safetensors, config.json and tokenizer.json into a folder that exists. */
void toy_moonshine_write(const char *folder, bool int8, const struct toy_oddity *oddity);

/** Samples that differ from piece to piece: a few tones that come and go. */
void toy_speech(float *pcm, size_t n, unsigned seed);
