#include "../test.h"

#include <inttypes.h>

#include "net/webhook.h"
#include "server.h"

/* The example of the specification and of its official libraries. */
#define SECRET "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
#define ID "msg_p5jXN8AQM9LWM0D4loKWxJek"
#define BODY "{\"test\": 2432232314}"
#define SIGNATURE "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
#define OTHER_SECRET "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"

static struct chip_webhook_keys keys_of(const char *text)
{
    struct chip_webhook_keys keys;
    struct chip_err err = {0};
    if (chip_webhook_keys_parse(text, &keys, &err) != CHIP_OK)
        fail_msg("%s", err.message);
    return keys;
}

static void the_official_vector_holds(void **state)
{
    (void)state;
    struct chip_webhook_keys keys = keys_of(SECRET);
    char *signature;
    assert_int_equal(chip_webhook_sign(&keys, ID, 1614265330, BODY, strlen(BODY), &signature, NULL),
                     CHIP_OK);
    assert_string_equal(signature, SIGNATURE);
    free(signature);
}

static void every_live_secret_signs(void **state)
{
    (void)state;
    struct chip_webhook_keys keys = keys_of(OTHER_SECRET ", " SECRET);
    char *signature;
    assert_int_equal(chip_webhook_sign(&keys, ID, 1614265330, BODY, strlen(BODY), &signature, NULL),
                     CHIP_OK);
    assert_int_equal(strlen(signature), 2 * strlen(SIGNATURE) + 1);
    assert_string_equal(strchr(signature, ' ') + 1, SIGNATURE);
    assert_memory_not_equal(signature, SIGNATURE, strlen(SIGNATURE));
    free(signature);
}

static void secrets_that_are_none_are_refused_without_repeating_them(void **state)
{
    (void)state;
    static const char *const bad[] = {"MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                                      "whsec_",
                                      "whsec_c2hvcnQ=",
                                      "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS",
                                      "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa-_",
                                      SECRET "," SECRET "," SECRET "," SECRET "," SECRET,
                                      SECRET ", junk"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct chip_webhook_keys keys;
        struct chip_err err = {0};
        assert_int_equal(chip_webhook_keys_parse(bad[i], &keys, &err), CHIP_E_INVAL);
        assert_null(strstr(err.message, "MfKQ"));
    }
    assert_int_equal(keys_of(NULL).n, 0);
    assert_int_equal(keys_of(" , ").n, 0);
}

static void ids_that_would_confuse_the_signature_are_refused(void **state)
{
    (void)state;
    struct chip_webhook_keys keys = keys_of(SECRET);
    static const char *const bad[] = {"a.b", "a b", "a\r\nx: y", "a\n"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char *signature;
        assert_int_equal(chip_webhook_sign(&keys, bad[i], 1, BODY, 1, &signature, NULL),
                         CHIP_E_INVAL);
    }
}

/* ---- sending --------------------------------------------------------------------------------- */

static struct seen {
    const char *answer, *headers;
    size_t n_answer;
    char id[100], timestamp[100], signature[200], type[100], expect[100], agent[100], body[1000];
    bool is_post;
} seen;

static void serve(void *user, int fd, const struct test_request *request)
{
    (void)user;
    test_header(request, "webhook-id", seen.id, sizeof seen.id);
    test_header(request, "webhook-timestamp", seen.timestamp, sizeof seen.timestamp);
    test_header(request, "webhook-signature", seen.signature, sizeof seen.signature);
    test_header(request, "Content-Type", seen.type, sizeof seen.type);
    test_header(request, "Expect", seen.expect, sizeof seen.expect);
    test_header(request, "User-Agent", seen.agent, sizeof seen.agent);
    snprintf(seen.body, sizeof seen.body, "%s", request->body);
    seen.is_post = !strncmp(request->head, "POST ", 5);
    char *text = calloc(1, seen.n_answer + 1);
    test_send(fd, seen.answer, seen.headers, text, seen.n_answer);
    free(text);
}

static struct chip_webhook_result send_to(const char *url, const char *allow,
                                          const struct chip_webhook_keys *keys)
{
    struct chip_guard *guard;
    struct chip_webhook_result result;
    const struct chip_guard_settings settings = {.allow = allow, .https_only = true};
    assert_int_equal(chip_guard_new(&guard, &settings, NULL), CHIP_OK);
    struct chip_webhook webhook = {.url = url,
                                   .guard = guard,
                                   .keys = keys,
                                   .id = ID,
                                   .timestamp_s = 1614265330,
                                   .body = BODY,
                                   .n_body = strlen(BODY)};
    chip_webhook_send(&webhook, &result);
    chip_guard_free(guard);
    return result;
}

