#include "store/sqlite_query.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static bool column_names(struct chip_statement *s)
{
    s->n_columns = sqlite3_column_count(s->stmt);
    assert(s->n_columns <= CHIP_MAX_COLUMNS);
    for (int i = 0; i < s->n_columns; i++) {
        const char *type = sqlite3_column_decltype(s->stmt, i);
        s->is_json[i] = type && strcmp(type, "JSON TEXT") == 0;
        s->names[i] = strdup(sqlite3_column_name(s->stmt, i));
        if (!s->names[i])
            return false;
    }
    return true;
}

void chip_statement_done(struct chip_statement *statement)
{
    sqlite3_finalize(statement->stmt);
    for (int i = 0; i < CHIP_MAX_COLUMNS; i++)
        free(statement->names[i]);
    *statement = (struct chip_statement){0};
}

/* @return NULL after a failure, which is in *rc */
static struct chip_statement *prepare(struct chip_conn *conn, const char *sql, int *rc)
{
    for (int i = 0; i < conn->n_statements; i++)
        if (conn->statements[i].sql == sql)
            return &conn->statements[i];
    assert(conn->n_statements < CHIP_MAX_STATEMENTS);

    struct chip_statement *s = &conn->statements[conn->n_statements];
    *rc = sqlite3_prepare_v3(conn->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &s->stmt, NULL);
    if (*rc == SQLITE_OK && !column_names(s))
        *rc = SQLITE_NOMEM;
    if (*rc != SQLITE_OK) {
        chip_statement_done(s);
        return NULL;
    }
    s->sql = sql;
    conn->n_statements++;
    return s;
}

struct chip_query chip_query_begin(struct chip_conn *conn, const char *sql)
{
    struct chip_query q = {.conn = conn};
    q.statement = prepare(conn, sql, &q.rc);
    return q;
}

void chip_query_text(struct chip_query *q, const char *text)
{
    q->n_bound++;
    if (q->rc == SQLITE_OK)
        q->rc = sqlite3_bind_text(q->statement->stmt, q->n_bound, text, -1, SQLITE_STATIC);
}

void chip_query_int(struct chip_query *q, int64_t value)
{
    q->n_bound++;
    if (q->rc == SQLITE_OK)
        q->rc = sqlite3_bind_int64(q->statement->stmt, q->n_bound, value);
}

static void bind_double(struct chip_query *q, double value)
{
    q->n_bound++;
    if (q->rc == SQLITE_OK)
        q->rc = sqlite3_bind_double(q->statement->stmt, q->n_bound, value);
}

void chip_query_json(struct chip_query *q, const json_t *value)
{
    q->n_bound++;
    if (q->rc != SQLITE_OK || !value || json_is_null(value))
        return; /* null is what is bound from the start */
    char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
    if (text)
        q->rc = sqlite3_bind_text64(q->statement->stmt, q->n_bound, text, strlen(text), free,
                                    SQLITE_UTF8);
    else
        q->rc = SQLITE_NOMEM;
}

void chip_query_value(struct chip_query *q, const json_t *value)
{
    switch (value ? json_typeof(value) : JSON_NULL) {
    case JSON_NULL:
        chip_query_text(q, NULL);
        return;
    case JSON_STRING:
        chip_query_text(q, json_string_value(value));
        return;
    case JSON_INTEGER:
        chip_query_int(q, json_integer_value(value));
        return;
    case JSON_TRUE:
    case JSON_FALSE:
        chip_query_int(q, json_is_true(value));
        return;
    case JSON_REAL:
        bind_double(q, json_real_value(value));
        return;
    case JSON_OBJECT:
    case JSON_ARRAY:
        chip_query_json(q, value);
        return;
    }
}

bool chip_query_next(struct chip_query *q)
{
    if (q->rc != SQLITE_OK)
        return false;
    int rc = sqlite3_step(q->statement->stmt);
    if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        q->rc = rc;
    return rc == SQLITE_ROW;
}

static json_t *column_json(struct chip_query *q, int i)
{
    sqlite3_stmt *stmt = q->statement->stmt;
    const char *text = NULL;
    json_t *value = NULL;
    switch (sqlite3_column_type(stmt, i)) {
    case SQLITE_INTEGER:
        return json_integer(sqlite3_column_int64(stmt, i));
    case SQLITE_FLOAT:
        return json_real(sqlite3_column_double(stmt, i));
    case SQLITE_NULL:
        return json_null();
    }
    text = (const char *)sqlite3_column_text(stmt, i);
    size_t n = (size_t)sqlite3_column_bytes(stmt, i);
    if (!text)
        return NULL;
    if (!q->statement->is_json[i])
        return json_stringn_nocheck(text, n);
    json_error_t problem;
    value = json_loadb(text, n, JSON_DECODE_ANY, &problem);
    if (!value && json_error_code(&problem) != json_error_out_of_memory)
        q->rc = SQLITE_CORRUPT;
    return value;
}

json_t *chip_query_row(struct chip_query *q)
{
    json_t *row = json_object();
    for (int i = 0; row && i < q->statement->n_columns; i++) {
        json_t *value = column_json(q, i);
        if (json_object_set_new_nocheck(row, q->statement->names[i], value) != 0) {
            json_decref(row);
            row = NULL;
        }
    }
    if (!row && q->rc == SQLITE_OK)
        q->rc = SQLITE_NOMEM;
    return row;
}

int64_t chip_query_column(struct chip_query *q, int column)
{
    return sqlite3_column_int64(q->statement->stmt, column);
}

enum chip_status chip_query_end(struct chip_query *q, struct chip_err *err)
{
    enum chip_status status = CHIP_OK;
    if (q->rc != SQLITE_OK)
        status = chip_conn_fail(q->conn, q->rc, err); /* before the reset changes its message */
    if (q->statement) {
        assert(q->rc != SQLITE_OK ||
               q->n_bound == sqlite3_bind_parameter_count(q->statement->stmt));
        sqlite3_reset(q->statement->stmt);
        sqlite3_clear_bindings(q->statement->stmt);
    }
    return status;
}

enum chip_status chip_query_run(struct chip_query *q, struct chip_err *err)
{
    while (chip_query_next(q))
        ;
    return chip_query_end(q, err);
}

enum chip_status chip_query_one(struct chip_query *q, json_t **row, struct chip_err *err)
{
    json_t *got = chip_query_next(q) ? chip_query_row(q) : NULL;
    enum chip_status status = chip_query_end(q, err);
    if (status == CHIP_OK)
        *row = got;
    else
        json_decref(got);
    return status;
}

enum chip_status chip_query_all(struct chip_query *q, json_t **rows, struct chip_err *err)
{
    json_t *all = json_array();
    if (!all && q->rc == SQLITE_OK)
        q->rc = SQLITE_NOMEM;
    while (chip_query_next(q)) {
        json_t *row = chip_query_row(q);
        if (row && json_array_append_new(all, row) != 0)
            q->rc = SQLITE_NOMEM;
    }
    enum chip_status status = chip_query_end(q, err);
    if (status == CHIP_OK)
        *rows = all;
    else
        json_decref(all);
    return status;
}
