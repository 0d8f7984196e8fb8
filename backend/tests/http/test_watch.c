/* http/watch.h, with a store that is played here: only watch_jobs, from a table of numbers. */

#include <pthread.h>
#include <time.h>

#include "http/watch.h"
#include "store/store.h"
#include "../test.h"

enum { PATIENCE_S = 20 };

static struct {
    pthread_mutex_t lock;
    pthread_cond_t change;
    json_t *seqs;    /* {"ID": seq} */
    int n_calls;     /* of watch_jobs */
    size_t most_ids; /* in one call */
    bool is_away;
} store = {.lock = PTHREAD_MUTEX_INITIALIZER, .change = PTHREAD_COND_INITIALIZER};

enum chip_status chip_store_call(struct chip_store *unused, const struct chip_caller *caller,
                                 const char *function, json_t *args, json_t **result,
                                 struct chip_err *err)
{
    assert_null(unused);
    assert_null(caller);
    assert_string_equal(function, "watch_jobs");
    enum chip_status st = CHIP_OK;
    size_t i;
    const json_t *id, *ids = json_object_get(args, "ids");
    pthread_mutex_lock(&store.lock);
    store.n_calls++;
    if (json_array_size(ids) > store.most_ids)
        store.most_ids = json_array_size(ids);
    if (store.is_away) {
        st = chip_fail(err, CHIP_E_UNAVAILABLE, "the store does not answer");
    } else {
        json_t *answer = json_object();
        json_array_foreach(ids, i, id)
        {
            json_t *seq = json_object_get(store.seqs, json_string_value(id));
            if (seq)
                json_object_set_new(answer, json_string_value(id),
                                    json_integer(json_integer_value(seq)));
        }
        *result = answer;
    }
    pthread_cond_broadcast(&store.change);
    pthread_mutex_unlock(&store.lock);
    json_decref(args);
    return st;
}

static void set_seq(const char *id, int seq)
{
    pthread_mutex_lock(&store.lock);
    json_object_set_new(store.seqs, id, json_integer(seq));
    pthread_mutex_unlock(&store.lock);
}

static void forget_job(const char *id)
{
    pthread_mutex_lock(&store.lock);
    json_object_del(store.seqs, id);
    pthread_mutex_unlock(&store.lock);
}

static void set_away(bool is_away)
{
    pthread_mutex_lock(&store.lock);
    store.is_away = is_away;
    pthread_mutex_unlock(&store.lock);
}

/* Waits under the store's lock until *count is at least `want`. */
static void await(const int *count, int want)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += PATIENCE_S;
    pthread_mutex_lock(&store.lock);
    int rc = 0;
    while (*count < want && rc == 0)
        rc = pthread_cond_timedwait(&store.change, &store.lock, &until);
    int got = *count;
    pthread_mutex_unlock(&store.lock);
    assert_true(got >= want);
}

/* Lets the watch ask twice more: what it wakes for now, it has woken for then. */
static void let_it_ask(void)
{
    pthread_mutex_lock(&store.lock);
    int now = store.n_calls;
    pthread_mutex_unlock(&store.lock);
    await(&store.n_calls, now + 2);
}

static void count_wake(void *user)
{
    pthread_mutex_lock(&store.lock);
    ++*(int *)user;
    pthread_cond_broadcast(&store.change);
    pthread_mutex_unlock(&store.lock);
}

static int wakes_of(const int *count)
{
    pthread_mutex_lock(&store.lock);
    int n = *count;
    pthread_mutex_unlock(&store.lock);
    return n;
}

static int start(void **state)
{
    store.seqs = json_object();
    store.n_calls = 0;
    store.most_ids = 0;
    store.is_away = false;
    struct chip_err err;
    return chip_watch_start((struct chip_watch **)state, NULL, 2, &err) == CHIP_OK ? 0 : -1;
}

static int stop(void **state)
{
    chip_watch_stop(*state);
    json_decref(store.seqs);
    return 0;
}

static void news_wake_once_and_only_who_is_behind(void **state)
{
    struct chip_watch *watch = *state;
    int behind = 0, up_to_date = 0;
    set_seq("a", 5);
    struct chip_watcher *w1 = chip_watch_add(watch, "a", 4, 0, count_wake, &behind);
    struct chip_watcher *w2 = chip_watch_add(watch, "a", 5, 0, count_wake, &up_to_date);
    await(&behind, 1);
    let_it_ask();
    assert_int_equal(wakes_of(&behind), 1);
    assert_int_equal(wakes_of(&up_to_date), 0);

    set_seq("a", 6);
    await(&behind, 2);
    await(&up_to_date, 1);
    assert_int_equal(chip_watch_last(watch, w1), 6);
    chip_watch_remove(watch, w1);
    chip_watch_remove(watch, w2);
}

static void a_watcher_that_could_not_read_is_woken_again(void **state)
{
    struct chip_watch *watch = *state;
    int wakes = 0;
    set_seq("a", 1);
    struct chip_watcher *w = chip_watch_add(watch, "a", 0, 0, count_wake, &wakes);
    await(&wakes, 1);
    chip_watch_after(watch, w, 0);
    await(&wakes, 2);
    chip_watch_remove(watch, w);
}

