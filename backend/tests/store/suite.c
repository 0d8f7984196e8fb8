#include "suite_case.h"

static int open_store(void **state)
{
    const struct chip_suite *suite = *state;
    struct suite_case *c = calloc(1, sizeof *c);
    assert_non_null(c);
    c->suite = suite;
    c->store = suite->open(suite->user);
    assert_non_null(c->store);
    *state = c;
    return 0;
}

static int close_store(void **state)
{
    struct suite_case *c = *state;
    c->suite->close(c->suite->user, c->store);
    free(c);
    return 0;
}

int chip_suite_run(const struct chip_suite *suite)
{
    static const struct CMUnitTest *const parts[] = {
        suite_args,   suite_jobs,  suite_claims,   suite_work,    suite_results,
        suite_search, suite_users, suite_waveform, suite_threads,
    };
    enum { N_PARTS = sizeof parts / sizeof *parts };
    struct CMUnitTest tests[N_PARTS * SUITE_MAX_TESTS];
    size_t n = 0;
    for (size_t part = 0; part < N_PARTS; part++) {
        for (const struct CMUnitTest *test = parts[part]; test->name; test++) {
            tests[n] = *test;
            tests[n].setup_func = open_store;
            tests[n].teardown_func = close_store;
            tests[n++].initial_state = (void *)suite;
        }
    }
    return _cmocka_run_group_tests(suite->name, tests, n, NULL, NULL);
}
