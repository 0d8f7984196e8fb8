#include "../test.h"

#include "models/catalogue.h"
#include "models/name.h"
#include "temp.h"

#define SHA "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define URL_SOURCE "\"source\":{\"type\":\"url\",\"url\":\"https://example.org/m\"}"
#define FILE_(name, more) \
    "{\"name\":\"" name "\",\"size\":3,\"sha256\":\"" SHA "\"," URL_SOURCE more "}"
#define MODEL_(name, format, files)                                                         \
    "{\"name\":\"" name "\",\"description\":\"d\",\"kind\":\"speech\",\"format\":\"" format \
    "\",\"language\":\"en\",\"license\":\"MIT\",\"size\":1,\"files\":[" files "]}"
#define CATALOGUE(models) "{\"version\":1,\"models\":[" models "]}"

static enum chip_status open_text(struct chip_catalogue *c, const char *json, struct chip_err *err)
{
    write_text(temp_path("c.json"), json);
    return chip_catalogue_open(c, temp_path("c.json"), err);
}

static void the_built_in_catalogue_has_the_models_that_chip_needs(void **state)
{
    (void)state;
    struct chip_catalogue c;
    struct chip_err err = {0};
    if (chip_catalogue_open(&c, NULL, &err) != CHIP_OK)
        fail_msg("%s", err.message);
    const struct chip_catalogue_model *base = chip_catalogue_find(&c, "moonshine-base");
    assert_non_null(base);
    assert_int_equal(base->format, CHIP_MODEL_MOONSHINE_ONNX);
    assert_string_equal(base->license, "MIT");
    const struct chip_catalogue_file *encoder = chip_catalogue_role(base, "encoder");
    assert_non_null(encoder);
    assert_string_equal(encoder->npm_package, "@usefulsensors/moonshine-js");
    assert_null(encoder->url);
    assert_null(chip_catalogue_role(base, "network"));
    assert_non_null(chip_catalogue_find(&c, "moonshine-tiny"));
    assert_non_null(chip_catalogue_find(&c, "moonshine-tiny-float"));
    assert_int_equal(chip_catalogue_find(&c, "silero-vad")->format, CHIP_MODEL_SILERO_ONNX);
    assert_null(chip_catalogue_find(&c, "moonshine"));
    chip_catalogue_close(&c);
}

static void a_catalogue_of_ones_own_is_read(void **state)
{
    (void)state;
    struct chip_catalogue c;
    struct chip_err err = {0};
    if (open_text(&c, CATALOGUE(MODEL_("m", "folder", FILE_("a", "") "," FILE_("b", ""))), &err) !=
        CHIP_OK)
        fail_msg("%s", err.message);
    assert_int_equal(c.n_models, 1);
    assert_int_equal(c.models[0].n_files, 2);
    assert_string_equal(c.models[0].files[1].name, "b");
    assert_string_equal(c.models[0].files[1].url, "https://example.org/m");
    assert_null(c.models[0].files[1].npm_path);
    assert_int_equal(c.models[0].files[1].size, 3);
    chip_catalogue_close(&c);
}

static void assert_refused(const char *json, const char *word)
{
    struct chip_catalogue c;
    struct chip_err err = {0};
    if (open_text(&c, json, &err) != CHIP_E_FORMAT || !strstr(err.message, word))
        fail_msg("'%s' for '%s' in %s", err.message, word, json);
}

