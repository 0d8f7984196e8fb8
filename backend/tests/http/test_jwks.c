#include "../test.h"

#include <openssl/ec.h>
#include <semaphore.h>

#include "base/clock.h"
#include "http/jwk.h"
#include "http/jwks.h"
#include "server.h"
#include "tokens.h"

#define TEXT "what is signed"

static EVP_PKEY *first, *second;
static unsigned char first_signature[64], second_signature[64];

/* What the server answers next; changed between requests only. */
struct scene {
    char *set; /* NULL: 500 */
};

static void serve_set(void *user, int fd, const struct test_request *request)
{
    const struct scene *scene = user;
    (void)request;
    if (scene->set)
        test_send(fd, "200 OK", "Content-Type: application/json\r\n", scene->set,
                  strlen(scene->set));
    else
        test_send(fd, "500 Internal Server Error", "Content-Length: 0\r\n", "", 0);
}

static struct chip_jwks *open_jwks(const char *url, int again_ms)
{
    struct chip_jwks *jwks;
    struct chip_err err = {0};
    struct chip_jwks_settings settings = {.url = url, .again_ms = again_ms, .wait_ms = 10000};
    if (chip_jwks_new(&jwks, &settings, &err) != CHIP_OK)
        fail_msg("%s", err.message);
    return jwks;
}

static enum chip_jwks_result ask(struct chip_jwks *jwks, const char *kid,
                                 const unsigned char *signature)
{
    return chip_jwks_verify(jwks, kid, "ES256", TEXT, strlen(TEXT), signature, 64);
}

static void keys_are_fetched_once_for_many_tokens(void **state)
{
    (void)state;
    struct scene scene = {.set = test_jwks(first, "k1", "\"use\":\"sig\",\"alg\":\"ES256\"")};
    struct test_server *server = test_server_start(serve_set, &scene);
    struct chip_jwks *jwks = open_jwks(test_server_url(server, "/jwks.json"), 0);
    for (int i = 0; i < 50; i++)
        assert_int_equal(ask(jwks, "k1", first_signature), CHIP_JWKS_RIGHT);
    assert_int_equal(ask(jwks, "k1", second_signature), CHIP_JWKS_WRONG);
    assert_int_equal(chip_jwks_verify(jwks, "k1", "RS256", TEXT, strlen(TEXT), first_signature, 64),
                     CHIP_JWKS_WRONG);
    assert_int_equal(test_server_count(server), 1);
    chip_jwks_free(jwks);
    test_server_stop(server);
    free(scene.set);
}

static void unknown_keys_cannot_make_us_fetch_all_the_time(void **state)
{
    (void)state;
    struct scene scene = {.set = test_jwks(first, "k1", "")};
    struct test_server *server = test_server_start(serve_set, &scene);
    struct chip_jwks *jwks = open_jwks(test_server_url(server, "/"), 60000);
    assert_int_equal(ask(jwks, "k1", first_signature), CHIP_JWKS_RIGHT);
    int64_t start_ms = chip_clock_ms();
    for (int i = 0; i < 1000; i++) {
        char kid[20];
        snprintf(kid, sizeof kid, "unknown-%d", i);
        assert_int_equal(ask(jwks, kid, first_signature), CHIP_JWKS_UNKNOWN);
    }
    assert_true(chip_clock_ms() - start_ms < 5000); /* and nobody waited */
    assert_int_equal(test_server_count(server), 1);
    chip_jwks_free(jwks);
    test_server_stop(server);
    free(scene.set);
}

/* Until a fetch may be made again, with again_ms being 1. */
static void pass_a_moment(void)
{
    for (int64_t start_ms = chip_clock_ms(); chip_clock_ms() < start_ms + 2;)
        ;
}

static void a_new_key_is_found_and_the_old_one_forgotten(void **state)
{
    (void)state;
    char *old = test_jwks(first, "k1", ""), *new = test_jwks(second, "k2", "");
    struct scene scene = {.set = old};
    struct test_server *server = test_server_start(serve_set, &scene);
    struct chip_jwks *jwks = open_jwks(test_server_url(server, "/"), 1);
    assert_int_equal(ask(jwks, "k1", first_signature), CHIP_JWKS_RIGHT);
    scene.set = new;
    pass_a_moment();
    assert_int_equal(ask(jwks, "k2", second_signature), CHIP_JWKS_RIGHT);
    assert_int_equal(ask(jwks, "k1", first_signature), CHIP_JWKS_UNKNOWN);
    chip_jwks_free(jwks);
    test_server_stop(server);
    free(old);
    free(new);
}

