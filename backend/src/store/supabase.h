/** The store in Supabase: the SQL functions of supabase/migrations, through PostgREST's rpc calls.
 */
#pragma once

#include "store/driver.h"

/** Opens settings->supabase_url with settings->supabase_key. As chip_store_open(). */
CHIP_MUST_CHECK
enum chip_status chip_supabase_open(struct chip_store **out,
                                    const struct chip_store_settings *settings,
                                    struct chip_err *err);
