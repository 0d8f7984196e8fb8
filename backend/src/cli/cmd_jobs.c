/* `chip jobs`: the service's jobs, straight from its store. */

#include "cli/cmd_jobs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/help.h"
#include "cli/jobs_list.h"
#include "cli/service.h"
#include "meeting/json.h"
#include "store/recordings.h"

/* ---- how it is called ------------------------------------------------------------------------ */

static const char *const states[] = {"pending", "processing", "completed",
                                     "failed",  "cancelled",  NULL};
static const char *const stages[] = {"transcribe", "speakers", "metrics", "minutes", NULL};
static const char *const formats[] = {"json", "whisperx", "srt",  "vtt", "txt",
                                      "md",   "tsv",      "rttm", NULL};

static const struct chip_opt opts[] = {
    [CHIP_JOBS_JSON] = {.name = "json",
                        .kind = CHIP_OPT_FLAG,
                        .help = "list and show: as the store has it"},
    [CHIP_JOBS_STATUS] = {.name = "status",
                          .kind = CHIP_OPT_CHOICE,
                          .value = "STATUS",
                          .choices = states,
                          .help = "list: only these"},
    [CHIP_JOBS_LIMIT] = {.name = "limit",
                         .kind = CHIP_OPT_NUMBER,
                         .value = "N",
                         .min = 1,
                         .max = 200,
                         .help = "list: at most so many, the newest (50 if not given)"},
    [CHIP_JOBS_STAGE] = {.name = "stage",
                         .kind = CHIP_OPT_CHOICE,
                         .value = "STAGE",
                         .choices = stages,
                         .help = "redo: this stage alone; without it everything"},
    [CHIP_JOBS_FORMAT] = {.name = "format",
                          .letter = 'f',
                          .kind = CHIP_OPT_CHOICE,
                          .value = "FORMAT",
                          .choices = formats,
                          .help = "export: how the transcript is written (txt if not given)"},
    [CHIP_JOBS_HELP] = {.name = "help",
                        .letter = 'h',
                        .kind = CHIP_OPT_FLAG,
                        .help = "show this help"},
};

static const struct chip_subcommand subcommands[] = {
    {"list", "", "the newest jobs"},
    {"show", "ID", "everything about one"},
    {"cancel", "ID...", "stop them; what they have done so far is not kept"},
    {"redo", "ID...", "do finished, failed or cancelled ones again"},
    {"delete", "ID...", "delete them with recordings and results"},
    {"export", "ID", "print the transcript"},
    {NULL, NULL, NULL},
};

static const struct chip_example examples[] = {
    {"chip jobs list --status failed", "what went wrong?"},
    {"chip jobs show 1b4e28ba-2fa1-41d2-883f-0016d3cca427", "why, and how often was it tried?"},
    {"chip jobs export 1b4e28ba-2fa1-41d2-883f-0016d3cca427 -f md", "who said what"},
    {NULL, NULL},
};

const struct chip_command chip_jobs_command = {
    .name = "jobs",
    .operands = "[ID...]",
    .summary = "list, show, cancel, redo, delete and export jobs of the service",
    .about = "Reads and changes the store that 'chip serve' uses: CHIP_DATA_DIR, DATABASE_URL or "
             "SUPABASE_URL, from the environment or .env, say which. The server may be running.",
    .examples = examples,
    .subcommands = subcommands,
    .opts = opts,
    .n_opts = CHIP_JOBS_N_OPTS,
};

/* What a subcommand works with. */
struct work {
    const struct chip_parsed *args;
    char **ids;
    int n_ids;
    struct chip_service service;
    struct chip_err err;
};

static enum chip_status call(struct work *work, const char *function, json_t *args, json_t **result)
{
    return chip_store_call(work->service.store, NULL, function, args, result, &work->err);
}

static int fail(const struct work *work)
{
    return chip_command_fail(&work->err, CHIP_STAGE_ARGUMENTS);
}

