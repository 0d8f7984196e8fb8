/* `chip minutes`: what was decided and who does what, from a transcript. */

#include "cli/cmd_minutes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/date.h"
#include "base/file.h"
#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/minutes_settings.h"
#include "cli/transcript_file.h"
#include "meeting/transcript.h"
#include "minutes/choose.h"
#include "minutes/show.h"

/* ---- how it is called ------------------------------------------------------------------------ */

enum format { FORMAT_TEXT, FORMAT_MD, FORMAT_JSON };

static const char *const formats[] = {
    [FORMAT_TEXT] = "text", [FORMAT_MD] = "md", [FORMAT_JSON] = "json", NULL};

static const char *const providers[] = {"gemini",     "openai",  "anthropic",
                                        "compatible", "builtin", NULL};

static const struct chip_opt opts[] = {
    [CHIP_MINUTES_OPT_DATE] = {.name = "date",
                               .letter = 'd',
                               .kind = CHIP_OPT_TEXT,
                               .value = "YYYY-MM-DD",
                               .help = "day of the meeting, from which 'by Friday' is counted"},
    [CHIP_MINUTES_OPT_PROVIDER] = {.name = "provider",
                                   .letter = 'p',
                                   .kind = CHIP_OPT_CHOICE,
                                   .value = "NAME",
                                   .choices = providers,
                                   .help = "who writes them (AI_PROVIDER, else the first whose key "
                                           "is set, else builtin, which needs no network)"},
    [CHIP_MINUTES_OPT_MODEL] = {.name = "model",
                                .letter = 'm',
                                .kind = CHIP_OPT_TEXT,
                                .value = "NAME",
                                .help = "language model of the provider (AI_MODEL, else its "
                                        "default)"},
    [CHIP_MINUTES_OPT_TEMPLATE] = {.name = "template",
                                   .letter = 't',
                                   .kind = CHIP_OPT_TEXT,
                                   .value = "NAME",
                                   .help = "kind of meeting: general (the default), one-on-one, "
                                           "interview, sales-call, stand-up, lecture, or one of "
                                           "CHIP_TEMPLATES_DIR; for language models"},
    [CHIP_MINUTES_OPT_LANGUAGE] = {.name = "language",
                                   .letter = 'l',
                                   .kind = CHIP_OPT_TEXT,
                                   .value = "CODE",
                                   .help = "language that a model writes them in, such as de; else "
                                           "that of the meeting"},
    [CHIP_MINUTES_OPT_VALUES] = {.name = "values",
                                 .kind = CHIP_OPT_FILE,
                                 .value = "FILE",
                                 .help = "company values to hold the meeting against "
                                         "(CHIP_VALUES)"},
    [CHIP_MINUTES_OPT_FORMAT] = {.name = "format",
                                 .letter = 'f',
                                 .kind = CHIP_OPT_CHOICE,
                                 .value = "FORMAT",
                                 .choices = formats,
                                 .help = "text to read (the default), Markdown, or everything for "
                                         "programs"},
    [CHIP_MINUTES_OPT_OUTPUT] = {.name = "output",
                                 .letter = 'o',
                                 .kind = CHIP_OPT_FILE,
                                 .value = "FILE",
                                 .help = "write to this file instead of standard output"},
    [CHIP_MINUTES_OPT_HELP] = {.name = "help",
                               .letter = 'h',
                               .kind = CHIP_OPT_FLAG,
                               .help = "show this help"},
};

static const struct chip_example examples[] = {
    {"chip transcribe meeting.mp4 --format json > meeting.json", "first, a transcript"},
    {"chip minutes meeting.json --date 2026-03-03", "what was decided, who does what by when"},
    {"chip minutes meeting.json --format json | jq .action_items", "the same for programs"},
    {"chip minutes meeting.json --format md -o minutes.md", "for a page or a mail"},
    {"chip minutes meeting.json --provider openai", "by a language model; OPENAI_API_KEY is set"},
    {NULL, NULL},
};

const struct chip_command chip_minutes_command = {
    .name = "minutes",
    .operands = "TRANSCRIPT",
    .summary = "decisions, action items, open questions and topics of a meeting",
    .about = "Reads a transcript that 'chip transcribe --format json' wrote; '-' is standard "
             "input. The built-in analyst works without a network, for English: everything in its "
             "minutes is a quote, with the time at which it was said. A language model is asked "
             "where one is set up: by AI_PROVIDER, a vendor's key, or AI_BASE_URL and AI_MODEL, in "
             "the environment or .env. docs/MINUTES.md explains both.",
    .examples = examples,
    .opts = opts,
    .n_opts = CHIP_MINUTES_N_OPTS,
    .takes_files = true,
};

/* ---- writing --------------------------------------------------------------------------------- */

