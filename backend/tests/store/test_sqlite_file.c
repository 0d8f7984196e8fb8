/* SQLite's file: who may read it, what happens when it cannot be written, and to half-done writing.
 */
#include <fcntl.h>
#include <signal.h>
#include <sched.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../test.h"
#include "sqlite_folder.h"
#include "suite_case.h"

static int make(void **state)
{
    struct sqlite_folder *folder = calloc(1, sizeof *folder);
    assert_non_null(folder);
    sqlite_folder_make(folder);
    *state = folder;
    return 0;
}

static int delete (void **state)
{
    sqlite_folder_delete(*state);
    free(*state);
    return 0;
}

static struct suite_case case_of(struct sqlite_folder *folder)
{
    return (struct suite_case){.store = folder->store};
}

static void close_store(struct sqlite_folder *folder)
{
    chip_store_close(folder->store);
    folder->store = NULL;
}

/* Runs SQL of the test's own on the file. */
static void exec_sql(const struct sqlite_folder *folder, const char *sql)
{
    sqlite3 *db;
    char *problem = NULL;
    assert_int_equal(sqlite3_open(folder->file, &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, &problem) != SQLITE_OK)
        fail_msg("%s", problem);
    sqlite3_close(db);
}

static int count_one(void *user, int n, char **values, char **names)
{
    (void)names;
    snprintf(user, 64, "%s", n > 0 && values[0] ? values[0] : "null");
    return 0;
}

static void expect_sql(const struct sqlite_folder *folder, const char *sql, const char *expected)
{
    sqlite3 *db;
    char got[64] = "no row";
    assert_int_equal(sqlite3_open(folder->file, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, count_one, got, NULL), SQLITE_OK);
    sqlite3_close(db);
    assert_string_equal(got, expected);
}

static enum chip_status enqueue_text(struct sqlite_folder *folder, int number, size_t n_bytes,
                                     struct chip_err *err)
{
    char id[SUITE_ID];
    char *text = malloc(n_bytes + 1);
    assert_non_null(text);
    memset(text, 'x', n_bytes);
    text[n_bytes] = '\0';
    json_t *args = json_pack("{s:s, s:{s:s}}", "id", suite_id(number, id), "source", "text", text);
    free(text);
    return chip_store_call(folder->store, NULL, "enqueue_job", args, NULL, err);
}

static void expect_whole(struct sqlite_folder *folder, int jobs)
{
    char expected[16];
    snprintf(expected, sizeof expected, "%d", jobs);
    expect_sql(folder, "PRAGMA integrity_check", "ok");
    expect_sql(folder, "SELECT count(*) FROM processing_jobs", expected);
    expect_sql(folder,
               "SELECT count(*) FROM processing_jobs j WHERE seq <> "
               "(SELECT count(*) FROM job_events e WHERE e.job_id = j.id)",
               "0");
}

/* ---- opening ---- */

static void the_files_are_their_owners_alone(void **state)
{
    struct sqlite_folder *folder = *state;
    mode_t before = umask(0);
    sqlite_folder_open(folder);
    umask(before);
    static const char *const ends[] = {"", "-wal", "-shm"};
    for (size_t i = 0; i < 3; i++) {
        char path[96];
        struct stat st;
        snprintf(path, sizeof path, "%s%s", folder->file, ends[i]);
        assert_int_equal(stat(path, &st), 0);
        assert_int_equal(st.st_mode & 0777, 0600);
    }
    assert_string_equal(chip_store_kind(folder->store), "sqlite");
}

static void its_folder_is_made_with_those_above(void **state)
{
    struct sqlite_folder *folder = *state;
    char path[96];
    snprintf(path, sizeof path, "%s/a/b", folder->path);
    struct chip_store_settings settings = {.data_dir = path};
    struct chip_err err;
    assert_int_equal(chip_store_open(&folder->store, &settings, &err), CHIP_OK);
}

static void without_a_folder_there_is_no_store(void **state)
{
    (void)state;
    struct chip_store *store = NULL;
    struct chip_err err;
    struct chip_store_settings none = {0}, file = {.data_dir = "/dev/null/x"};
    assert_int_equal(chip_store_open(&store, &none, &err), CHIP_E_INVAL);
    assert_int_equal(chip_store_open(&store, &file, &err), CHIP_E_IO);
    assert_null(store);
}

static void before_migration_calls_say_what_to_do(void **state)
{
    struct sqlite_folder *folder = *state;
    struct chip_store_settings settings = {.data_dir = folder->path};
    struct chip_err err;
    assert_int_equal(chip_store_open(&folder->store, &settings, &err), CHIP_OK);
    assert_int_equal(enqueue_text(folder, 1, 1, &err), CHIP_E_UNAVAILABLE);
    assert_non_null(strstr(err.message, "chip migrate"));
    assert_int_equal(chip_store_migrate(folder->store, NULL, &err), CHIP_OK);
    assert_int_equal(enqueue_text(folder, 1, 1, &err), CHIP_OK);
}

