/* How long searches take, by processor time, which other programs do not change. */
#include "suite_case.h"

#include <sqlite3.h>
#include <time.h>

#include "sqlite_folder.h"

#if defined(__SANITIZE_ADDRESS__)
enum { SLOWER = 10 };
#else
enum { SLOWER = 1 };
#endif

enum { FIND_MS = 50 * SLOWER, KEEP_MS = 4000 * SLOWER };

static int make(void **state)
{
    struct sqlite_folder *folder = calloc(1, sizeof *folder);
    assert_non_null(folder);
    sqlite_folder_make(folder);
    sqlite_folder_open(folder);
    *state = folder;
    return 0;
}

static int delete (void **state)
{
    sqlite_folder_delete(*state);
    free(*state);
    return 0;
}

static double now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* Meetings that say "the plan" in each segment, "portland" in one of seven, "once" in the last. */
static void fill(const struct sqlite_folder *folder, int meetings, int segments)
{
    sqlite3 *db;
    char sql[2500], *problem = NULL;
    snprintf(
        sql, sizeof sql,
        "PRAGMA foreign_keys = ON; PRAGMA synchronous = OFF; BEGIN;"
        "CREATE TEMP TABLE m AS WITH RECURSIVE c (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c "
        "WHERE i < %d) SELECT i, printf('a0000000-0000-4000-8000-%%012d', i) AS id FROM c;"
        "CREATE TEMP TABLE said AS WITH RECURSIVE c (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM c "
        "WHERE i < %d) SELECT json_object('segments', json_group_array(json_object('start', i * "
        "5.0, "
        "'end', i * 5 + 4.0, 'speaker', 'S1', 'words', json_array(1, 2, 3, 4, 5, 6, 7, 8, 9, 'to "
        "make "
        "it as long as the words of a segment are, which are many more than these'), 'text', "
        "'so the plan is number ' || i || iif(i %% 7 = 0, ' in portland', '') || iif(i = %d, ' "
        "once', "
        "'')))) AS transcript FROM c;"
        "INSERT INTO processing_jobs (id, status, priority, max_attempts, source, options, "
        "run_after, "
        "created_at, updated_at) SELECT id, 'completed', 0, 3, '{}', '{}', '2026', "
        "printf('2026-11-24T12:00:00.%%03dZ', i %% 1000), '2026' FROM m;"
        "INSERT INTO meeting_analysis (job_id, version, created_at, updated_at) "
        "SELECT id, 1, '2026', '2026' FROM m;"
        "UPDATE meeting_analysis SET transcript = (SELECT transcript FROM said), speakers = "
        "'[{\"id\": \"S1\", \"name\": \"Ann\"}]'; COMMIT",
        meetings, segments - 1, segments - 1);
    assert_int_equal(sqlite3_open(folder->file, &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, &problem) != SQLITE_OK)
        fail_msg("%s", problem);
    sqlite3_close(db);
}

/* Finds so many passages in all, in time. */
static void finds(struct sqlite_folder *folder, const char *word, int meetings)
{
    struct suite_case c = {.store = folder->store};
    double took = 1e9;
    for (int i = 0; i < 3; i++) { /* the best of three: pages may have to be read first */
        double start = now_ms();
        json_t *result =
            suite_call(&c, "search_meetings",
                       json_pack("{s:[{s:s}], s:s}", "terms", "text", word, "speaker", "ann"));
        double ms = now_ms() - start;
        took = ms < took ? ms : took;
        assert_int_equal(json_array_size(json_object_get(result, "meetings")), meetings);
        json_decref(result);
    }
    if (took > FIND_MS)
        fail_msg("'%s' took %.1f ms", word, took);
}

static void a_thousand_meetings_are_searched_in_fifty_milliseconds(void **state)
{
    fill(*state, 1000, 10);
    finds(*state, "portland", 20);
    finds(*state, "plan", 20);
    finds(*state, "the plan is", 20);
    finds(*state, "absent", 0);
}

static void ten_thousand_segments_are_kept_in_seconds_and_found_in_fifty_milliseconds(void **state)
{
    double start = now_ms();
    fill(*state, 1, 10000);
    if (now_ms() - start > KEEP_MS)
        fail_msg("keeping them took %.0f ms", now_ms() - start);
    finds(*state, "once", 1);
    finds(*state, "plan", 1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, make, delete)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_thousand_meetings_are_searched_in_fifty_milliseconds),
        TEST(ten_thousand_segments_are_kept_in_seconds_and_found_in_fifty_milliseconds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
