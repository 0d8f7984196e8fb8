/** What the commands of the service begin with: its settings, its data folder, its store. */
#pragma once

#include "base/uuid.h"
#include "cli/settings.h"
#include "store/store.h"

struct chip_service {
    struct chip_settings settings;
    const char *data_dir;      /* made, readable by its owner only */
    char node[CHIP_UUID_TEXT]; /* names the data folder: workers that share it share uploads */
    struct chip_store *store;
};

/**
 * Makes the data folder, opens the store, and brings its schema up to date.
 *
 * @param service settings are loaded; the rest is zero. chip_service_close() is due in any case
 * @return CHIP_OK; as chip_store_open(); CHIP_E_IO for a data folder that cannot be written
 */
CHIP_MUST_CHECK
enum chip_status chip_service_open(struct chip_service *service, struct chip_err *err);

/** The same, but leaves the schema as it is. */
CHIP_MUST_CHECK
enum chip_status chip_service_open_store(struct chip_service *service, struct chip_err *err);

/** Closes the store and frees the settings. */
void chip_service_close(struct chip_service *service);

/** How the settings name the store; borrowed from them. */
struct chip_store_settings chip_service_store_settings(const struct chip_service *service);
