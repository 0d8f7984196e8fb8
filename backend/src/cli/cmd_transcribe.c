/* `chip transcribe`: recordings in, transcripts out. */

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/hotword_list.h"
#include "cli/interrupt.h"
#include "cli/output.h"
#include "cli/report.h"
#include "meeting/transcript.h"

struct run {
    const struct chip_opt_value *values; /* of the options */
    char **files;
    int n_files;
    const struct chip_model *model;
    struct chip_hotword_list hotwords;
    struct chip_outputs outputs;
    struct chip_report report;
    bool reader_left; /* nobody reads standard output any more */
};

static void on_progress(void *user, const struct chip_progress *progress)
{
    struct run *run = user;
    chip_report_progress(&run->report, progress);
}

static void on_segment(void *user, const struct chip_segment *segment,
                       const struct chip_word *words)
{
    struct run *run = user;
    (void)words;
    chip_report_segment(&run->report, segment);
}

/* 128 + the signal, as shells say it. */
static enum chip_exit interrupted_code(void)
{
    int number = chip_interrupt_signal();
    return number ? (enum chip_exit)(128 + number) : CHIP_EXIT_INTERRUPTED;
}

static enum chip_status write_outputs(struct run *run, int i, const struct chip_transcript *t,
                                      struct chip_err *err)
{
    /* Live text has been printed, segment by segment. */
    if (run->report.prints_live)
        return CHIP_OK;
    chip_report_make_room(&run->report);
    const struct chip_format_options options = {
        .source = strcmp(run->files[i], "-") == 0 ? NULL : run->files[i],
        .word_cues = run->values[CHIP_TRANSCRIBE_WORD_CUES].number,
        .max_line_chars = (int)run->values[CHIP_TRANSCRIBE_MAX_LINE_WIDTH].number,
        .max_lines = (int)run->values[CHIP_TRANSCRIBE_MAX_LINE_COUNT].number,
    };
    return chip_outputs_write(&run->outputs, (size_t)i, t, &options, err);
}

/* The transcript could not be written. `head` closing the pipe is not a failure, only the end. */
static enum chip_exit output_failed(struct run *run, int i, enum chip_status st,
                                    const struct chip_err *err)
{
    if (st == CHIP_E_CANCELLED) {
        run->reader_left = true;
        return CHIP_EXIT_OK;
    }
    enum chip_exit code = chip_exit_code(st, CHIP_STAGE_OUTPUT);
    chip_report_error(&run->report, run->files[i], st, code, err->message);
    return code;
}

static enum chip_exit interrupted(struct run *run, int i, const struct chip_transcript *t)
{
    bool wanted = run->values[CHIP_TRANSCRIBE_SAVE_PARTIAL].number && t && !run->report.prints_live;
    enum chip_exit code = interrupted_code();
    struct chip_err err;
    if (wanted) {
        enum chip_status st = write_outputs(run, i, t, &err);
        if (st != CHIP_OK) {
            output_failed(run, i, st, &err);
            wanted = false;
        }
    }
    chip_report_interrupted(&run->report, code, wanted ? &run->outputs : NULL);
    return code;
}

static struct chip_options engine_options(struct run *run)
{
    return (struct chip_options){
        .threads = (int)run->values[CHIP_TRANSCRIBE_THREADS].number,
        .track = (int)run->values[CHIP_TRANSCRIBE_TRACK].number,
        .language = run->values[CHIP_TRANSCRIBE_LANGUAGE].text,
        .hotwords = run->hotwords.words,
        .batch = (int)run->values[CHIP_TRANSCRIBE_BATCH].number,
        .no_speakers = run->values[CHIP_TRANSCRIBE_NO_DIARIZE].number,
        .n_speakers = (int)run->values[CHIP_TRANSCRIBE_SPEAKERS].number,
        .min_speakers = (int)run->values[CHIP_TRANSCRIBE_MIN_SPEAKERS].number,
        .max_speakers = (int)run->values[CHIP_TRANSCRIBE_MAX_SPEAKERS].number,
        .voices_dir = run->values[CHIP_TRANSCRIBE_VOICES].number
                          ? run->values[CHIP_TRANSCRIBE_VOICES_DIR].text
                          : NULL,
        .diarize_model = run->values[CHIP_TRANSCRIBE_DIARIZE_MODEL].text,
        .on_progress = on_progress,
        .on_segment = on_segment,
        .user = run,
        .cancel = chip_interrupt_flag(),
    };
}

/*
 * Asks the model about the options before any file is read: a language that it does not know is a
 * mistake on the command line, not one in each of the files. Nothing is a recording of no samples,
 * so good options end in CHIP_E_NO_AUDIO at once.
 */
static enum chip_status check_engine_options(struct run *run, struct chip_err *err)
{
    const struct chip_options options = engine_options(run);
    CHIP_AUTO(chip_transcript) t = NULL;
    enum chip_status st = chip_transcribe_pcm(run->model, NULL, 0, &options, &t, err);
    bool wrong = st == CHIP_E_INVAL || st == CHIP_E_UNSUPPORTED || st == CHIP_E_LIMIT;
    return wrong ? CHIP_E_INVAL : CHIP_OK;
}

