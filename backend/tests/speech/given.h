/**
 * What tests may find on this machine: models and real recordings. A test that needs one which is
 * not there is skipped, with a message that says what is missing.
 */
#pragma once

#include <stddef.h>

/** Folder of a model: $CHIP_MODELS_DIR/<name>, or models/<name> of the repository. */
const char *given_model(const char *name);

/**
 * Samples of a recording of the shared evaluation set ($CHIP_SHARED, or ../shared beside the
 * repository), for example "asr/jfk.flac"; 16 kHz mono.
 *
 * @return malloc'ed [*n]
 */
float *given_clip(const char *name, size_t *n);
/** The same; NULL instead of skipping. */
float *given_clip_if_any(const char *name, size_t *n);

/** The repository. */
const char *given_root(void);
