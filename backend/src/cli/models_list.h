/** What `chip models list` prints. */
#pragma once

#include <stdbool.h>

#include "base/str.h"
#include "models/catalogue.h"
#include "models/store.h"

/**
 * Appends the list: the catalogue's models in its order, then what else is installed.
 *
 * @param installed [n_installed] of chip_store_list()
 * @param as_json   one JSON object; otherwise lines for people, and where to get what is not there
 */
void chip_models_list_add(struct chip_str *out, const struct chip_catalogue *catalogue,
                          const struct chip_places *places, const struct chip_installed *installed,
                          size_t n_installed, bool as_json);
