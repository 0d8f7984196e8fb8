#include "../test.h"

#include "models/install.h"
#include "models/store.h"
#include "offer.h"
#include "server.h"
#include "temp.h"

/* Serves TEMP/offer under /mirror/offered/. */
struct mirror {
    struct test_server *server;
    const char *lacks;  /* file that is 404 */
    size_t cut_at;      /* first answer with a body is cut there; 0: not */
    int64_t last_range; /* of the last request */
};

static void serve(void *user, int fd, const struct test_request *request)
{
    struct mirror *mirror = user;
    char path[256];
    const char *name = strrchr(request->path, '/') + 1;
    snprintf(path, sizeof path, "%s/offer/%s", temp, name);
    mirror->last_range = request->range_from;
    if (strncmp(request->path, "/mirror/", 8) != 0 || !exists(path) ||
        (mirror->lacks && !strcmp(mirror->lacks, name))) {
        test_send(fd, "404 Not Found", "Content-Length: 0\r\n", "", 0);
        return;
    }
    size_t n;
    char *data = read_bytes(path, &n);
    size_t cut = mirror->cut_at && n > mirror->cut_at ? mirror->cut_at : SIZE_MAX;
    if (cut != SIZE_MAX)
        mirror->cut_at = 0;
    test_send_file(fd, request, data, n, "\"v1\"", cut);
    free(data);
}

static void count_calls(void *user, uint64_t done, uint64_t total)
{
    uint64_t *last = user;
    assert_true(done <= total);
    assert_true(done >= last[0]);
    last[0] = done;
    last[1] = total;
}

static enum chip_status pull(struct mirror *mirror, const struct offer *offer, struct chip_err *err)
{
    mirror->server = test_server_start(serve, mirror);
    struct chip_pull options = {.from = test_server_url(mirror->server, "/mirror/")};
    enum chip_status status = chip_install_pull(&offer->model, &options, temp_path("models"), err);
    test_server_stop(mirror->server);
    return status;
}

static void assert_installed(const char *name)
{
    struct chip_err err = {0};
    char folder[256];
    snprintf(folder, sizeof folder, "%s/models/%s", temp, name);
    if (chip_store_verify(folder, &err) != CHIP_OK)
        fail_msg("%s", err.message);
    snprintf(folder, sizeof folder, "%s/models/.pull-%s", temp, name);
    assert_false(exists(folder));
}

static void a_model_arrives_from_a_mirror(void **state)
{
    (void)state;
    struct mirror mirror = {0};
    struct offer offer;
    struct chip_err err = {0};
    offer_folder(&offer, temp, 50000);
    if (pull(&mirror, &offer, &err) != CHIP_OK)
        fail_msg("%s", err.message);
    assert_installed("offered");
}

static void a_cut_download_is_resumed(void **state)
{
    (void)state;
    struct mirror mirror = {.cut_at = 70000};
    struct offer offer;
    struct chip_err err = {0};
    offer_folder(&offer, temp, 50000);
    if (pull(&mirror, &offer, &err) != CHIP_OK)
        fail_msg("%s", err.message);
    assert_int_equal(mirror.last_range, 70000);
    assert_installed("offered");
}

static void the_next_pull_uses_what_the_last_one_got(void **state)
{
    (void)state;
    struct mirror mirror = {.lacks = "model.safetensors"};
    struct offer offer;
    struct chip_err err = {0};
    offer_folder(&offer, temp, 5000);
    assert_int_equal(pull(&mirror, &offer, &err), CHIP_E_NOT_FOUND);
    assert_true(exists(temp_path("models/.pull-offered/config.json")));
    assert_false(exists(temp_path("models/offered")));

    mirror.lacks = "config.json"; /* which is not asked for again */
    if (pull(&mirror, &offer, &err) != CHIP_OK)
        fail_msg("%s", err.message);
    assert_installed("offered");
}

