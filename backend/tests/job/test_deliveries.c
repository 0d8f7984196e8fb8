#include "../test.h"

#include <errno.h>
#include <semaphore.h>
#include <time.h>

#include "../net/server.h"
#include "../store/sqlite_folder.h"
#include "base/uuid.h"
#include "job/deliveries.h"

#define SECRET "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

enum { MAX_SEEN = 64, PATIENCE_S = 20 };

/* A receiver of webhooks. */
static struct receiver {
    const char *answers[8]; /* in turn; NULL: "200 OK" from then on */
    const char *headers;
    int n_seen; /* read after `arrived` only */
    char ids[MAX_SEEN][64];
    char signatures[MAX_SEEN][128];
    char bodies[MAX_SEEN][1024];
    long long timestamps[MAX_SEEN];
    bool holds; /* waits for `go_on` before it answers */
} receiver;
static sem_t arrived, go_on;

static struct chip_store *store;
static struct sqlite_folder folder;
static struct test_server *server;
static struct chip_guard *guard;
static struct chip_webhook_keys keys;

static void receive(void *user, int fd, const struct test_request *request)
{
    (void)user;
    int n = receiver.n_seen;
    char timestamp[64];
    const char *answer = n < 8 && receiver.answers[n] ? receiver.answers[n] : "200 OK";
    if (n < MAX_SEEN) {
        test_header(request, "webhook-id", receiver.ids[n], sizeof receiver.ids[n]);
        test_header(request, "webhook-signature", receiver.signatures[n],
                    sizeof receiver.signatures[n]);
        test_header(request, "webhook-timestamp", timestamp, sizeof timestamp);
        receiver.timestamps[n] = atoll(timestamp);
        snprintf(receiver.bodies[n], sizeof receiver.bodies[n], "%s", request->body);
        receiver.n_seen++;
    }
    sem_post(&arrived);
    if (receiver.holds)
        sem_wait(&go_on);
    test_send(fd, answer, receiver.headers ? receiver.headers : "", "", 0);
}

static void await_webhook(void)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += PATIENCE_S;
    while (sem_timedwait(&arrived, &until) < 0)
        if (errno != EINTR)
            fail_msg("no webhook came in %d s", PATIENCE_S);
}

static json_t *call(const char *function, json_t *args)
{
    json_t *result;
    struct chip_err err = {0};
    if (chip_store_call(store, NULL, function, args, &result, &err) != CHIP_OK)
        fail_msg("%s: %s", function, err.message);
    return result;
}

/* A job that has failed, so that a webhook is due. */
static void finish_job(char id[CHIP_UUID_TEXT], const char *url)
{
    chip_uuid_make(id);
    json_decref(call("enqueue_job", json_pack("{s:s, s:{s:s}, s:s}", "id", id, "source", "url",
                                              "https://x.example/a.mp3", "callback_url", url)));
    json_t *job = call(
        "claim_job", json_pack("{s:s, s:s, s:i}", "worker", "w", "node", "n", "lease_seconds", 60));
    const char *token = json_string_value(json_object_get(job, "lease_token"));
    assert_string_equal(json_string_value(json_object_get(job, "id")), id);
    json_decref(
        call("fail_job", json_pack("{s:s, s:s, s:{s:s, s:s, s:s, s:b}}", "id", id, "lease_token",
                                   token, "error", "code", "no_audio", "message",
                                   "There is no sound in it.", "stage", "decode", "retryable", 0)));
    json_decref(job);
}

static struct chip_deliveries *start(const int *waits_s)
{
    struct chip_deliveries *d;
    struct chip_err err = {0};
    const struct chip_deliveries_settings settings = {
        .store = store, .guard = guard, .keys = &keys, .poll_ms = 600000, .waits_s = waits_s};
    if (chip_deliveries_start(&d, &settings, &err) != CHIP_OK)
        fail_msg("%s", err.message);
    return d;
}

/* The job's only delivery, a new reference. */
static json_t *delivery_of(const char *job_id)
{
    json_t *rows = call("list_deliveries", json_pack("{s:s}", "job_id", job_id));
    assert_int_equal(json_array_size(rows), 1);
    json_t *row = json_incref(json_array_get(rows, 0));
    json_decref(rows);
    return row;
}

