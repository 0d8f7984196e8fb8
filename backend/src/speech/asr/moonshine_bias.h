/**
 * Hotwords while decoding: which token a slot gets when some words are expected.
 *
 * The decoder takes the likeliest token of each step. With hotwords it may take one that is less
 * likely, if a hotword begins or goes on with it, as long as the sum of what is lost that way (in
 * logits, over the tokens of the word so far) stays within a bonus that grows along the word
 * (shallow fusion; Zhao et al. 2019, "Shallow-Fusion End-to-End Contextual Biasing"). There the
 * bonus is given back when the word does not come about after all; here, where one text is
 * followed and not a beam of them, the slot goes back to where the first token was changed, and
 * goes on without the hotword. So it costs a few steps more, and half a hotword never stays.
 */
#pragma once

#include "speech/asr/moonshine.h"

/** What the decoder says at one step of one slot. */
struct chip_heard_token {
    int32_t token; /* the likeliest */
    float probability;
    const float *below; /* [tokens of the hotwords] how far below it each of them lies, in logits */
};

/** Adds the next token to a slot, or takes some back; says whether the slot has ended. */
void chip_moonshine_add_biased(struct chip_moonshine_slot *slot, int32_t eos,
                               const struct chip_hotwords *hotwords,
                               const struct chip_heard_token *heard);

/** Adds the next token as it is, or ends the slot. */
void chip_moonshine_add(struct chip_moonshine_slot *slot, int32_t eos, int32_t token,
                        float probability);
