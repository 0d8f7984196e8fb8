/* The suite on SQLite. */
#include "../test.h"
#include "sqlite_folder.h"
#include "suite.h"

static struct chip_store *fresh(void *user)
{
    struct sqlite_folder *folder = user;
    sqlite_folder_make(folder);
    sqlite_folder_open(folder);
    return folder->store;
}

static void done(void *user, struct chip_store *store)
{
    (void)store;
    sqlite_folder_delete(user);
}

int main(void)
{
    struct sqlite_folder folder;
    const struct chip_suite suite = {
        .name = "sqlite", .open = fresh, .close = done, .user = &folder};
    return chip_suite_run(&suite);
}
