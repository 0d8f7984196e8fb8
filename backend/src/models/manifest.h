/**
 * manifest.json of an installed model: what it is, what it was made of, its files with their
 * hashes.
 *
 *     {"version": 1, "name": "silero-vad", "license": "MIT", ...,
 *      "sources": [{"name": "silero_vad_v5.onnx", "sha256": "..."}],
 *      "files": [{"name": "model.safetensors", "size": 1239940, "sha256": "..."}]}
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "models/catalogue.h"

/** One file of it. */
struct chip_manifest_file {
    const char *name, *sha256;
    uint64_t size;
};

struct chip_manifest {
    struct chip_manifest_file *files;
    size_t n_files;
    void *json; /* private; owns the strings */
};

/**
 * Writes FOLDER/manifest.json, hashing every file that is in the folder.
 *
 * @param source_sha256 [model->n_files] of the files that it was really made of
 */
CHIP_MUST_CHECK
enum chip_status chip_manifest_write(const char *folder, const struct chip_catalogue_model *model,
                                     const char (*source_sha256)[65], struct chip_err *err);

/**
 * Reads FOLDER/manifest.json.
 *
 * @param manifest close with chip_manifest_close(); untouched on failure
 * @return CHIP_OK; CHIP_E_NOT_FOUND; CHIP_E_FORMAT
 */
CHIP_MUST_CHECK
enum chip_status chip_manifest_read(struct chip_manifest *manifest, const char *folder,
                                    struct chip_err *err);
void chip_manifest_close(struct chip_manifest *manifest);
