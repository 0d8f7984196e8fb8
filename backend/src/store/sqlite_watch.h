/** watch_jobs on SQLite, and whether the file has changed at all. Private to the SQLite driver. */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct chip_sqlite_watch;

CHIP_MUST_CHECK
enum chip_status chip_sqlite_watch_open(struct chip_sqlite_watch **out, const char *path,
                                        struct chip_err *err);
/** watch_jobs: does next to nothing while nothing in the file has changed. Any thread. */
CHIP_MUST_CHECK
enum chip_status chip_sqlite_watch_jobs(struct chip_sqlite_watch *watch, const json_t *args,
                                        json_t **result, struct chip_err *err);
/** As chip_store_version(). Any thread. */
bool chip_sqlite_watch_version(struct chip_sqlite_watch *watch, int64_t *version);
void chip_sqlite_watch_close(struct chip_sqlite_watch *watch);
