#include "../test.h"

#include <semaphore.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "names.h"
#include "net/fetch.h"
#include "server.h"

#define N_DATA 200000

static unsigned char data[N_DATA], other[N_DATA];
static char folder[64], path[96], part_path[112], from_path[128];
static struct chip_guard *guard; /* lets to 127.0.0.1 */
static struct test_server *server;

/* How the server behaves. */
static struct scene {
    const unsigned char *bytes;
    const char *etag;
    size_t cuts[32]; /* the n-th answer ends after so many bytes; 0: whole */
    int answers;
    int64_t last_range;
    char last_path[256];
    const char *status;   /* instead of the file; NULL */
    const char *location; /* redirects there; NULL */
    bool ignores_if_range;
    size_t range_bytes; /* answers with at most so many; 0: all */
    bool stalls;        /* sends half and waits for `over` */
} scene;
static sem_t over;

static void send_range(int fd, const struct test_request *request)
{
    char headers[200];
    size_t from = request->range_from > 0 ? (size_t)request->range_from : 0;
    size_t n = N_DATA - from < scene.range_bytes ? N_DATA - from : scene.range_bytes;
    snprintf(headers, sizeof headers,
             "Content-Length: %zu\r\nContent-Range: bytes %zu-%zu/%d\r\nETag: %s\r\n", n, from,
             from + n - 1, N_DATA, scene.etag);
    test_send(fd, "206 Partial Content", headers, scene.bytes + from, n);
}

static void serve(void *user, int fd, const struct test_request *request)
{
    (void)user;
    struct test_request seen = *request;
    char headers[1024];
    snprintf(scene.last_path, sizeof scene.last_path, "%s", request->path);
    scene.last_range = request->range_from;
    size_t cut = scene.answers < 32 ? scene.cuts[scene.answers] : 0;
    scene.answers++;
    if (scene.status) {
        test_send(fd, scene.status, "Content-Length: 6\r\n", "error\n", 6);
    } else if (scene.location) {
        snprintf(headers, sizeof headers, "Content-Length: 0\r\nLocation: %s\r\n", scene.location);
        if (!strcmp(scene.location, "/file"))
            scene.location = NULL; /* which is the file itself */
        test_send(fd, "302 Found", headers, "", 0);
    } else if (scene.range_bytes) {
        send_range(fd, request);
    } else if (scene.stalls) {
        test_send(fd, "200 OK", "Content-Length: 200000\r\n", scene.bytes, N_DATA / 2);
        sem_wait(&over);
    } else {
        if (scene.ignores_if_range)
            seen.if_range[0] = '\0';
        test_send_file(fd, &seen, scene.bytes, N_DATA, scene.etag, cut ? cut : SIZE_MAX);
    }
}

static void fill(unsigned char *bytes, unsigned seed)
{
    for (size_t i = 0; i < N_DATA; i++) {
        seed = seed * 1103515245u + 12345u;
        bytes[i] = (unsigned char)(seed >> 16);
    }
}

