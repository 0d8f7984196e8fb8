#include "../test.h"

#include "models/folder.h"
#include "models/manifest.h"
#include "models/store.h"
#include "temp.h"

/* A model folder in one of two places, made by hand: PLACE/NAME with config.json. */
static void make_model(const char *place, const char *name)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s/%s", temp, place, name);
    assert_int_equal(chip_folder_make(path, NULL), CHIP_OK);
    snprintf(path, sizeof path, "%s/%s/%s/config.json", temp, place, name);
    write_text(path, "{}\n");
}

static void add_manifest(const char *place, const char *name)
{
    char folder[256];
    struct chip_catalogue_file file = {.name = "source.onnx"};
    const struct chip_catalogue_model model = {.name = name,
                                               .description = "",
                                               .kind = "",
                                               .language = "",
                                               .license = "",
                                               .files = &file,
                                               .n_files = 1};
    const char sha256[1][65] = {"ab"};
    snprintf(folder, sizeof folder, "%s/%s/%s", temp, place, name);
    assert_int_equal(chip_manifest_write(folder, &model, sha256, NULL), CHIP_OK);
}

static struct chip_places two_places(void)
{
    struct chip_places places = {.n = 2};
    snprintf(places.dirs[0], sizeof places.dirs[0], "%s/one", temp);
    snprintf(places.dirs[1], sizeof places.dirs[1], "%s/two", temp);
    return places;
}

static void the_environment_names_the_only_place(void **state)
{
    (void)state;
    struct chip_places places;
    setenv("CHIP_MODELS_DIR", "/some/where", 1);
    chip_places_init(&places, "/opt/chip/build");
    unsetenv("CHIP_MODELS_DIR");
    assert_int_equal(places.n, 1);
    assert_string_equal(places.dirs[0], "/some/where");
}

static void without_it_there_is_an_order_of_places(void **state)
{
    (void)state;
    struct chip_places places;
    char text[512];
    setenv("XDG_DATA_HOME", "/data", 1);
    chip_places_init(&places, "/opt/chip/build"); /* a build: its repository's models/ */
    assert_string_equal(chip_places_text(&places, text, sizeof text),
                        "'/opt/chip/models', '/data/chip/models', '/usr/local/share/chip/models', "
                        "'/usr/share/chip/models'");
    chip_places_init(&places, "/opt/chip/bin"); /* /opt/chip/models does not exist */
    assert_string_equal(places.dirs[0], "/data/chip/models");

    char bin[128];
    snprintf(bin, sizeof bin, "%s/bin", temp);
    assert_int_equal(chip_folder_make(temp_path("models"), NULL), CHIP_OK);
    chip_places_init(&places, bin); /* but this one does */
    assert_string_equal(places.dirs[0], temp_path("models"));

    unsetenv("XDG_DATA_HOME");
    setenv("HOME", "/home/x", 1);
    chip_places_init(&places, "/opt/chip/bin");
    assert_string_equal(places.dirs[0], "/home/x/.local/share/chip/models");
    assert_string_equal(chip_places_text(&places, text, 20), "'/home/x/.local/sha");
}

static void an_earlier_place_wins(void **state)
{
    (void)state;
    const struct chip_places places = two_places();
    char folder[CHIP_STORE_PATH_MAX] = "";
    make_model("two", "m");
    assert_int_equal(chip_store_find_in(&places, "m", folder, sizeof folder, NULL), CHIP_OK);
    assert_string_equal(folder, temp_path("two/m"));
    make_model("one", "m");
    assert_int_equal(chip_store_find_in(&places, "m", folder, sizeof folder, NULL), CHIP_OK);
    assert_string_equal(folder, temp_path("one/m"));
}

static void a_path_is_taken_as_it_is(void **state)
{
    (void)state;
    const struct chip_places places = two_places();
    char folder[CHIP_STORE_PATH_MAX] = "";
    make_model("other", "M");
    assert_int_equal(chip_store_find_in(&places, temp_path("other/M"), folder, sizeof folder, NULL),
                     CHIP_OK);
    assert_string_equal(folder, temp_path("other/M"));
    struct chip_err err = {0};
    assert_int_equal(chip_store_find_in(&places, temp_path("other"), folder, sizeof folder, &err),
                     CHIP_E_NOT_FOUND);
    assert_non_null(strstr(err.message, "no config.json"));
}

static void what_is_not_there_says_where_it_was_looked_for(void **state)
{
    (void)state;
    const struct chip_places places = two_places();
    char folder[CHIP_STORE_PATH_MAX] = "kept";
    struct chip_err err = {0};
    assert_int_equal(chip_store_find_in(&places, "m", folder, sizeof folder, &err),
                     CHIP_E_NOT_FOUND);
    assert_non_null(strstr(err.message, temp_path("two")));
    assert_non_null(strstr(err.message, "chip models list"));
    assert_int_equal(chip_store_find_in(&places, "no such name", folder, sizeof folder, &err),
                     CHIP_E_INVAL);
    make_model("one", "m");
    assert_int_equal(chip_store_find_in(&places, "m", folder, 5, &err), CHIP_E_INVAL);
    assert_string_equal(folder, "kept");
}