static enum chip_exit transcribe(struct run *run, int i)
{
    const struct chip_options options = engine_options(run);
    CHIP_AUTO(chip_transcript) t = NULL;
    struct chip_err err;
    chip_report_start(&run->report, run->files[i], i + 1);
    enum chip_status st = chip_transcribe_file(run->model, run->files[i], &options, &t, &err);
    if (st == CHIP_E_CANCELLED)
        return interrupted(run, i, t);
    if (st != CHIP_OK) {
        enum chip_exit code = chip_exit_code(st, CHIP_STAGE_INPUT);
        chip_report_error(&run->report, run->files[i], st, code, err.message);
        return code;
    }
    chip_report_audit(&run->report, t);
    st = write_outputs(run, i, t, &err);
    if (st != CHIP_OK)
        return output_failed(run, i, st, &err);
    chip_report_finish(&run->report, t, &run->outputs);
    return CHIP_EXIT_OK;
}

/* All files in turn; one that fails does not stop the others. */
static enum chip_exit transcribe_all(struct run *run)
{
    enum chip_exit worst = CHIP_EXIT_OK;
    for (int i = 0; i < run->n_files; i++) {
        enum chip_exit code = transcribe(run, i);
        if (code > worst)
            worst = code;
        if (*chip_interrupt_flag() || run->reader_left)
            break;
    }
    /* Between two files, or too late to stop the last one. */
    if (*chip_interrupt_flag() && worst < CHIP_EXIT_INTERRUPTED && run->n_files > 1)
        worst = interrupted_code();
    return worst;
}

static int check_files(const struct chip_parsed *args)
{
    int code = chip_command_check_files("transcribe", args);
    if (code >= 0)
        return code;
    int n_stdin = 0;
    for (int i = 0; i < args->n_operands; i++)
        n_stdin += strcmp(args->operands[i], "-") == 0;
    if (n_stdin > 1)
        return chip_usage_error("transcribe", "'-' (standard input) can be read only once");
    if (n_stdin && isatty(STDIN_FILENO))
        return chip_usage_error("transcribe", "'-' reads a recording from standard input, which "
                                              "is a terminal: pipe one in");
    return -1;
}

static int check_voices(const struct chip_parsed *args)
{
    const char *dir = args->values[CHIP_TRANSCRIBE_VOICES_DIR].text;
    if (args->values[CHIP_TRANSCRIBE_VOICES].number && (!dir || !*dir))
        return chip_usage_error("transcribe", "where are voices kept? Say --voices-dir DIR, or set "
                                              "CHIP_VOICES_DIR");
    return -1;
}

static int check_outputs(struct run *run)
{
    unsigned formats = run->values[CHIP_TRANSCRIBE_FORMAT].set;
    if (formats & 1U << CHIP_FORMAT_CHOICE_ALL)
        formats = (1U << CHIP_N_FORMATS) - 1;
    struct chip_err err;
    enum chip_status st =
        chip_outputs_plan(&run->outputs, run->files, (size_t)run->n_files, formats,
                          run->values[CHIP_TRANSCRIBE_OUTPUT_DIR].text, &err);
    if (st == CHIP_OK)
        return -1;
    if (st == CHIP_E_INVAL)
        return chip_usage_error("transcribe", err.message);
    fprintf(stderr, "chip: %s\n", err.message);
    return chip_exit_code(st, CHIP_STAGE_OUTPUT);
}

static int read_hotwords(struct run *run)
{
    struct chip_err err;
    enum chip_status st =
        chip_hotword_list_read(run->values[CHIP_TRANSCRIBE_HOTWORDS].text, &run->hotwords, &err);
    return st == CHIP_OK ? -1 : chip_usage_error("transcribe", err.message);
}

static int open_and_transcribe(struct run *run)
{
    struct chip_model *model;
    struct chip_err err;
    enum chip_status st = chip_model_open(&model, run->values[CHIP_TRANSCRIBE_MODEL].text, &err);
    if (st != CHIP_OK) {
        enum chip_exit code = chip_exit_code(st, CHIP_STAGE_MODEL);
        chip_report_error(&run->report, NULL, st, code, err.message);
        return code;
    }
    run->model = model;
    int code;
    if (check_engine_options(run, &err) == CHIP_OK)
        code = transcribe_all(run);
    else
        code = chip_usage_error("transcribe", err.message);
    chip_model_close(model);
    return code;
}

int chip_cmd_transcribe(int argc, char **argv)
{
    struct chip_parsed args;
    int code = chip_command_begin("transcribe", argc, argv, &args);
    if (code >= 0)
        return code;
    code = check_files(&args);
    if (code < 0)
        code = check_voices(&args);
    if (code >= 0)
        return code;

    struct run run = {.values = args.values, .files = args.operands, .n_files = args.n_operands};
    code = check_outputs(&run);
    if (code < 0)
        code = read_hotwords(&run);
    if (code >= 0) {
        chip_outputs_done(&run.outputs);
        return code;
    }

    chip_interrupt_install();
    /* Who said it is known at the end only. */
    bool prints_live = args.values[CHIP_TRANSCRIBE_NO_DIARIZE].number &&
                       !args.values[CHIP_TRANSCRIBE_FORMAT].set && !run.outputs.dir &&
                       isatty(STDOUT_FILENO);
    chip_report_init(&run.report,
                     (enum chip_progress_choice)args.values[CHIP_TRANSCRIBE_PROGRESS].number,
                     args.values[CHIP_TRANSCRIBE_QUIET].number, prints_live, run.n_files);

    code = open_and_transcribe(&run);
    chip_report_done(&run.report);
    chip_outputs_done(&run.outputs);
    chip_hotword_list_done(&run.hotwords);
    return code;
}