static void a_file_with_another_hash_is_refused(void **state)
{
    (void)state;
    struct mirror mirror = {0};
    struct offer offer;
    struct chip_err err = {0};
    offer_folder(&offer, temp, 5000);
    offer.sha256[1][0] = offer.sha256[1][0] == '0' ? '1' : '0';
    assert_int_equal(pull(&mirror, &offer, &err), CHIP_E_CHECKSUM);
    assert_false(exists(temp_path("models/offered")));
    assert_false(exists(temp_path("models/.pull-offered/model.safetensors")));
}

static void a_larger_file_than_the_catalogue_says_is_refused(void **state)
{
    (void)state;
    struct mirror mirror = {0};
    struct offer offer;
    offer_folder(&offer, temp, 5000);
    offer.files[1].size--;
    assert_int_equal(pull(&mirror, &offer, NULL), CHIP_E_LIMIT);
    assert_false(exists(temp_path("models/offered")));
}

static void a_network_from_a_mirror_is_converted(void **state)
{
    (void)state;
    struct mirror mirror = {0};
    struct offer offer;
    struct chip_err err = {0};
    offer_silero(&offer, temp);
    if (pull(&mirror, &offer, &err) != CHIP_OK)
        fail_msg("%s", err.message);
    assert_installed("toy-vad");
}

static void addresses_of_the_catalogue_are_used_without_a_mirror(void **state)
{
    (void)state;
    struct mirror mirror = {0};
    struct offer offer;
    struct chip_err err = {0};
    char urls[2][128];
    uint64_t progress[2] = {0};
    offer_folder(&offer, temp, 5000);
    mirror.server = test_server_start(serve, &mirror);
    for (int i = 0; i < 2; i++) {
        snprintf(urls[i], sizeof urls[i], "%s%s", test_server_url(mirror.server, "/mirror/x/"),
                 offer.files[i].name);
        offer.files[i].url = urls[i];
    }
    const struct chip_pull options = {.on_progress = count_calls, .user = progress};
    enum chip_status status = chip_install_pull(&offer.model, &options, temp_path("models"), &err);
    test_server_stop(mirror.server);
    if (status != CHIP_OK)
        fail_msg("%s", err.message);
    assert_installed("offered");
    assert_int_equal(progress[0], offer.files[0].size + offer.files[1].size);
    assert_int_equal(progress[1], progress[0]);
}

static void a_model_from_npm_says_how_to_get_it(void **state)
{
    (void)state;
    struct offer offer;
    struct chip_err err = {0};
    offer_folder(&offer, temp, 10);
    const struct chip_pull options = {0};
    assert_int_equal(chip_install_pull(&offer.model, &options, temp_path("models"), &err),
                     CHIP_E_UNSUPPORTED);
    assert_non_null(strstr(err.message, "pack@1.0.0"));
    assert_non_null(strstr(err.message, "chip models import offered"));
    assert_false(exists(temp_path("models")));
}

static void a_cancelled_pull_installs_nothing(void **state)
{
    (void)state;
    struct mirror mirror = {0};
    struct offer offer;
    offer_folder(&offer, temp, 5000);
    const bool cancel = true;
    mirror.server = test_server_start(serve, &mirror);
    const struct chip_pull options = {.from = test_server_url(mirror.server, "/mirror"),
                                      .cancel = &cancel};
    assert_int_equal(chip_install_pull(&offer.model, &options, temp_path("models"), NULL),
                     CHIP_E_CANCELLED);
    test_server_stop(mirror.server);
    assert_false(exists(temp_path("models/offered")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_TEMP(a_model_arrives_from_a_mirror),
        IN_TEMP(a_cut_download_is_resumed),
        IN_TEMP(the_next_pull_uses_what_the_last_one_got),
        IN_TEMP(a_file_with_another_hash_is_refused),
        IN_TEMP(a_larger_file_than_the_catalogue_says_is_refused),
        IN_TEMP(a_network_from_a_mirror_is_converted),
        IN_TEMP(addresses_of_the_catalogue_are_used_without_a_mirror),
        IN_TEMP(a_model_from_npm_says_how_to_get_it),
        IN_TEMP(a_cancelled_pull_installs_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
