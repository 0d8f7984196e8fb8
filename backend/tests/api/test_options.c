#include "../test.h"

#include "../models/temp.h"
#include "../speech/plain_vad.h"
#include "../speech/toy_moonshine.h"
#include <chip/chip.h>

/* What is refused, and in what words; with a toy model, so that nothing needs to be installed. */

static struct chip_model *model;

static void make_folder(const char *name)
{
    assert_int_equal(mkdir(temp_path(name), 0755), 0);
}

static void install(void)
{
    make_folder("toy");
    toy_moonshine_write(temp_path("toy"), true, NULL);
    make_folder("silero-vad");
    struct plain_vad *vad = plain_vad_new(1);
    plain_vad_write(vad, temp_path("silero-vad"), PLAIN_NO_FAULT);
    plain_vad_free(vad);
    write_text(temp_path("silero-vad/config.json"), "{\"model_type\": \"silero-vad\"}");
    setenv("CHIP_MODELS_DIR", temp, 1);
}

static int set_up(void **state)
{
    if (temp_make(state) != 0)
        return -1;
    install();
    struct chip_err err;
    if (chip_model_open(&model, "toy", &err) != CHIP_OK) {
        print_error("%s\n", err.message);
        return -1;
    }
    return 0;
}

static int tear_down(void **state)
{
    chip_model_close(model);
    return temp_delete(state);
}

static void assert_refused(const struct chip_options *options, enum chip_status want,
                           const char *words)
{
    static const float pcm[1600];
    struct chip_err err = {.message = ""};
    struct chip_transcript *t = NULL;
    assert_int_equal(chip_transcribe_pcm(model, pcm, 1600, options, &t, &err), want);
    assert_int_equal(err.code, want);
    assert_null(t);
    if (!strstr(err.message, words))
        fail_msg("'%s' does not say '%s'", err.message, words);
    assert_int_equal(chip_transcribe_file(model, "/nowhere.wav", options, &t, &err), want);
    assert_int_equal(chip_transcribe_stream(model, NULL, NULL, options, &t, &err), want);
    assert_int_equal(chip_transcribe_pcm(model, pcm, 1600, options, &t, NULL), want);
}

static void options_out_of_range_are_refused(void **state)
{
    (void)state;
    assert_refused(&(struct chip_options){.threads = -1}, CHIP_E_INVAL, "threads");
    assert_refused(&(struct chip_options){.threads = 65}, CHIP_E_INVAL, "64");
    assert_refused(&(struct chip_options){.batch = -1}, CHIP_E_INVAL, "batch");
    assert_refused(&(struct chip_options){.batch = 65}, CHIP_E_INVAL, "batch");
    assert_refused(&(struct chip_options){.track = -1}, CHIP_E_INVAL, "track");
}

static void languages_that_the_model_does_not_know_are_refused(void **state)
{
    (void)state;
    assert_refused(&(struct chip_options){.language = "de"}, CHIP_E_UNSUPPORTED, "de");
    assert_refused(&(struct chip_options){.language = ""}, CHIP_E_UNSUPPORTED, "English");
}

static void hotwords_that_are_none_are_refused_by_number_or_name(void **state)
{
    (void)state;
    static const char *const blank[] = {"Siobhan", " ", NULL};
    static const char *const longer[] = {"a phrase of so many words that nobody says it at all",
                                         NULL};
    assert_refused(&(struct chip_options){.hotwords = blank}, CHIP_E_INVAL, "hotword 2");
    assert_refused(&(struct chip_options){.hotwords = longer}, CHIP_E_LIMIT, "so many words");
}

static void options_in_range_are_taken(void **state)
{
    (void)state;
    static const float pcm[1600];
    static const struct chip_options good[] = {
        {.threads = 1}, {.threads = 64}, {.batch = 1}, {.batch = 64}, {.language = "en"}};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        struct chip_transcript *t;
        assert_int_equal(chip_transcribe_pcm(model, pcm, 1600, &good[i], &t, NULL), CHIP_OK);
        chip_transcript_free(t);
    }
}

static void a_file_that_is_not_there_is_not_found(void **state)
{
    (void)state;
    struct chip_err err;
    struct chip_transcript *t = NULL;
    assert_int_equal(chip_transcribe_file(model, "/nowhere/talk.mp3", NULL, &t, &err),
                     CHIP_E_NOT_FOUND);
    assert_non_null(strstr(err.message, "talk.mp3"));
    assert_null(t);
}