static void a_file_that_is_no_database_is_left_alone(void **state)
{
    struct sqlite_folder *folder = *state;
    char text[4096];
    memset(text, 'x', sizeof text);
    int fd = open(folder->file, O_CREAT | O_WRONLY, 0600);
    assert_int_equal(write(fd, text, sizeof text), sizeof text);
    close(fd);
    struct chip_store_settings settings = {.data_dir = folder->path};
    struct chip_err err;
    assert_int_equal(chip_store_open(&folder->store, &settings, &err), CHIP_E_IO);
    assert_non_null(strstr(err.message, "damaged"));
    fd = open(folder->file, O_RDONLY);
    char again[sizeof text];
    assert_int_equal(read(fd, again, sizeof again), sizeof again);
    close(fd);
    assert_memory_equal(text, again, sizeof text);
}

static void damage_is_reported_and_not_answered_with_nonsense(void **state)
{
    struct sqlite_folder *folder = *state;
    struct chip_err err;
    sqlite_folder_open(folder);
    for (int i = 0; i < 50; i++)
        assert_int_equal(enqueue_text(folder, i, 2000, &err), CHIP_OK);
    close_store(folder);
    char junk[4096];
    memset(junk, 0xa5, sizeof junk);
    int fd = open(folder->file, O_WRONLY);
    struct stat st;
    assert_int_equal(fstat(fd, &st), 0);
    off_t rows = (off_t)40 * 4096; /* behind the schema and the first page of each table */
    assert_true(st.st_size > rows + 10 * 4096);
    for (off_t at = rows; at < st.st_size; at += 4096)
        assert_int_equal(pwrite(fd, junk, sizeof junk, at), sizeof junk);
    close(fd);

    struct chip_store_settings settings = {.data_dir = folder->path};
    assert_int_equal(chip_store_open(&folder->store, &settings, &err), CHIP_OK);
    int damaged = 0;
    for (int i = 0; i < 50; i++) {
        char id[SUITE_ID];
        json_t *job = NULL;
        if (chip_store_call(folder->store, NULL, "get_job",
                            json_pack("{s:s}", "id", suite_id(i, id)), &job, &err) == CHIP_OK) {
            suite_is(job, "id", id);
        } else {
            assert_int_equal(err.code, CHIP_E_IO);
            assert_non_null(strstr(err.message, "damaged"));
            assert_null(job);
            damaged++;
        }
        json_decref(job);
    }
    assert_true(damaged > 10);
}

/* ---- no room ---- */

/* Enqueues as long as there is room, with no file growing beyond `max_bytes`. @return how many */
static int fill(struct sqlite_folder *folder, rlim_t max_bytes, struct chip_err *err)
{
    struct rlimit before, small;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = before;
    small.rlim_cur = max_bytes; /* as a full disk, but for this process alone */
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    int n = 0;
    while (n < 1000 && enqueue_text(folder, n, 20000, err) == CHIP_OK)
        n++;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    return n;
}

static void a_full_disk_loses_nothing_and_goes_on_when_there_is_room(void **state)
{
    struct sqlite_folder *folder = *state;
    struct chip_err err = {0};
    sqlite_folder_open(folder);
    struct suite_case c = case_of(folder);
    int n = fill(folder, 400000, &err);
    assert_int_equal(err.code, CHIP_E_IO);
    assert_non_null(strstr(err.message, "free some space and try again"));
    assert_true(n > 3 && n < 1000);

    for (int opened = 0; opened < 2; opened++) { /* at once, and when it is opened again */
        for (int i = 0; i < n; i++)
            json_decref(suite_job(&c, i));
        char id[SUITE_ID];
        suite_refused(&c, CHIP_E_NOT_FOUND, "get_job", json_pack("{s:s}", "id", suite_id(n, id)));
        close_store(folder);
        sqlite_folder_open(folder);
        c = case_of(folder);
    }
    assert_int_equal(enqueue_text(folder, n, 20000, &err), CHIP_OK);
    expect_whole(folder, n + 1);
}

static void a_file_that_cannot_be_written_is_said_to_be_so(void **state)
{
    struct sqlite_folder *folder = *state;
    sqlite_folder_open(folder);
    close_store(folder);
    pid_t child = fork();
    if (child == 0) { /* as somebody who may read but not write */
        struct chip_store_settings settings = {.data_dir = folder->path};
        struct chip_store *store = NULL;
        struct chip_err err = {0};
        if (chmod(folder->path, 0555) != 0 || chmod(folder->file, 0444) != 0 ||
            (geteuid() == 0 && setuid(65534) != 0))
            _exit(9);
        enum chip_status status = chip_store_open(&store, &settings, &err);
        _exit(status == CHIP_E_IO && strstr(err.message, folder->file) ? 0 : 1 + (int)status);
    }
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    chmod(folder->path, 0700);
    assert_int_equal(status, 0);
}

