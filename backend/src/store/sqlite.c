/*
 * The SQLite driver: who reads and who writes.
 *
 * One file, chip.db, in WAL mode; several processes may use it at once. A process has one
 * connection that writes (BEGIN IMMEDIATE, one call at a time) and some that only read.
 *
 * Power cuts: what callers were told is on the disk before they are told it (synchronous=FULL),
 * except for heartbeats, checkpoints, claims and the audit log (NORMAL): of those, a power cut may
 * undo the last ones, which at worst lets a slice of work be done again. It never leaves half a
 * transaction, and kill -9 of a process undoes nothing.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"
#include "models/folder.h"
#include "store/driver.h"
#include "store/sqlite_call.h"
#include "store/sqlite_schema.h"
#include "store/sqlite_watch.h"

enum { DEFAULT_READERS = 4, MAX_READERS = 64 };

struct chip_sqlite {
    struct chip_store store; /* first: what callers hold */
    char *path;
    pthread_mutex_t writing; /* held for the whole of a call that writes */
    struct chip_conn writer; /* lock: writing */
    pthread_mutex_t lock;    /* of what follows */
    pthread_cond_t returned; /* a reader came back */
    struct chip_conn *readers;
    int *idle; /* numbers of readers that nobody uses */
    int n_idle;
    struct chip_sqlite_watch *watch; /* has a lock of its own */
    struct chip_sqlite_watch *pulse; /* another, for polls, which do not wait for watch_jobs */
};

enum mode { READS, WRITES, WRITES_TO_DISK, WATCHES };

static const struct {
    chip_sqlite_fn *run;
    enum mode mode;
} functions[] = {
    [CHIP_FN_ADD_AUDIT] = {chip_sqlite_add_audit, WRITES},
    [CHIP_FN_CANCEL_JOB] = {chip_sqlite_cancel_job, WRITES_TO_DISK},
    [CHIP_FN_CHECKPOINT_JOB] = {chip_sqlite_checkpoint_job, WRITES},
    [CHIP_FN_CLAIM_DELIVERIES] = {chip_sqlite_claim_deliveries, WRITES},
    [CHIP_FN_CLAIM_JOB] = {chip_sqlite_claim_job, WRITES},
    [CHIP_FN_COMPLETE_JOB] = {chip_sqlite_complete_job, WRITES_TO_DISK},
    [CHIP_FN_DELETE_JOB] = {chip_sqlite_delete_job, WRITES_TO_DISK},
    [CHIP_FN_ENQUEUE_JOB] = {chip_sqlite_enqueue_job, WRITES_TO_DISK},
    [CHIP_FN_EXPIRE_JOBS] = {chip_sqlite_expire_jobs, WRITES_TO_DISK},
    [CHIP_FN_FAIL_JOB] = {chip_sqlite_fail_job, WRITES_TO_DISK},
    [CHIP_FN_FINISH_DELIVERY] = {chip_sqlite_finish_delivery, WRITES_TO_DISK},
    [CHIP_FN_GET_ANALYSIS] = {chip_sqlite_get_analysis, READS},
    [CHIP_FN_GET_JOB] = {chip_sqlite_get_job, READS},
    [CHIP_FN_GET_WAVEFORM] = {chip_sqlite_get_waveform, READS},
    [CHIP_FN_HEARTBEAT_JOB] = {chip_sqlite_heartbeat_job, WRITES},
    [CHIP_FN_LIST_AUDIT] = {chip_sqlite_list_audit, READS},
    [CHIP_FN_LIST_CHECKPOINTS] = {chip_sqlite_list_checkpoints, READS},
    [CHIP_FN_LIST_DELIVERIES] = {chip_sqlite_list_deliveries, READS},
    [CHIP_FN_LIST_EVENTS] = {chip_sqlite_list_events, READS},
    [CHIP_FN_LIST_JOBS] = {chip_sqlite_list_jobs, READS},
    [CHIP_FN_PUT_WAVEFORM] = {chip_sqlite_put_waveform, WRITES},
    [CHIP_FN_QUEUE_STATS] = {chip_sqlite_queue_stats, READS},
    [CHIP_FN_REDO_JOB] = {chip_sqlite_redo_job, WRITES_TO_DISK},
    [CHIP_FN_RELEASE_JOB] = {chip_sqlite_release_job, WRITES_TO_DISK},
    [CHIP_FN_RENAME_JOB] = {chip_sqlite_rename_job, WRITES_TO_DISK},
    [CHIP_FN_SAVE_ANALYSIS] = {chip_sqlite_save_analysis, WRITES_TO_DISK},
    [CHIP_FN_SEARCH_MEETINGS] = {chip_sqlite_search_meetings, READS},
    [CHIP_FN_WATCH_JOBS] = {NULL, WATCHES},
};

