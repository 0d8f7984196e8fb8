/* The Supabase driver: keys, tokens, migrations, and servers that misbehave. */
#include "call.h"

#include <libpq-fe.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/uuid.h"
#include "database.h"
#include "hs256.h"
#include "store/postgres_link.h"
#include "store/postgres_migrations.h"

#define USER_A "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"
#define USER_B "bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb"
#define JOB_A "aaaaaaaa-0000-4000-8000-000000000001"

static struct test_database *database;

struct fixture {
    char database_url[512];
    struct test_supabase *rest;
};

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    *state = f;
    if (!database)
        return 0;
    snprintf(f->database_url, sizeof f->database_url, "%s",
             test_database_ask(database, "create-supabase"));
    f->rest = test_supabase_start(f->database_url);
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    test_supabase_stop(f->rest);
    free(f);
    return 0;
}

#define NEED_DATABASE() \
    do {                \
        if (!database)  \
            skip();     \
    } while (0)

/* As `supabase db push` would, up to a version. */
static void push(struct fixture *f, size_t from, size_t to)
{
    PGconn *conn = PQconnectdb(f->database_url);
    for (size_t i = from; i < to; i++) {
        PGresult *result = PQexec(conn, chip_migrations[i].sql);
        if (!chip_pg_is_good(result))
            fail_msg("%s", PQerrorMessage(conn));
        PQclear(result);
    }
    PQfinish(conn);
}

static enum chip_status try_open(const char *url, const char *key, struct chip_store **store,
                                 struct chip_err *err)
{
    struct chip_store_settings settings = {.supabase_url = url, .supabase_key = key};
    *store = NULL;
    return chip_store_open(store, &settings, err);
}

static struct chip_store *open_with(struct fixture *f, const char *key)
{
    struct chip_err err;
    struct chip_store *store;
    if (try_open(test_supabase_url(f->rest), key, &store, &err) != CHIP_OK)
        fail_msg("%s", err.message);
    return store;
}

static struct chip_store *open_ready(struct fixture *f)
{
    push(f, 0, chip_n_migrations);
    return open_with(f, TEST_SECRET_KEY);
}

static char *make_token(const char *user_id, int64_t expires)
{
    return test_jwt_make(TEST_JWT_SECRET,
                         json_pack("{s:s, s:s, s:I}", "role",
                                   user_id ? "authenticated" : "service_role", "sub",
                                   user_id ? user_id : "", "exp", (json_int_t)expires));
}

static json_t *id_args(const char *id)
{
    return json_pack("{s:s}", "id", id);
}

static void enqueue(struct chip_store *store, const struct chip_caller *caller, const char *id)
{
    call_only(store, caller, "enqueue_job",
              json_pack("{s:s, s:{s:s}, s:s?}", "id", id, "source", "url", "u", "user_id",
                        caller ? NULL : USER_A));
}

/* ---- keys and tokens ------------------------------------------------------------------------- */

static void both_kinds_of_service_key_open_everything(void **state)
{
    NEED_DATABASE();
    struct fixture *f = *state;
    struct chip_store *store = open_ready(f);
    enqueue(store, NULL, JOB_A);
    chip_store_close(store);

    char *legacy = make_token(NULL, time(NULL) + 3600);
    store = open_with(f, legacy);
    json_decref(call(store, NULL, "get_job", id_args(JOB_A)));
    assert_string_equal(chip_store_kind(store), "supabase");
    chip_store_close(store);
    free(legacy);
}

static void a_user_acts_as_themselves(void **state)
{
    NEED_DATABASE();
    struct fixture *f = *state;
    struct chip_store *store = open_ready(f);
    char *a = make_token(USER_A, time(NULL) + 60), *b = make_token(USER_B, time(NULL) + 60);
    struct chip_caller user_a = {USER_A, a}, user_b = {USER_B, b};
    enqueue(store, &user_a, JOB_A);
    json_t *job = call(store, &user_a, "get_job", id_args(JOB_A));
    assert_string_equal(text_of(job, "user_id"), USER_A);
    json_decref(job);
    refusal(store, &user_b, "get_job", id_args(JOB_A), CHIP_E_NOT_FOUND);
    refusal(store, &user_b, "cancel_job", id_args(JOB_A), CHIP_E_NOT_FOUND);
    /* It is the token that counts, not what we believe. */
    struct chip_caller confused = {USER_A, b};
    refusal(store, &confused, "get_job", id_args(JOB_A), CHIP_E_NOT_FOUND);
    free(a);
    free(b);
    chip_store_close(store);
}

