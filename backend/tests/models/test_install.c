#include "../test.h"

#include <fcntl.h>
#include <jansson.h>
#include <sys/file.h>

#include "models/folder.h"
#include "models/install.h"
#include "models/store.h"
#include "nn/safetensors.h"
#include "offer.h"
#include "temp.h"

static enum chip_status import(const struct offer *offer, const char *from, bool force,
                               struct chip_err *err)
{
    const char *const folders[] = {temp_path("nowhere"), from};
    return chip_install_import(&offer->model, folders, 2, temp_path("models"), force, err);
}

/* Moves the offer's files to where a package has them: TEMP/at/dist. */
static void move_offer(const char *at)
{
    char folder[256];
    snprintf(folder, sizeof folder, "%s/%s", temp, at);
    assert_int_equal(chip_folder_make(folder, NULL), CHIP_OK);
    strcat(folder, "/dist");
    assert_int_equal(rename(temp_path("offer"), folder), 0);
}

static void assert_installed(void)
{
    struct chip_err err = {0};
    if (chip_store_verify(temp_path("models/offered"), &err) != CHIP_OK)
        fail_msg("%s", err.message);
    assert_false(exists(temp_path("models/.import-offered")));
}

static void files_are_found_however_a_package_lies_there(void **state)
{
    (void)state;
    static const char *const places[] = {"p", "p/package", "p/node_modules/pack"};
    struct offer offer;
    struct chip_err err = {0};
    for (size_t i = 0; i < 3; i++) {
        offer_folder(&offer, temp, 100);
        move_offer(places[i]);
        if (import(&offer, temp_path("p"), false, &err) != CHIP_OK)
            fail_msg("%s: %s", places[i], err.message);
        assert_installed();
        assert_int_equal(chip_folder_delete(temp_path("p"), NULL), CHIP_OK);
        assert_int_equal(chip_folder_delete(temp_path("models"), NULL), CHIP_OK);
    }
    offer_folder(&offer, temp, 100); /* just the files */
    assert_int_equal(import(&offer, temp_path("offer"), false, NULL), CHIP_OK);
    assert_installed();
}

static void what_is_installed_is_what_was_offered(void **state)
{
    (void)state;
    struct offer offer;
    offer_folder(&offer, temp, 1000);
    assert_int_equal(import(&offer, temp_path("offer"), false, NULL), CHIP_OK);
    size_t n[2];
    char *a = read_bytes(temp_path("offer/model.safetensors"), &n[0]);
    char *b = read_bytes(temp_path("models/offered/model.safetensors"), &n[1]);
    assert_int_equal(n[0], n[1]);
    assert_memory_equal(a, b, n[0]);
    free(a);
    free(b);
    json_t *manifest = json_load_file(temp_path("models/offered/manifest.json"), 0, NULL);
    const json_t *source = json_array_get(json_object_get(manifest, "sources"), 1);
    assert_string_equal(json_string_value(json_object_get(source, "sha256")), offer.sha256[1]);
    assert_string_equal(json_string_value(json_object_get(source, "package")), "pack@1.0.0");
    assert_string_equal(json_string_value(json_object_get(manifest, "license")), "MIT");
    assert_int_equal(json_array_size(json_object_get(manifest, "files")), 2);
    json_decref(manifest);
}

static void a_missing_file_names_its_package(void **state)
{
    (void)state;
    struct offer offer;
    struct chip_err err = {0};
    offer_folder(&offer, temp, 10);
    unlink(temp_path("offer/model.safetensors"));
    assert_int_equal(import(&offer, temp_path("offer"), false, &err), CHIP_E_NOT_FOUND);
    assert_non_null(strstr(err.message, "pack@1.0.0"));
    assert_non_null(strstr(err.message, "dist/model.safetensors"));
    assert_false(exists(temp_path("models")));
}

static void another_file_is_taken_only_by_force(void **state)
{
    (void)state;
    struct offer offer;
    struct chip_err err = {0};
    offer_folder(&offer, temp, 10);
    write_text(temp_path("offer/config.json"), "{\"model_type\": \"mine\"}\n");
    assert_int_equal(import(&offer, temp_path("offer"), false, &err), CHIP_E_CHECKSUM);
    assert_non_null(strstr(err.message, "--force"));
    assert_false(exists(temp_path("models/offered")));
    assert_int_equal(import(&offer, temp_path("offer"), true, &err), CHIP_OK);
    assert_installed();
    size_t n;
    char *config = read_bytes(temp_path("models/offered/config.json"), &n);
    assert_non_null(strstr(config, "mine"));
    free(config);
}