static int setup(void **state)
{
    (void)state;
    fill(data, 1);
    fill(other, 2);
    test_names_reset();
    sem_init(&over, 0, 0);
    strcpy(folder, "/tmp/chip-fetch-XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    snprintf(path, sizeof path, "%s/recording", folder);
    snprintf(part_path, sizeof part_path, "%s.part", path);
    snprintf(from_path, sizeof from_path, "%s.part.from", path);
    scene = (struct scene){.bytes = data, .etag = "\"v1\""};
    server = test_server_start(serve, NULL);
    return chip_guard_new(&guard, &(struct chip_guard_settings){.allow = "127.0.0.1"}, NULL);
}

static int teardown(void **state)
{
    (void)state;
    char command[128];
    test_server_stop(server);
    sem_destroy(&over);
    chip_guard_free(guard);
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

static struct chip_fetch fetch_of(const char *url_path)
{
    return (struct chip_fetch){.url = test_server_url(server, url_path),
                               .path = path,
                               .guard = guard,
                               .attempts = 1,
                               .retry_wait_ms = 1,
                               .keep_free_bytes = 1};
}

static void assert_status(const struct chip_fetch *fetch, enum chip_status status)
{
    struct chip_err err = {0};
    enum chip_status got = chip_fetch(fetch, &err);
    if (got != status)
        fail_msg("%s instead of %s: %s", chip_status_name(got), chip_status_name(status),
                 err.message);
    if (strstr(err.message, "SECRET"))
        fail_msg("a secret in the message: %s", err.message);
}

static void assert_file_is(const unsigned char *bytes)
{
    static unsigned char got[N_DATA + 1];
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fread(got, 1, sizeof got, file), N_DATA);
    fclose(file);
    assert_memory_equal(got, bytes, N_DATA);
    assert_int_equal(access(part_path, F_OK), -1);
    assert_int_equal(access(from_path, F_OK), -1);
}

/* ---- what works ------------------------------------------------------------------------------ */

struct progress {
    uint64_t done, total;
};

static void on_progress(void *user, uint64_t done, uint64_t total)
{
    struct progress *p = user;
    assert_true(done >= p->done);
    *p = (struct progress){done, total};
}

static void a_recording_arrives_for_its_owner_only(void **state)
{
    (void)state;
    struct progress progress = {0};
    struct chip_fetch fetch = fetch_of("/a.mp3?token=SECRET");
    fetch.on_progress = on_progress;
    fetch.user = &progress;
    assert_status(&fetch, CHIP_OK);
    assert_file_is(data);
    struct stat info;
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    assert_int_equal(progress.done, N_DATA);
    assert_int_equal(progress.total, N_DATA);
}

static void cut_anywhere_it_still_arrives(void **state)
{
    (void)state;
    unsigned seed = 7;
    for (int round = 0; round < 20; round++) {
        struct chip_fetch fetch = fetch_of("/a.mp3");
        scene.answers = 0;
        for (int i = 0; i < 6; i++) {
            seed = seed * 1103515245u + 12345u;
            scene.cuts[i] = 1 + (seed >> 8) % 30000; /* 6 x 30,000 are less than the file */
        }
        fetch.attempts = 3;
        assert_status(&fetch, CHIP_OK);
        assert_file_is(data);
        assert_int_equal(scene.answers, 7);
        unlink(path);
    }
}

static void a_later_call_with_a_new_signature_goes_on(void **state)
{
    (void)state;
    struct chip_fetch fetch = fetch_of("/a.mp3?X-Amz-Date=1&X-Amz-Signature=SECRET1&part=2");
    scene.cuts[0] = 50000;
    assert_status(&fetch, CHIP_E_NETWORK);
    scene.status = "403 Forbidden"; /* the old link has expired */
    assert_status(&fetch, CHIP_E_DENIED);
    scene.status = NULL;

    char text[512];
    FILE *from = fopen(from_path, "r");
    assert_non_null(from);
    text[fread(text, 1, sizeof text - 1, from)] = '\0';
    fclose(from);
    assert_null(strstr(text, "SECRET"));
    assert_null(strstr(text, "a.mp3"));

    fetch = fetch_of("/a.mp3?X-Amz-Date=2&X-Amz-Signature=SECRET2&part=2");
    assert_status(&fetch, CHIP_OK);
    assert_int_equal(scene.last_range, 50000);
    assert_file_is(data);
}

static void another_file_does_not_go_on_where_one_stopped(void **state)
{
    (void)state;
    static const char *const others[] = {"/b.mp3?part=1", "/a.mp3?part=2", "/a.mp3",
                                         "/a.mp3?part=1&x=token"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        struct chip_fetch fetch = fetch_of("/a.mp3?part=1&token=SECRET");
        scene.bytes = other;
        scene.answers = 0;
        scene.cuts[0] = 50000;
        assert_status(&fetch, CHIP_E_NETWORK);
        scene.bytes = data;
        fetch = fetch_of(others[i]);
        assert_status(&fetch, CHIP_OK);
        assert_int_equal(scene.last_range, -1);
        assert_file_is(data);
    }
}

static void versions_are_not_mixed_even_if_the_server_would(void **state)
{
    (void)state;
    struct chip_fetch fetch = fetch_of("/a.mp3");
    scene.bytes = other;
    scene.cuts[0] = 50000;
    assert_status(&fetch, CHIP_E_NETWORK);
    scene.bytes = data;
    scene.etag = "\"v2\"";
    scene.ignores_if_range = true;
    fetch.attempts = 3;
    assert_status(&fetch, CHIP_OK);
    assert_file_is(data);
}

static void servers_that_send_a_little_at_a_time_are_asked_for_the_rest(void **state)
{
    (void)state;
    struct chip_fetch fetch = fetch_of("/a.mp3");
    scene.range_bytes = 30000;
    fetch.attempts = 2;
    assert_status(&fetch, CHIP_OK);
    assert_file_is(data);
    assert_int_equal(scene.answers, 7);
}

static void redirects_are_followed_where_they_may_lead(void **state)
{
    (void)state;
    struct chip_fetch fetch = fetch_of("/a.mp3");
    scene.location = "/file";
    assert_status(&fetch, CHIP_OK);
    assert_file_is(data);
    assert_string_equal(scene.last_path, "/file");
}

/* ---- what does not --------------------------------------------------------------------------- */

static void redirects_to_the_inside_are_refused_one_by_one(void **state)
{
    (void)state;
    test_name_is("inside.example", "10.0.0.1", NULL);
    static const struct {
        const char *location;
        enum chip_status status;
    } cases[] = {
        {"http://127.0.0.2/token=SECRET", CHIP_E_DENIED},
        {"http://169.254.169.254/latest/meta-data/", CHIP_E_DENIED},
        {"http://[::ffff:10.0.0.1]/", CHIP_E_DENIED},
        {"http://localhost:1/?SECRET", CHIP_E_DENIED},
        {"http://inside.example/SECRET/x", CHIP_E_DENIED},
        {"//127.0.0.3/", CHIP_E_DENIED},
        {"file:///etc/passwd", CHIP_E_INVAL},
        {"gopher://127.0.0.1/", CHIP_E_INVAL},
        {"http://u:SECRET@127.0.0.1/", CHIP_E_INVAL},
        {"/again?SECRET", CHIP_E_NETWORK}, /* round and round */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct chip_fetch fetch = fetch_of("/a.mp3?token=SECRET");
        scene.location = cases[i].location;
        scene.answers = 0;
        assert_status(&fetch, cases[i].status);
        assert_int_equal(scene.answers, cases[i].status == CHIP_E_NETWORK ? 6 : 1);
        assert_int_equal(access(part_path, F_OK), -1);
    }
}

static void every_refusal_has_its_status_and_no_secrets(void **state)
{
    (void)state;
    static const struct {
        const char *answer;
        enum chip_status status;
    } cases[] = {{"400 Bad Request", CHIP_E_DENIED},
                 {"401 Unauthorized", CHIP_E_DENIED},
                 {"403 Forbidden", CHIP_E_DENIED},
                 {"404 Not Found", CHIP_E_NOT_FOUND},
                 {"410 Gone", CHIP_E_NOT_FOUND},
                 {"429 Too Many Requests", CHIP_E_NETWORK},
                 {"500 Internal Server Error", CHIP_E_NETWORK},
                 {"503 Busy", CHIP_E_NETWORK},
                 {"302 Found", CHIP_E_NETWORK},
                 {"204 No Content", CHIP_E_NETWORK}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct chip_fetch fetch = fetch_of("/SECRETdeepSECRET/a.mp3?token=SECRET#SECRET");
        scene.status = cases[i].answer;
        assert_status(&fetch, cases[i].status);
    }
    struct chip_err err;
    struct chip_fetch fetch = fetch_of("/x/a.mp3?token=SECRET");
    scene.status = "403 Forbidden";
    assert_int_equal(chip_fetch(&fetch, &err), CHIP_E_DENIED);
    assert_non_null(strstr(err.message, "/.../a.mp3': the server says 403: the link may have "
                                        "expired; make a new one"));
}

static void what_is_too_large_is_refused(void **state)
{
    (void)state;
    struct chip_fetch fetch = fetch_of("/a.mp3");
    fetch.max_bytes = N_DATA - 1;
    assert_status(&fetch, CHIP_E_LIMIT);
    fetch.max_bytes = N_DATA;
    assert_status(&fetch, CHIP_OK);
    unlink(path);
    /* Of a file in pieces only the sum is too large. */
    scene.range_bytes = 30000;
    fetch.max_bytes = 150000;
    fetch.attempts = 3;
    assert_status(&fetch, CHIP_E_LIMIT);
    assert_int_equal(access(part_path, F_OK), -1);
}

static void serve_endless(void *user, int fd, const struct test_request *request)
{
    (void)user;
    (void)request;
    test_send(fd, "200 OK", "", data, N_DATA); /* no length at all */
}

static void serve_liar(void *user, int fd, const struct test_request *request)
{
    (void)request;
    test_send(fd, "200 OK", user, data, 1000);
}

static void lies_about_the_length_are_noticed(void **state)
{
    (void)state;
    struct chip_fetch fetch = fetch_of("/");
    struct test_server *endless = test_server_start(serve_endless, NULL);
    fetch.url = test_server_url(endless, "/a.mp3");
    fetch.max_bytes = N_DATA / 2;
    assert_status(&fetch, CHIP_E_LIMIT);
    test_server_stop(endless);

    static char longer[] = "Content-Length: 5000\r\n", two[] = "Content-Length: 5000\r\n"
                                                               "Content-Length: 6000\r\n";
    static char negative[] = "Content-Length: -5\r\n";
    char *lies[] = {longer, two, negative};
    for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
        struct test_server *liar = test_server_start(serve_liar, lies[i]);
        fetch.url = test_server_url(liar, "/a.mp3");
        fetch.attempts = 3;
        enum chip_status status = chip_fetch(&fetch, NULL);
        assert_int_not_equal(status, CHIP_OK);
        assert_int_equal(access(path, F_OK), -1);
        assert_true(test_server_count(liar) <= 3);
        test_server_stop(liar);
    }
}

