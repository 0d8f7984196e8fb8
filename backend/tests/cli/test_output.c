#include "../folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/output.h"
#include "meeting/transcript.h"

#define BIT(format) (1U << CHIP_FORMAT_##format)

static void check_path(const char *file, unsigned formats, const char *dir, size_t i,
                       const char *want)
{
    struct chip_outputs o;
    struct chip_err err = {.code = CHIP_OK};
    char *files[] = {(char *)file};
    if (chip_outputs_plan(&o, files, 1, formats, dir, &err) != CHIP_OK)
        fail_msg("%s: %s", file, err.message);
    assert_string_equal(chip_outputs_path(&o, 0, i), want);
    chip_outputs_done(&o);
}

static void outputs_are_named_after_the_input(void **state)
{
    (void)state;
    check_path("talks/a.b.mp3", BIT(SRT), "out", 0, "out/a.b.srt");
    check_path("a", BIT(SRT), "out/", 0, "out/a.srt");
    check_path(".mp3", BIT(SRT), "out", 0, "out/.mp3.srt");
    check_path("-", BIT(TXT), "out", 0, "out/stdin.txt");
    check_path("/x/y z.wav", BIT(WHISPERX), "out", 0, "out/y z.json");
    check_path("a.mp3", BIT(JSON) | BIT(WHISPERX), "out", 0, "out/a.json");
    check_path("a.mp3", BIT(JSON) | BIT(WHISPERX), "out", 1, "out/a.whisperx.json");
    check_path("a.mp3", 0, "out", 0, "out/a.json");
    check_path("a.mp3", 0, "out", 1, "out/a.txt");
    check_path("a.mp3", BIT(MD), "deep/er/folder", 0, "deep/er/folder/a.md");
    struct stat info;
    assert_int_equal(stat("deep/er/folder", &info), 0);
}

static void standard_output_takes_one_transcript(void **state)
{
    (void)state;
    struct chip_outputs o;
    struct chip_err err;
    char *files[] = {"a.mp3", "b.mp3"};
    assert_int_equal(chip_outputs_plan(&o, files, 1, 0, NULL, &err), CHIP_OK);
    assert_null(chip_outputs_path(&o, 0, 0));
    assert_int_equal(o.n_formats, 1);
    assert_int_equal(o.formats[0], CHIP_FORMAT_TXT);
    chip_outputs_done(&o);

    assert_int_equal(chip_outputs_plan(&o, files, 2, BIT(SRT), NULL, &err), CHIP_E_INVAL);
    assert_non_null(strstr(err.message, "2 files need --output-dir"));
    assert_int_equal(chip_outputs_plan(&o, files, 1, BIT(SRT) | BIT(VTT), NULL, &err),
                     CHIP_E_INVAL);
    assert_non_null(strstr(err.message, "2 formats need --output-dir"));
}

static void check_refused(char *const *files, size_t n, unsigned formats, const char *dir,
                          enum chip_status status, const char *says)
{
    struct chip_outputs o = {.n_formats = 77};
    struct chip_err err = {.message = ""};
    assert_int_equal(chip_outputs_plan(&o, files, n, formats, dir, &err), status);
    if (!strstr(err.message, says))
        fail_msg("'%s' does not say '%s'", err.message, says);
    assert_int_equal(o.n_formats, 77); /* untouched */
}

static void inputs_of_the_same_name_are_refused(void **state)
{
    (void)state;
    check_refused((char *[]){"x/a.mp3", "b.mp3", "y/a.wav"}, 3, BIT(SRT), "out", CHIP_E_INVAL,
                  "'x/a.mp3' and 'y/a.wav' would both become 'out/a.srt'");
    check_refused((char *[]){"a.mp3", "b.mp3", "a.mp3"}, 3, BIT(SRT), "out", CHIP_E_INVAL,
                  "'a.mp3' is given twice");
    check_refused((char *[]){"a.mp3", "a.whisperx.mp3"}, 2, BIT(JSON) | BIT(WHISPERX), "out",
                  CHIP_E_INVAL, "would both become 'out/a.whisperx.json'");
    struct stat info;
    assert_int_equal(stat("out", &info), -1); /* refused before anything was made */
}

static void inputs_are_never_overwritten(void **state)
{
    (void)state;
    put("notes.txt", "mine");
    check_refused((char *[]){"notes.txt"}, 1, BIT(TXT), ".", CHIP_E_INVAL,
                  "would overwrite the input 'notes.txt'");
    check_refused((char *[]){"notes.mp3", "notes.txt"}, 2, BIT(TXT) | BIT(SRT), "./", CHIP_E_INVAL,
                  "would both become");
    assert_int_equal(link("notes.txt", "talk.txt"), 0);
    check_refused((char *[]){"notes.txt", "talk.mp3"}, 2, BIT(TXT), ".", CHIP_E_INVAL,
                  "would overwrite the input 'notes.txt'");
    assert_string_equal(get("notes.txt"), "mine");
}

static void a_file_is_no_folder(void **state)
{
    (void)state;
    put("plain", "x");
    check_refused((char *[]){"a.mp3"}, 1, BIT(SRT), "plain", CHIP_E_IO, "is not a folder");
    check_refused((char *[]){"a.mp3"}, 1, BIT(SRT), "plain/under", CHIP_E_IO, "Not a directory");
    check_refused((char *[]){"a.mp3"}, 1, 0, "talk.srt", CHIP_E_INVAL,
                  "use --format srt > talk.srt");
}

static struct chip_transcript *make(const char *text)
{
    struct chip_transcript *t;
    const struct chip_word word = {0, 900, 0.9f, -1, text};
    const struct chip_segment segment = {.end_ms = 900, .confidence = 0.9f, .text = text};
    assert_int_equal(chip_transcript_new(&t, NULL), CHIP_OK);
    assert_int_equal(chip_transcript_add_segment(t, &segment, &word, 1, NULL), CHIP_OK);
    return t;
}

static void all_formats_are_written_and_replace_old_ones(void **state)
{
    (void)state;
    struct chip_outputs o;
    struct chip_err err;
    char *files[] = {"a.mp3"};
    struct chip_transcript *t = make("Hello.");
    const struct chip_format_options options = {.source = "a.mp3"};
    assert_int_equal(chip_outputs_plan(&o, files, 1, (1U << CHIP_N_FORMATS) - 1, "out", &err),
                     CHIP_OK);
    put("out/a.txt", "old and much longer than what replaces it");
    assert_int_equal(chip_outputs_write(&o, 0, t, &options, &err), CHIP_OK);
    assert_int_equal(count_entries("out"), CHIP_N_FORMATS); /* and no temporary file */
    assert_string_equal(get("out/a.txt"), "Hello.\n");
    assert_non_null(strstr(get("out/a.srt"), "00:00:00,000 --> "));
    chip_transcript_free(t);
    chip_outputs_done(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(outputs_are_named_after_the_input),
        IN_FOLDER(standard_output_takes_one_transcript),
        IN_FOLDER(inputs_of_the_same_name_are_refused),
        IN_FOLDER(inputs_are_never_overwritten),
        IN_FOLDER(a_file_is_no_folder),
        IN_FOLDER(all_formats_are_written_and_replace_old_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
