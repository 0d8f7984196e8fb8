#include "../test.h"

#include "cli/commands.h"

enum { MAX_ARGS = 16 };

struct line {
    char *argv[MAX_ARGS + 1];
    int argc;
    char text[512];
};

/* "transcribe a.mp3 -f srt" as argc and argv; no quoting. */
static struct chip_parsed parse(struct line *line, const char *text, enum chip_status *status,
                                struct chip_err *err)
{
    *line = (struct line){.argc = 0};
    snprintf(line->text, sizeof line->text, "%s", text);
    char *save = NULL;
    for (char *w = strtok_r(line->text, " ", &save); w; w = strtok_r(NULL, " ", &save)) {
        assert_true(line->argc < MAX_ARGS);
        line->argv[line->argc++] = w;
    }
    struct chip_parsed parsed;
    *err = (struct chip_err){.code = CHIP_OK};
    *status =
        chip_opts_parse(chip_command_find("transcribe"), line->argc, line->argv, &parsed, err);
    return parsed;
}

static struct chip_opt_value value_of(const char *text, enum chip_transcribe_opt opt)
{
    struct line line;
    enum chip_status status;
    struct chip_err err;
    struct chip_parsed parsed = parse(&line, text, &status, &err);
    if (status != CHIP_OK)
        fail_msg("%s: %s", text, err.message);
    return parsed.values[opt];
}

static void equal_spellings_give_the_same_value(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "transcribe --max-line-width 30",       "transcribe --max_line_width 30",
        "transcribe --max-line-width=30",       "transcribe --max_line-width=30 a.mp3",
        "transcribe a.mp3 --max-line-width 30",
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        struct chip_opt_value v = value_of(lines[i], CHIP_TRANSCRIBE_MAX_LINE_WIDTH);
        assert_true(v.is_set);
        assert_int_equal(v.number, 30);
    }
}

