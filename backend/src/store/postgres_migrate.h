/** Bringing a PostgreSQL to this program's schema. */
#pragma once

#include <jansson.h>

#include "store/postgres_pool.h"

/** As chip_store_migrate(). */
CHIP_MUST_CHECK
enum chip_status chip_pg_migrate(struct chip_pg_pool *pool, json_t **out, struct chip_err *err);
