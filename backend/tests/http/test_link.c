#include "../test.h"

#include "http/auth.h"
#include "tokens.h"

#define KEY "the-key-of-the-service"
#define SECRET "super-secret-jwt-token-with-at-least-32-characters"
#define USER "0b3a1c52-7d1e-4f6a-9c41-2f1b7c9d0e11"
#define JOB "/api/jobs/5e0f6f0e-7f5c-4a39-9d3b-0c6c1f1d2a3b"

static struct chip_auth *auth;

static int setup(void **state)
{
    (void)state;
    const struct chip_auth_settings settings = {.api_keys = KEY, .jwt_secret = SECRET};
    return chip_auth_new(&auth, &settings, NULL) == CHIP_OK ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    chip_auth_free(auth);
    return 0;
}

static char *link_for(const struct chip_caller *caller, const char *path, int seconds)
{
    char *token;
    struct chip_err err = {0};
    if (chip_auth_link(auth, caller, path, seconds, &token, &err) != CHIP_OK)
        fail_msg("%s", err.message);
    return token;
}

static enum chip_auth_result follow(const char *token, const char *path, const char **why)
{
    struct chip_identity who;
    enum chip_auth_result result = chip_auth_check(auth, NULL, NULL, token, path, &who, why);
    chip_identity_done(&who);
    return result;
}

static void a_link_stands_for_its_maker_with_the_token(void **state)
{
    (void)state;
    struct chip_identity who;
    struct chip_caller caller = {.user_id = USER, .jwt = "aaa.bbb.ccc"}, seen;
    char *token = link_for(&caller, JOB, 60);
    assert_null(strpbrk(token, "+/=&?%#. "));
    assert_null(strstr(token, "aaa"));
    assert_int_equal(chip_auth_check(auth, NULL, NULL, token, JOB "/events", &who, NULL),
                     CHIP_AUTH_OK);
    assert_non_null(chip_identity_caller(&who, &seen));
    assert_string_equal(seen.user_id, USER);
    assert_string_equal(seen.jwt, "aaa.bbb.ccc");
    assert_string_equal(who.limit_key, "user:" USER);
    chip_identity_done(&who);
    free(token);

    token = link_for(NULL, JOB, 60);
    assert_int_equal(chip_auth_check(auth, NULL, NULL, token, JOB, &who, NULL), CHIP_AUTH_OK);
    assert_null(chip_identity_caller(&who, &seen));
    chip_identity_done(&who);
    free(token);
}

static void a_link_is_good_for_its_path_and_below(void **state)
{
    (void)state;
    char *token = link_for(NULL, JOB, 60);
    const char *why;
    assert_int_equal(follow(token, JOB, NULL), CHIP_AUTH_OK);
    assert_int_equal(follow(token, JOB "/audio", NULL), CHIP_AUTH_OK);
    static const char *const others[] = {"/",
                                         "/api/jobs",
                                         JOB "0",
                                         JOB "-x/audio",
                                         "",
                                         "/api/jobs/",
                                         "/api/jobs/5e0f6f0e-7f5c-4a39-9d3b-0c6c1f1d2a3c"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        assert_int_equal(follow(token, others[i], &why), CHIP_AUTH_INVALID);
        assert_string_equal(why, "the link is for another path");
    }
    free(token);
}

static void no_character_of_a_link_can_be_changed(void **state)
{
    (void)state;
    char *token = link_for(&(struct chip_caller){.user_id = USER}, JOB, 60);
    for (size_t i = 0; token[i]; i++) {
        char was = token[i];
        token[i] = was == 'A' ? 'B' : 'A';
        assert_int_equal(follow(token, JOB, NULL), CHIP_AUTH_INVALID);
        token[i] = was;
    }
    assert_int_equal(follow("", JOB, NULL), CHIP_AUTH_INVALID);
    assert_int_equal(follow("AAAA", JOB, NULL), CHIP_AUTH_INVALID);
    free(token);
}

static void links_end(void **state)
{
    (void)state;
    char claims[200], *path = NULL, *token;
    const char *why;
    struct chip_err err;
    /* One whose own token has ended a moment ago. */
    snprintf(claims, sizeof claims, "{\"exp\":%lld}", test_time(-1));
    char *jwt = test_hs256("{\"alg\":\"HS256\"}", claims, SECRET, strlen(SECRET));
    token = link_for(&(struct chip_caller){.user_id = USER, .jwt = jwt}, JOB, 3600);
    assert_int_equal(follow(token, JOB, &why), CHIP_AUTH_INVALID);
    assert_string_equal(why, "the link has expired");
    free(token);
    free(jwt);
    assert_int_equal(chip_auth_link(auth, NULL, JOB, 0, &path, &err), CHIP_E_INVAL);
    assert_int_equal(chip_auth_link(auth, NULL, JOB, 86401, &path, &err), CHIP_E_INVAL);
    assert_int_equal(chip_auth_link(auth, NULL, "jobs", 60, &path, &err), CHIP_E_INVAL);
    assert_null(path);
}

static void links_are_good_at_every_instance_with_the_same_key(void **state)
{
    (void)state;
    struct chip_identity who;
    struct chip_auth *same, *other;
    const struct chip_auth_settings rotated = {.api_keys = KEY ",another-key-of-ours"};
    const struct chip_auth_settings foreign = {.api_keys = "another-key-of-theirs"};
    assert_int_equal(chip_auth_new(&same, &rotated, NULL), CHIP_OK);
    assert_int_equal(chip_auth_new(&other, &foreign, NULL), CHIP_OK);
    char *token = link_for(NULL, JOB, 60);
    assert_int_equal(chip_auth_check(same, NULL, NULL, token, JOB, &who, NULL), CHIP_AUTH_OK);
    assert_int_equal(chip_auth_check(other, NULL, NULL, token, JOB, &who, NULL), CHIP_AUTH_INVALID);
    free(token);
    chip_auth_free(same);
    chip_auth_free(other);
}

static void links_are_not_for_headers_and_headers_win(void **state)
{
    (void)state;
    struct chip_identity who;
    char *token = link_for(NULL, JOB, 60), bearer[600];
    snprintf(bearer, sizeof bearer, "Bearer %s", token);
    assert_int_equal(chip_auth_check(auth, bearer, NULL, NULL, JOB, &who, NULL), CHIP_AUTH_INVALID);
    assert_int_equal(chip_auth_check(auth, NULL, token, NULL, JOB, &who, NULL), CHIP_AUTH_INVALID);
    assert_int_equal(chip_auth_check(auth, NULL, "wrong", token, JOB, &who, NULL),
                     CHIP_AUTH_INVALID);
    assert_int_equal(chip_auth_check(auth, NULL, NULL, KEY, JOB, &who, NULL), CHIP_AUTH_INVALID);
    free(token);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_link_stands_for_its_maker_with_the_token),
        cmocka_unit_test(a_link_is_good_for_its_path_and_below),
        cmocka_unit_test(no_character_of_a_link_can_be_changed),
        cmocka_unit_test(links_end),
        cmocka_unit_test(links_are_good_at_every_instance_with_the_same_key),
        cmocka_unit_test(links_are_not_for_headers_and_headers_win),
    };
    return cmocka_run_group_tests_name("link", tests, setup, teardown);
}
