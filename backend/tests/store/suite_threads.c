/* Many at once. Threads count what went wrong; only the test itself asserts. */
#include <pthread.h>
#include <stdatomic.h>

#include "base/uuid.h"
#include "suite_case.h"

enum { THREADS = 8, JOBS = 500 };

struct crowd {
    struct suite_case *c;
    atomic_int next_seed, wrong, claims, completions;
    atomic_int done[JOBS];    /* completions of each */
    char tokens[3][SUITE_ID]; /* leases that all share */
};

/* @return a new reference; NULL after a failure that is not `allowed` */
static json_t *call(struct crowd *crowd, const char *function, json_t *args,
                    enum chip_status allowed)
{
    json_t *result = NULL;
    struct chip_err err;
    enum chip_status status = chip_store_call(crowd->c->store, NULL, function, args, &result, &err);
    if (status != CHIP_OK && status != allowed) {
        fprintf(stderr, "%s: %s\n", function, err.message);
        crowd->wrong++;
    }
    return result;
}

static void run_threads(struct crowd *crowd, void *(*run)(void *))
{
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, run, crowd), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(crowd->wrong, 0);
}

static json_t *leased_of(const json_t *job, json_t *more)
{
    json_t *args = json_pack("{s:O, s:O}", "id", json_object_get(job, "id"), "lease_token",
                             json_object_get(job, "lease_token"));
    json_object_update(args, more);
    json_decref(more);
    return args;
}

/* Completes, retries, releases or drops a job, by chance; dropped ones have expired already. */
static void treat(struct crowd *crowd, const json_t *job, unsigned *seed, bool lasting)
{
    int chance = rand_r(seed) % 10;
    json_t *result = NULL;
    if (chance == 0) {
        result = call(crowd, "release_job", leased_of(job, json_object()), CHIP_E_CONFLICT);
    } else if (chance == 1) {
        result = call(crowd, "fail_job",
                      leased_of(job, json_pack("{s:{s:s}, s:i}", "error", "code", "network",
                                               "retry_seconds", 0)),
                      CHIP_E_CONFLICT);
    } else if (chance > 2 || lasting) {
        result = call(crowd, "complete_job",
                      leased_of(job, json_pack("{s:{s:s}}", "analysis", "title", "t")),
                      lasting ? CHIP_OK : CHIP_E_CONFLICT);
        if (result) {
            crowd->completions++;
            crowd->done[atoi(json_string_value(json_object_get(job, "id")) + 24)]++;
        }
    }
    json_decref(result);
}

static void *work(void *user)
{
    struct crowd *crowd = user;
    unsigned seed = (unsigned)++crowd->next_seed;
    while (crowd->wrong == 0) {
        bool lasting = rand_r(&seed) % 4 != 0; /* else the lease ends at once: another takes it */
        json_t *job = call(crowd, "claim_job",
                           json_pack("{s:s, s:s, s:i}", "worker", "w", "node", "n", "lease_seconds",
                                     lasting ? 3600 : 0),
                           CHIP_OK);
        if (!job || json_is_null(job)) {
            json_decref(job);
            break;
        }
        crowd->claims++;
        treat(crowd, job, &seed, lasting);
        json_decref(job);
    }
    return NULL;
}

static void eight_workers_lose_no_job_and_do_none_twice(void **state)
{
    struct crowd crowd = {.c = *state};
    char user[SUITE_ID];
    for (int i = 0; i < JOBS; i++)
        suite_enqueue(*state, i,
                      json_pack("{s:s, s:i, s:i}", "user_id", suite_id(1000 + i % 7, user),
                                "priority", i % 3, "max_attempts", 100));
    run_threads(&crowd, work);
    /* A worker that finds nothing leaves; what others release after that is for the last one. */
    work(&crowd);
    assert_int_equal(crowd.wrong, 0);
    assert_int_equal(crowd.completions, JOBS);
    for (int i = 0; i < JOBS; i++)
        assert_int_equal(crowd.done[i], 1);
    assert_true(crowd.claims > JOBS);
    json_t *stats = suite_call(*state, "queue_stats", json_object());
    suite_is_number(stats, "completed", JOBS);
    suite_is_number(stats, "pending", 0);
    suite_is_number(stats, "processing", 0);
    json_decref(stats);
    for (int i = 0; i < JOBS; i += 50) {
        char id[SUITE_ID];
        json_t *row =
            suite_call(*state, "get_analysis", json_pack("{s:s}", "job_id", suite_id(i, id)));
        suite_is_number(row, "version", 1);
        json_decref(row);
    }
}