static void a_server_that_stalls_is_left(void **state)
{
    (void)state;
    struct chip_fetch fetch = fetch_of("/a.mp3");
    scene.stalls = true;
    fetch.stall_timeout_s = 1;
    int64_t start_ms = chip_clock_ms();
    assert_status(&fetch, CHIP_E_NETWORK);
    sem_post(&over);
    fetch.stall_timeout_s = 0;
    fetch.timeout_s = 1;
    assert_status(&fetch, CHIP_E_LIMIT);
    sem_post(&over);
    assert_true(chip_clock_ms() - start_ms < 10000);
}

static void cancel_when_half_is_there(void *user, uint64_t done, uint64_t total)
{
    (void)total;
    if (done >= N_DATA / 2)
        *(bool *)user = true;
}

static void who_cancels_is_obeyed_and_may_go_on_later(void **state)
{
    (void)state;
    bool cancel = false;
    struct chip_fetch fetch = fetch_of("/a.mp3");
    scene.stalls = true;
    fetch.on_progress = cancel_when_half_is_there;
    fetch.user = &cancel;
    fetch.cancel = &cancel;
    assert_status(&fetch, CHIP_E_CANCELLED);
    sem_post(&over);
    assert_int_equal(access(part_path, F_OK), 0);
    chip_fetch_forget(path);
    assert_int_equal(access(part_path, F_OK), -1);
    assert_int_equal(access(from_path, F_OK), -1);
}

