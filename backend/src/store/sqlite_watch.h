/** watch_jobs on SQLite. Private to the SQLite driver. */
#pragma once

#include <jansson.h>

#include "base/err.h"

struct chip_sqlite_watch;

CHIP_MUST_CHECK
enum chip_status chip_sqlite_watch_open(struct chip_sqlite_watch **out, const char *path,
                                        struct chip_err *err);
/** watch_jobs: does next to nothing while nothing in the file has changed. Any thread. */
CHIP_MUST_CHECK
enum chip_status chip_sqlite_watch_jobs(struct chip_sqlite_watch *watch, const json_t *args,
                                        json_t **result, struct chip_err *err);
void chip_sqlite_watch_close(struct chip_sqlite_watch *watch);