/* ---- several processes, and kill -9 ---- */

/* SQLite must not be carried through fork(): here the store is closed whenever a child is made. */

enum { ROUNDS = 20, ROUND_JOBS = 40, WORKERS = 2 };

/* What the workers were told: shared with the test, and outlives them. */
struct told {
    atomic_int n_done;
    atomic_bool done[ROUND_JOBS * ROUNDS]; /* by job */
};

static json_t *held(const json_t *job, json_t *more)
{
    json_t *args = json_pack("{s:O, s:O}", "id", json_object_get(job, "id"), "lease_token",
                             json_object_get(job, "lease_token"));
    json_object_update(args, more);
    json_decref(more);
    return args;
}

/* Claims, tells and completes, and notes what it was told is done. Exits only when something fails.
 */
static void work_until_killed(const struct sqlite_folder *folder, struct told *told)
{
    struct chip_store_settings settings = {.data_dir = folder->path};
    struct chip_store *store = NULL;
    if (chip_store_open(&store, &settings, NULL) != CHIP_OK)
        _exit(1);
    for (;;) {
        json_t *job = NULL;
        if (chip_store_call(
                store, NULL, "claim_job",
                json_pack("{s:s, s:s, s:i}", "worker", "w", "node", "n", "lease_seconds", 3600),
                &job, NULL) != CHIP_OK)
            _exit(2);
        if (json_is_null(job)) /* faster than the test looked: nothing left to be killed in */
            pause();
        if (chip_store_call(store, NULL, "heartbeat_job",
                            held(job, json_pack("{s:i, s:[{s:s}, {s:s}]}", "lease_seconds", 3600,
                                                "events", "kind", "a", "kind", "b")),
                            NULL, NULL) != CHIP_OK)
            _exit(3);
        if (chip_store_call(store, NULL, "complete_job",
                            held(job, json_pack("{s:{s:s}}", "analysis", "title", "t")), NULL,
                            NULL) != CHIP_OK)
            _exit(4);
        told->done[atoi(suite_text(job, "id") + 24)] = true;
        told->n_done++;
        json_decref(job);
    }
}

static void refill(struct sqlite_folder *folder, int round)
{
    sqlite_folder_open(folder);
    struct suite_case c = case_of(folder);
    for (int i = 0; i < ROUND_JOBS; i++)
        suite_enqueue(&c, round * ROUND_JOBS + i,
                      json_pack("{s:s}", "callback_url", "https://example.org/h"));
    close_store(folder);
}

/* Lets workers complete some jobs and kills them at any point of the next. */
static void kill_workers(struct sqlite_folder *folder, struct told *told, unsigned *seed)
{
    int until = told->n_done + 1 + rand_r(seed) % 8, status = 0;
    pid_t children[WORKERS];
    for (int i = 0; i < WORKERS; i++) {
        children[i] = fork();
        if (children[i] == 0)
            work_until_killed(folder, told);
    }
    while (told->n_done < until && waitpid(-1, &status, WNOHANG) == 0)
        sched_yield();
    assert_int_equal(status, 0);
    for (int spin = rand_r(seed) % 20000; spin > 0; spin--)
        __asm__ volatile("");
    for (int i = 0; i < WORKERS; i++)
        kill(children[i], SIGKILL);
    for (int i = 0; i < WORKERS; i++) {
        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_true(WIFSIGNALED(status));
    }
}