static void a_file_that_is_no_recording_is_refused(void **state)
{
    (void)state;
    struct chip_err err;
    struct chip_transcript *t = NULL;
    write_text(temp_path("notes.txt"), "Buy milk.\n");
    assert_int_equal(chip_transcribe_file(model, temp_path("notes.txt"), NULL, &t, &err),
                     CHIP_E_FORMAT);
    write_text(temp_path("empty.wav"), "");
    enum chip_status s = chip_transcribe_file(model, temp_path("empty.wav"), NULL, &t, &err);
    assert_true(s == CHIP_E_FORMAT || s == CHIP_E_NO_AUDIO);
    assert_null(t);
}

/* ---- models ---- */

static void assert_no_model(const char *name, enum chip_status want, const char *words)
{
    struct chip_err err = {.message = ""};
    struct chip_model *none = NULL;
    assert_int_equal(chip_model_open(&none, name, &err), want);
    assert_int_equal(err.code, want);
    assert_null(none);
    if (!strstr(err.message, words))
        fail_msg("'%s' does not say '%s'", err.message, words);
    assert_int_equal(chip_model_open(&none, name, NULL), want);
}

static void a_model_that_is_missing_is_named_with_how_to_get_it(void **state)
{
    (void)state;
    assert_no_model("moonshine-tiny", CHIP_E_NOT_FOUND, "moonshine-tiny");
    assert_no_model("moonshine-tiny", CHIP_E_NOT_FOUND, "chip models");
    assert_no_model("moonshine-tiny", CHIP_E_NOT_FOUND, temp); /* where it looked */
    assert_no_model(NULL, CHIP_E_NOT_FOUND, "moonshine-base");
    assert_no_model("/nowhere/model", CHIP_E_NOT_FOUND, "/nowhere/model");
    assert_no_model("", CHIP_E_INVAL, "name");
    assert_no_model("two words", CHIP_E_INVAL, "two words");
}

static void a_missing_voice_detector_is_named(void **state)
{
    (void)state;
    unlink(temp_path("silero-vad/config.json"));
    assert_no_model("toy", CHIP_E_NOT_FOUND, "silero-vad");
}

static void damaged_and_foreign_models_are_refused(void **state)
{
    (void)state;
    assert_no_model("silero-vad", CHIP_E_UNSUPPORTED, "silero-vad");
    write_text(temp_path("toy/tokenizer.json"), "{}");
    assert_no_model("toy", CHIP_E_FORMAT, "tokenizer");
    unlink(temp_path("toy/tokenizer.json"));
    assert_no_model("toy", CHIP_E_NOT_FOUND, "tokenizer");
    write_text(temp_path("toy/model.safetensors"), "not a model");
    assert_no_model("toy", CHIP_E_FORMAT, "model.safetensors");
    write_text(temp_path("toy/config.json"), "{\"model_type\": \"whisper\"}");
    assert_no_model("toy", CHIP_E_UNSUPPORTED, "whisper");
}

static void a_model_may_be_a_path(void **state)
{
    (void)state;
    static const float pcm[1600];
    static const char *const endings[] = {"", "/", "//"};
    for (size_t i = 0; i < 3; i++) {
        char path[128];
        struct chip_model *m;
        struct chip_transcript *t;
        snprintf(path, sizeof path, "%s/toy%s", temp, endings[i]);
        assert_int_equal(chip_model_open(&m, path, NULL), CHIP_OK);
        assert_int_equal(chip_transcribe_pcm(m, pcm, 1600, NULL, &t, NULL), CHIP_OK);
        assert_string_equal(t->model, "toy");
        chip_transcript_free(t);
        chip_model_close(m);
    }
    chip_model_close(NULL);
    chip_transcript_free(NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(options_out_of_range_are_refused),
        TEST(languages_that_the_model_does_not_know_are_refused),
        TEST(hotwords_that_are_none_are_refused_by_number_or_name),
        TEST(options_in_range_are_taken),
        TEST(a_file_that_is_not_there_is_not_found),
        TEST(a_file_that_is_no_recording_is_refused),
        TEST(a_model_that_is_missing_is_named_with_how_to_get_it),
        TEST(a_missing_voice_detector_is_named),
        TEST(damaged_and_foreign_models_are_refused),
        TEST(a_model_may_be_a_path),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
