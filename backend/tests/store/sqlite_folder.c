#include "sqlite_folder.h"

#include <unistd.h>

#include "../test.h"
#include "models/folder.h"

void sqlite_folder_make(struct sqlite_folder *folder)
{
    /* In memory where there is such a folder: hundreds of waits for a disk take seconds. */
    const char *parent = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    *folder = (struct sqlite_folder){0};
    snprintf(folder->path, sizeof folder->path, "%s/chip-store-XXXXXX", parent);
    assert_non_null(mkdtemp(folder->path));
    snprintf(folder->file, sizeof folder->file, "%s/chip.db", folder->path);
}

void sqlite_folder_open(struct sqlite_folder *folder)
{
    struct chip_err err;
    struct chip_store_settings settings = {.data_dir = folder->path};
    if (chip_store_open(&folder->store, &settings, &err) != CHIP_OK ||
        chip_store_migrate(folder->store, NULL, &err) != CHIP_OK)
        fail_msg("%s", err.message);
}

void sqlite_folder_delete(struct sqlite_folder *folder)
{
    chip_store_close(folder->store);
    assert_int_equal(chip_folder_delete(folder->path, NULL), CHIP_OK);
}