static void tokens_that_are_none_are_denied(void **state)
{
    NEED_DATABASE();
    struct fixture *f = *state;
    struct chip_store *store = open_ready(f);
    enqueue(store, NULL, JOB_A);
    char *old = make_token(USER_A, time(NULL) - 3600), *good = make_token(USER_A, time(NULL) + 60);
    char forged[2048], split[2048];
    snprintf(forged, sizeof forged, "%.*sAAAA", (int)strlen(good) - 4, good);
    snprintf(split, sizeof split, "%s\r\napikey: " TEST_SECRET_KEY, good);
    const char *const tokens[] = {old, forged, split, "", NULL};
    for (size_t i = 0; i < sizeof tokens / sizeof *tokens; i++) {
        struct chip_caller caller = {USER_A, tokens[i]};
        const char *why = refusal(store, &caller, "get_job", id_args(JOB_A), CHIP_E_DENIED);
        assert_null(strstr(why, TEST_SECRET_KEY));
    }
    struct chip_caller caller = {USER_A, old};
    assert_non_null(
        strstr(refusal(store, &caller, "get_job", id_args(JOB_A), CHIP_E_DENIED), "expired"));
    free(old);
    free(good);
    chip_store_close(store);
}

static void keys_that_are_not_the_services_do_not_open(void **state)
{
    NEED_DATABASE();
    struct fixture *f = *state;
    push(f, 0, chip_n_migrations);
    static const struct {
        const char *key;
        enum chip_status status;
    } cases[] = {
        {TEST_PUBLISHABLE_KEY, CHIP_E_DENIED}, {"sb_secret_other", CHIP_E_DENIED},
        {"not.a.jwt", CHIP_E_DENIED},          {"", CHIP_E_INVAL},
        {"sb_secret_\r\nx: y", CHIP_E_INVAL},  {NULL, CHIP_E_INVAL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct chip_err err;
        struct chip_store *store;
        assert_int_equal(try_open(test_supabase_url(f->rest), cases[i].key, &store, &err),
                         cases[i].status);
        assert_non_null(strstr(err.message, "key"));
        if (cases[i].key && *cases[i].key)
            assert_null(strstr(err.message, cases[i].key));
    }
}

/* ---- migrations ------------------------------------------------------------------------------ */

static void missing_migrations_are_named_with_the_way_to_apply_them(void **state)
{
    NEED_DATABASE();
    struct fixture *f = *state;
    struct chip_err err;
    struct chip_store *store = open_with(f, TEST_SECRET_KEY);
    assert_int_equal(chip_store_migrate(store, NULL, &err), CHIP_E_UNSUPPORTED);
    assert_non_null(strstr(err.message, "supabase db push"));
    const char *why = refusal(store, NULL, "queue_stats", json_object(), CHIP_E_UNSUPPORTED);
    assert_non_null(strstr(why, "supabase db push"));

    push(f, 0, 1);
    assert_int_equal(chip_store_migrate(store, NULL, &err), CHIP_E_UNSUPPORTED);
    assert_non_null(strstr(err.message, chip_migrations[1].name));

    push(f, 1, chip_n_migrations);
    json_t *report = NULL;
    assert_int_equal(chip_store_migrate(store, &report, &err), CHIP_OK);
    assert_int_equal(json_integer_value(json_object_get(report, "version")), chip_n_migrations);
    assert_int_equal(json_array_size(json_object_get(report, "applied")), 0);
    json_decref(report);
    chip_store_close(store);
}

/* ---- what goes wrong on the way -------------------------------------------------------------- */

static void a_database_that_is_gone_is_unavailable_and_comes_back(void **state)
{
    NEED_DATABASE();
    struct fixture *f = *state;
    struct chip_store *store = open_ready(f);
    enqueue(store, NULL, JOB_A);
    assert_string_equal(test_database_ask(database, "stop"), "ok");
    for (int i = 0; i < 6; i++)
        refusal(store, NULL, "get_job", id_args(JOB_A), CHIP_E_UNAVAILABLE);
    assert_string_equal(test_database_ask(database, "start"), "ok");
    json_decref(call(store, NULL, "get_job", id_args(JOB_A)));
    chip_store_close(store);
}

static void a_gateway_that_restarts_is_unavailable_and_comes_back(void **state)
{
    NEED_DATABASE();
    struct fixture *f = *state;
    struct chip_store *store = open_ready(f);
    test_supabase_stop(f->rest);
    const char *why = refusal(store, NULL, "queue_stats", json_object(), CHIP_E_UNAVAILABLE);
    assert_non_null(strstr(why, "does not answer"));
    f->rest = test_supabase_start(f->database_url); /* elsewhere; this store stays without */
    struct chip_store *again = open_with(f, TEST_SECRET_KEY);
    call_only(again, NULL, "queue_stats", json_object());
    chip_store_close(again);
    chip_store_close(store);
}

static void what_postgres_means_comes_through(void **state)
{
    NEED_DATABASE();
    struct fixture *f = *state;
    struct chip_store *store = open_ready(f);
    static const struct {
        const char *code;
        enum chip_status status;
    } cases[] = {
        {"53100", CHIP_E_IO},          {"57014", CHIP_E_UNAVAILABLE}, {"55P03", CHIP_E_UNAVAILABLE},
        {"40001", CHIP_E_UNAVAILABLE}, {"42501", CHIP_E_DENIED},      {"23514", CHIP_E_INVAL},
        {"23505", CHIP_E_CONFLICT},    {"XX000", CHIP_E_INTERNAL},    {"PT404", CHIP_E_NOT_FOUND},
        {"PT409", CHIP_E_CONFLICT},    {"PT400", CHIP_E_INVAL},       {"25006", CHIP_E_UNAVAILABLE},
    };
    PGconn *conn = PQconnectdb(f->database_url);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char sql[300];
        snprintf(sql, sizeof sql,
                 "CREATE OR REPLACE FUNCTION public.queue_stats() RETURNS jsonb LANGUAGE plpgsql "
                 "AS $$ BEGIN RAISE EXCEPTION SQLSTATE '%s' USING MESSAGE = 'so it is'; END $$",
                 cases[i].code);
        PQclear(PQexec(conn, sql));
        assert_non_null(strstr(refusal(store, NULL, "queue_stats", json_object(), cases[i].status),
                               "so it is"));
    }
    PQfinish(conn);
    chip_store_close(store);
}

