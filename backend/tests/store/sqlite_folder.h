/** Stores in temporary folders, for tests of SQLite. */
#pragma once

#include "store/store.h"

struct sqlite_folder {
    char path[64], file[80];
    struct chip_store *store;
};

/** Makes an empty folder. */
void sqlite_folder_make(struct sqlite_folder *folder);
/** Opens the store in it and brings its schema up to date. */
void sqlite_folder_open(struct sqlite_folder *folder);
/** Closes it and deletes everything. */
void sqlite_folder_delete(struct sqlite_folder *folder);