static void a_webhook_arrives_as_it_was_signed(void **state)
{
    (void)state;
    struct chip_webhook_keys keys = keys_of(SECRET), none = keys_of(NULL);
    struct test_server *server = test_server_start(serve, NULL);
    seen = (struct seen){.answer = "204 No Content", .headers = ""};
    struct chip_webhook_result result =
        send_to(test_server_url(server, "/hook?x=1"), "127.0.0.1", &keys);
    assert_int_equal(result.verdict, CHIP_WEBHOOK_DELIVERED);
    assert_int_equal(result.http_status, 204);
    assert_string_equal(result.error, "");
    assert_true(seen.is_post);
    assert_string_equal(seen.id, ID);
    assert_string_equal(seen.timestamp, "1614265330");
    assert_string_equal(seen.signature, SIGNATURE);
    assert_string_equal(seen.type, "application/json");
    assert_string_equal(seen.expect, "");
    assert_memory_equal(seen.agent, "chip/", 5);
    assert_string_equal(seen.body, BODY);

    assert_int_equal(send_to(test_server_url(server, "/"), "127.0.0.1", &none).verdict,
                     CHIP_WEBHOOK_DELIVERED);
    assert_string_equal(seen.signature, "");
    test_server_stop(server);
}

static void only_2xx_is_delivered_and_only_410_ends_it(void **state)
{
    (void)state;
    static const struct {
        const char *answer, *headers;
        enum chip_webhook_verdict verdict;
        int http, wait_s;
    } cases[] = {
        {"200 OK", "", CHIP_WEBHOOK_DELIVERED, 200, 0},
        {"202 Accepted", "", CHIP_WEBHOOK_DELIVERED, 202, 0},
        {"301 Moved", "Location: /elsewhere\r\n", CHIP_WEBHOOK_LATER, 301, 0},
        {"307 Moved", "Location: http://169.254.169.254/\r\n", CHIP_WEBHOOK_LATER, 307, 0},
        {"400 Bad Request", "", CHIP_WEBHOOK_LATER, 400, 0},
        {"404 Not Found", "", CHIP_WEBHOOK_LATER, 404, 0},
        {"410 Gone", "", CHIP_WEBHOOK_GIVE_UP, 410, 0},
        {"429 Too Many Requests", "Retry-After: 77\r\n", CHIP_WEBHOOK_LATER, 429, 77},
        {"503 Busy", "Retry-After: soon\r\n", CHIP_WEBHOOK_LATER, 503, 0},
    };
    struct chip_webhook_keys keys = keys_of(SECRET);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct test_server *server = test_server_start(serve, NULL);
        seen = (struct seen){.answer = cases[i].answer, .headers = cases[i].headers};
        struct chip_webhook_result result =
            send_to(test_server_url(server, "/hook"), "127.0.0.1", &keys);
        assert_int_equal(result.verdict, cases[i].verdict);
        assert_int_equal(result.http_status, cases[i].http);
        assert_int_equal(result.retry_after_s, cases[i].wait_s);
        assert_int_equal(!result.error[0], cases[i].verdict == CHIP_WEBHOOK_DELIVERED);
        assert_int_equal(test_server_count(server), 1); /* redirects are not followed */
        test_server_stop(server);
    }
}

static void a_talkative_receiver_has_received_it_all_the_same(void **state)
{
    (void)state;
    struct chip_webhook_keys keys = keys_of(SECRET);
    struct test_server *server = test_server_start(serve, NULL);
    seen = (struct seen){.answer = "200 OK", .headers = "", .n_answer = 1 << 20};
    assert_int_equal(send_to(test_server_url(server, "/"), "127.0.0.1", &keys).verdict,
                     CHIP_WEBHOOK_DELIVERED);
    test_server_stop(server);
}

static void a_receiver_that_is_away_is_tried_later(void **state)
{
    (void)state;
    struct chip_webhook_keys keys = keys_of(SECRET);
    struct test_server *server = test_server_start(serve, NULL);
    char url[200];
    snprintf(url, sizeof url, "%s", test_server_url(server, "/SECRETPATH?token=SECRETPATH"));
    test_server_stop(server);
    struct chip_webhook_result result = send_to(url, "127.0.0.1", &keys);
    assert_int_equal(result.verdict, CHIP_WEBHOOK_LATER);
    assert_int_equal(result.http_status, 0);
    assert_true(strlen(result.error) > 0);
    assert_null(strstr(result.error, "SECRETPATH"));
}

static void where_the_guard_lets_nobody_it_is_given_up(void **state)
{
    (void)state;
    struct chip_webhook_keys keys = keys_of(SECRET);
    static const char *const urls[] = {"https://127.0.0.1:1/",
                                       "https://10.0.0.1/",
                                       "http://hooks.example/",
                                       "ftp://hooks.example/",
                                       "x",
                                       "https://u:p@hooks.example/"};
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++)
        assert_int_equal(send_to(urls[i], NULL, &keys).verdict, CHIP_WEBHOOK_GIVE_UP);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_official_vector_holds),
        cmocka_unit_test(every_live_secret_signs),
        cmocka_unit_test(secrets_that_are_none_are_refused_without_repeating_them),
        cmocka_unit_test(ids_that_would_confuse_the_signature_are_refused),
        cmocka_unit_test(a_webhook_arrives_as_it_was_signed),
        cmocka_unit_test(only_2xx_is_delivered_and_only_410_ends_it),
        cmocka_unit_test(a_talkative_receiver_has_received_it_all_the_same),
        cmocka_unit_test(a_receiver_that_is_away_is_tried_later),
        cmocka_unit_test(where_the_guard_lets_nobody_it_is_given_up),
    };
    return cmocka_run_group_tests_name("webhook", tests, NULL, NULL);
}
