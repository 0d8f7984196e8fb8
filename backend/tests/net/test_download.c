#include "../test.h"

#include <dirent.h>
#include <unistd.h>

#include "net/download.h"
#include "net/sha256.h"
#include "server.h"

#define N_DATA 200000

static unsigned char data[N_DATA];
static char data_sha256[CHIP_SHA256_HEX];
static char folder[64], path[96], part_path[112];

/* What the server of a test does and has seen. */
struct scene {
    struct test_server *server;
    const char *etag;
    size_t cut_at;   /* bytes per answer */
    int cut_answers; /* so many answers are cut, later ones are whole */
    int answers;
    int64_t last_range; /* of the last request */
    size_t first_bytes; /* sent by the first answer */
};

static int setup_group(void **state)
{
    (void)state;
    unsigned seed = 1;
    for (size_t i = 0; i < N_DATA; i++) {
        seed = seed * 1103515245u + 12345u;
        data[i] = (unsigned char)(seed >> 16);
    }
    return chip_sha256_bytes(data, N_DATA, data_sha256, NULL) == CHIP_OK ? 0 : -1;
}

static int setup(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/chip-download-XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    snprintf(path, sizeof path, "%s/file", folder);
    snprintf(part_path, sizeof part_path, "%s.part", path);
    return 0;
}

static int n_files(void)
{
    int n = 0;
    DIR *dir = opendir(folder);
    for (struct dirent *e; (e = readdir(dir));)
        n += e->d_name[0] != '.';
    closedir(dir);
    return n;
}

static int teardown(void **state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

static void assert_downloaded(void)
{
    static unsigned char got[N_DATA + 1];
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fread(got, 1, sizeof got, file), N_DATA);
    fclose(file);
    assert_memory_equal(got, data, N_DATA);
    assert_int_equal(n_files(), 1); /* nothing of the download is left */
}

static void serve_file(void *user, int fd, const struct test_request *request)
{
    struct scene *scene = user;
    scene->last_range = request->range_from;
    size_t cut = scene->answers++ < scene->cut_answers ? scene->cut_at : SIZE_MAX;
    test_send_file(fd, request, data, N_DATA, scene->etag, cut);
}

struct progress {
    int calls;
    uint64_t last_done, last_total;
};

static void on_progress(void *user, uint64_t done, uint64_t total)
{
    struct progress *p = user;
    p->calls++;
    assert_true(done <= total || total == 0);
    p->last_done = done;
    p->last_total = total;
}

static void a_file_arrives_whole_and_checked(void **state)
{
    (void)state;
    struct scene scene = {.etag = "\"v1\""};
    struct test_server *server = test_server_start(serve_file, &scene);
    struct progress progress = {0};
    struct chip_download d = {.url = test_server_url(server, "/file"),
                              .path = path,
                              .sha256 = data_sha256,
                              .size = N_DATA,
                              .on_progress = on_progress,
                              .user = &progress};
    struct chip_err err = {0};
    if (chip_download(&d, &err) != CHIP_OK)
        fail_msg("%s", err.message);
    assert_downloaded();
    assert_int_equal(test_server_count(server), 1);
    assert_true(progress.calls > 0);
    assert_int_equal(progress.last_done, N_DATA);
    assert_int_equal(progress.last_total, N_DATA);
    test_server_stop(server);
}

static void a_cut_connection_is_resumed_where_it_broke(void **state)
{
    (void)state;
    struct scene scene = {.etag = "\"v1\"", .cut_at = 70000, .cut_answers = 2};
    struct test_server *server = test_server_start(serve_file, &scene);
    struct chip_download d = {.url = test_server_url(server, "/file"), .path = path};
    struct chip_err err = {0};
    if (chip_download(&d, &err) != CHIP_OK)
        fail_msg("%s", err.message);
    assert_downloaded();
    assert_int_equal(test_server_count(server), 3);
    assert_int_equal(scene.last_range, 140000);
    test_server_stop(server);
}

static void a_later_call_resumes_what_an_earlier_one_left(void **state)
{
    (void)state;
    struct scene scene = {.etag = "\"v1\"", .cut_at = 50000, .cut_answers = 1};
    struct test_server *server = test_server_start(serve_file, &scene);
    struct chip_download d = {.url = test_server_url(server, "/file"), .path = path, .attempts = 1};
    assert_int_equal(chip_download(&d, NULL), CHIP_E_NETWORK);
    assert_int_equal(access(path, F_OK), -1);
    assert_int_equal(access(part_path, F_OK), 0);
    assert_int_equal(chip_download(&d, NULL), CHIP_OK);
    assert_int_equal(scene.last_range, 50000);
    assert_downloaded();
    test_server_stop(server);
}

