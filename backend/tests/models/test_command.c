/* `chip models` as it is typed: what it prints where, and its exit codes. */
#include "../test.h"

#include <fcntl.h>
#include <jansson.h>

#include "cli/cmd_models.h"
#include "models/folder.h"
#include "offer.h"
#include "server.h"
#include "temp.h"

static char out[65536], err[65536];

static void redirect(int fd, const char *path)
{
    int file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0644);
    assert_true(file >= 0);
    assert_int_equal(dup2(file, fd), fd);
    close(file);
}

static void collect(const char *path, char *text, size_t size)
{
    size_t n;
    char *data = read_bytes(path, &n);
    snprintf(text, size, "%s", data);
    free(data);
}

/* Runs "models ARGUMENTS", split at blanks; what it prints is in out and err. */
static int run(const char *arguments)
{
    char text[1024];
    char *argv[24] = {(char *)"models"};
    int argc = 1;
    snprintf(text, sizeof text, "%s", arguments);
    for (char *word = strtok(text, " "); word; word = strtok(NULL, " "))
        argv[argc++] = word;
    fflush(stdout);
    fflush(stderr);
    int keep_out = dup(1), keep_err = dup(2);
    redirect(1, temp_path("out"));
    redirect(2, temp_path("err"));
    int code = chip_cmd_models(argc, argv);
    fflush(stdout);
    fflush(stderr);
    dup2(keep_out, 1);
    dup2(keep_err, 2);
    close(keep_out);
    close(keep_err);
    collect(temp_path("out"), out, sizeof out);
    collect(temp_path("err"), err, sizeof err);
    return code;
}

static int runf(const char *fmt, const char *a, const char *b)
{
    char text[1024];
    snprintf(text, sizeof text, fmt, a, b);
    return run(text);
}

static void assert_run(int code, int want)
{
    if (code != want)
        fail_msg("exit code %d instead of %d: %s%s", code, want, out, err);
}

static int setup(void **state)
{
    if (temp_make(state) != 0)
        return -1;
    return setenv("CHIP_MODELS_DIR", temp_path("models"), 1);
}

/* A catalogue with the offer as a model that is fetched from the server. */
static void write_catalogue(const struct offer *offer, const char *url_base)
{
    json_t *files = json_array();
    for (size_t i = 0; i < offer->model.n_files; i++) {
        const struct chip_catalogue_file *f = &offer->files[i];
        json_array_append_new(files,
                              json_pack("{s:s, s:I, s:s, s:{s:s, s:o}}", "name", f->name, "size",
                                        (json_int_t)f->size, "sha256", f->sha256, "source", "type",
                                        "url", "url", json_sprintf("%s/%s", url_base, f->name)));
    }
    json_t *json =
        json_pack("{s:i, s:[{s:s, s:s, s:s, s:s, s:s, s:s, s:i, s:o}]}", "version", 1, "models",
                  "name", "offered", "description", "an offer", "kind", "speech", "format",
                  "folder", "language", "en", "license", "MIT", "size", 100, "files", files);
    assert_int_equal(json_dump_file(json, temp_path("catalogue.json"), 0), 0);
    json_decref(json);
}

static void serve(void *user, int fd, const struct test_request *request)
{
    (void)user;
    char path[256];
    size_t n;
    snprintf(path, sizeof path, "%s/offer%s", temp, strrchr(request->path, '/'));
    if (!exists(path)) {
        test_send(fd, "404 Not Found", "Content-Length: 0\r\n", "", 0);
        return;
    }
    char *data = read_bytes(path, &n);
    test_send_file(fd, request, data, n, NULL, SIZE_MAX);
    free(data);
}