static void names_of_other_programs_are_understood(void **state)
{
    (void)state;
    const unsigned srt = 1U << CHIP_FORMAT_SRT, vtt = 1U << CHIP_FORMAT_VTT;
    static const struct {
        const char *line;
        unsigned formats;
    } rows[] = {
        {"transcribe --output_format srt", 1U << CHIP_FORMAT_SRT},
        {"transcribe -f all", 1U << CHIP_FORMAT_CHOICE_ALL},
        {"transcribe -osrt", 1U << CHIP_FORMAT_SRT},
        {"transcribe -oj", 1U << CHIP_FORMAT_JSON},
        {"transcribe -otxt", 1U << CHIP_FORMAT_TXT},
        {"transcribe -ovtt", 1U << CHIP_FORMAT_VTT},
        {"transcribe --output-json", 1U << CHIP_FORMAT_JSON},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_equal(value_of(rows[i].line, CHIP_TRANSCRIBE_FORMAT).set, rows[i].formats);
    assert_int_equal(value_of("transcribe -osrt -ovtt", CHIP_TRANSCRIBE_FORMAT).set, srt | vtt);

    assert_string_equal(value_of("transcribe -o out", CHIP_TRANSCRIBE_OUTPUT_DIR).text, "out");
    assert_string_equal(value_of("transcribe --output_dir=out", CHIP_TRANSCRIBE_OUTPUT_DIR).text,
                        "out");
    assert_int_equal(value_of("transcribe --batch_size 8", CHIP_TRANSCRIBE_BATCH).number, 8);
    assert_int_equal(value_of("transcribe -t 3", CHIP_TRANSCRIBE_THREADS).number, 3);
    assert_int_equal(value_of("transcribe -t3", CHIP_TRANSCRIBE_THREADS).number, 3);
    assert_int_equal(
        value_of("transcribe --highlight_words True", CHIP_TRANSCRIBE_WORD_CUES).number, 1);
    assert_int_equal(
        value_of("transcribe --highlight_words False", CHIP_TRANSCRIBE_WORD_CUES).number, 0);
    assert_int_equal(value_of("transcribe -pp", CHIP_TRANSCRIBE_PROGRESS).number,
                     CHIP_PROGRESS_BAR);
    assert_int_equal(value_of("transcribe --print_progress True", CHIP_TRANSCRIBE_PROGRESS).number,
                     CHIP_PROGRESS_BAR);
    assert_false(value_of("transcribe --print_progress False", CHIP_TRANSCRIBE_PROGRESS).is_set);
    assert_int_equal(value_of("transcribe -np", CHIP_TRANSCRIBE_QUIET).number, 1);
}

static void lists_add_up(void **state)
{
    (void)state;
    const unsigned want =
        1U << CHIP_FORMAT_SRT | 1U << CHIP_FORMAT_VTT | 1U << CHIP_FORMAT_WHISPERX;
    assert_int_equal(value_of("transcribe -f srt,vtt,whisperx", CHIP_TRANSCRIBE_FORMAT).set, want);
    assert_int_equal(value_of("transcribe -f srt -f VTT,whisperx", CHIP_TRANSCRIBE_FORMAT).set,
                     want);
}

static void the_last_of_equal_options_wins(void **state)
{
    (void)state;
    assert_int_equal(value_of("transcribe -t 2 --threads 5", CHIP_TRANSCRIBE_THREADS).number, 5);
    assert_int_equal(value_of("transcribe -q --quiet=false", CHIP_TRANSCRIBE_QUIET).number, 0);
}

static void operands_keep_their_order_around_options(void **state)
{
    (void)state;
    struct line line;
    enum chip_status status;
    struct chip_err err;
    struct chip_parsed p =
        parse(&line, "transcribe a.mp3 -t 2 - --quiet b.mp3 -- -c.mp3 --d", &status, &err);
    assert_int_equal(status, CHIP_OK);
    assert_int_equal(p.n_operands, 5);
    static const char *const want[] = {"a.mp3", "-", "b.mp3", "-c.mp3", "--d"};
    for (int i = 0; i < 5; i++)
        assert_string_equal(p.operands[i], want[i]);
    assert_int_equal(p.values[CHIP_TRANSCRIBE_THREADS].number, 2);
}

static void help_ends_the_reading(void **state)
{
    (void)state;
    struct line line;
    enum chip_status status;
    struct chip_err err;
    assert_true(parse(&line, "transcribe --help --nonsense", &status, &err).wants_help);
    assert_int_equal(status, CHIP_OK);
    assert_true(parse(&line, "transcribe -h", &status, &err).wants_help);
}

static void wrong_lines_are_explained(void **state)
{
    (void)state;
    static const struct {
        const char *line, *says;
    } rows[] = {
        {"transcribe --foramt srt", "unknown option '--foramt'; did you mean '--format'?"},
        {"transcribe --max_lin_width=3", "'--max_lin_width'; did you mean '--max-line-width'?"},
        {"transcribe --banana", "unknown option '--banana'"},
        {"transcribe -x", "unknown option '-x'"},
        {"transcribe --format", "--format needs one or more of json, whisperx, srt"},
        {"transcribe --format --quiet", "--format needs one or more of"},
        {"transcribe -f srr", "-f takes one or more of json, whisperx, srt, vtt, txt, md, tsv, "
                              "rttm, all, not 'srr'; did you mean 'srt'?"},
        {"transcribe -f srt,,vtt", "not ''"},
        {"transcribe -f srt,", "not ''"},
        {"transcribe -f /dev/null", "files are named without an option"},
        {"transcribe --threads two", "--threads takes a number from 0 to 64, not 'two'"},
        {"transcribe --threads 65", "--threads takes a number from 0 to 64, not '65'"},
        {"transcribe --threads -1", "not '-1'"},
        {"transcribe --threads 2x", "not '2x'"},
        {"transcribe --threads=", "not ''"},
        {"transcribe --threads 99999999999999999999", "--threads takes a number"},
        {"transcribe --track 0", "--track takes a number from 1 to 64, not '0'"},
        {"transcribe --progress fast", "--progress takes one of auto, bar, json, none, not 'fast'"},
        {"transcribe --quiet=maybe", "--quiet takes no value, or true or false, not 'maybe'"},
        {"transcribe --output-dir", "--output-dir needs a folder"},
        {"transcribe --output-dir=", "--output-dir needs a folder"},
        {"transcribe --compute_type int8", "picks the fastest arithmetic itself"},
        {"transcribe --tinydiarize", "with its own network"},
        {"transcribe --beam_size=5", "always takes the likeliest word"},
        {"transcribe -of out", "use --output-dir DIR, or > FILE"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct line line;
        enum chip_status status;
        struct chip_err err;
        parse(&line, rows[i].line, &status, &err);
        if (status != CHIP_E_INVAL || !strstr(err.message, rows[i].says))
            fail_msg("'%s' gave status %d, '%s'; wanted '%s'", rows[i].line, status, err.message,
                     rows[i].says);
    }
}

static void the_environment_fills_in_what_is_not_given(void **state)
{
    (void)state;
    setenv("CHIP_THREADS", "7", 1);
    setenv("CHIP_MODEL", "moonshine-tiny", 1);
    assert_int_equal(value_of("transcribe a", CHIP_TRANSCRIBE_THREADS).number, 7);
    assert_int_equal(value_of("transcribe a -t 2", CHIP_TRANSCRIBE_THREADS).number, 2);
    assert_string_equal(value_of("transcribe a", CHIP_TRANSCRIBE_MODEL).text, "moonshine-tiny");

    setenv("CHIP_THREADS", "many", 1);
    struct line line;
    enum chip_status status;
    struct chip_err err;
    parse(&line, "transcribe a", &status, &err);
    assert_int_equal(status, CHIP_E_INVAL);
    assert_non_null(strstr(err.message, "CHIP_THREADS takes a number"));
    setenv("CHIP_THREADS", "", 1);
    assert_false(value_of("transcribe a", CHIP_TRANSCRIBE_THREADS).is_set);
    unsetenv("CHIP_THREADS");
    unsetenv("CHIP_MODEL");
}

/* Every argument from a small alphabet, alone and with a neighbour: no crash, a message if refused.
 */
static void any_arguments_are_read_or_refused(void **state)
{
    (void)state;
    static const char *const parts[] = {
        "-",     "--",      "---",    "-=",      "--=",        "--=x",     "-t",       "-t9",
        "-t=9",  "-tx",     "-tt",    "--model", "--model=",   "--help=x", "--quiet=", "-osrt=true",
        "-f=",   "-f=,",    "-f=all", "_",       "-_",         "--_-_",    "True",     "False",
        "-osrt", "--track", "-5",     "\xff",    "--\xff\xfe", "-\xc3",
    };
    enum { N = sizeof parts / sizeof parts[0] };
    for (size_t i = 0; i < N; i++) {
        for (size_t j = 0; j < N; j++) {
            char a[32], b[32], name[] = "transcribe";
            snprintf(a, sizeof a, "%s", parts[i]);
            snprintf(b, sizeof b, "%s", parts[j]);
            char *argv[] = {name, a, b, NULL};
            struct chip_parsed parsed;
            struct chip_err err = {.code = CHIP_OK};
            enum chip_status st =
                chip_opts_parse(chip_command_find("transcribe"), 3, argv, &parsed, &err);
            assert_true(st == CHIP_OK || (st == CHIP_E_INVAL && err.message[0]));
            assert_in_range(parsed.n_operands, 0, 2);
        }
    }
}

static void a_very_long_option_is_unknown(void **state)
{
    (void)state;
    char arg[5000] = "--", name[] = "transcribe";
    memset(arg + 2, 'q', sizeof arg - 3);
    arg[sizeof arg - 1] = '\0';
    char *argv[] = {name, arg, NULL};
    struct chip_parsed parsed;
    struct chip_err err;
    assert_int_equal(chip_opts_parse(chip_command_find("transcribe"), 2, argv, &parsed, &err),
                     CHIP_E_INVAL);
    assert_non_null(strstr(err.message, "unknown option '--qqq"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_spellings_give_the_same_value),
        cmocka_unit_test(names_of_other_programs_are_understood),
        cmocka_unit_test(lists_add_up),
        cmocka_unit_test(the_last_of_equal_options_wins),
        cmocka_unit_test(operands_keep_their_order_around_options),
        cmocka_unit_test(help_ends_the_reading),
        cmocka_unit_test(wrong_lines_are_explained),
        cmocka_unit_test(the_environment_fills_in_what_is_not_given),
        cmocka_unit_test(any_arguments_are_read_or_refused),
        cmocka_unit_test(a_very_long_option_is_unknown),
    };
    unsetenv("CHIP_THREADS");
    unsetenv("CHIP_MODEL");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
