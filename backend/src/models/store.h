/**
 * Where models are, and which.
 *
 * A model is a folder: config.json, model.safetensors, for speech also tokenizer.json, and
 * manifest.json with what import or pull recorded. Models are looked for in $CHIP_MODELS_DIR alone
 * if that is set, else in
 *
 *     <folder of the program>/../models      if it exists, or the program is in a folder build/
 *     $XDG_DATA_HOME/chip/models             or ~/.local/share/chip/models
 *     /usr/local/share/chip/models
 *     /usr/share/chip/models
 *
 * and installed in the first of them. Any thread, as long as nobody changes the environment.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define CHIP_STORE_PATH_MAX 1024
#define CHIP_MAX_PLACES 4

struct chip_places {
    char dirs[CHIP_MAX_PLACES][CHIP_STORE_PATH_MAX]; /* absolute or as the user wrote it */
    int n; /* at least 1; models are installed in the first */
};

/**
 * Finds the places; they need not exist.
 *
 * @param program_dir folder of the running program; NULL: asked of the system
 */
void chip_places_init(struct chip_places *places, const char *program_dir);

/** The places as text for messages: "'a', 'b'". */
const char *chip_places_text(const struct chip_places *places, char *buf, size_t size);

/**
 * Finds a model's folder in the places of this process.
 *
 * @param name   a name (chip_model_name_valid()), or a path, which has a slash
 * @param folder [size] receives the path; CHIP_STORE_PATH_MAX always suffice; untouched on failure
 * @return CHIP_OK; CHIP_E_NOT_FOUND, the message says where was looked and how to get it;
 *         CHIP_E_INVAL for a name that can be none
 */
CHIP_MUST_CHECK
enum chip_status chip_store_find(const char *name, char *folder, size_t size, struct chip_err *err);

/** The same in given places. */
CHIP_MUST_CHECK
enum chip_status chip_store_find_in(const struct chip_places *places, const char *name,
                                    char *folder, size_t size, struct chip_err *err);

enum chip_store_state {
    CHIP_STORE_OK,      /* all files of the manifest are there in their size */
    CHIP_STORE_DAMAGED, /* not all */
    CHIP_STORE_FOREIGN, /* no manifest: put there by hand */
};

struct chip_installed {
    char name[65];
    char folder[CHIP_STORE_PATH_MAX];
    uint64_t size; /* of its files */
    enum chip_store_state state;
    bool hidden; /* by a model of the same name in an earlier place */
};

/**
 * Lists what is installed, by place and name.
 *
 * @param out malloc'ed [*n]; the caller frees it
 */
CHIP_MUST_CHECK
enum chip_status chip_store_list(const struct chip_places *places, struct chip_installed **out,
                                 size_t *n, struct chip_err *err);

/** "ok", "damaged", "foreign" */
const char *chip_store_state_name(enum chip_store_state state);

/**
 * Reads every file of an installed model and compares its SHA-256 with the manifest.
 *
 * @return CHIP_OK; CHIP_E_CHECKSUM names the first file that differs; CHIP_E_NOT_FOUND a file or
 *         manifest that is missing
 */
CHIP_MUST_CHECK
enum chip_status chip_store_verify(const char *folder, struct chip_err *err);

/**
 * Deletes an installed model; only a folder directly in one of the places, never a path.
 *
 * @return CHIP_OK, CHIP_E_NOT_FOUND, CHIP_E_INVAL for what is no name or no model, CHIP_E_IO
 */
CHIP_MUST_CHECK
enum chip_status chip_store_remove(const struct chip_places *places, const char *name,
                                   struct chip_err *err);
