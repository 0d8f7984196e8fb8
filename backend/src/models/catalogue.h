/**
 * The list of models that chip knows how to get, from backend/models/catalogue.json.
 *
 * The file is compiled into the program, so that it is always there; another one can be read
 * instead. What a catalogue says is checked when it is opened: names and paths are safe to use as
 * files. Any thread.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/** How the files of a model become a model folder. */
enum chip_model_format {
    CHIP_MODEL_FOLDER,         /* they are it: config.json, model.safetensors, ... */
    CHIP_MODEL_MOONSHINE_ONNX, /* roles encoder, decoder, tokenizer; see import_moonshine.h */
    CHIP_MODEL_SILERO_ONNX,    /* role network; see import_silero.h */
    CHIP_MODEL_COMMUNITY,      /* roles segmentation, embedding, transform, plda; see
                                  import_community.h */
};

struct chip_catalogue_file {
    const char *role; /* what the format needs it as; unique in a model; "" for a folder's files */
    const char *name; /* a file name without folders; unique in a model */
    const char *sha256; /* NULL: not known; then only `force` takes the file */
    uint64_t size;      /* without SHA-256: the most it may have */
    const char *url;    /* NULL: not from an address */
    const char *path;   /* in the folders of the url's repository; NULL: the name */
    const char *npm_package, *npm_version, *npm_path; /* NULL: not from npm */
};

#define CHIP_CATALOGUE_MAX_FILES 64

struct chip_catalogue_model {
    const char *name; /* see chip_model_name_valid() */
    const char *description, *kind, *language, *license;
    enum chip_model_format format;
    uint64_t size; /* bytes of the folder, about */
    struct chip_catalogue_file *files;
    size_t n_files; /* at most CHIP_CATALOGUE_MAX_FILES */
};

struct chip_catalogue {
    struct chip_catalogue_model *models; /* in the file's order */
    size_t n_models;
    void *json; /* private; owns the strings */
};

/**
 * Opens a catalogue.
 *
 * @param path NULL: the one compiled in
 * @param catalogue close with chip_catalogue_close(); untouched on failure
 * @return CHIP_OK; CHIP_E_FORMAT with what is wrong where; CHIP_E_NOT_FOUND, CHIP_E_IO
 */
CHIP_MUST_CHECK
enum chip_status chip_catalogue_open(struct chip_catalogue *catalogue, const char *path,
                                     struct chip_err *err);
void chip_catalogue_close(struct chip_catalogue *catalogue);

/** @return NULL if it has no model of that name */
const struct chip_catalogue_model *chip_catalogue_find(const struct chip_catalogue *catalogue,
                                                       const char *name);

/** @return NULL if the model has no file of that role */
const struct chip_catalogue_file *chip_catalogue_role(const struct chip_catalogue_model *model,
                                                      const char *role);