/* ---- reading ---- */

static struct chip_conn *borrow_reader(struct chip_sqlite *db)
{
    pthread_mutex_lock(&db->lock);
    while (db->n_idle == 0)
        pthread_cond_wait(&db->returned, &db->lock);
    struct chip_conn *conn = &db->readers[db->idle[--db->n_idle]];
    pthread_mutex_unlock(&db->lock);
    return conn;
}

static void return_reader(struct chip_sqlite *db, const struct chip_conn *conn)
{
    pthread_mutex_lock(&db->lock);
    db->idle[db->n_idle++] = (int)(conn - db->readers);
    pthread_cond_signal(&db->returned);
    pthread_mutex_unlock(&db->lock);
}

static enum chip_status run_reading(struct chip_sqlite *db, struct chip_call *call,
                                    chip_sqlite_fn *run, json_t **result, struct chip_err *err)
{
    call->conn = borrow_reader(db);
    enum chip_status status = CHIP_OK;
    if (!call->conn->db) /* its first use */
        status = chip_conn_open(call->conn, db->path, false, err);
    if (status != CHIP_OK) {
        chip_conn_close(call->conn); /* the next one tries again */
    } else {
        chip_call_start(call);
        status = run(call, result, err);
    }
    return_reader(db, call->conn);
    return status;
}

/* ---- writing ---- */

/* Between transactions only; setting it costs more than remembering it. */
static enum chip_status set_full(struct chip_conn *conn, bool full, struct chip_err *err)
{
    if (conn->full == full)
        return CHIP_OK;
    enum chip_status status = chip_conn_exec(
        conn, full ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL", err);
    if (status == CHIP_OK)
        conn->full = full;
    return status;
}

static enum chip_status plain(struct chip_conn *conn, const char *sql, struct chip_err *err)
{
    struct chip_query q = chip_query_begin(conn, sql);
    return chip_query_run(&q, err);
}

static enum chip_status transaction(struct chip_conn *conn, struct chip_call *call,
                                    chip_sqlite_fn *run, json_t **result, struct chip_err *err)
{
    static const char begin[] = "BEGIN IMMEDIATE", commit[] = "COMMIT", rollback[] = "ROLLBACK";
    enum chip_status status = plain(conn, begin, err);
    if (status != CHIP_OK)
        return status;
    chip_call_start(call); /* after the wait for others, so that times go forward */
    json_t *got = NULL;
    status = run(call, &got, err);
    if (status == CHIP_OK)
        status = plain(conn, commit, err);
    if (status == CHIP_OK) {
        *result = got;
        return CHIP_OK;
    }
    json_decref(got);
    if (!sqlite3_get_autocommit(conn->db)) { /* some failures have rolled back already */
        struct chip_query q = chip_query_begin(conn, rollback);
        if (chip_query_run(&q, NULL) != CHIP_OK)
            sqlite3_exec(conn->db, rollback, NULL, NULL, NULL);
    }
    return status;
}

static enum chip_status run_writing(struct chip_sqlite *db, struct chip_call *call,
                                    chip_sqlite_fn *run, bool to_disk, json_t **result,
                                    struct chip_err *err)
{
    pthread_mutex_lock(&db->writing);
    call->conn = &db->writer;
    enum chip_status status = set_full(&db->writer, to_disk, err);
    if (status == CHIP_OK)
        status = transaction(&db->writer, call, run, result, err);
    pthread_mutex_unlock(&db->writing);
    return status;
}

/* ---- the driver ---- */

static enum chip_status sqlite_call(struct chip_store *store, const struct chip_caller *caller,
                                    const struct chip_function *function, const json_t *args,
                                    json_t **result, struct chip_err *err)
{
    struct chip_sqlite *db = (struct chip_sqlite *)store;
    struct chip_call call = {.user = caller ? caller->user_id : NULL, .args = args};
    chip_sqlite_fn *run = functions[function->id].run;
    switch (functions[function->id].mode) {
    case READS:
        return run_reading(db, &call, run, result, err);
    case WRITES:
        return run_writing(db, &call, run, false, result, err);
    case WRITES_TO_DISK:
        return run_writing(db, &call, run, true, result, err);
    case WATCHES:
        return chip_sqlite_watch_jobs(db->watch, args, result, err);
    }
    return CHIP_E_INTERNAL;
}

static enum chip_status sqlite_migrate(struct chip_store *store, json_t **out, struct chip_err *err)
{
    struct chip_sqlite *db = (struct chip_sqlite *)store;
    pthread_mutex_lock(&db->writing);
    enum chip_status status = set_full(&db->writer, true, err);
    if (status == CHIP_OK)
        status = chip_sqlite_migrate(&db->writer, chip_sqlite_steps, chip_sqlite_n_steps, out, err);
    pthread_mutex_unlock(&db->writing);
    return status;
}

static bool sqlite_version(struct chip_store *store, int64_t *version)
{
    return chip_sqlite_watch_version(((struct chip_sqlite *)store)->pulse, version);
}

static void sqlite_close(struct chip_store *store)
{
    struct chip_sqlite *db = (struct chip_sqlite *)store;
    chip_sqlite_watch_close(db->watch);
    chip_sqlite_watch_close(db->pulse);
    for (int i = 0; db->readers && i < MAX_READERS; i++)
        chip_conn_close(&db->readers[i]);
    chip_conn_close(&db->writer); /* last, so that it can tidy up the file */
    free(db->readers);
    free(db->idle);
    pthread_cond_destroy(&db->returned);
    pthread_mutex_destroy(&db->lock);
    pthread_mutex_destroy(&db->writing);
    free(db->path);
    free(db);
}

static const struct chip_store_driver driver = {
    .kind = "sqlite",
    .call = sqlite_call,
    .version = sqlite_version,
    .migrate = sqlite_migrate,
    .close = sqlite_close,
};

/* Makes the file if it is missing, for its owner only. It must not be opened here when it is there:
 * closing a file gives up all locks that this process has on it. */
static enum chip_status make_file(const char *data_dir, const char *path, struct chip_err *err)
{
    if (mkdir(data_dir, 0700) < 0 && errno != EEXIST) {
        enum chip_status status = chip_folder_make(data_dir, err);
        if (status != CHIP_OK)
            return status;
    }
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 && errno != EEXIST)
        return chip_fail(err, CHIP_E_IO, "cannot make '%s': %s", path, strerror(errno));
    if (fd >= 0)
        close(fd);
    return CHIP_OK;
}