static void assert_delivery(const char *job_id, const char *status, int n_tries, int http)
{
    json_t *row = delivery_of(job_id);
    assert_string_equal(json_string_value(json_object_get(row, "status")), status);
    assert_int_equal(json_array_size(json_object_get(row, "tries")), n_tries);
    if (n_tries)
        assert_int_equal(json_integer_value(json_object_get(row, "http_status")), http);
    json_decref(row);
}

static int setup(void **state)
{
    (void)state;
    receiver = (struct receiver){0};
    sem_init(&arrived, 0, 0);
    sem_init(&go_on, 0, 0);
    server = test_server_start(receive, NULL);
    sqlite_folder_make(&folder);
    sqlite_folder_open(&folder);
    store = folder.store;
    return chip_guard_new(&guard, &(struct chip_guard_settings){.allow = "127.0.0.1"}, NULL) ||
           chip_webhook_keys_parse(SECRET, &keys, NULL);
}

static int teardown(void **state)
{
    (void)state;
    test_server_stop(server);
    sqlite_folder_delete(&folder);
    chip_guard_free(guard);
    sem_destroy(&arrived);
    sem_destroy(&go_on);
    return 0;
}

static void a_finished_job_is_told_once_and_signed(void **state)
{
    (void)state;
    char id[CHIP_UUID_TEXT], *signature;
    struct chip_deliveries *d = start(NULL);
    finish_job(id, test_server_url(server, "/hook"));
    chip_deliveries_wake(d);
    await_webhook();
    chip_deliveries_free(d);
    assert_int_equal(receiver.n_seen, 1);
    assert_int_equal(chip_webhook_sign(&keys, receiver.ids[0], receiver.timestamps[0],
                                       receiver.bodies[0], strlen(receiver.bodies[0]), &signature,
                                       NULL),
                     CHIP_OK);
    assert_string_equal(receiver.signatures[0], signature);
    free(signature);
    json_t *body = json_loads(receiver.bodies[0], 0, NULL);
    const char *type = NULL, *job_id = NULL, *timestamp = NULL;
    assert_int_equal(json_unpack(body, "{s:s, s:s, s:{s:s}}", "type", &type, "timestamp",
                                 &timestamp, "data", "job_id", &job_id),
                     0);
    assert_string_equal(type, "job.failed");
    assert_string_equal(job_id, id);
    json_decref(body);
    assert_delivery(id, "delivered", 1, 200);
}

static void what_was_due_before_the_start_is_sent_too(void **state)
{
    (void)state;
    char id[CHIP_UUID_TEXT];
    finish_job(id, test_server_url(server, "/hook"));
    struct chip_deliveries *d = start(NULL);
    await_webhook();
    chip_deliveries_free(d);
    assert_delivery(id, "delivered", 1, 200);
}

static void a_failed_try_is_repeated_under_the_same_id(void **state)
{
    (void)state;
    static const int waits_s[] = {1, 1, 0};
    char id[CHIP_UUID_TEXT];
    receiver.answers[0] = "503 Busy";
    finish_job(id, test_server_url(server, "/hook"));
    struct chip_deliveries *d = start(waits_s);
    await_webhook();
    await_webhook(); /* though nobody wakes it and it looks for others every ten minutes */
    chip_deliveries_free(d);
    assert_int_equal(receiver.n_seen, 2);
    assert_string_equal(receiver.ids[0], receiver.ids[1]);
    assert_string_not_equal(receiver.ids[0], "");
    assert_string_equal(receiver.bodies[0], receiver.bodies[1]);
    assert_true(receiver.timestamps[1] > receiver.timestamps[0]);
    assert_delivery(id, "delivered", 2, 200);
}

static void after_the_last_wait_it_is_given_up(void **state)
{
    (void)state;
    static const int waits_s[] = {1, 0};
    char id[CHIP_UUID_TEXT];
    receiver.answers[0] = receiver.answers[1] = "500 Broken";
    finish_job(id, test_server_url(server, "/hook"));
    struct chip_deliveries *d = start(waits_s);
    await_webhook();
    await_webhook();
    chip_deliveries_free(d);
    assert_delivery(id, "failed", 2, 500);
}

static void a_receiver_that_is_gone_is_not_asked_again(void **state)
{
    (void)state;
    char id[CHIP_UUID_TEXT];
    receiver.answers[0] = "410 Gone";
    finish_job(id, test_server_url(server, "/hook"));
    struct chip_deliveries *d = start(NULL);
    await_webhook();
    chip_deliveries_free(d);
    assert_delivery(id, "failed", 1, 410);
}

