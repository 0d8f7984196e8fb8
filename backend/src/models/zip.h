/**
 * Zip archives whose files are stored, not compressed, as PyTorch and NumPy write them.
 *
 * Opening maps the archive, checks its directory completely and every file's CRC-32. Read-only
 * afterwards: any thread.
 * Source: PKWARE, APPNOTE.TXT, sections 4.3 to 4.5
 */
#pragma once

#include <stddef.h>

#include "base/err.h"

struct chip_zip_file {
    const char *name; /* with its folders, as the archive has it */
    const unsigned char *data;
    size_t size;
};

struct chip_zip {
    struct chip_zip_file *files; /* [n_files], owned */
    size_t n_files;
    void *map; /* private */
};

/**
 * @param zip close with chip_zip_close(); untouched on failure
 * @return CHIP_OK; CHIP_E_NOT_FOUND, CHIP_E_IO; CHIP_E_FORMAT if it is no archive or damaged;
 *         CHIP_E_UNSUPPORTED if a file in it is compressed or encrypted; CHIP_E_LIMIT beyond 1 GiB
 *         or 65,534 files; CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_zip_open(struct chip_zip *zip, const char *path, struct chip_err *err);
/** A zeroed one is accepted. */
void chip_zip_close(struct chip_zip *zip);

/** @return NULL if there is no file of that name */
const struct chip_zip_file *chip_zip_find(const struct chip_zip *zip, const char *name);