static void a_file_that_changed_meanwhile_starts_again(void **state)
{
    (void)state;
    struct scene scene = {.etag = "\"v1\"", .cut_at = 50000, .cut_answers = 1};
    struct test_server *server = test_server_start(serve_file, &scene);
    struct chip_download d = {.url = test_server_url(server, "/file"), .path = path, .attempts = 1};
    assert_int_equal(chip_download(&d, NULL), CHIP_E_NETWORK);
    scene.etag = "\"v2\"";
    data[10] ^= 1;
    assert_int_equal(chip_download(&d, NULL), CHIP_OK);
    assert_downloaded();
    data[10] ^= 1;
    test_server_stop(server);
}

static void without_etag_and_hash_nothing_is_resumed(void **state)
{
    (void)state;
    struct scene scene = {.cut_at = 50000, .cut_answers = 2};
    struct test_server *server = test_server_start(serve_file, &scene);
    struct chip_download d = {.url = test_server_url(server, "/file"), .path = path, .attempts = 2};
    assert_int_equal(chip_download(&d, NULL), CHIP_E_NETWORK);
    assert_int_equal(chip_download(&d, NULL), CHIP_OK);
    assert_int_equal(scene.last_range, -1);
    assert_downloaded();
    test_server_stop(server);
}

static void wrong_old_bytes_are_noticed_and_fetched_again(void **state)
{
    (void)state;
    struct scene scene = {.cut_at = 50000, .cut_answers = 1};
    struct test_server *server = test_server_start(serve_file, &scene);
    struct chip_download d = {.url = test_server_url(server, "/file"),
                              .path = path,
                              .sha256 = data_sha256,
                              .attempts = 1};
    assert_int_equal(chip_download(&d, NULL), CHIP_E_NETWORK);
    FILE *part = fopen(part_path, "r+b");
    assert_non_null(part);
    fputs("spoiled", part);
    fclose(part);
    assert_int_equal(chip_download(&d, NULL), CHIP_OK);
    assert_int_equal(test_server_count(server), 3); /* cut, the rest, the whole again */
    assert_downloaded();
    test_server_stop(server);
}

static void a_complete_part_needs_no_request(void **state)
{
    (void)state;
    struct scene scene = {.etag = "\"v1\"", .cut_at = N_DATA - 1, .cut_answers = 1};
    struct test_server *server = test_server_start(serve_file, &scene);
    struct chip_download d = {.url = test_server_url(server, "/file"),
                              .path = path,
                              .sha256 = data_sha256,
                              .size = N_DATA,
                              .attempts = 1};
    assert_int_equal(chip_download(&d, NULL), CHIP_E_NETWORK);
    FILE *part = fopen(part_path, "ab");
    putc(data[N_DATA - 1], part);
    fclose(part);
    assert_int_equal(chip_download(&d, NULL), CHIP_OK);
    assert_int_equal(test_server_count(server), 1);
    assert_downloaded();
    test_server_stop(server);
}

static void a_wrong_hash_leaves_nothing_behind(void **state)
{
    (void)state;
    struct scene scene = {.etag = "\"v1\""};
    struct test_server *server = test_server_start(serve_file, &scene);
    char wrong[CHIP_SHA256_HEX];
    strcpy(wrong, data_sha256);
    wrong[0] = wrong[0] == '0' ? '1' : '0';
    struct chip_download d = {
        .url = test_server_url(server, "/file"), .path = path, .sha256 = wrong};
    struct chip_err err = {0};
    assert_int_equal(chip_download(&d, &err), CHIP_E_CHECKSUM);
    assert_non_null(strstr(err.message, data_sha256));
    assert_int_equal(n_files(), 0);
    test_server_stop(server);
}

static void an_old_file_stays_until_the_new_one_is_right(void **state)
{
    (void)state;
    struct scene scene = {0};
    struct test_server *server = test_server_start(serve_file, &scene);
    FILE *old = fopen(path, "wb");
    fputs("old", old);
    fclose(old);
    struct chip_download d = {
        .url = test_server_url(server, "/file"), .path = path, .size = N_DATA - 1};
    assert_int_equal(chip_download(&d, NULL), CHIP_E_LIMIT); /* max_bytes follows size */
    d.max_bytes = 2 * N_DATA;
    assert_int_equal(chip_download(&d, NULL), CHIP_E_CHECKSUM);
    char text[8] = "";
    old = fopen(path, "rb");
    assert_int_equal(fread(text, 1, sizeof text, old), 3);
    fclose(old);
    d.size = 0;
    assert_int_equal(chip_download(&d, NULL), CHIP_OK);
    assert_downloaded();
    test_server_stop(server);
}