static void a_model_is_pulled_listed_verified_and_removed(void **state)
{
    (void)state;
    struct offer offer;
    struct test_server *server = test_server_start(serve, NULL);
    offer_folder(&offer, temp, 1000);
    write_catalogue(&offer, test_server_url(server, "/m"));

    assert_run(runf("list --catalogue %s", temp_path("catalogue.json"), ""), 0);
    assert_non_null(strstr(out, "available"));
    assert_non_null(strstr(out, "chip models pull offered"));
    assert_run(runf("pull offered --catalogue %s", temp_path("catalogue.json"), ""), 0);
    assert_non_null(strstr(out, "offered is installed in "));
    test_server_stop(server);

    assert_run(runf("list --json --catalogue %s", temp_path("catalogue.json"), ""), 0);
    json_t *json = json_loads(out, 0, NULL);
    const char *state_name, *folder;
    assert_int_equal(
        json_unpack(json, "{s:[{s:s, s:s}]}", "models", "state", &state_name, "folder", &folder),
        0);
    assert_string_equal(state_name, "installed");
    assert_string_equal(folder, temp_path("models/offered"));
    json_decref(json);

    assert_run(run("verify"), 0);
    assert_string_equal(out, "offered: ok\n");
    write_text(temp_path("models/offered/config.json"), "{}");
    assert_run(run("verify offered"), 1);
    assert_non_null(strstr(err, "config.json"));
    assert_run(run("list"), 0);
    assert_non_null(strstr(out, "damaged"));
    assert_run(run("remove offered"), 0);
    assert_false(exists(temp_path("models/offered")));
    assert_run(run("remove offered"), 1);
    assert_run(run("verify"), 0);
    assert_non_null(strstr(out, "no model is installed"));
}

static void a_model_is_imported_from_the_built_in_catalogue(void **state)
{
    (void)state;
    struct offer offer;
    offer_silero(&offer, temp); /* has the right name, but not the right weights */
    assert_run(runf("import silero-vad %s", temp_path("offer"), ""), 1);
    assert_non_null(strstr(err, "not the file that the catalogue means"));
    assert_false(exists(temp_path("models/silero-vad")));
    assert_run(runf("import --force silero-vad %s", temp_path("offer"), ""), 0);
    assert_true(exists(temp_path("models/silero-vad/manifest.json")));
    assert_run(runf("import moonshine-base %s", temp_path("offer"), ""), 1);
    assert_non_null(strstr(err, "@usefulsensors/moonshine-js@0.1.14"));
}

static void failures_and_misuse_have_their_exit_codes(void **state)
{
    (void)state;
    static const struct {
        const char *arguments;
        int code;
        const char *says;
    } cases[] = {
        {"", 2, "list, import, pull, verify or remove?"},
        {"fly", 2, "'fly'"},
        {"list now", 2, "takes no name"},
        {"import", 2, "from which folder"},
        {"import silero-vad", 2, "from which folder"},
        {"pull", 2, "which model"},
        {"pull a b", 2, "which model"},
        {"remove", 2, "which model"},
        {"remove ../x", 2, "cannot be the name"},
        {"list --force", 2, "no option --force"},
        {"verify --json", 2, "no option --json"},
        {"list --frobnicate", 2, "frobnicate"},
        {"import nobody /tmp", 1, "no model 'nobody', only moonshine-base"},
        {"pull nobody", 1, "no model 'nobody'"},
        {"pull moonshine-tiny", 1, "npm install"},
        {"pull moonshine-tiny --from http://192.0.2.1/", 2, "not https"},
        {"verify nobody", 1, "not installed"},
        {"remove nobody", 1, "not installed"},
        {"list --catalogue /nonexistent", 1, "/nonexistent"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int code = run(cases[i].arguments);
        if (code != cases[i].code || !strstr(err, cases[i].says) || out[0])
            fail_msg("models %s: %d, '%s%s'", cases[i].arguments, code, out, err);
    }
    assert_run(run("--help"), 0);
    assert_non_null(strstr(out, "import NAME FOLDER..."));
}

static void text_from_files_cannot_steer_the_terminal(void **state)
{
    (void)state;
    assert_run(run("import a\033[2J /tmp"), 1);
    assert_null(strchr(err, '\033'));
    assert_run(run("fly\033[2J"), 2);
    assert_null(strchr(err, '\033'));
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, temp_delete)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_model_is_pulled_listed_verified_and_removed),
        T(a_model_is_imported_from_the_built_in_catalogue),
        T(failures_and_misuse_have_their_exit_codes),
        T(text_from_files_cannot_steer_the_terminal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