static void a_disk_without_room_is_noticed_before_the_first_byte(void **state)
{
    (void)state;
    struct chip_fetch fetch = fetch_of("/a.mp3");
    fetch.keep_free_bytes = UINT64_MAX / 2;
    struct chip_err err;
    assert_int_equal(chip_fetch(&fetch, &err), CHIP_E_IO);
    assert_non_null(strstr(err.message, "not enough room on the disk"));
    assert_int_equal(access(part_path, F_OK), -1);
}

static void what_is_complete_is_not_sent_again(void **state)
{
    (void)state;
    struct chip_fetch fetch = fetch_of("/a.mp3");
    scene.cuts[0] = N_DATA - 1;
    assert_status(&fetch, CHIP_E_NETWORK);
    FILE *part = fopen(part_path, "ab");
    putc(data[N_DATA - 1], part);
    fclose(part);
    assert_status(&fetch, CHIP_OK);
    assert_file_is(data);
    assert_int_equal(scene.answers, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_recording_arrives_for_its_owner_only, setup, teardown),
        cmocka_unit_test_setup_teardown(cut_anywhere_it_still_arrives, setup, teardown),
        cmocka_unit_test_setup_teardown(a_later_call_with_a_new_signature_goes_on, setup, teardown),
        cmocka_unit_test_setup_teardown(another_file_does_not_go_on_where_one_stopped, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(versions_are_not_mixed_even_if_the_server_would, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(servers_that_send_a_little_at_a_time_are_asked_for_the_rest,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(redirects_are_followed_where_they_may_lead, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(redirects_to_the_inside_are_refused_one_by_one, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(every_refusal_has_its_status_and_no_secrets, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(what_is_too_large_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(lies_about_the_length_are_noticed, setup, teardown),
        cmocka_unit_test_setup_teardown(a_server_that_stalls_is_left, setup, teardown),
        cmocka_unit_test_setup_teardown(who_cancels_is_obeyed_and_may_go_on_later, setup, teardown),
        cmocka_unit_test_setup_teardown(a_disk_without_room_is_noticed_before_the_first_byte, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(what_is_complete_is_not_sent_again, setup, teardown),
    };
    return cmocka_run_group_tests_name("fetch", tests, NULL, NULL);
}
