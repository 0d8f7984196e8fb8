/** Turning the files of a catalogue's entry into a model folder, by the entry's format. */
#pragma once

#include "base/err.h"
#include "models/catalogue.h"

/**
 * Makes the model and opens it once to see that it is one.
 *
 * @param paths  [model->n_files] where each of its files is
 * @param folder existing, empty
 * @return CHIP_OK; what the importers return; CHIP_E_FORMAT if the result does not open
 */
CHIP_MUST_CHECK
enum chip_status chip_convert(const struct chip_catalogue_model *model, const char *const *paths,
                              const char *folder, struct chip_err *err);
