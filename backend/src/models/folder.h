/** Folders as wholes: made, deleted, exchanged. Any thread. */
#pragma once

#include "base/err.h"

/** Makes a folder and those above it; fine if it is there. */
CHIP_MUST_CHECK
enum chip_status chip_folder_make(const char *path, struct chip_err *err);

/** Deletes a folder and all in it; links are deleted, not followed. */
CHIP_MUST_CHECK
enum chip_status chip_folder_delete(const char *path, struct chip_err *err);

/**
 * Puts a folder into the place of another one, which may exist and is deleted then.
 *
 * At every moment `to` is the old or the new folder (or, on file systems that cannot exchange
 * names, missing for an instant).
 */
CHIP_MUST_CHECK
enum chip_status chip_folder_replace(const char *from, const char *to, struct chip_err *err);
