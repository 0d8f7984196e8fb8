/* `chip worker`: joins the service from this machine. */

#include "cli/cmd_worker.h"

#include <stdlib.h>

#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/minutes_settings.h"
#include "cli/service.h"
#include "job/speech_engine.h"
#include "job/worker.h"
#include "net/guard.h"

static const struct chip_opt opts[] = {
    [CHIP_WORKER_DATA_DIR] = {.name = "data-dir",
                              .kind = CHIP_OPT_DIR,
                              .value = "DIR",
                              .help = "where recordings are kept while they are worked on "
                                      "(CHIP_DATA_DIR, else ~/.local/share/chip)"},
    [CHIP_WORKER_MODEL] = {.name = "model",
                           .letter = 'm',
                           .kind = CHIP_OPT_TEXT,
                           .value = "NAME",
                           .help = "speech model for jobs that name none (CHIP_MODEL, else "
                                   "moonshine-base)"},
    [CHIP_WORKER_THREADS] = {.name = "threads",
                             .letter = 't',
                             .kind = CHIP_OPT_NUMBER,
                             .value = "N",
                             .max = 64,
                             .help = "CPU threads (CHIP_THREADS, else all)"},
    [CHIP_WORKER_CHILD_FD] = {.name = "child-fd",
                              .kind = CHIP_OPT_NUMBER,
                              .value = "N",
                              .min = 3,
                              .max = 1023,
                              .help = "descriptor to the server that started this worker; only it "
                                      "gives this"},
    [CHIP_WORKER_HELP] = {.name = "help",
                          .letter = 'h',
                          .kind = CHIP_OPT_FLAG,
                          .help = "show this help"},
};

static const struct chip_example examples[] = {
    {"DATABASE_URL=postgres://db.example/chip chip worker", "help with the jobs kept there"},
    {NULL, NULL},
};

const struct chip_command chip_worker_command = {
    .name = "worker",
    .operands = "",
    .summary = "do the service's jobs from this machine",
    .about = "'chip serve' starts its own workers; more may join from any machine that reaches "
             "the same PostgreSQL or Supabase. Recordings that were uploaded to a server are "
             "done by workers that share its data folder; those with an address by all.\n\n"
             "SIGTERM: the job in work is put down where it is, and the next worker goes on "
             "from there.",
    .examples = examples,
    .opts = opts,
    .n_opts = CHIP_WORKER_N_OPTS,
};

static enum chip_status load_settings(struct chip_settings *settings,
                                      const struct chip_parsed *args, struct chip_err *err)
{
    static const struct {
        enum chip_worker_opt opt;
        enum chip_setting setting;
    } pairs[] = {
        {CHIP_WORKER_DATA_DIR, CHIP_SET_DATA_DIR},
        {CHIP_WORKER_MODEL, CHIP_SET_MODEL},
        {CHIP_WORKER_THREADS, CHIP_SET_THREADS},
    };
    enum chip_status s = chip_settings_load(settings, err);
    for (size_t i = 0; s == CHIP_OK && i < sizeof pairs / sizeof *pairs; i++)
        if (args->values[pairs[i].opt].is_set)
            s = chip_settings_set(settings, pairs[i].setting, args->values[pairs[i].opt].text, err);
    return s;
}

static enum chip_status work(struct chip_service *service,
                             const struct chip_minutes_settings *minutes, int child_fd,
                             struct chip_err *err)
{
    const struct chip_settings *set = &service->settings;
    const struct chip_guard_settings guard_settings = {
        .allow = chip_settings_text(set, CHIP_SET_FETCH_ALLOW)};
    const struct chip_upload_settings upload_settings = {
        .data_dir = service->data_dir,
        .max_bytes = chip_settings_number(set, CHIP_SET_MAX_UPLOAD_BYTES)};
    CHIP_AUTO(chip_guard) guard = NULL;
    struct chip_uploads *uploads = NULL;
    struct chip_speech_engine *speech = NULL;
    enum chip_status s = chip_guard_new(&guard, &guard_settings, err);
    if (s == CHIP_OK)
        s = chip_uploads_open(&uploads, &upload_settings, err);
    if (s == CHIP_OK)
        s = chip_speech_engine_new(&speech, chip_settings_text(set, CHIP_SET_MODEL), err);
    if (s == CHIP_OK) {
        const struct chip_engine engine = chip_speech_engine(speech);
        const struct chip_worker_settings worker = {
            .store = service->store,
            .engine = &engine,
            .data_dir = service->data_dir,
            .node = service->node,
            .uploads = uploads,
            .guard = guard,
            .minutes = &minutes->provider,
            .values = minutes->values,
            .child_fd = child_fd,
            .threads = (int)chip_settings_number(set, CHIP_SET_THREADS),
            .lease_seconds = (int)chip_settings_number(set, CHIP_SET_LEASE_SECONDS),
            .upload_seconds = (int)chip_settings_number(set, CHIP_SET_UPLOAD_HOURS) * 3600,
            .max_bytes = chip_settings_number(set, CHIP_SET_MAX_UPLOAD_BYTES),
            .max_duration_ms = chip_settings_number(set, CHIP_SET_MAX_DURATION_SECONDS) * 1000,
        };
        s = chip_worker_run(&worker, chip_interrupt_flag(), err);
    }
    chip_speech_engine_free(speech);
    chip_uploads_close(uploads);
    return s;
}

int chip_cmd_worker(int argc, char **argv)
{
    struct chip_parsed args;
    int code = chip_command_begin("worker", argc, argv, &args);
    if (code >= 0)
        return code;
    chip_interrupt_install();
    const struct chip_opt_value *fd = &args.values[CHIP_WORKER_CHILD_FD];
    struct chip_service service = {0};
    struct chip_minutes_settings minutes = {0};
    struct chip_err err;
    enum chip_status s = load_settings(&service.settings, &args, &err);
    if (s == CHIP_OK)
        s = chip_minutes_settings_read(&service.settings, &minutes, &err);
    if (s == CHIP_OK)
        s = chip_service_open(&service, &err);
    if (s == CHIP_OK)
        s = work(&service, &minutes, fd->is_set ? (int)fd->number : -1, &err);
    code = s == CHIP_OK ? CHIP_EXIT_OK : chip_command_fail(&err, CHIP_STAGE_MODEL);
    chip_minutes_settings_done(&minutes);
    chip_service_close(&service);
    return code;
}
