/* `chip serve`: everything that the service is, in one process and its workers. */

#include "cli/cmd_serve.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "cli/command.h"
#include "cli/serve.h"

static const struct chip_opt opts[] = {
    [CHIP_SERVE_HOST] = {.name = "host",
                         .kind = CHIP_OPT_TEXT,
                         .value = "ADDRESS",
                         .help = "address to listen on (HOST, else 127.0.0.1)"},
    [CHIP_SERVE_PORT] = {.name = "port",
                         .letter = 'p',
                         .kind = CHIP_OPT_NUMBER,
                         .value = "N",
                         .max = 65535,
                         .help = "port to listen on (PORT, else 8080); 0 picks a free one"},
    [CHIP_SERVE_DATA_DIR] = {.name = "data-dir",
                             .kind = CHIP_OPT_DIR,
                             .value = "DIR",
                             .help = "where jobs and recordings are kept (CHIP_DATA_DIR, else "
                                     "~/.local/share/chip)"},
    [CHIP_SERVE_MODEL] = {.name = "model",
                          .letter = 'm',
                          .kind = CHIP_OPT_TEXT,
                          .value = "NAME",
                          .help = "speech model for jobs that name none (CHIP_MODEL, else "
                                  "moonshine-base)"},
    [CHIP_SERVE_WORKERS] = {.name = "workers",
                            .kind = CHIP_OPT_NUMBER,
                            .value = "N",
                            .max = 64,
                            .help = "jobs at once (CHIP_WORKERS, else 1); 0: other machines do "
                                    "them"},
    [CHIP_SERVE_THREADS] = {.name = "threads",
                            .letter = 't',
                            .kind = CHIP_OPT_NUMBER,
                            .value = "N",
                            .max = 64,
                            .help = "CPU threads of a worker (CHIP_THREADS, else all)"},
    [CHIP_SERVE_HELP] = {.name = "help",
                         .letter = 'h',
                         .kind = CHIP_OPT_FLAG,
                         .help = "show this help"},
};

static const struct chip_example examples[] = {
    {"chip serve", "at http://127.0.0.1:8080, for this computer only"},
    {"API_KEY=$(openssl rand -hex 32) chip serve --host 0.0.0.0", "for others who know the key"},
    {"curl -F file=@meeting.mp4 http://127.0.0.1:8080/api/uploads", "hand it a recording"},
    {NULL, NULL},
};

const struct chip_command chip_serve_command = {
    .name = "serve",
    .operands = "",
    .summary = "run the service: jobs over HTTP",
    .about = "Answers HTTP, keeps jobs in SQLite, PostgreSQL or Supabase, and has worker processes "
             "do them. Settings come from the environment and from .env in the working directory; "
             "options come before both. docs/OPERATIONS.md lists all of them, docs/openapi.yaml "
             "(/api/openapi.yaml) what it answers.\n\n"
             "SIGTERM or Ctrl-C: what is being answered is finished, jobs in work are put down "
             "where they are and go on at the next start. Nothing is lost by kill -9 either.",
    .examples = examples,
    .opts = opts,
    .n_opts = CHIP_SERVE_N_OPTS,
};

static enum chip_status override(struct chip_settings *settings, const struct chip_parsed *args,
                                 struct chip_err *err)
{
    static const struct {
        enum chip_serve_opt opt;
        enum chip_setting setting;
    } pairs[] = {
        {CHIP_SERVE_HOST, CHIP_SET_HOST},         {CHIP_SERVE_PORT, CHIP_SET_PORT},
        {CHIP_SERVE_DATA_DIR, CHIP_SET_DATA_DIR}, {CHIP_SERVE_MODEL, CHIP_SET_MODEL},
        {CHIP_SERVE_WORKERS, CHIP_SET_WORKERS},   {CHIP_SERVE_THREADS, CHIP_SET_THREADS},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        const struct chip_opt_value *value = &args->values[pairs[i].opt];
        enum chip_status s = CHIP_OK;
        if (value->is_set)
            s = chip_settings_set(settings, pairs[i].setting, value->text, err);
        if (s != CHIP_OK)
            return s;
    }
    return CHIP_OK;
}

/* A reader of standard output (a script, a test) learns the port, a person the address to open. */
static void announce(const struct chip_serve *serve)
{
    const char *host = chip_settings_text(&serve->service.settings, CHIP_SET_HOST);
    bool is_v6 = strchr(host, ':') != NULL;
    printf("chip listens on http://%s%s%s:%d\n", is_v6 ? "[" : "", host, is_v6 ? "]" : "",
           chip_server_port(serve->server));
    fflush(stdout);
}

/* Blocks the signals in this thread, and so in all that it starts; they are waited for below. */
static void hold_signals(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGINT);
    pthread_sigmask(SIG_BLOCK, set, NULL);
    signal(SIGPIPE, SIG_IGN);
}

int chip_cmd_serve(int argc, char **argv)
{
    struct chip_parsed args;
    int code = chip_command_begin("serve", argc, argv, &args);
    if (code >= 0)
        return code;

    sigset_t signals;
    hold_signals(&signals);
    struct chip_serve serve = {0};
    struct chip_err err;
    enum chip_status s = chip_settings_load(&serve.service.settings, &err);
    if (s == CHIP_OK)
        s = override(&serve.service.settings, &args, &err);
    if (s == CHIP_OK)
        s = chip_serve_start(&serve, &err);
    if (s == CHIP_OK) {
        announce(&serve);
        s = chip_serve_start_rest(&serve, &err);
    }
    if (s == CHIP_OK) {
        int signal = 0;
        sigwait(&signals, &signal);
        chip_log(CHIP_LOG_NOTICE, NULL, "stopping, as %s came", strsignal(signal));
        code = CHIP_EXIT_OK;
    } else {
        code = chip_command_fail(&err, CHIP_STAGE_ARGUMENTS);
    }
    chip_serve_stop(&serve);
    return code;
}