static void bad_catalogues_are_refused_with_the_place(void **state)
{
    (void)state;
    assert_refused("", "c.json");
    assert_refused("{}", "no catalogue");
    assert_refused("{\"version\":2,\"models\":[]}", "no catalogue");
    assert_refused("{\"version\":1,\"models\":{}}", "no catalogue");
    assert_refused(CATALOGUE("5"), "model 0 has no valid name");
    assert_refused(CATALOGUE(MODEL_("../m", "folder", FILE_("a", ""))), "no valid name");
    assert_refused(
        CATALOGUE(MODEL_("m", "folder", FILE_("a", "")) "," MODEL_("m", "folder", FILE_("a", ""))),
        "two models");
    assert_refused(CATALOGUE(MODEL_("m", "zip", FILE_("a", ""))), "unknown format");
    assert_refused(CATALOGUE(MODEL_("m", "folder", "")), "0 files");
    assert_refused(CATALOGUE(MODEL_("m", "folder", FILE_("a/b", ""))), "no valid name");
    assert_refused(CATALOGUE(MODEL_("m", "folder", FILE_(".a", ""))), "no valid name");
    assert_refused(CATALOGUE(MODEL_("m", "folder", FILE_("a", "") "," FILE_("a", ""))),
                   "two files");
    assert_refused(CATALOGUE(MODEL_("m", "silero-onnx", FILE_("a", ""))), "'network'");
    assert_refused(CATALOGUE("{\"name\":\"m\"}"), "lacks");
    assert_refused(
        CATALOGUE(
            MODEL_("m", "folder", "{\"name\":\"a\",\"size\":3,\"sha256\":\"12\"," URL_SOURCE "}")),
        "no SHA-256");
    assert_refused(
        CATALOGUE(MODEL_("m", "folder",
                         "{\"name\":\"a\",\"size\":-3,\"sha256\":\"" SHA "\"," URL_SOURCE "}")),
        "no size");
    assert_refused(CATALOGUE(MODEL_("m", "folder",
                                    "{\"name\":\"a\",\"size\":3,\"sha256\":\"" SHA
                                    "\",\"source\":{\"type\":\"url\",\"url\":\"http://example.org/"
                                    "\"}}")),
                   "no valid source");
    assert_refused(CATALOGUE(MODEL_("m", "folder",
                                    "{\"name\":\"a\",\"size\":3,\"sha256\":\"" SHA
                                    "\",\"source\":{\"type\":\"npm\",\"package\":\"p\",\"version\":"
                                    "\"1.0\",\"path\":\"../../etc/passwd\"}}")),
                   "no valid source");
}

static void a_hash_may_be_said_to_be_unknown(void **state)
{
    (void)state;
    struct chip_catalogue c;
    assert_int_equal(open_text(&c,
                               CATALOGUE(MODEL_("m", "folder",
                                                "{\"name\":\"a\",\"size\":3,\"sha256\":null,"
                                                "\"source\":{\"type\":\"url\",\"path\":\"b/a\","
                                                "\"url\":\"https://example.org/m\"}}")),
                               NULL),
                     CHIP_OK);
    assert_null(c.models[0].files[0].sha256);
    assert_string_equal(c.models[0].files[0].path, "b/a");
    chip_catalogue_close(&c);
    assert_refused(CATALOGUE(MODEL_("m", "folder",
                                    "{\"name\":\"a\",\"size\":3,\"sha256\":null,\"source\":"
                                    "{\"type\":\"url\",\"path\":\"../a\","
                                    "\"url\":\"https://example.org/m\"}}")),
                   "no valid source");
}

static void names_cannot_lead_elsewhere(void **state)
{
    (void)state;
    static const char *const bad[] = {"",   ".",  "..",  "../a", "a/b", "/a", "A",
                                      ".a", "-a", "a b", "a\n",  "a\\", "~",  "\xC3\xA9"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (chip_model_name_valid(bad[i]))
            fail_msg("accepted: '%s'", bad[i]);
    assert_true(chip_model_name_valid("moonshine-base"));
    assert_true(chip_model_name_valid("whisper-large.v3_q8"));
    assert_false(
        chip_model_name_valid("0123456789012345678901234567890123456789012345678901234567890123x"));

    static const char *const bad_paths[] = {"",      "/a",   "a/",    "a//b", "a/../b", "./a",
                                            "a/.b",  "..",   "a\\b",  "a b",  "@",      "@/a",
                                            "a/./b", "a/..", "a/@.b", "a\n"};
    for (size_t i = 0; i < sizeof bad_paths / sizeof bad_paths[0]; i++)
        if (chip_relative_path_valid(bad_paths[i]))
            fail_msg("accepted: '%s'", bad_paths[i]);
    assert_true(chip_relative_path_valid("@usefulsensors/moonshine-js"));
    assert_true(chip_relative_path_valid("dist/model/base/quantized/encoder_model.onnx"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_built_in_catalogue_has_the_models_that_chip_needs),
        IN_TEMP(a_catalogue_of_ones_own_is_read),
        IN_TEMP(bad_catalogues_are_refused_with_the_place),
        IN_TEMP(a_hash_may_be_said_to_be_unknown),
        cmocka_unit_test(names_cannot_lead_elsewhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