/* An id that is none is told here, as the store would only say that there is no such job. */
static enum chip_status check_id(struct work *work, const char *id)
{
    return chip_uuid_valid(id)
               ? CHIP_OK
               : chip_fail(&work->err, CHIP_E_INVAL,
                           "'%.64s' is no job's ID; 'chip jobs list' shows them", id);
}

static void note(struct work *work, const char *action, const char *id)
{
    json_t *entries = json_pack("{s:[{s:s, s:s, s:s}]}", "entries", "actor", "cli", "action",
                                action, "job_id", id);
    struct chip_err ignored; /* the change itself has happened */
    if (chip_store_call(work->service.store, NULL, "add_audit", entries, NULL, &ignored) != CHIP_OK)
        fprintf(stderr, "chip: the audit log could not be written: %s\n", ignored.message);
}

static int print_json(json_t *value)
{
    struct chip_str out = {0};
    char *text = json_dumps(value, JSON_INDENT(2));
    if (text)
        chip_str_addf(&out, "%s\n", text);
    else
        out.failed = true;
    free(text);
    return chip_command_print(&out);
}

/* ---- reading --------------------------------------------------------------------------------- */

static int run_list(struct work *work)
{
    const struct chip_opt_value *values = work->args->values;
    json_t *result, *args = json_object();
    if (values[CHIP_JOBS_STATUS].is_set)
        json_object_set_new(args, "status", json_string(states[values[CHIP_JOBS_STATUS].number]));
    if (values[CHIP_JOBS_LIMIT].is_set)
        json_object_set_new(args, "limit", json_integer(values[CHIP_JOBS_LIMIT].number));
    if (call(work, "list_jobs", args, &result) != CHIP_OK)
        return fail(work);
    int code;
    if (values[CHIP_JOBS_JSON].number) {
        code = print_json(json_object_get(result, "jobs"));
    } else {
        struct chip_str out = {0};
        chip_jobs_list_add(&out, json_object_get(result, "jobs"));
        code = chip_command_print(&out);
    }
    json_decref(result);
    return code;
}

static int run_show(struct work *work)
{
    json_t *job = NULL, *deliveries = NULL;
    if (check_id(work, work->ids[0]) != CHIP_OK ||
        call(work, "get_job", json_pack("{s:s}", "id", work->ids[0]), &job) != CHIP_OK)
        return fail(work);
    int code;
    if (call(work, "list_deliveries", json_pack("{s:s}", "job_id", work->ids[0]), &deliveries) !=
        CHIP_OK) {
        code = fail(work);
    } else if (work->args->values[CHIP_JOBS_JSON].number) {
        json_object_set(job, "deliveries", deliveries);
        code = print_json(job);
    } else {
        struct chip_str out = {0};
        chip_jobs_show_add(&out, job, deliveries);
        code = chip_command_print(&out);
    }
    json_decref(deliveries);
    json_decref(job);
    return code;
}

static enum chip_status format(struct work *work, const json_t *analysis, char **text)
{
    const struct chip_opt_value *wanted = &work->args->values[CHIP_JOBS_FORMAT];
    enum chip_format how = CHIP_FORMAT_TXT;
    if (wanted->is_set)
        (void)chip_format_by_name(formats[wanted->number], &how); /* all of them are known */
    char *json = json_dumps(json_object_get(analysis, "transcript"), JSON_COMPACT);
    if (!json)
        return chip_fail(&work->err, CHIP_E_NOT_FOUND, "this job has no transcript");
    struct chip_transcript *transcript;
    enum chip_status s = chip_transcript_from_json(json, strlen(json), &transcript, &work->err);
    free(json);
    if (s != CHIP_OK)
        return s;
    const struct chip_format_options options = {
        .source = json_string_value(json_object_get(analysis, "title"))};
    s = chip_format_transcript(transcript, how, &options, text, &work->err);
    chip_transcript_free(transcript);
    return s;
}

static int run_export(struct work *work)
{
    json_t *analysis;
    char *text = NULL;
    if (check_id(work, work->ids[0]) != CHIP_OK ||
        call(work, "get_analysis", json_pack("{s:s}", "job_id", work->ids[0]), &analysis) !=
            CHIP_OK)
        return fail(work);
    enum chip_status s = format(work, analysis, &text);
    json_decref(analysis);
    if (s != CHIP_OK)
        return fail(work);
    struct chip_str out = {0};
    chip_str_add(&out, text);
    free(text);
    note(work, "job.export", work->ids[0]);
    return chip_command_print(&out);
}

