/**
 * Where transcripts go: which file gets which name, decided before any work is done.
 *
 * One thread at a time.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

enum { CHIP_N_FORMATS = CHIP_FORMAT_RTTM + 1 };

struct chip_outputs {
    enum chip_format formats[CHIP_N_FORMATS]; /* [n_formats] to write */
    size_t n_formats;
    const char *dir; /* borrowed; NULL: standard output */
    char **paths;    /* owned, [n_files][n_formats]; NULL for standard output */
    size_t n_paths;
};

/**
 * Names every output, and refuses what would lose something: two outputs of the same name, an
 * output that is an input, several transcripts on standard output.
 *
 * @param files   [n_files] inputs; "-" is called "stdin"
 * @param formats bit f for enum chip_format f; 0: txt on standard output, txt and json in a folder
 * @param dir     made if it is missing; borrowed; NULL: standard output
 * @param out     free it with chip_outputs_done()
 * @return CHIP_OK; CHIP_E_INVAL when the wishes do not fit together; CHIP_E_IO when dir cannot be
 *         made or written; CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_outputs_plan(struct chip_outputs *out, char *const *files, size_t n_files,
                                   unsigned formats, const char *dir, struct chip_err *err);
void chip_outputs_done(struct chip_outputs *outputs);

/** Where format i of file `file` goes; NULL: standard output. */
const char *chip_outputs_path(const struct chip_outputs *outputs, size_t file, size_t i);

/**
 * Writes all formats of one file.
 *
 * @param options for all formats; borrowed
 * @return CHIP_OK; CHIP_E_CANCELLED when nobody reads standard output any more; CHIP_E_IO;
 *         CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_outputs_write(const struct chip_outputs *outputs, size_t file,
                                    const struct chip_transcript *transcript,
                                    const struct chip_format_options *options,
                                    struct chip_err *err);