/* ---- servers that misbehave ------------------------------------------------------------------ */

static void serve_path(void *user, int fd, const struct test_request *request)
{
    struct scene *scene = user;
    scene->answers++;
    const char *p = request->path;
    char location[256];
    if (!strcmp(p, "/missing"))
        test_send(fd, "404 Not Found", "Content-Length: 4\r\n", "gone", 4);
    else if (!strcmp(p, "/forbidden"))
        test_send(fd, "403 Forbidden", "Content-Length: 2\r\n", "no", 2);
    else if (!strcmp(p, "/busy-once") && scene->answers == 1)
        test_send(fd, "503 Service Unavailable", "Content-Length: 4\r\n", "busy", 4);
    else if (!strcmp(p, "/busy"))
        test_send(fd, "503 Service Unavailable", "Content-Length: 4\r\n", "busy", 4);
    else if (!strcmp(p, "/loop"))
        test_send(fd, "302 Found", "Location: /loop\r\nContent-Length: 0\r\n", "", 0);
    else if (!strcmp(p, "/away"))
        test_send(fd, "302 Found", "Location: http://192.0.2.1/x\r\nContent-Length: 0\r\n", "", 0);
    else if (!strcmp(p, "/to-file"))
        test_send(fd, "302 Found", "Location: file:///etc/passwd\r\nContent-Length: 0\r\n", "", 0);
    else if (!strcmp(p, "/nowhere"))
        test_send(fd, "302 Found", "Content-Length: 0\r\n", "", 0);
    else if (!strcmp(p, "/hop")) {
        snprintf(location, sizeof location, "Location: %s\r\nContent-Length: 0\r\n",
                 test_server_url(scene->server, "/file"));
        test_send(fd, "301 Moved", location, "text of the redirect", 20);
    } else if (!strcmp(p, "/empty"))
        test_send(fd, "200 OK", "Content-Length: 0\r\n", "", 0);
    else if (!strcmp(p, "/endless"))
        for (int i = 0; i < 100; i++)
            test_send(fd, "200 OK", "", data, N_DATA);
    else if (!strcmp(p, "/other-range"))
        test_send(fd, request->range_from > 0 ? "206 Partial Content" : "200 OK",
                  "Content-Length: 100\r\nETag: \"v1\"\r\nContent-Range: bytes 7-106/107\r\n", data,
                  50);
    else if (!strcmp(p, "/garbage"))
        test_send(fd, "\x01\x02", "\xff\xff", data, 100);
    else
        test_send_file(fd, request, data, N_DATA, "\"v1\"", SIZE_MAX);
}

static void every_failure_has_its_status(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        enum chip_status want;
        int requests;
    } cases[] = {
        {"/missing", CHIP_E_NOT_FOUND, 1},   {"/forbidden", CHIP_E_NETWORK, 1},
        {"/busy", CHIP_E_NETWORK, 3},        {"/loop", CHIP_E_NETWORK, 6},
        {"/away", CHIP_E_NETWORK, 1},        {"/to-file", CHIP_E_NETWORK, 1},
        {"/nowhere", CHIP_E_NETWORK, 1},     {"/endless", CHIP_E_LIMIT, 1},
        {"/other-range", CHIP_E_NETWORK, 2}, {"/garbage", CHIP_E_NETWORK, 3},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct scene scene = {0};
        struct test_server *server = scene.server = test_server_start(serve_path, &scene);
        struct chip_download d = {.url = test_server_url(server, cases[i].path),
                                  .path = path,
                                  .max_bytes = 2 * N_DATA,
                                  .attempts = 3};
        struct chip_err err = {0};
        enum chip_status got = chip_download(&d, &err);
        if (got != cases[i].want || test_server_count(server) != cases[i].requests)
            fail_msg("%s: %s after %d requests: %s", cases[i].path, chip_status_name(got),
                     test_server_count(server), err.message);
        assert_int_equal(access(path, F_OK), -1);
        test_server_stop(server);
        unlink(part_path);
    }
}