static void killing_processes_while_they_write_leaves_whole_jobs(void **state)
{
    struct sqlite_folder *folder = *state;
    struct told *told =
        mmap(NULL, sizeof *told, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(told, MAP_FAILED);
    unsigned seed = 1;
    for (int round = 0; round < ROUNDS; round++) {
        refill(folder, round);
        kill_workers(folder, told, &seed);
        expect_whole(folder, (round + 1) * ROUND_JOBS);
    }
    sqlite_folder_open(folder);
    struct suite_case c = case_of(folder);
    for (int i = 0; i < ROUND_JOBS * ROUNDS; i++) {
        if (!told->done[i])
            continue;
        json_t *job = suite_job(&c, i);
        suite_is(job, "status", "completed");
        json_decref(job);
    }
    assert_true(told->n_done >= ROUNDS);
    munmap(told, sizeof *told);
    expect_sql(folder,
               "SELECT (SELECT count(*) FROM processing_jobs WHERE status = 'completed') "
               "- (SELECT count(*) FROM meeting_analysis WHERE version = 1)",
               "0");
    expect_sql(folder,
               "SELECT (SELECT count(*) FROM meeting_analysis) "
               "- (SELECT count(*) FROM webhook_deliveries)",
               "0");
}

static bool open_and_migrate(const struct sqlite_folder *folder)
{
    struct chip_store_settings settings = {.data_dir = folder->path};
    struct chip_store *store = NULL;
    bool fine = chip_store_open(&store, &settings, NULL) == CHIP_OK &&
                chip_store_migrate(store, NULL, NULL) == CHIP_OK;
    chip_store_close(store);
    return fine;
}

static void four_processes_can_make_the_same_store_at_once(void **state)
{
    struct sqlite_folder *folder = *state;
    int gate[2];
    assert_int_equal(pipe(gate), 0);
    pid_t children[4];
    for (int i = 0; i < 4; i++) {
        children[i] = fork();
        if (children[i] == 0) {
            char byte;
            close(gate[1]);
            if (read(gate[0], &byte, 1) != 0) /* until the parent opens the gate */
                _exit(2);
            _exit(open_and_migrate(folder) ? 0 : 1);
        }
    }
    close(gate[0]);
    close(gate[1]);
    for (int i = 0; i < 4; i++) {
        int status = -1;
        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_int_equal(status, 0);
    }
    expect_sql(folder, "SELECT count(*) FROM schema_migrations", "4");
}

static void a_writer_of_another_process_is_waited_for(void **state)
{
    struct sqlite_folder *folder = *state;
    sqlite_folder_open(folder);
    close_store(folder);
    int ready[2];
    assert_int_equal(pipe(ready), 0);
    pid_t child = fork();
    if (child == 0) {
        sqlite3 *db;
        bool fine = sqlite3_open(folder->file, &db) == SQLITE_OK &&
                    sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK &&
                    write(ready[1], "", 1) == 1;
        sqlite3_sleep(100); /* holds it: the time is what is tested */
        _exit(fine && sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK ? 0 : 1);
    }
    char byte;
    assert_int_equal(read(ready[0], &byte, 1), 1);
    sqlite_folder_open(folder);
    struct suite_case c = case_of(folder);
    suite_enqueue(&c, 1, NULL);
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    close(ready[0]);
    close(ready[1]);
}

static void what_another_process_wrote_is_seen_by_watching(void **state)
{
    struct sqlite_folder *folder = *state;
    sqlite_folder_open(folder);
    struct suite_case c = case_of(folder);
    char id[SUITE_ID];
    suite_id(1, id);
    suite_enqueue(&c, 1, NULL);
    json_t *ids = json_pack("{s:[s]}", "ids", id);
    json_t *seen = suite_call(&c, "watch_jobs", json_incref(ids));
    suite_is_number(seen, id, 1);
    json_decref(seen);
    exec_sql(folder, "UPDATE processing_jobs SET seq = 7");
    seen = suite_call(&c, "watch_jobs", ids);
    suite_is_number(seen, id, 7);
    json_decref(seen);
}

static int64_t version_of(const struct sqlite_folder *folder)
{
    int64_t version;
    assert_true(chip_store_version(folder->store, &version));
    return version;
}

static void the_version_changes_with_every_change_and_not_by_reading(void **state)
{
    struct sqlite_folder *folder = *state;
    sqlite_folder_open(folder);
    struct suite_case c = case_of(folder);
    int64_t before = version_of(folder);
    suite_enqueue(&c, 1, NULL);
    int64_t ours = version_of(folder);
    assert_int_not_equal(ours, before);
    json_decref(suite_call(&c, "list_jobs", json_object()));
    json_decref(suite_call(&c, "queue_stats", json_object()));
    assert_int_equal(version_of(folder), ours);
    exec_sql(folder, "UPDATE processing_jobs SET seq = 7"); /* as another process would */
    int64_t theirs = version_of(folder);
    assert_int_not_equal(theirs, ours);
    assert_int_not_equal(theirs, before);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, make, delete)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_files_are_their_owners_alone),
        TEST(its_folder_is_made_with_those_above),
        TEST(without_a_folder_there_is_no_store),
        TEST(before_migration_calls_say_what_to_do),
        TEST(a_file_that_is_no_database_is_left_alone),
        TEST(damage_is_reported_and_not_answered_with_nonsense),
        TEST(a_full_disk_loses_nothing_and_goes_on_when_there_is_room),
        TEST(a_file_that_cannot_be_written_is_said_to_be_so),
        TEST(killing_processes_while_they_write_leaves_whole_jobs),
        TEST(four_processes_can_make_the_same_store_at_once),
        TEST(a_writer_of_another_process_is_waited_for),
        TEST(what_another_process_wrote_is_seen_by_watching),
        TEST(the_version_changes_with_every_change_and_not_by_reading),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
