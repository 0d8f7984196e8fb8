#include "store/sqlite_watch.h"

#include <pthread.h>
#include <stdlib.h>

#include "store/sqlite_query.h"

/*
 * A connection that never writes, so that SQLite's data_version changes with every commit of
 * anybody else, in this process or another. While it and the ids stay the same, so does the answer.
 */
struct chip_sqlite_watch {
    pthread_mutex_t lock; /* of all that follows */
    struct chip_conn conn;
    int64_t version; /* of `answer` */
    json_t *ids;     /* what was asked last; NULL: nothing yet */
    json_t *answer;
};

enum chip_status chip_sqlite_watch_open(struct chip_sqlite_watch **out, const char *path,
                                        struct chip_err *err)
{
    struct chip_sqlite_watch *watch = calloc(1, sizeof *watch);
    if (!watch)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for the database");
    pthread_mutex_init(&watch->lock, NULL);
    enum chip_status status = chip_conn_open(&watch->conn, path, false, err);
    if (status == CHIP_OK)
        *out = watch;
    else
        chip_sqlite_watch_close(watch);
    return status;
}

void chip_sqlite_watch_close(struct chip_sqlite_watch *watch)
{
    if (!watch)
        return;
    chip_conn_close(&watch->conn);
    json_decref(watch->ids);
    json_decref(watch->answer);
    pthread_mutex_destroy(&watch->lock);
    free(watch);
}

static enum chip_status data_version(struct chip_conn *conn, int64_t *version, struct chip_err *err)
{
    struct chip_query q = chip_query_begin(conn, "PRAGMA data_version");
    if (chip_query_next(&q))
        *version = chip_query_column(&q, 0);
    return chip_query_end(&q, err);
}

static enum chip_status look(struct chip_conn *conn, const json_t *ids, json_t **answer,
                             struct chip_err *err)
{
    struct chip_query q = chip_query_begin(conn, "SELECT j.id, j.seq FROM json_each($1) AS wanted "
                                                 "JOIN processing_jobs j ON j.id = wanted.value");
    chip_query_json(&q, ids);
    json_t *found = json_object();
    bool room = found;
    while (room && chip_query_next(&q)) {
        const char *id = (const char *)sqlite3_column_text(q.statement->stmt, 0);
        room = id && json_object_set_new(found, id, json_integer(chip_query_column(&q, 1))) == 0;
    }
    enum chip_status status = chip_query_end(&q, err);
    if (status == CHIP_OK && !room)
        status = chip_fail(err, CHIP_E_NOMEM, "not enough memory for a list of jobs");
    if (status == CHIP_OK)
        *answer = found;
    else
        json_decref(found);
    return status;
}

/* Brings `answer` up to date. */
static enum chip_status refresh(struct chip_sqlite_watch *watch, const json_t *ids,
                                struct chip_err *err)
{
    int64_t version = 0;
    enum chip_status status = data_version(&watch->conn, &version, err);
    if (status != CHIP_OK ||
        (watch->ids && version == watch->version && json_equal(watch->ids, ids)))
        return status;
    json_t *answer = NULL;
    status = look(&watch->conn, ids, &answer, err); /* may be newer than `version`: asked again */
    if (status != CHIP_OK)
        return status;
    json_decref(watch->ids);
    json_decref(watch->answer);
    watch->ids = json_deep_copy(ids); /* without memory for it, the next call looks again */
    watch->answer = answer;
    watch->version = version;
    return CHIP_OK;
}

enum chip_status chip_sqlite_watch_jobs(struct chip_sqlite_watch *watch, const json_t *args,
                                        json_t **result, struct chip_err *err)
{
    pthread_mutex_lock(&watch->lock);
    enum chip_status status = refresh(watch, json_object_get(args, "ids"), err);
    if (status == CHIP_OK && !(*result = json_deep_copy(watch->answer)))
        status = chip_fail(err, CHIP_E_NOMEM, "not enough memory for a list of jobs");
    pthread_mutex_unlock(&watch->lock);
    return status;
}

bool chip_sqlite_watch_version(struct chip_sqlite_watch *watch, int64_t *version)
{
    pthread_mutex_lock(&watch->lock);
    enum chip_status status = data_version(&watch->conn, version, NULL);
    pthread_mutex_unlock(&watch->lock);
    return status == CHIP_OK;
}
