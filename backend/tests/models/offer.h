/**
 * A catalogue's entry that the test made itself: a model folder of two files, or a toy Silero VAD.
 *
 * The entry's files lie in TEMP/offer, hashes and sizes are those of the files.
 */
#pragma once

#include "models/catalogue.h"

struct offer {
    struct chip_catalogue_model model;
    struct chip_catalogue_file files[2];
    char sha256[2][65];
};

/** config.json and model.safetensors with one tensor of n floats; as from an npm package "pack". */
void offer_folder(struct offer *offer, const char *temp, size_t n);

/** silero_vad_v5.onnx, as from the npm package "@some/vad". */
void offer_silero(struct offer *offer, const char *temp);

/** Hashes and measures the files again. */
void offer_measure(struct offer *offer, const char *temp);