static void old_keys_stay_while_fetching_fails(void **state)
{
    (void)state;
    char *set = test_jwks(first, "k1", "");
    struct scene scene = {.set = set};
    struct test_server *server = test_server_start(serve_set, &scene);
    struct chip_jwks *jwks = open_jwks(test_server_url(server, "/"), 1);
    assert_int_equal(ask(jwks, "k1", first_signature), CHIP_JWKS_RIGHT);
    scene.set = NULL;
    pass_a_moment();
    int before = test_server_count(server);
    assert_int_equal(ask(jwks, "k2", second_signature), CHIP_JWKS_UNKNOWN);
    assert_true(test_server_count(server) > before);
    assert_int_equal(ask(jwks, "k1", first_signature), CHIP_JWKS_RIGHT);
    chip_jwks_free(jwks);
    test_server_stop(server);
    free(set);
}

static void without_keys_it_cannot_be_told(void **state)
{
    (void)state;
    struct scene scene = {.set = NULL};
    struct test_server *server = test_server_start(serve_set, &scene);
    struct chip_jwks *jwks = open_jwks(test_server_url(server, "/"), 60000);
    assert_int_equal(ask(jwks, "k1", first_signature), CHIP_JWKS_NO_KEYS);
    chip_jwks_free(jwks);
    test_server_stop(server);
}

/* Answers only when the test is over. */
static void serve_nothing(void *user, int fd, const struct test_request *request)
{
    (void)request;
    (void)fd;
    sem_wait(user);
}

static void stopping_does_not_wait_for_a_silent_server(void **state)
{
    (void)state;
    sem_t over;
    sem_init(&over, 0, 0);
    struct test_server *server = test_server_start(serve_nothing, &over);
    struct chip_jwks *jwks = open_jwks(test_server_url(server, "/"), 0);
    int64_t start_ms = chip_clock_ms();
    chip_jwks_free(jwks);
    assert_true(chip_clock_ms() - start_ms < 5000); /* of the 20 s that a call may take */
    sem_post(&over);
    test_server_stop(server);
    sem_destroy(&over);
}

static void sets_are_read_with_care(void **state)
{
    (void)state;
    static const struct {
        const char *more;
        size_t n;
    } cases[] = {
        {"\"use\":\"enc\"", 0},
        {"\"alg\":\"HS256\"", 0},
        {"\"alg\":\"RS256\"", 0},
        {"\"key_ops\":[\"sign\"]", 0},
        {"\"key_ops\":[\"sign\",\"verify\"],\"use\":\"sig\",\"alg\":\"ES256\"", 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct chip_jwk_set *keys;
        char *set = test_jwks(first, "k1", cases[i].more);
        assert_int_equal(chip_jwk_set_parse(set, strlen(set), &keys, NULL), CHIP_OK);
        assert_int_equal(keys->n, cases[i].n);
        chip_jwk_set_free(keys);
        free(set);
    }
    static const char *const useless[] = {
        "{\"keys\":[]}",
        "{\"keys\":[null,1,\"x\",[],{}]}",
        "{\"keys\":[{\"kty\":\"oct\",\"kid\":\"k\",\"alg\":\"HS256\",\"k\":\"c2VjcmV0\"}]}",
        "{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"k\",\"n\":\"AQAB\",\"e\":\"AQAB\"}]}",
        /* A point that is not on the curve. */
        "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"k\","
        "\"x\":\"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE\","
        "\"y\":\"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE\"}]}",
    };
    for (size_t i = 0; i < sizeof useless / sizeof *useless; i++) {
        struct chip_jwk_set *keys;
        assert_int_equal(chip_jwk_set_parse(useless[i], strlen(useless[i]), &keys, NULL), CHIP_OK);
        assert_int_equal(keys->n, 0);
        chip_jwk_set_free(keys);
    }
    static const char *const broken[] = {"", "[]", "{\"keys\":{}}", "<html>",
                                         "{\"keys\":[],\"keys\":[]}"};
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        struct chip_jwk_set *keys;
        assert_int_equal(chip_jwk_set_parse(broken[i], strlen(broken[i]), &keys, NULL),
                         CHIP_E_FORMAT);
    }
}

static int make_keys(void **state)
{
    (void)state;
    first = EVP_EC_gen("P-256");
    second = EVP_EC_gen("P-256");
    if (!first || !second)
        return -1;
    test_sign_raw(TEXT, first, first_signature);
    test_sign_raw(TEXT, second, second_signature);
    return 0;
}

static int free_keys(void **state)
{
    (void)state;
    EVP_PKEY_free(first);
    EVP_PKEY_free(second);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_fetched_once_for_many_tokens),
        cmocka_unit_test(unknown_keys_cannot_make_us_fetch_all_the_time),
        cmocka_unit_test(a_new_key_is_found_and_the_old_one_forgotten),
        cmocka_unit_test(old_keys_stay_while_fetching_fails),
        cmocka_unit_test(without_keys_it_cannot_be_told),
        cmocka_unit_test(stopping_does_not_wait_for_a_silent_server),
        cmocka_unit_test(sets_are_read_with_care),
    };
    return cmocka_run_group_tests_name("jwks", tests, make_keys, free_keys);
}