static enum chip_status open_all(struct chip_sqlite *db, const struct chip_store_settings *settings,
                                 struct chip_err *err)
{
    struct chip_str path = {0};
    chip_str_addf(&path, "%s/chip.db", settings->data_dir);
    enum chip_status status = chip_str_finish(&path, &db->path, err);
    int n = settings->connections > 0 ? settings->connections : DEFAULT_READERS;
    n = n < MAX_READERS ? n : MAX_READERS;
    db->readers = calloc(MAX_READERS, sizeof *db->readers);
    db->idle = calloc(MAX_READERS, sizeof *db->idle);
    if (status == CHIP_OK && (!db->readers || !db->idle))
        status = chip_fail(err, CHIP_E_NOMEM, "not enough memory for the database");
    if (status == CHIP_OK)
        status = make_file(settings->data_dir, db->path, err);
    if (status == CHIP_OK)
        status = chip_conn_open(&db->writer, db->path, true, err);
    if (status == CHIP_OK)
        status = chip_sqlite_watch_open(&db->watch, db->path, err);
    if (status == CHIP_OK)
        status = chip_sqlite_watch_open(&db->pulse, db->path, err);
    while (status == CHIP_OK && db->n_idle < n) {
        db->idle[db->n_idle] = db->n_idle;
        db->n_idle++;
    }
    return status;
}

enum chip_status chip_sqlite_open(struct chip_store **out,
                                  const struct chip_store_settings *settings, struct chip_err *err)
{
    if (!settings->data_dir || !*settings->data_dir)
        return chip_fail(err, CHIP_E_INVAL, "the store needs a folder for its file: set data_dir");
    struct chip_sqlite *db = calloc(1, sizeof *db);
    if (!db)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for the database");
    db->store.driver = &driver;
    pthread_mutex_init(&db->writing, NULL);
    pthread_mutex_init(&db->lock, NULL);
    pthread_cond_init(&db->returned, NULL);
    enum chip_status status = open_all(db, settings, err);
    if (status == CHIP_OK)
        *out = &db->store;
    else
        sqlite_close(&db->store);
    return status;
}
