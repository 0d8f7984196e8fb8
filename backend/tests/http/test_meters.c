#include "../test.h"

#include <math.h>
#include <pthread.h>

#include "http/meters.h"

static struct chip_meters *new_meters(void)
{
    struct chip_meters *meters;
    assert_int_equal(chip_meters_new(&meters, NULL), CHIP_OK);
    return meters;
}

static void assert_text(struct chip_meters *meters, const char *expected)
{
    char *text;
    assert_int_equal(chip_meters_write(meters, &text, NULL), CHIP_OK);
    assert_string_equal(text, expected);
    free(text);
    chip_meters_free(meters);
}

static void families_are_written_whole_in_their_order(void **state)
{
    (void)state;
    struct chip_meters *m = new_meters();
    struct chip_meter *jobs =
        chip_meters_family(m, CHIP_COUNTER, "jobs_total", "Jobs\nthat end\\ed.", "a b", NULL, 0);
    struct chip_meter *heat = chip_meters_family(m, CHIP_GAUGE, "heat", "Now.", "", NULL, 0);
    chip_series_add(chip_meter_series(jobs, "x", "1"), 1);
    chip_series_set(chip_meter_series(heat), -0.5);
    chip_series_add(chip_meter_series(jobs, "q\"\\\n", "2"), 2.5);
    chip_series_add(chip_meter_series(jobs, "x", "1"), 1);
    assert_text(m, "# HELP jobs_total Jobs\\nthat end\\\\ed.\n"
                   "# TYPE jobs_total counter\n"
                   "jobs_total{a=\"x\",b=\"1\"} 2\n"
                   "jobs_total{a=\"q\\\"\\\\\\n\",b=\"2\"} 2.5\n"
                   "# HELP heat Now.\n"
                   "# TYPE heat gauge\n"
                   "heat -0.5\n");
}

static void histograms_are_cumulative(void **state)
{
    (void)state;
    struct chip_meters *m = new_meters();
    const double bounds[] = {0.5, 1};
    struct chip_series *s = chip_meter_series(
        chip_meters_family(m, CHIP_HISTOGRAM, "took_seconds", "Time.", "", bounds, 2));
    chip_series_observe(s, 0.5);
    chip_series_observe(s, 0.75);
    chip_series_observe(s, 0.25);
    chip_series_observe(s, 8);
    assert_text(m, "# HELP took_seconds Time.\n"
                   "# TYPE took_seconds histogram\n"
                   "took_seconds_bucket{le=\"0.5\"} 2\n"
                   "took_seconds_bucket{le=\"1\"} 3\n"
                   "took_seconds_bucket{le=\"+Inf\"} 4\n"
                   "took_seconds_sum 9.5\n"
                   "took_seconds_count 4\n");
}

static void a_name_is_one_family_and_labels_one_series(void **state)
{
    (void)state;
    struct chip_meters *m = new_meters();
    struct chip_meter *one = chip_meters_family(m, CHIP_GAUGE, "g", "G.", "a", NULL, 0);
    assert_ptr_equal(one, chip_meters_family(m, CHIP_GAUGE, "g", "G.", "a", NULL, 0));
    assert_ptr_equal(chip_meter_series(one, "1"), chip_meter_series(one, "1"));
    assert_ptr_not_equal(chip_meter_series(one, "1"), chip_meter_series(one, "2"));
    chip_meters_free(m);
}

static void series_have_an_end(void **state)
{
    (void)state;
    struct chip_meters *m = new_meters();
    struct chip_meter *g = chip_meters_family(m, CHIP_COUNTER, "g_total", "G.", "a", NULL, 0);
    char value[16];
    for (int i = 0; i < CHIP_MAX_SERIES; i++) {
        snprintf(value, sizeof value, "%d", i);
        chip_series_add(chip_meter_series(g, value), 1);
    }
    chip_series_add(chip_meter_series(g, "one more"), 1);
    chip_series_add(chip_meter_series(g, "and one"), 1);
    char *text;
    assert_int_equal(chip_meters_write(m, &text, NULL), CHIP_OK);
    assert_non_null(strstr(text, "g_total{a=\"other\"} 2\n"));
    assert_non_null(strstr(text, "g_total{a=\"0\"} 1\n"));
    free(text);
    chip_meters_free(m);
}

static void collect(void *user, struct chip_str *out)
{
    chip_meters_head(out, CHIP_GAUGE, "queue", "Waiting.");
    chip_meters_sample(out, "queue", *(double *)user, "state", "pending", NULL);
    chip_meters_sample(out, "queue", NAN, "state", "b", "of", "x", NULL);
    chip_meters_sample(out, "queue", -INFINITY, NULL);
}

static void others_append_families_of_their_own(void **state)
{
    (void)state;
    struct chip_meters *m = new_meters();
    double n = 12345678901;
    assert_int_equal(chip_meters_collect(m, collect, &n), CHIP_OK);
    assert_text(m, "# HELP queue Waiting.\n"
                   "# TYPE queue gauge\n"
                   "queue{state=\"pending\"} 12345678901\n"
                   "queue{state=\"b\",of=\"x\"} NaN\n"
                   "queue -Inf\n");
}

static void what_could_not_be_made_counts_nothing(void **state)
{
    (void)state;
    struct chip_meters *m = new_meters();
    assert_null(chip_meters_family(m, CHIP_GAUGE, "g", "G.", "a b c d e", NULL, 0));
    assert_null(chip_meters_family(NULL, CHIP_GAUGE, "g", "G.", "", NULL, 0));
    assert_null(chip_meter_series(NULL, "x"));
    chip_series_add(NULL, 1);
    chip_series_set(NULL, 1);
    chip_series_observe(NULL, 1);
    assert_text(m, "");
}

static void *add_many(void *user)
{
    for (int i = 0; i < 20000; i++)
        chip_series_add(user, 1);
    return NULL;
}

static void threads_lose_no_count(void **state)
{
    (void)state;
    struct chip_meters *m = new_meters();
    struct chip_series *s =
        chip_meter_series(chip_meters_family(m, CHIP_COUNTER, "n_total", "N.", "", NULL, 0));
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, add_many, s), 0);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    assert_text(m, "# HELP n_total N.\n# TYPE n_total counter\nn_total 80000\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(families_are_written_whole_in_their_order),
        cmocka_unit_test(histograms_are_cumulative),
        cmocka_unit_test(a_name_is_one_family_and_labels_one_series),
        cmocka_unit_test(series_have_an_end),
        cmocka_unit_test(others_append_families_of_their_own),
        cmocka_unit_test(what_could_not_be_made_counts_nothing),
        cmocka_unit_test(threads_lose_no_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