static void the_list_shows_state_and_what_hides_what(void **state)
{
    (void)state;
    const struct chip_places places = two_places();
    make_model("one", "good");
    add_manifest("one", "good");
    make_model("one", "short");
    add_manifest("one", "short");
    write_text(temp_path("one/short/config.json"), "{");
    make_model("one", "foreign");
    make_model("two", "good");
    make_model("one", ".hidden");
    assert_int_equal(chip_folder_make(temp_path("one/no-model"), NULL), CHIP_OK);

    struct chip_installed *list;
    size_t n;
    assert_int_equal(chip_store_list(&places, &list, &n, NULL), CHIP_OK);
    assert_int_equal(n, 4);
    static const struct {
        const char *name;
        enum chip_store_state state;
        bool hidden;
    } want[] = {{"foreign", CHIP_STORE_FOREIGN, false},
                {"good", CHIP_STORE_OK, false},
                {"short", CHIP_STORE_DAMAGED, false},
                {"good", CHIP_STORE_FOREIGN, true}};
    for (size_t i = 0; i < n; i++) {
        assert_string_equal(list[i].name, want[i].name);
        assert_int_equal(list[i].state, want[i].state);
        assert_int_equal(list[i].hidden, want[i].hidden);
        assert_true(list[i].size > 0);
    }
    free(list);
}

static void verify_finds_one_changed_byte(void **state)
{
    (void)state;
    struct chip_err err = {0};
    make_model("one", "m");
    assert_int_equal(chip_store_verify(temp_path("one/m"), &err), CHIP_E_NOT_FOUND);
    add_manifest("one", "m");
    assert_int_equal(chip_store_verify(temp_path("one/m"), &err), CHIP_OK);
    write_text(temp_path("one/m/config.json"), "{ }");
    assert_int_equal(chip_store_verify(temp_path("one/m"), &err), CHIP_E_CHECKSUM);
    assert_non_null(strstr(err.message, "config.json"));
    unlink(temp_path("one/m/config.json"));
    assert_int_equal(chip_store_verify(temp_path("one/m"), &err), CHIP_E_NOT_FOUND);
}

static void a_hostile_manifest_is_refused(void **state)
{
    (void)state;
    make_model("one", "m");
    static const char *const bad[] = {
        "",
        "{}",
        "{\"version\":1,\"files\":[]}",
        "{\"version\":1,\"files\":[{\"name\":\"../../etc/passwd\",\"size\":1,\"sha256\":"
        "\"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\"}]}",
        "{\"version\":1,\"files\":[{\"name\":\"a\",\"size\":1,\"sha256\":\"0\"}]}",
        "{\"version\":1,\"files\":[{\"name\":\"a\",\"size\":-1,\"sha256\":"
        "\"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\"}]}",
        "{\"version\":1,\"files\":[5]}",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        write_text(temp_path("one/m/manifest.json"), bad[i]);
        assert_int_equal(chip_store_verify(temp_path("one/m"), NULL), CHIP_E_FORMAT);
    }
}

static void remove_deletes_an_installed_model_and_nothing_else(void **state)
{
    (void)state;
    const struct chip_places places = two_places();
    make_model("one", "m");
    make_model("one", "n");
    make_model("other", "x");
    static const char *const refused[] = {"../other/x", "..", ".", "/", "", "one/n"};
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        assert_int_equal(chip_store_remove(&places, refused[i], NULL), CHIP_E_INVAL);
    assert_int_equal(chip_store_remove(&places, "x", NULL), CHIP_E_NOT_FOUND);

    assert_int_equal(symlink(temp_path("other/x"), temp_path("one/link")), 0);
    assert_int_equal(chip_store_remove(&places, "link", NULL), CHIP_E_INVAL);

    /* a link inside is deleted, what it points to is not */
    assert_int_equal(symlink(temp_path("other"), temp_path("one/m/inside")), 0);
    assert_int_equal(chip_store_remove(&places, "m", NULL), CHIP_OK);
    assert_false(exists(temp_path("one/m")));
    assert_false(exists(temp_path("one/.removed-m")));
    assert_true(exists(temp_path("one/n/config.json")));
    assert_true(exists(temp_path("other/x/config.json")));
}

static void replacing_a_folder_leaves_only_the_new_one(void **state)
{
    (void)state;
    make_model("one", "new");
    make_model("one", "old");
    write_text(temp_path("one/old/extra"), "");
    assert_int_equal(chip_folder_replace(temp_path("one/new"), temp_path("one/old"), NULL),
                     CHIP_OK);
    assert_false(exists(temp_path("one/new")));
    assert_false(exists(temp_path("one/old/extra")));
    assert_true(exists(temp_path("one/old/config.json")));
    assert_int_equal(chip_folder_replace(temp_path("one/old"), temp_path("one/fresh"), NULL),
                     CHIP_OK);
    assert_true(exists(temp_path("one/fresh/config.json")));
    write_text(temp_path("plain"), "");
    assert_int_equal(chip_folder_make(temp_path("plain"), NULL), CHIP_E_IO);
    assert_int_equal(chip_folder_make("", NULL), CHIP_E_INVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_environment_names_the_only_place),
        IN_TEMP(without_it_there_is_an_order_of_places),
        IN_TEMP(an_earlier_place_wins),
        IN_TEMP(a_path_is_taken_as_it_is),
        IN_TEMP(what_is_not_there_says_where_it_was_looked_for),
        IN_TEMP(the_list_shows_state_and_what_hides_what),
        IN_TEMP(verify_finds_one_changed_byte),
        IN_TEMP(a_hostile_manifest_is_refused),
        IN_TEMP(remove_deletes_an_installed_model_and_nothing_else),
        IN_TEMP(replacing_a_folder_leaves_only_the_new_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
