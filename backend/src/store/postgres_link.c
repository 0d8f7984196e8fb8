#include "store/postgres_link.h"

#include <poll.h>
#include <string.h>

#include "base/clock.h"

static enum chip_status lost(PGconn *conn, struct chip_err *err)
{
    const char *text = PQerrorMessage(conn);
    return chip_fail(err, CHIP_E_UNAVAILABLE, "the connection to PostgreSQL broke: %.*s",
                     (int)strcspn(text, "\n"), *text ? text : "it was closed");
}

static enum chip_status too_late(struct chip_err *err)
{
    return chip_fail(err, CHIP_E_UNAVAILABLE, "PostgreSQL took too long to answer");
}

/* @return false when the deadline has passed */
static bool wait_for(PGconn *conn, short events, int64_t deadline_ms)
{
    int64_t left = deadline_ms - chip_clock_ms();
    struct pollfd fd = {.fd = PQsocket(conn), .events = events};
    return left > 0 && poll(&fd, 1, (int)left) != 0;
}

/* Sends what is left to send, reading meanwhile, as the other side may wait for that. */
static enum chip_status flush(PGconn *conn, int64_t deadline_ms, struct chip_err *err)
{
    for (;;) {
        int left = PQflush(conn);
        if (left == 0)
            return CHIP_OK;
        if (left < 0)
            return lost(conn, err);
        if (!wait_for(conn, POLLIN | POLLOUT, deadline_ms))
            return too_late(err);
        if (!PQconsumeInput(conn))
            return lost(conn, err);
    }
}

/* The next result, NULL at the end of a query's. */
static enum chip_status next(PGconn *conn, PGresult **out, int64_t deadline_ms,
                             struct chip_err *err)
{
    while (PQisBusy(conn)) {
        if (!wait_for(conn, POLLIN, deadline_ms))
            return too_late(err);
        if (!PQconsumeInput(conn))
            return lost(conn, err);
    }
    *out = PQgetResult(conn);
    if (PQstatus(conn) != CONNECTION_BAD)
        return CHIP_OK;
    PQclear(*out);
    *out = NULL;
    return lost(conn, err);
}

static enum chip_status receive(PGconn *conn, size_t n, PGresult **results, int64_t deadline_ms,
                                struct chip_err *err)
{
    for (size_t i = 0; i < n; i++) {
        PGresult *end = NULL;
        enum chip_status status = next(conn, &results[i], deadline_ms, err);
        if (status == CHIP_OK)
            status = next(conn, &end, deadline_ms, err);
        if (status != CHIP_OK)
            return status;
        PQclear(end);
        if (PQresultStatus(results[i]) == PGRES_PIPELINE_ABORTED) {
            PQclear(results[i]);
            results[i] = NULL;
        }
    }
    PGresult *sync = NULL;
    enum chip_status status = next(conn, &sync, deadline_ms, err);
    PQclear(sync);
    return status;
}

enum chip_status chip_pg_run(PGconn *conn, const struct chip_pg_query *queries, size_t n,
                             PGresult **results, int timeout_s, struct chip_err *err)
{
    int64_t deadline_ms = chip_clock_ms() + timeout_s * INT64_C(1000);
    memset(results, 0, n * sizeof *results);
    if (!PQenterPipelineMode(conn))
        return lost(conn, err);
    for (size_t i = 0; i < n; i++)
        if (!PQsendQueryParams(conn, queries[i].sql, queries[i].n, NULL, queries[i].values, NULL,
                               NULL, 0))
            return lost(conn, err);
    if (!PQpipelineSync(conn))
        return lost(conn, err);
    enum chip_status status = flush(conn, deadline_ms, err);
    if (status == CHIP_OK)
        status = receive(conn, n, results, deadline_ms, err);
    if (status == CHIP_OK && !PQexitPipelineMode(conn))
        status = lost(conn, err);
    return status;
}

enum chip_status chip_pg_script(PGconn *conn, const char *sql, PGresult **out, int timeout_s,
                                struct chip_err *err)
{
    int64_t deadline_ms = chip_clock_ms() + timeout_s * INT64_C(1000);
    *out = NULL;
    if (!PQsendQuery(conn, sql))
        return lost(conn, err);
    enum chip_status status = flush(conn, deadline_ms, err);
    PGresult *one = NULL;
    while (status == CHIP_OK && (status = next(conn, &one, deadline_ms, err)) == CHIP_OK && one) {
        PQclear(*out);
        *out = one;
        one = NULL;
    }
    return status;
}

bool chip_pg_is_good(const PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

bool chip_pg_is_alive(PGconn *conn)
{
    struct pollfd fd = {.fd = PQsocket(conn), .events = POLLIN};
    /* What an idle connection may send is read away; an end is found behind a goodbye. */
    while (PQstatus(conn) == CONNECTION_OK && poll(&fd, 1, 0) != 0)
        if (!PQconsumeInput(conn))
            return false;
    return PQstatus(conn) == CONNECTION_OK && PQtransactionStatus(conn) == PQTRANS_IDLE;
}
