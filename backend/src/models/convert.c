#include "models/convert.h"

#include <stdio.h>

#include "base/file.h"
#include "models/import_community.h"
#include "models/import_moonshine.h"
#include "models/import_silero.h"
#include "models/import_tokenizer.h"
#include "models/json_file.h"
#include "models/vocabulary.h"
#include "nn/safetensors.h"

#define MAX_CONFIG_BYTES ((size_t)1 << 20)
#define MAX_FILE_BYTES ((size_t)8 << 30)

/* The path of the file that has a role; the catalogue has checked that there is one. */
static const char *role(const struct chip_catalogue_model *model, const char *const *paths,
                        const char *name)
{
    return paths[chip_catalogue_role(model, name) - model->files];
}

static enum chip_status config_of(const char *folder, json_t **out, struct chip_err *err)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/config.json", folder);
    return chip_file_read_json(out, path, MAX_CONFIG_BYTES, err);
}

static enum chip_status moonshine(const struct chip_catalogue_model *model,
                                  const char *const *paths, const char *folder,
                                  struct chip_err *err)
{
    enum chip_status status = chip_import_moonshine(role(model, paths, "encoder"),
                                                    role(model, paths, "decoder"), folder, err);
    json_t *config = NULL;
    if (status == CHIP_OK)
        status = config_of(folder, &config, err);
    if (status == CHIP_OK)
        status = chip_import_tokenizer(
            role(model, paths, "tokenizer"),
            (size_t)json_integer_value(json_object_get(config, "vocab_size")), folder, err);
    json_decref(config);
    return status;
}

static enum chip_status community(const struct chip_catalogue_model *model,
                                  const char *const *paths, const char *folder,
                                  struct chip_err *err)
{
    const struct chip_community_files files = {
        .segmentation = role(model, paths, "segmentation"),
        .embedding = role(model, paths, "embedding"),
        .transform = role(model, paths, "transform"),
        .plda = role(model, paths, "plda"),
    };
    return chip_import_community(&files, folder, err);
}

static enum chip_status copy_files(const struct chip_catalogue_model *model,
                                   const char *const *paths, const char *folder,
                                   struct chip_err *err)
{
    for (size_t i = 0; i < model->n_files; i++) {
        char path[4096];
        struct chip_file file;
        snprintf(path, sizeof path, "%s/%s", folder, model->files[i].name);
        enum chip_status status = chip_file_map(&file, paths[i], MAX_FILE_BYTES, err);
        if (status != CHIP_OK)
            return status;
        status = chip_file_replace(path, file.data, file.size, err);
        chip_file_unmap(&file);
        if (status != CHIP_OK)
            return status;
    }
    return CHIP_OK;
}

/* What came as it is may have a tokenizer that is worth compiling; others stay as they are. */
static enum chip_status compile_tokenizer(const char *folder, struct chip_err *err)
{
    enum chip_status status = chip_vocabulary_compile(folder, err);
    return status == CHIP_E_NOT_FOUND || status == CHIP_E_UNSUPPORTED ? CHIP_OK : status;
}

static enum chip_status check(const char *folder, struct chip_err *err)
{
    char path[4096];
    json_t *config = NULL;
    struct chip_safetensors *st = NULL;
    enum chip_status status = config_of(folder, &config, err);
    if (status != CHIP_OK)
        return status;
    json_decref(config);
    snprintf(path, sizeof path, "%s/model.safetensors", folder);
    status = chip_safetensors_open(&st, path, err);
    chip_safetensors_close(st);
    return status;
}

enum chip_status chip_convert(const struct chip_catalogue_model *model, const char *const *paths,
                              const char *folder, struct chip_err *err)
{
    enum chip_status status = CHIP_OK;
    switch (model->format) {
    case CHIP_MODEL_MOONSHINE_ONNX:
        status = moonshine(model, paths, folder, err);
        break;
    case CHIP_MODEL_SILERO_ONNX:
        status = chip_import_silero(role(model, paths, "network"), folder, err);
        break;
    case CHIP_MODEL_COMMUNITY:
        status = community(model, paths, folder, err);
        break;
    case CHIP_MODEL_FOLDER:
        status = copy_files(model, paths, folder, err);
        if (status == CHIP_OK)
            status = compile_tokenizer(folder, err);
        break;
    }
    return status == CHIP_OK ? check(folder, err) : status;
}
