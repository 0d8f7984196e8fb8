/** The store in PostgreSQL 15 or later: each function is an SQL function of supabase/migrations. */
#pragma once

#include "store/driver.h"

/** Opens settings->database_url. As chip_store_open(). */
CHIP_MUST_CHECK
enum chip_status chip_postgres_open(struct chip_store **out,
                                    const struct chip_store_settings *settings,
                                    struct chip_err *err);
