/** A few connections to PostgreSQL for any number of threads; broken ones are replaced. */
#pragma once

#include "store/postgres_link.h"

struct chip_pg_pool;

/** @param connections most at once. @return CHIP_OK, also when no server is there; as
 * chip_pg_target_parse() */
CHIP_MUST_CHECK
enum chip_status chip_pg_pool_new(struct chip_pg_pool **out, const char *url, int connections,
                                  struct chip_err *err);

/** No connection is taken. NULL is accepted. */
void chip_pg_pool_free(struct chip_pg_pool *pool);

/**
 * Takes a connection, waiting for one to come back if need be.
 *
 * @return CHIP_OK; as chip_pg_connect(); CHIP_E_UNAVAILABLE if none came back in time
 */
CHIP_MUST_CHECK
enum chip_status chip_pg_pool_take(struct chip_pg_pool *pool, PGconn **out, struct chip_err *err);

/** Gives it back; one that is broken or inside a transaction is closed. */
void chip_pg_pool_give(struct chip_pg_pool *pool, PGconn *conn);