/* A server that gives every request on one connection the same bytes, and then hangs up. */
struct canned {
    int fd;
    const char *bytes;
    pthread_t thread;
    char url[64];
    char request[4096]; /* the first one */
};

static void *give(void *user)
{
    struct canned *canned = user;
    for (bool first = true;; first = false) {
        char ignored[4096], *to = first ? canned->request : ignored;
        int fd = accept(canned->fd, NULL, NULL);
        if (fd < 0)
            return NULL;
        size_t n = 0;
        ssize_t got;
        while ((n < 4 || !memmem(to, n, "\r\n\r\n{", 5)) && n < 4095 &&
               (got = recv(fd, to + n, 4095 - n, 0)) > 0)
            n += (size_t)got;
        to[n] = '\0';
        send(fd, canned->bytes, strlen(canned->bytes), MSG_NOSIGNAL);
        shutdown(fd, SHUT_WR);
        while (recv(fd, ignored, sizeof ignored, 0) > 0)
            ;
        close(fd);
    }
}

static void canned_start(struct canned *canned, const char *bytes)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof at;
    *canned = (struct canned){.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), .bytes = bytes};
    assert_int_equal(bind(canned->fd, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(listen(canned->fd, 8), 0);
    getsockname(canned->fd, (struct sockaddr *)&at, &n);
    snprintf(canned->url, sizeof canned->url, "http://127.0.0.1:%d/", ntohs(at.sin_port));
    pthread_create(&canned->thread, NULL, give, canned);
}

static void canned_stop(struct canned *canned)
{
    shutdown(canned->fd, SHUT_RDWR);
    pthread_join(canned->thread, NULL);
    close(canned->fd);
}

static void answers_that_are_none_have_a_meaning(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        enum chip_status status;
    } cases[] = {
        {"HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>",
         CHIP_E_UNAVAILABLE},
        {"HTTP/1.1 522 \r\nContent-Length: 0\r\n\r\n", CHIP_E_UNAVAILABLE},
        {"HTTP/1.1 429 \r\nContent-Length: 2\r\n\r\n{}", CHIP_E_UNAVAILABLE},
        {"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>", CHIP_E_UNAVAILABLE},
        {"HTTP/1.1 200 OK\r\nContent-Length: 60\r\n\r\n{\"cut\":", CHIP_E_UNAVAILABLE},
        {"HTTP/1.1 401 \r\nContent-Length: 29\r\n\r\n{\"message\":\"Invalid API key\"}",
         CHIP_E_DENIED},
        {"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
         CHIP_E_INTERNAL},
        {"HTTP/1.1 500 \r\nContent-Length: 20\r\n\r\n[\"not\", \"an object\"]", CHIP_E_INTERNAL},
        {"", CHIP_E_UNAVAILABLE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct canned canned;
        struct chip_err err;
        struct chip_store *store;
        canned_start(&canned, cases[i].bytes);
        enum chip_status status = try_open(canned.url, "sb_secret_hidden", &store, &err);
        canned_stop(&canned);
        if (status != cases[i].status)
            fail_msg("case %zu: %s: %s", i, chip_status_name(status), err.message);
        assert_null(strstr(err.message, "sb_secret_hidden"));
    }
}

static void a_request_has_the_headers_that_supabase_wants(void **state)
{
    (void)state;
    struct canned canned;
    struct chip_err err;
    struct chip_store *store;
    canned_start(&canned, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n3");
    assert_int_equal(try_open(canned.url, "sb_secret_x", &store, &err), CHIP_OK);
    chip_store_close(store);
    canned_stop(&canned);
    const char *r = canned.request;
    assert_ptr_equal(strstr(r, "POST /rest/v1/rpc/schema_version HTTP/1.1\r\n"), r);
    assert_non_null(strstr(r, "\r\napikey: sb_secret_x\r\n"));
    assert_non_null(strstr(r, "\r\nContent-Type: application/json\r\n"));
    assert_non_null(strstr(r, "\r\nAccept: application/json\r\n"));
    assert_non_null(strstr(r, "\r\nUser-Agent: chip/"));
    assert_null(strstr(r, "Authorization"));
    assert_null(strstr(r, "Expect"));

    canned_start(&canned, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n3");
    assert_int_equal(try_open(canned.url, "old.service.key", &store, &err), CHIP_OK);
    chip_store_close(store);
    canned_stop(&canned);
    assert_non_null(strstr(canned.request, "\r\napikey: old.service.key\r\n"));
    assert_non_null(strstr(canned.request, "\r\nAuthorization: Bearer old.service.key\r\n"));
}

static void keys_do_not_travel_in_the_clear(void **state)
{
    (void)state;
    struct chip_err err;
    struct chip_store *store;
    assert_int_equal(try_open("http://example.org", "sb_secret_x", &store, &err), CHIP_E_INVAL);
    assert_int_equal(try_open("example.org", "sb_secret_x", &store, &err), CHIP_E_INVAL);
    assert_int_equal(try_open("http://127.0.0.1:1", "sb_secret_x", &store, &err),
                     CHIP_E_UNAVAILABLE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(both_kinds_of_service_key_open_everything),
        TEST(a_user_acts_as_themselves),
        TEST(tokens_that_are_none_are_denied),
        TEST(keys_that_are_not_the_services_do_not_open),
        TEST(missing_migrations_are_named_with_the_way_to_apply_them),
        TEST(a_database_that_is_gone_is_unavailable_and_comes_back),
        TEST(a_gateway_that_restarts_is_unavailable_and_comes_back),
        TEST(what_postgres_means_comes_through),
        cmocka_unit_test(answers_that_are_none_have_a_meaning),
        cmocka_unit_test(a_request_has_the_headers_that_supabase_wants),
        cmocka_unit_test(keys_do_not_travel_in_the_clear),
    };
    database = test_database_start();
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    test_database_stop(database);
    return failed;
}