static void a_job_that_is_gone_wakes_once(void **state)
{
    struct chip_watch *watch = *state;
    int wakes = 0;
    set_seq("a", 1);
    struct chip_watcher *w = chip_watch_add(watch, "a", 1, 0, count_wake, &wakes);
    let_it_ask();
    forget_job("a");
    await(&wakes, 1);
    let_it_ask();
    assert_int_equal(wakes_of(&wakes), 1);
    assert_int_equal(chip_watch_last(watch, w), CHIP_WATCH_GONE);
    chip_watch_remove(watch, w);
}

static void the_idle_are_woken_again_and_again(void **state)
{
    struct chip_watch *watch = *state;
    int wakes = 0;
    set_seq("a", 1);
    struct chip_watcher *w = chip_watch_add(watch, "a", 1, 1, count_wake, &wakes);
    await(&wakes, 3);
    chip_watch_remove(watch, w);
}

static void nobody_is_woken_after_remove(void **state)
{
    struct chip_watch *watch = *state;
    for (int i = 0; i < 200; i++) {
        int *wakes = calloc(1, sizeof *wakes); /* freed: a late wake is a use after free */
        set_seq("a", i + 1);
        struct chip_watcher *w = chip_watch_add(watch, "a", i, 1, count_wake, wakes);
        if (i % 2)
            await(wakes, 1);
        chip_watch_remove(watch, w);
        free(wakes);
    }
    int other = 0;
    struct chip_watcher *w = chip_watch_add(watch, "b", 0, 0, count_wake, &other);
    await(&other, 1); /* gone: the watch still works */
    chip_watch_remove(watch, w);
}

static void nothing_watched_is_nothing_asked(void **state)
{
    struct chip_watch *watch = *state;
    int wakes = 0;
    struct chip_watcher *w = chip_watch_add(watch, "a", 0, 0, count_wake, &wakes);
    await(&wakes, 1);
    chip_watch_remove(watch, w);
    chip_watch_hurry(watch);
    /* A question may be under way; after the next one none may follow. */
    int before, after;
    const struct timespec some_turns = {.tv_nsec = 40 * 1000 * 1000};
    do {
        before = wakes_of(&store.n_calls);
        nanosleep(&some_turns, NULL); /* what must not happen cannot be waited for */
        after = wakes_of(&store.n_calls);
    } while (after - before == 1);
    assert_int_equal(after, before);
}

static void a_store_that_was_away_is_asked_again(void **state)
{
    struct chip_watch *watch = *state;
    int wakes = 0;
    set_away(true);
    set_seq("a", 1);
    struct chip_watcher *w = chip_watch_add(watch, "a", 0, 0, count_wake, &wakes);
    await(&store.n_calls, 1);
    assert_int_equal(wakes_of(&wakes), 0);
    set_away(false);
    chip_watch_hurry(watch);
    await(&wakes, 1);
    chip_watch_remove(watch, w);
}

static void more_jobs_than_one_call_takes_are_all_heard(void **state)
{
    enum { N = 6001 };
    struct chip_watch *watch = *state;
    static struct chip_watcher *w[N];
    int wakes = 0;
    char id[16];
    for (int i = 0; i < N; i++) {
        snprintf(id, sizeof id, "job-%d", i);
        set_seq(id, 1);
        w[i] = chip_watch_add(watch, id, 0, 0, count_wake, &wakes);
        assert_non_null(w[i]);
    }
    await(&wakes, N);
    pthread_mutex_lock(&store.lock);
    assert_true(store.most_ids <= 5000);
    pthread_mutex_unlock(&store.lock);
    for (int i = 0; i < N; i++)
        chip_watch_remove(watch, w[i]);
}

static void stop_frees_what_is_still_watched(void **state)
{
    static int wakes;
    for (int i = 0; i < 3; i++)
        assert_non_null(chip_watch_add(*state, i ? "a" : "b", 0, 0, count_wake, &wakes));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(news_wake_once_and_only_who_is_behind, start, stop),
        cmocka_unit_test_setup_teardown(a_watcher_that_could_not_read_is_woken_again, start, stop),
        cmocka_unit_test_setup_teardown(a_job_that_is_gone_wakes_once, start, stop),
        cmocka_unit_test_setup_teardown(the_idle_are_woken_again_and_again, start, stop),
        cmocka_unit_test_setup_teardown(nobody_is_woken_after_remove, start, stop),
        cmocka_unit_test_setup_teardown(nothing_watched_is_nothing_asked, start, stop),
        cmocka_unit_test_setup_teardown(a_store_that_was_away_is_asked_again, start, stop),
        cmocka_unit_test_setup_teardown(more_jobs_than_one_call_takes_are_all_heard, start, stop),
        cmocka_unit_test_setup_teardown(stop_frees_what_is_still_watched, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
