#include "../test.h"

#include "base/uuid.h"
#include "http/job_cache.h"

static const char job[] = "0a1b2c3d-0000-4000-8000-000000000001";
static const char ana[] = "0a1b2c3d-0000-4000-8000-00000000000a";
static const char ben[] = "0a1b2c3d-0000-4000-8000-00000000000b";

static int make(void **state)
{
    struct chip_job_cache *cache;
    assert_int_equal(chip_job_cache_new(&cache, NULL), CHIP_OK);
    *state = cache;
    return 0;
}

static int dispose(void **state)
{
    chip_job_cache_free(*state);
    return 0;
}

static void keep(struct chip_job_cache *cache, const char *id, const char *user, int64_t version,
                 const char *text)
{
    chip_job_cache_keep(cache, id, user, version, text, strlen(text));
}

/* @param want NULL: nothing is found */
static void finds(struct chip_job_cache *cache, const char *id, const char *user, int64_t version,
                  const char *want)
{
    size_t n = 0;
    char *text = chip_job_cache_find(cache, id, user, version, &n);
    if (want) {
        assert_non_null(text);
        assert_string_equal(text, want);
        assert_int_equal(n, strlen(want));
    } else {
        assert_null(text);
    }
    free(text);
}

static void an_answer_is_found_until_the_version_is_another(void **state)
{
    finds(*state, job, "", 1, NULL);
    keep(*state, job, "", 1, "old");
    finds(*state, job, "", 1, "old");
    finds(*state, job, "", 1, "old");
    finds(*state, job, "", 2, NULL);
    keep(*state, job, "", 2, "new");
    finds(*state, job, "", 2, "new");
    finds(*state, job, "", 1, NULL);
}

static void an_answer_is_for_who_asked_only(void **state)
{
    keep(*state, job, ana, 1, "hers");
    finds(*state, job, ana, 1, "hers");
    finds(*state, job, ben, 1, NULL);
    finds(*state, job, "", 1, NULL);
    finds(*state, ben, ana, 1, NULL);
}

/* Far more jobs than there is room for: what is found is always the right one. */
static void jobs_that_share_a_place_are_not_mixed_up(void **state)
{
    enum { N = 8 * CHIP_CACHED_JOBS };
    int found = 0;
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < N; i++) {
            char id[CHIP_UUID_TEXT], text[16];
            snprintf(id, sizeof id, "0a1b2c3d-0000-4000-8000-%012d", i);
            snprintf(text, sizeof text, "%d", i);
            size_t n;
            char *got = chip_job_cache_find(*state, id, "", 1, &n);
            if (got)
                assert_string_equal(got, text);
            found += got != NULL;
            free(got);
            if (round == 0)
                keep(*state, id, "", 1, text);
        }
    }
    assert_in_range(found, 1, CHIP_CACHED_JOBS);
}

static void what_is_too_long_is_not_kept(void **state)
{
    static char text[CHIP_CACHED_BYTES + 2];
    memset(text, 'x', CHIP_CACHED_BYTES + 1);
    keep(*state, job, "", 1, text);
    finds(*state, job, "", 1, NULL);
    text[CHIP_CACHED_BYTES] = '\0';
    keep(*state, job, "", 1, text);
    finds(*state, job, "", 1, text);
    keep(*state, "not an id, and longer than one could ever be", "", 1, "text");
    finds(*state, "not an id, and longer than one could ever be", "", 1, NULL);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, make, dispose)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_answer_is_found_until_the_version_is_another),
        TEST(an_answer_is_for_who_asked_only),
        TEST(jobs_that_share_a_place_are_not_mixed_up),
        TEST(what_is_too_long_is_not_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
