/* `chip metrics`: how a conversation went, from its transcript. */

#include "cli/cmd_metrics.h"

#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/command.h"
#include "cli/transcript_file.h"
#include "meeting/transcript.h"

/* ---- how it is called ------------------------------------------------------------------------ */

enum format { FORMAT_TEXT, FORMAT_JSON, FORMAT_SVG };
enum chart { CHART_TIMELINE, CHART_SHARES };

static const char *const formats[] = {
    [FORMAT_TEXT] = "text", [FORMAT_JSON] = "json", [FORMAT_SVG] = "svg", NULL};
static const char *const charts[] = {
    [CHART_TIMELINE] = "timeline", [CHART_SHARES] = "shares", NULL};

static const struct chip_opt opts[] = {
    [CHIP_METRICS_OPT_FORMAT] = {.name = "format",
                                 .letter = 'f',
                                 .kind = CHIP_OPT_CHOICE,
                                 .value = "FORMAT",
                                 .choices = formats,
                                 .help = "a table to read (the default), everything for programs, "
                                         "or a chart"},
    [CHIP_METRICS_OPT_CHART] = {.name = "chart",
                                .kind = CHIP_OPT_CHOICE,
                                .value = "CHART",
                                .choices = charts,
                                .help = "svg: who spoke when (the default), or how much"},
    [CHIP_METRICS_OPT_OUTPUT] = {.name = "output",
                                 .letter = 'o',
                                 .kind = CHIP_OPT_FILE,
                                 .value = "FILE",
                                 .help = "write to this file instead of standard output"},
    [CHIP_METRICS_OPT_HELP] = {.name = "help",
                               .letter = 'h',
                               .kind = CHIP_OPT_FLAG,
                               .help = "show this help"},
};

static const struct chip_example examples[] = {
    {"chip transcribe meeting.mp4 --format json > meeting.json", "first, a transcript"},
    {"chip metrics meeting.json", "who spoke how much, turns, pace, questions and more"},
    {"chip metrics meeting.json --format json | jq .speakers", "the same for programs"},
    {"chip metrics meeting.json --chart timeline -o when.svg", "a picture of who spoke when"},
    {NULL, NULL},
};

const struct chip_command chip_metrics_command = {
    .name = "metrics",
    .operands = "TRANSCRIPT",
    .summary = "measure a conversation: talk time, turns, pace, questions",
    .about = "Reads a transcript that 'chip transcribe --format json' wrote; '-' is standard "
             "input. Every figure comes with how far it may be off, or not at all when there is "
             "too little to go by. docs/METRICS.md defines each of them.",
    .examples = examples,
    .opts = opts,
    .n_opts = CHIP_METRICS_N_OPTS,
    .takes_files = true,
};

/* ---- writing --------------------------------------------------------------------------------- */

static bool is_same_file(const char *a, const char *b)
{
    struct stat x, y;
    return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

static bool has_colours(void)
{
    const char *term = getenv("TERM"), *no_colour = getenv("NO_COLOR");
    return isatty(STDOUT_FILENO) && !(no_colour && *no_colour) && term && strcmp(term, "dumb") != 0;
}

static enum chip_metrics_format format_of(const struct chip_parsed *args)
{
    const struct chip_opt_value *chart = &args->values[CHIP_METRICS_OPT_CHART];
    const struct chip_opt_value *format = &args->values[CHIP_METRICS_OPT_FORMAT];
    if (chart->is_set || format->number == FORMAT_SVG)
        return chart->number == CHART_SHARES ? CHIP_METRICS_SVG_SHARES : CHIP_METRICS_SVG_TIMELINE;
    return format->number == FORMAT_JSON ? CHIP_METRICS_JSON : CHIP_METRICS_TEXT;
}

static enum chip_status make(const struct chip_parsed *args, char **text, struct chip_err *err)
{
    CHIP_AUTO(chip_transcript) t = NULL;
    struct chip_metrics *m = NULL;
    bool to_file = args->values[CHIP_METRICS_OPT_OUTPUT].is_set;
    const struct chip_metrics_look look = {
        .ascii = !to_file && strcmp(nl_langinfo(CODESET), "UTF-8") != 0,
        .colour = !to_file && has_colours(),
    };
    enum chip_status st = chip_transcript_file_read(args->operands[0], &t, err);
    if (st == CHIP_OK)
        st = chip_metrics_compute(&m, t, NULL, err);
    if (st == CHIP_OK)
        st = chip_metrics_write(m, t, format_of(args), &look, text, err);
    chip_metrics_free(m);
    return st;
}

int chip_cmd_metrics(int argc, char **argv)
{
    struct chip_parsed args;
    int code = chip_command_begin("metrics", argc, argv, &args);
    if (code >= 0)
        return code;
    code = chip_command_check_files("metrics", &args);
    if (code >= 0)
        return code;
    if (args.n_operands > 1)
        return chip_usage_error("metrics", "one transcript at a time");
    if (args.values[CHIP_METRICS_OPT_CHART].is_set && args.values[CHIP_METRICS_OPT_FORMAT].is_set &&
        args.values[CHIP_METRICS_OPT_FORMAT].number != FORMAT_SVG)
        return chip_usage_error("metrics", "--chart is for --format svg");
    const char *output = args.values[CHIP_METRICS_OPT_OUTPUT].text;
    if (output && is_same_file(output, args.operands[0]))
        return chip_usage_error("metrics", "--output would overwrite the transcript");

    char *text = NULL;
    struct chip_err err;
    if (make(&args, &text, &err) != CHIP_OK)
        return chip_command_fail(&err, CHIP_STAGE_INPUT);
    if (output) {
        enum chip_status st = chip_file_replace(output, text, strlen(text), &err);
        free(text);
        return st == CHIP_OK ? CHIP_EXIT_OK : chip_command_fail(&err, CHIP_STAGE_OUTPUT);
    }
    struct chip_str out = {0};
    chip_str_add(&out, text);
    free(text);
    return chip_command_print(&out);
}
