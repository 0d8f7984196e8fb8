/** SQLite's connections and queries, with our errors and JSON. Private to the SQLite driver. */
#pragma once

#include <jansson.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

enum { CHIP_MAX_COLUMNS = 40, CHIP_MAX_STATEMENTS = 96 };

/** A prepared statement, kept for the next time; found by the address of its text. */
struct chip_statement {
    const char *sql;
    sqlite3_stmt *stmt;
    int n_columns;
    char *names[CHIP_MAX_COLUMNS];  /* owned */
    bool is_json[CHIP_MAX_COLUMNS]; /* declared JSON TEXT: parsed when it is read */
};

/** One thread at a time. */
struct chip_conn {
    sqlite3 *db;
    const char *path; /* borrowed: for messages */
    bool full;        /* synchronous=FULL is on */
    int n_statements;
    struct chip_statement statements[CHIP_MAX_STATEMENTS];
};

/** Frees what it holds; accepts a zeroed one. */
void chip_statement_done(struct chip_statement *statement);

/**
 * @param conn    zeroed; to be closed also after a failure
 * @param path    an existing file; borrowed until it is closed
 * @param writing false: refuses to change anything
 */
CHIP_MUST_CHECK
enum chip_status chip_conn_open(struct chip_conn *conn, const char *path, bool writing,
                                struct chip_err *err);
/** Accepts a zeroed one. */
void chip_conn_close(struct chip_conn *conn);

/** Turns what SQLite said last into a status and a sentence; `rc` is not SQLITE_OK. */
enum chip_status chip_conn_fail(struct chip_conn *conn, int rc, struct chip_err *err);

/** Runs statements without parameters. */
CHIP_MUST_CHECK
enum chip_status chip_conn_exec(struct chip_conn *conn, const char *sql, struct chip_err *err);

/**
 * One run of a statement: begin, bind in order of $1, $2, ..., next until false, end. A failure on
 * the way is kept and given back by chip_query_end(), which must always be called.
 */
struct chip_query {
    struct chip_conn *conn;
    struct chip_statement *statement; /* NULL after a failure to prepare */
    int n_bound;
    int rc; /* SQLITE_OK so far */
};

/** @param sql a literal: it is kept by its address */
struct chip_query chip_query_begin(struct chip_conn *conn, const char *sql);
void chip_query_text(struct chip_query *q, const char *text); /* NULL: null; borrowed until end */
void chip_query_int(struct chip_query *q, int64_t value);
/** A scalar as it is, null for NULL. */
void chip_query_value(struct chip_query *q, const json_t *value);
/** Any JSON as text, null for NULL and null. */
void chip_query_json(struct chip_query *q, const json_t *value);
/** @return whether there is a row to look at */
bool chip_query_next(struct chip_query *q);
/** The row as an object with its columns' names; a new reference, or NULL without memory. */
json_t *chip_query_row(struct chip_query *q);
int64_t chip_query_column(struct chip_query *q, int column);
CHIP_MUST_CHECK
enum chip_status chip_query_end(struct chip_query *q, struct chip_err *err);

/** next and end, for statements without rows. */
CHIP_MUST_CHECK
enum chip_status chip_query_run(struct chip_query *q, struct chip_err *err);
/** The one row, or NULL in *row if there is none; and end. */
CHIP_MUST_CHECK
enum chip_status chip_query_one(struct chip_query *q, json_t **row, struct chip_err *err);
/** All rows as an array; and end. */
CHIP_MUST_CHECK
enum chip_status chip_query_all(struct chip_query *q, json_t **rows, struct chip_err *err);