enum { BEATS = 25 };

/* Each writes to all three jobs in turn; the lease is theirs together. */
static void *beat(void *user)
{
    struct crowd *crowd = user;
    int number = ++crowd->next_seed;
    double last[3] = {0};
    for (int i = 0; i < BEATS * 3; i++) {
        int job = (i + number) % 3;
        json_t *result = call(
            crowd, "heartbeat_job",
            suite_leased(job, crowd->tokens[job],
                         json_pack("{s:i, s:[{s:s, s:{s:i}}, {s:s}]}", "lease_seconds", 60,
                                   "events", "kind", "a", "data", "thread", number, "kind", "b")),
            CHIP_OK);
        if (!result)
            break;
        double seq = json_number_value(json_object_get(result, "seq"));
        crowd->wrong += seq < last[job] + 2; /* at least one's own two are behind it */
        last[job] = seq;
        json_decref(result);
    }
    return NULL;
}

static void events_have_no_holes_under_eight_writers(void **state)
{
    struct crowd crowd = {.c = *state};
    for (int i = 0; i < 3; i++) {
        suite_enqueue(*state, i, NULL);
        suite_claim_job(*state, i, 3600, crowd.tokens[i]);
    }
    run_threads(&crowd, beat);
    for (int i = 0; i < 3; i++) {
        char id[SUITE_ID];
        json_t *events =
                   suite_call(*state, "list_events",
                              json_pack("{s:s, s:i}", "job_id", suite_id(i, id), "limit", 1000)),
               *event;
        assert_int_equal(json_array_size(events), 2 + THREADS * BEATS * 2);
        size_t k;
        json_array_foreach(events, k, event)
        {
            suite_is_number(event, "seq", (double)k + 1);
            if (k >= 2) /* a call's events lie together */
                suite_is(event, "kind", k % 2 ? "b" : "a");
        }
        json_decref(events);
    }
}

static void *enqueue_same(void *user)
{
    struct crowd *crowd = user;
    for (int i = 0; i < 20; i++) {
        char id[SUITE_ID];
        json_t *result = call(crowd, "enqueue_job",
                              json_pack("{s:s, s:{}}", "id", suite_id(i, id), "source"), CHIP_OK);
        crowd->completions += json_is_true(json_object_get(result, "created"));
        json_decref(result);
    }
    return NULL;
}

static void of_eight_that_enqueue_the_same_job_one_creates_it(void **state)
{
    struct crowd crowd = {.c = *state};
    run_threads(&crowd, enqueue_same);
    assert_int_equal(crowd.completions, 20);
}

static void *save(void *user)
{
    struct crowd *crowd = user;
    for (int i = 0; i < 10; i++) {
        json_t *row = NULL;
        for (bool saved = false; !saved && crowd->wrong == 0;) {
            char id[SUITE_ID];
            row =
                call(crowd, "get_analysis", json_pack("{s:s}", "job_id", suite_id(1, id)), CHIP_OK);
            json_t *result =
                call(crowd, "save_analysis",
                     json_pack("{s:s, s:O, s:{s:i}}", "job_id", id, "version",
                               json_object_get(row, "version"), "changes", "n_speakers",
                               (int)json_number_value(json_object_get(row, "n_speakers")) + 1),
                     CHIP_E_CONFLICT);
            saved = result;
            json_decref(result);
            json_decref(row);
        }
    }
    return NULL;
}

static void no_edit_is_lost_when_eight_edit_at_once(void **state)
{
    struct crowd crowd = {.c = *state};
    suite_completed_job(*state, 1, NULL);
    run_threads(&crowd, save);
    char id[SUITE_ID];
    json_t *row = suite_call(*state, "get_analysis", json_pack("{s:s}", "job_id", suite_id(1, id)));
    suite_is_number(row, "n_speakers", THREADS * 10);
    suite_is_number(row, "version", THREADS * 10 + 1);
    json_decref(row);
}

const struct CMUnitTest suite_threads[] = {
    cmocka_unit_test(eight_workers_lose_no_job_and_do_none_twice),
    cmocka_unit_test(events_have_no_holes_under_eight_writers),
    cmocka_unit_test(of_eight_that_enqueue_the_same_job_one_creates_it),
    cmocka_unit_test(no_edit_is_lost_when_eight_edit_at_once),
    {NULL},
};
