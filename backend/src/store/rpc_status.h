/** What an error code of PostgreSQL or PostgREST means for callers of the store. Pure; any thread.
 */
#pragma once

#include <stdbool.h>

#include "base/err.h"

/** @param code a SQLSTATE ("PT404", "42501") or a code of PostgREST ("PGRST301"); may be NULL */
enum chip_status chip_rpc_status(const char *code);

/** Did our own functions write the message, for people? */
bool chip_rpc_is_ours(const char *code);

/** The same call may well work right away: a deadlock, a conflict of transactions. */
bool chip_rpc_is_collision(const char *code);

/** How often a call that collides is made. */
enum { CHIP_RPC_TRIES = 6 };

/** Sleeps before the next try: longer each time, and not as long as the others do. */
void chip_rpc_wait(int tries);

/** Something of the schema is not there: migrations are missing. */
bool chip_rpc_is_schema_missing(const char *code);
