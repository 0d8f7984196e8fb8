#include "../test.h"

#include <pthread.h>
#include <stdatomic.h>

#include "http/limit.h"

static struct chip_limit *make(double per_second, double burst, size_t max_keys)
{
    struct chip_limit *limit;
    const struct chip_limit_settings settings = {per_second, burst, max_keys};
    assert_int_equal(chip_limit_new(&limit, &settings, NULL), CHIP_OK);
    return limit;
}

static void a_burst_passes_and_then_the_rate(void **state)
{
    (void)state;
    struct chip_limit *limit = make(2, 5, 0);
    for (int i = 0; i < 5; i++)
        assert_int_equal(chip_limit_take(limit, "a", 1, 1000), 0);
    assert_int_equal(chip_limit_take(limit, "a", 1, 1000), 1);
    assert_int_equal(chip_limit_take(limit, "a", 1, 1499), 1);
    assert_int_equal(chip_limit_take(limit, "a", 1, 1500), 0); /* half a second, one token */
    assert_int_equal(chip_limit_take(limit, "a", 1, 1500), 1);
    assert_int_equal(chip_limit_take(limit, "b", 1, 1500), 0); /* others are not concerned */
    for (int i = 0; i < 5; i++)
        assert_int_equal(chip_limit_take(limit, "a", 1, 1000000), 0);
    assert_int_equal(chip_limit_take(limit, "a", 1, 1000000), 1); /* no more than a burst */
    chip_limit_free(limit);
}

static void the_wait_it_names_is_long_enough(void **state)
{
    (void)state;
    struct chip_limit *limit = make(0.1, 3, 0);
    assert_int_equal(chip_limit_take(limit, "a", 3, 0), 0);
    int wait_s = chip_limit_take(limit, "a", 2, 0);
    assert_int_equal(wait_s, 20);
    assert_int_equal(chip_limit_take(limit, "a", 2, wait_s * 1000), 0);
    assert_int_equal(chip_limit_take(limit, "b", 100, 0), 0); /* as dear as a burst, not more */
    chip_limit_free(limit);
}

static void a_clock_that_goes_back_gives_nothing(void **state)
{
    (void)state;
    struct chip_limit *limit = make(1, 1, 0);
    assert_int_equal(chip_limit_take(limit, "a", 1, 5000), 0);
    assert_int_equal(chip_limit_take(limit, "a", 1, 4000), 1);
    assert_int_equal(chip_limit_take(limit, "a", 1, 5500), 1);
    assert_int_equal(chip_limit_take(limit, "a", 1, 6000), 0);
    chip_limit_free(limit);
}

static void the_longest_unused_key_is_forgotten_first(void **state)
{
    (void)state;
    struct chip_limit *limit = make(0.001, 1, 3);
    assert_int_equal(chip_limit_take(limit, "a", 1, 0), 0);
    assert_int_equal(chip_limit_take(limit, "b", 1, 0), 0);
    assert_int_equal(chip_limit_take(limit, "c", 1, 0), 0);
    assert_int_not_equal(chip_limit_take(limit, "a", 1, 1), 0); /* used just now */
    assert_int_equal(chip_limit_take(limit, "d", 1, 2), 0);     /* in the place of b */
    assert_int_not_equal(chip_limit_take(limit, "a", 1, 3), 0);
    assert_int_not_equal(chip_limit_take(limit, "c", 1, 3), 0);
    assert_int_equal(chip_limit_take(limit, "b", 1, 3), 0);
    chip_limit_free(limit);
}

static void a_hundred_thousand_keys_fit_into_sixteen_buckets(void **state)
{
    (void)state;
    struct chip_limit *limit = make(0.001, 1, 16);
    char key[32];
    for (int i = 0; i < 100000; i++) {
        snprintf(key, sizeof key, "10.%d.%d.%d", i >> 16, i >> 8 & 255, i & 255);
        assert_int_equal(chip_limit_take(limit, key, 1, 0), 0);
        assert_int_not_equal(chip_limit_take(limit, key, 1, 0), 0);
    }
    chip_limit_free(limit);
}

static void long_keys_are_cut_and_still_counted(void **state)
{
    (void)state;
    struct chip_limit *limit = make(0.001, 1, 0);
    char key[500];
    memset(key, 'k', sizeof key - 1);
    key[sizeof key - 1] = '\0';
    assert_int_equal(chip_limit_take(limit, key, 1, 0), 0);
    assert_int_not_equal(chip_limit_take(limit, key, 1, 0), 0);
    chip_limit_free(limit);
}

struct crowd {
    struct chip_limit *limit;
    atomic_int passed;
};

static void *push(void *user)
{
    struct crowd *crowd = user;
    for (int i = 0; i < 1000; i++)
        if (chip_limit_take(crowd->limit, "all", 1, 0) == 0)
            atomic_fetch_add(&crowd->passed, 1);
    return NULL;
}

static void threads_share_one_bucket_exactly(void **state)
{
    (void)state;
    struct crowd crowd = {.limit = make(0.001, 500, 0)};
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, push, &crowd), 0);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(crowd.passed, 500);
    chip_limit_free(crowd.limit);
}

static void a_client_counts_as_its_network(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"203.0.113.9", "203.0.113.9"},
        {"2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"},
        {"2001:DB8:1:2::ffff", "2001:db8:1:2::/64"},
        {"::1", "::/64"},
        {"::ffff:203.0.113.9", "203.0.113.9"},
        {"unknown", "unknown"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char key[CHIP_LIMIT_ADDRESS];
        chip_limit_address(cases[i][0], key);
        assert_string_equal(key, cases[i][1]);
    }
}

static void limits_that_let_nobody_in_are_refused(void **state)
{
    (void)state;
    static const struct chip_limit_settings bad[] = {
        {0, 5}, {-1, 5}, {1, 0}, {1, 0.5}, {1, 1, SIZE_MAX}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct chip_limit *limit;
        assert_int_equal(chip_limit_new(&limit, &bad[i], NULL), CHIP_E_INVAL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_burst_passes_and_then_the_rate),
        cmocka_unit_test(the_wait_it_names_is_long_enough),
        cmocka_unit_test(a_clock_that_goes_back_gives_nothing),
        cmocka_unit_test(the_longest_unused_key_is_forgotten_first),
        cmocka_unit_test(a_hundred_thousand_keys_fit_into_sixteen_buckets),
        cmocka_unit_test(long_keys_are_cut_and_still_counted),
        cmocka_unit_test(threads_share_one_bucket_exactly),
        cmocka_unit_test(a_client_counts_as_its_network),
        cmocka_unit_test(limits_that_let_nobody_in_are_refused),
    };
    return cmocka_run_group_tests_name("limit", tests, NULL, NULL);
}