/* ---- changing -------------------------------------------------------------------------------- */

static enum chip_status cancel_one(struct work *work, const char *id)
{
    return call(work, "cancel_job", json_pack("{s:s}", "id", id), NULL);
}

static enum chip_status redo_one(struct work *work, const char *id)
{
    const struct chip_opt_value *stage = &work->args->values[CHIP_JOBS_STAGE];
    return call(
        work, "redo_job",
        json_pack("{s:s, s:s?}", "id", id, "stage", stage->is_set ? stages[stage->number] : NULL),
        NULL);
}

static enum chip_status delete_one(struct work *work, const char *id)
{
    enum chip_status s = call(work, "delete_job", json_pack("{s:s}", "id", id), NULL);
    return s == CHIP_OK ? chip_recording_remove(work->service.data_dir, id, &work->err) : s;
}

/* One that fails does not stop the others. */
static int change_all(struct work *work, enum chip_status (*one)(struct work *, const char *),
                      const char *action, const char *done)
{
    int worst = CHIP_EXIT_OK;
    for (int i = 0; i < work->n_ids; i++) {
        const char *id = work->ids[i];
        int code = CHIP_EXIT_OK;
        if (check_id(work, id) != CHIP_OK || one(work, id) != CHIP_OK) {
            code = fail(work);
        } else {
            note(work, action, id);
            printf("%s is %s\n", id, done);
        }
        worst = code > worst ? code : worst;
    }
    return worst;
}

static int run_cancel(struct work *work)
{
    return change_all(work, cancel_one, "job.cancel", "cancelled");
}

static int run_redo(struct work *work)
{
    return change_all(work, redo_one, "job.redo", "queued again");
}

static int run_delete(struct work *work)
{
    return change_all(work, delete_one, "job.delete", "deleted");
}

/* ---------------------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    int (*run)(struct work *work);
    int min_ids, max_ids;
} verbs[] = {
    {"list", run_list, 0, 0},         {"show", run_show, 1, 1},
    {"cancel", run_cancel, 1, 10000}, {"redo", run_redo, 1, 10000},
    {"delete", run_delete, 1, 10000}, {"export", run_export, 1, 1},
};

static int run_verb(size_t verb, struct work *work)
{
    if (work->n_ids < verbs[verb].min_ids)
        return chip_usage_error("jobs", "which job? 'chip jobs list' shows their IDs");
    if (work->n_ids > verbs[verb].max_ids)
        return chip_usage_error("jobs", verbs[verb].max_ids ? "one job at a time"
                                                            : "'jobs list' takes no ID");
    int code;
    if (chip_settings_load(&work->service.settings, &work->err) != CHIP_OK ||
        chip_service_open(&work->service, &work->err) != CHIP_OK)
        code = fail(work);
    else
        code = verbs[verb].run(work);
    chip_service_close(&work->service);
    return code;
}

int chip_cmd_jobs(int argc, char **argv)
{
    struct chip_parsed args;
    struct work work = {.args = &args};
    if (chip_opts_parse(&chip_jobs_command, argc, argv, &args, &work.err) != CHIP_OK)
        return chip_usage_error("jobs", work.err.message);
    if (args.wants_help)
        return chip_help_print(&chip_jobs_command);
    if (args.n_operands == 0)
        return chip_usage_error("jobs", "list, show, cancel, redo, delete or export?");
    work.ids = args.operands + 1;
    work.n_ids = args.n_operands - 1;
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
        if (!strcmp(args.operands[0], verbs[i].name))
            return run_verb(i, &work);
    chip_fail(&work.err, CHIP_E_INVAL,
              "'jobs' has no command '%.64s', only list, show, cancel, redo, delete and export",
              args.operands[0]);
    return chip_usage_error("jobs", work.err.message);
}
