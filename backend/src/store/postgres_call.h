/** The SQL of one call of a function. Pure. */
#pragma once

#include <jansson.h>

#include "base/str.h"
#include "store/functions.h"

enum { CHIP_PG_MAX_ARGS = 16 };

struct chip_pg_call {
    struct chip_str sql; /* SELECT public.get_job("id" => $1)::text */
    int n;
    char *values[CHIP_PG_MAX_ARGS]; /* owned; NULL: null */
};

/** @param args complete, as drivers get them. @return CHIP_OK or CHIP_E_NOMEM */
CHIP_MUST_CHECK
enum chip_status chip_pg_call_make(struct chip_pg_call *call, const struct chip_function *function,
                                   const json_t *args, struct chip_err *err);
void chip_pg_call_done(struct chip_pg_call *call);