static void the_right_file_is_preferred_to_the_first(void **state)
{
    (void)state;
    struct offer offer;
    offer_folder(&offer, temp, 10);
    assert_int_equal(chip_folder_make(temp_path("offer/dist"), NULL), CHIP_OK);
    write_text(temp_path("offer/dist/config.json"), "{}"); /* is looked at first */
    assert_int_equal(import(&offer, temp_path("offer"), true, NULL), CHIP_OK);
    size_t n;
    char *config = read_bytes(temp_path("models/offered/config.json"), &n);
    assert_non_null(strstr(config, "offer"));
    free(config);
}

static void a_model_that_does_not_open_leaves_the_old_one(void **state)
{
    (void)state;
    struct offer offer;
    struct chip_err err = {0};
    offer_folder(&offer, temp, 10);
    assert_int_equal(import(&offer, temp_path("offer"), false, NULL), CHIP_OK);
    write_text(temp_path("offer/model.safetensors"), "no model, but the right hash");
    offer_measure(&offer, temp);
    assert_int_equal(import(&offer, temp_path("offer"), false, &err), CHIP_E_FORMAT);
    assert_installed();
    write_text(temp_path("offer/config.json"), "[]");
    offer_measure(&offer, temp);
    assert_int_equal(import(&offer, temp_path("offer"), false, &err), CHIP_E_FORMAT);
    assert_installed();
}

static void a_newer_model_replaces_the_old_one(void **state)
{
    (void)state;
    struct offer offer;
    offer_folder(&offer, temp, 10);
    assert_int_equal(import(&offer, temp_path("offer"), false, NULL), CHIP_OK);
    write_text(temp_path("models/offered/stray"), "");
    offer_folder(&offer, temp, 20);
    assert_int_equal(import(&offer, temp_path("offer"), false, NULL), CHIP_OK);
    assert_installed();
    assert_false(exists(temp_path("models/offered/stray")));
    struct chip_safetensors *st;
    assert_int_equal(
        chip_safetensors_open(&st, temp_path("models/offered/model.safetensors"), NULL), CHIP_OK);
    assert_int_equal(chip_safetensors_at(st, 0)->shape[0], 20);
    chip_safetensors_close(st);
}

static void what_a_killed_import_left_is_cleaned_up(void **state)
{
    (void)state;
    struct offer offer;
    offer_folder(&offer, temp, 10);
    assert_int_equal(chip_folder_make(temp_path("models/.import-offered/deep"), NULL), CHIP_OK);
    write_text(temp_path("models/.import-offered/deep/junk"), "");
    assert_int_equal(import(&offer, temp_path("offer"), false, NULL), CHIP_OK);
    assert_installed();
    assert_false(exists(temp_path("models/offered/deep")));
}

static void two_imports_at_once_exclude_each_other(void **state)
{
    (void)state;
    struct offer offer;
    struct chip_err err = {0};
    offer_folder(&offer, temp, 10);
    assert_int_equal(chip_folder_make(temp_path("models"), NULL), CHIP_OK);
    int other = open(temp_path("models/.lock"), O_RDWR | O_CREAT, 0644);
    assert_int_equal(flock(other, LOCK_EX), 0);
    assert_int_equal(import(&offer, temp_path("offer"), false, &err), CHIP_E_IO);
    assert_non_null(strstr(err.message, "another process"));
    close(other);
    assert_int_equal(import(&offer, temp_path("offer"), false, &err), CHIP_OK);
}

static void a_network_is_converted(void **state)
{
    (void)state;
    struct offer offer;
    struct chip_err err = {0};
    offer_silero(&offer, temp);
    if (import(&offer, temp_path("offer"), false, &err) != CHIP_OK)
        fail_msg("%s", err.message);
    assert_int_equal(chip_store_verify(temp_path("models/toy-vad"), NULL), CHIP_OK);
    assert_true(exists(temp_path("models/toy-vad/model.safetensors")));
    assert_false(exists(temp_path("models/toy-vad/silero_vad_v5.onnx")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_TEMP(files_are_found_however_a_package_lies_there),
        IN_TEMP(what_is_installed_is_what_was_offered),
        IN_TEMP(a_missing_file_names_its_package),
        IN_TEMP(another_file_is_taken_only_by_force),
        IN_TEMP(the_right_file_is_preferred_to_the_first),
        IN_TEMP(a_model_that_does_not_open_leaves_the_old_one),
        IN_TEMP(a_newer_model_replaces_the_old_one),
        IN_TEMP(what_a_killed_import_left_is_cleaned_up),
        IN_TEMP(two_imports_at_once_exclude_each_other),
        IN_TEMP(a_network_is_converted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
