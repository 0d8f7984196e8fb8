/** Which Moonshine a pair of ONNX files is: sizes that import needs, and what config.json says. */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "models/onnx_weights.h"

struct chip_moonshine_network {
    size_t hidden, intermediate, vocab; /* vocab is known with the embedding */
    size_t encoder_layers, decoder_layers, heads;
    size_t rotary_dim;
    double rope_theta;
    float layer_norm_eps, group_norm_eps; /* layer_norm_eps is known with the first norm */
    bool quantised;
};

/**
 * Finds out what can be seen before any weight is taken.
 *
 * @param net zeroed
 * @return CHIP_OK; CHIP_E_FORMAT or CHIP_E_UNSUPPORTED if the two are not a Moonshine together
 */
CHIP_MUST_CHECK
enum chip_status chip_moonshine_recognise(struct chip_moonshine_network *net,
                                          const struct chip_onnx_weights *encoder,
                                          const struct chip_onnx_weights *decoder,
                                          struct chip_err *err);

/** The config.json of a network; json_decref() it. */
json_t *chip_moonshine_config(const struct chip_moonshine_network *net);