static bool is_same_file(const char *a, const char *b)
{
    struct stat x, y;
    return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

static enum chip_status show(const json_t *minutes, const struct chip_transcript *t, long format,
                             char **text, struct chip_err *err)
{
    if (format != FORMAT_JSON)
        return chip_minutes_show(
            minutes, t, format == FORMAT_MD ? CHIP_MINUTES_MARKDOWN : CHIP_MINUTES_TEXT, text, err);
    struct chip_str out = {0};
    char *json = json_dumps(minutes, JSON_INDENT(2) | JSON_REAL_PRECISION(7));
    if (!json)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory to write the minutes");
    chip_str_add(&out, json);
    chip_str_add(&out, "\n");
    free(json);
    return chip_str_finish(&out, text, err);
}

/* What is asked for, over the settings. */
struct wish {
    struct chip_settings settings;
    struct chip_minutes_settings minutes;
    struct chip_minutes_choice choice;
    struct chip_minutes_options options;
};

static void wish_done(struct wish *wish)
{
    chip_minutes_settings_done(&wish->minutes);
    chip_settings_done(&wish->settings);
}

static enum chip_status read_wish(const struct chip_parsed *args, int32_t day, struct wish *wish,
                                  struct chip_err *err)
{
    const char *values = args->values[CHIP_MINUTES_OPT_VALUES].text;
    const struct chip_opt_value *provider = &args->values[CHIP_MINUTES_OPT_PROVIDER];
    enum chip_status st = chip_settings_load(&wish->settings, err);
    if (st == CHIP_OK && values)
        st = chip_settings_set(&wish->settings, CHIP_SET_VALUES, values, err);
    if (st == CHIP_OK)
        st = chip_minutes_settings_read(&wish->settings, &wish->minutes, err);
    if (st == CHIP_OK)
        st = chip_minutes_choose(&wish->minutes.provider,
                                 provider->is_set ? providers[provider->number] : NULL,
                                 args->values[CHIP_MINUTES_OPT_MODEL].text, &wish->choice, err);
    wish->options = (struct chip_minutes_options){
        .meeting_day = day,
        .language = args->values[CHIP_MINUTES_OPT_LANGUAGE].text,
        .template = args->values[CHIP_MINUTES_OPT_TEMPLATE].text,
        .values = wish->minutes.values,
        .cancel = chip_interrupt_flag(),
    };
    return st;
}

/* Nobody's words go to others without a word about it. */
static void announce(const struct wish *wish)
{
    const struct chip_minutes_provider *s = &wish->choice.settings;
    if (strcmp(s->provider, "builtin") != 0)
        fprintf(stderr, "chip: asking %s (%s) for the minutes\n", s->provider, s->model);
}

static enum chip_status make(const struct chip_parsed *args, const struct wish *wish, char **text,
                             struct chip_err *err)
{
    CHIP_AUTO(chip_transcript) t = NULL;
    json_t *minutes = NULL;
    enum chip_status st = chip_transcript_file_read(args->operands[0], &t, err);
    if (st == CHIP_OK) {
        announce(wish);
        st = chip_minutes_write(&wish->choice.settings, t, &wish->options, &minutes, err);
    }
    if (st == CHIP_OK)
        st = show(minutes, t, args->values[CHIP_MINUTES_OPT_FORMAT].number, text, err);
    json_decref(minutes);
    return st;
}

static int run(const struct chip_parsed *args, int32_t day, char **text)
{
    struct wish wish = {0};
    struct chip_err err;
    int code = CHIP_EXIT_OK;
    if (read_wish(args, day, &wish, &err) != CHIP_OK)
        code = chip_command_fail(&err, CHIP_STAGE_ARGUMENTS);
    else if (make(args, &wish, text, &err) != CHIP_OK)
        code = chip_command_fail(&err, CHIP_STAGE_INPUT);
    wish_done(&wish);
    return code;
}

int chip_cmd_minutes(int argc, char **argv)
{
    struct chip_parsed args;
    int code = chip_command_begin("minutes", argc, argv, &args);
    if (code >= 0)
        return code;
    code = chip_command_check_files("minutes", &args);
    if (code >= 0)
        return code;
    if (args.n_operands > 1)
        return chip_usage_error("minutes", "one transcript at a time");
    int32_t day = -1;
    const char *date = args.values[CHIP_MINUTES_OPT_DATE].text;
    if (date && !chip_date_parse(date, &day))
        return chip_usage_error("minutes", "--date takes a day such as 2026-03-03");
    const char *output = args.values[CHIP_MINUTES_OPT_OUTPUT].text;
    if (output && is_same_file(output, args.operands[0]))
        return chip_usage_error("minutes", "--output would overwrite the transcript");

    char *text = NULL;
    chip_interrupt_install();
    code = run(&args, day, &text);
    if (code != CHIP_EXIT_OK)
        return code;
    if (output) {
        struct chip_err err;
        enum chip_status st = chip_file_replace(output, text, strlen(text), &err);
        free(text);
        return st == CHIP_OK ? CHIP_EXIT_OK : chip_command_fail(&err, CHIP_STAGE_OUTPUT);
    }
    struct chip_str out = {0};
    chip_str_add(&out, text);
    free(text);
    return chip_command_print(&out);
}
