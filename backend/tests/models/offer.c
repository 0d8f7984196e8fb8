#include "offer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "models/folder.h"
#include "net/sha256.h"
#include "nn/safetensors_write.h"
#include "toy.h"

static void begin(struct offer *offer, const char *temp, const char *name, size_t n_files)
{
    char folder[256];
    snprintf(folder, sizeof folder, "%s/offer", temp);
    if (chip_folder_make(folder, NULL) != CHIP_OK)
        abort();
    *offer = (struct offer){.model = {.name = name,
                                      .description = "an offer",
                                      .kind = "speech",
                                      .language = "en",
                                      .license = "MIT",
                                      .files = offer->files,
                                      .n_files = n_files}};
    offer->model.files = offer->files;
}

void offer_measure(struct offer *offer, const char *temp)
{
    for (size_t i = 0; i < offer->model.n_files; i++) {
        char path[256];
        struct stat info;
        snprintf(path, sizeof path, "%s/offer/%s", temp, offer->files[i].name);
        if (chip_sha256_file(path, offer->sha256[i], NULL) != CHIP_OK || stat(path, &info) < 0)
            abort();
        offer->files[i].sha256 = offer->sha256[i];
        offer->files[i].size = (uint64_t)info.st_size;
    }
}

void offer_folder(struct offer *offer, const char *temp, size_t n)
{
    char path[256];
    begin(offer, temp, "offered", 2);
    offer->model.format = CHIP_MODEL_FOLDER;
    static const char *const names[] = {"config.json", "model.safetensors"};
    static const char *const paths[] = {"dist/config.json", "dist/model.safetensors"};
    for (int i = 0; i < 2; i++) {
        offer->files[i].role = "";
        offer->files[i].name = names[i];
        offer->files[i].npm_package = "pack";
        offer->files[i].npm_version = "1.0.0";
        offer->files[i].npm_path = paths[i];
    }
    snprintf(path, sizeof path, "%s/offer/config.json", temp);
    FILE *config = fopen(path, "wb");
    if (!config || fputs("{\"model_type\": \"offer\"}\n", config) < 0 || fclose(config) != 0)
        abort();

    float *values = calloc(n, sizeof *values);
    if (!values)
        abort();
    for (size_t i = 0; i < n; i++)
        values[i] = toy_weight("offer", i);
    const struct chip_tensor tensor = {"w", CHIP_F32, 1, {n}, values, n * sizeof *values};
    snprintf(path, sizeof path, "%s/offer/model.safetensors", temp);
    if (chip_safetensors_write(path, &tensor, 1, NULL, 0, NULL) != CHIP_OK)
        abort();
    free(values);
    offer_measure(offer, temp);
}

void offer_silero(struct offer *offer, const char *temp)
{
    char path[256];
    begin(offer, temp, "toy-vad", 1);
    offer->model.format = CHIP_MODEL_SILERO_ONNX;
    offer->files[0] = (struct chip_catalogue_file){.role = "network",
                                                   .name = "silero_vad_v5.onnx",
                                                   .npm_package = "@some/vad",
                                                   .npm_version = "5.0.0",
                                                   .npm_path = "dist/silero_vad_v5.onnx"};
    snprintf(path, sizeof path, "%s/offer/silero_vad_v5.onnx", temp);
    toy_silero(path, NULL);
    offer_measure(offer, temp);
}