static void the_first_wait_is_seconds_and_the_server_may_wish_for_more(void **state)
{
    (void)state;
    static const struct {
        const char *headers;
        int least_s, most_s;
    } cases[] = {{"", 3, 7}, {"Retry-After: 500\r\n", 490, 501}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char id[CHIP_UUID_TEXT];
        receiver = (struct receiver){.answers = {"503 Busy"}, .headers = cases[i].headers};
        finish_job(id, test_server_url(server, "/hook"));
        struct chip_deliveries *d = start(NULL);
        await_webhook();
        chip_deliveries_free(d);
        json_t *row = delivery_of(id);
        assert_string_equal(json_string_value(json_object_get(row, "status")), "pending");
        struct tm tm = {0};
        const char *next = json_string_value(json_object_get(row, "next_try_at"));
        assert_non_null(next);
        assert_non_null(strptime(next, "%Y-%m-%dT%H:%M:%S", &tm));
        double wait_s = difftime(timegm(&tm), time(NULL));
        assert_in_range((int)wait_s, cases[i].least_s, cases[i].most_s);
        json_decref(row);
        /* Out of the way of the next case. */
        json_decref(call("delete_job", json_pack("{s:s}", "id", id)));
    }
}

static void where_the_guard_lets_nobody_nothing_is_sent(void **state)
{
    (void)state;
    char id[CHIP_UUID_TEXT], inside[CHIP_UUID_TEXT];
    finish_job(inside, "https://169.254.169.254/hook?token=SECRET");
    finish_job(id, test_server_url(server, "/hook"));
    struct chip_deliveries *d = start(NULL);
    await_webhook();
    chip_deliveries_free(d); /* waits for the other one, which was claimed before */
    assert_delivery(inside, "failed", 1, 0);
    json_t *row = delivery_of(inside);
    const char *error = json_string_value(json_object_get(row, "error"));
    assert_non_null(strstr(error, "not in the public internet"));
    assert_null(strstr(error, "SECRET"));
    json_decref(row);
    assert_delivery(id, "delivered", 1, 200);
}

static void many_are_sent_each_once(void **state)
{
    (void)state;
    enum { N = 40 };
    char ids[N][CHIP_UUID_TEXT];
    for (int i = 0; i < N; i++)
        finish_job(ids[i], test_server_url(server, "/hook"));
    struct chip_deliveries *one = start(NULL), *two = start(NULL);
    for (int i = 0; i < N; i++)
        await_webhook();
    chip_deliveries_free(one);
    chip_deliveries_free(two);
    assert_int_equal(receiver.n_seen, N);
    for (int i = 0; i < N; i++) {
        assert_delivery(ids[i], "delivered", 1, 200);
        for (int j = 0; j < i; j++)
            assert_string_not_equal(receiver.ids[i], receiver.ids[j]);
    }
}

static void a_slow_receiver_does_not_hold_up_the_stop(void **state)
{
    (void)state;
    char id[CHIP_UUID_TEXT];
    receiver.holds = true;
    finish_job(id, test_server_url(server, "/hook"));
    struct chip_deliveries *d = start(NULL);
    await_webhook();
    struct timespec before, after;
    clock_gettime(CLOCK_MONOTONIC, &before);
    chip_deliveries_free(d);
    clock_gettime(CLOCK_MONOTONIC, &after);
    sem_post(&go_on);
    assert_true(after.tv_sec - before.tv_sec < 8); /* of the 20 s that it may take */
    assert_delivery(id, "pending", 0, 0);          /* due again, and no try is counted */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_finished_job_is_told_once_and_signed, setup, teardown),
        cmocka_unit_test_setup_teardown(what_was_due_before_the_start_is_sent_too, setup, teardown),
        cmocka_unit_test_setup_teardown(a_failed_try_is_repeated_under_the_same_id, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(after_the_last_wait_it_is_given_up, setup, teardown),
        cmocka_unit_test_setup_teardown(a_receiver_that_is_gone_is_not_asked_again, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(the_first_wait_is_seconds_and_the_server_may_wish_for_more,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(where_the_guard_lets_nobody_nothing_is_sent, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(many_are_sent_each_once, setup, teardown),
        cmocka_unit_test_setup_teardown(a_slow_receiver_does_not_hold_up_the_stop, setup, teardown),
    };
    return cmocka_run_group_tests_name("deliveries", tests, NULL, NULL);
}