static void good_detours_end_at_the_file(void **state)
{
    (void)state;
    static const char *const paths[] = {"/hop", "/busy-once"};
    for (size_t i = 0; i < 2; i++) {
        struct scene scene = {0};
        struct test_server *server = scene.server = test_server_start(serve_path, &scene);
        struct chip_download d = {.url = test_server_url(server, paths[i]), .path = path};
        struct chip_err err = {0};
        if (chip_download(&d, &err) != CHIP_OK)
            fail_msg("%s: %s", paths[i], err.message);
        assert_downloaded();
        test_server_stop(server);
    }
}

static void an_empty_file_is_a_file(void **state)
{
    (void)state;
    struct scene scene = {0};
    struct test_server *server = scene.server = test_server_start(serve_path, &scene);
    struct chip_download d = {.url = test_server_url(server, "/empty"), .path = path};
    assert_int_equal(chip_download(&d, NULL), CHIP_OK);
    assert_int_equal(access(path, F_OK), 0);
    assert_int_equal(n_files(), 1);
    test_server_stop(server);
}

static void serve_nothing(void *user, int fd, const struct test_request *request)
{
    (void)request;
    char byte;
    test_send(fd, "200 OK", "Content-Length: 1000\r\n", data, 10);
    /* until the test ends: the client gave up and has hung up */
    while (read(fd, &byte, 1) > 0)
        ;
    *(int *)user += 1;
}

static void a_server_that_falls_silent_is_left(void **state)
{
    (void)state;
    int served = 0;
    struct test_server *server = test_server_start(serve_nothing, &served);
    struct chip_download d = {
        .url = test_server_url(server, "/"), .path = path, .stall_timeout_s = 1, .attempts = 1};
    assert_int_equal(chip_download(&d, NULL), CHIP_E_NETWORK);
    test_server_stop(server);
    assert_int_equal(served, 1);
}

static void cancel_at_half(void *user, uint64_t done, uint64_t total)
{
    (void)total;
    if (done > 0)
        *(bool *)user = true;
}

static void cancelling_keeps_what_is_there(void **state)
{
    (void)state;
    /* the connection stays open, so that only the cancel flag can end it */
    int served = 0;
    bool cancel = false;
    struct test_server *server = test_server_start(serve_nothing, &served);
    struct chip_download d = {.url = test_server_url(server, "/"),
                              .path = path,
                              .on_progress = cancel_at_half,
                              .user = &cancel,
                              .cancel = &cancel};
    assert_int_equal(chip_download(&d, NULL), CHIP_E_CANCELLED);
    assert_int_equal(access(part_path, F_OK), 0);
    test_server_stop(server);
}

static void nobody_listening_is_a_network_error(void **state)
{
    (void)state;
    struct scene scene = {0};
    struct test_server *server = test_server_start(serve_file, &scene);
    char url[64];
    strcpy(url, test_server_url(server, "/file"));
    test_server_stop(server);
    struct chip_download d = {.url = url, .path = path, .attempts = 2};
    assert_int_equal(chip_download(&d, NULL), CHIP_E_NETWORK);
    assert_int_equal(n_files(), 0);
}

static void what_cannot_work_is_refused_at_once(void **state)
{
    (void)state;
    struct chip_download d = {.url = "http://192.0.2.1/x", .path = path};
    assert_int_equal(chip_download(&d, NULL), CHIP_E_INVAL);
    d.url = "http://127.0.0.1:1/x";
    d.sha256 = "abc";
    assert_int_equal(chip_download(&d, NULL), CHIP_E_INVAL);
    d.sha256 = NULL;
    d.path = "/nonexistent/folder/file";
    assert_int_equal(chip_download(&d, NULL), CHIP_E_IO);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_file_arrives_whole_and_checked),
        T(a_cut_connection_is_resumed_where_it_broke),
        T(a_later_call_resumes_what_an_earlier_one_left),
        T(a_file_that_changed_meanwhile_starts_again),
        T(without_etag_and_hash_nothing_is_resumed),
        T(wrong_old_bytes_are_noticed_and_fetched_again),
        T(a_complete_part_needs_no_request),
        T(a_wrong_hash_leaves_nothing_behind),
        T(an_old_file_stays_until_the_new_one_is_right),
        T(every_failure_has_its_status),
        T(good_detours_end_at_the_file),
        T(an_empty_file_is_a_file),
        T(a_server_that_falls_silent_is_left),
        T(cancelling_keeps_what_is_there),
        T(nobody_listening_is_a_network_error),
        T(what_cannot_work_is_refused_at_once),
    };
    return cmocka_run_group_tests(tests, setup_group, NULL);
}
