/* `chip models`: what is installed, and getting more. */

#include "cli/cmd_models.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/help.h"
#include "cli/interrupt.h"
#include "cli/models_list.h"
#include "cli/term.h"
#include "models/install.h"
#include "models/store.h"

/* ---- how it is called ------------------------------------------------------------------------ */

static const struct chip_opt opts[] = {
    [CHIP_MODELS_JSON] = {.name = "json", .kind = CHIP_OPT_FLAG, .help = "list: one JSON object"},
    [CHIP_MODELS_FORCE] =
        {.name = "force",
         .kind = CHIP_OPT_FLAG,
         .help = "take files that are not the catalogue's, or that it has no SHA-256 of"},
    [CHIP_MODELS_FROM] = {.name = "from",
                          .kind = CHIP_OPT_TEXT,
                          .value = "URL",
                          .help = "pull: fetch URL/NAME/FILE instead of the catalogue's addresses"},
    [CHIP_MODELS_CATALOGUE] = {.name = "catalogue",
                               .kind = CHIP_OPT_FILE,
                               .value = "FILE",
                               .help = "use this catalogue instead of the built-in one"},
    [CHIP_MODELS_HELP] = {.name = "help",
                          .letter = 'h',
                          .kind = CHIP_OPT_FLAG,
                          .help = "show this help"},
};

static const struct chip_subcommand subcommands[] = {
    {"list", "", "what is installed, and what there is to install"},
    {"import", "NAME FOLDER...", "make a model from files on this computer"},
    {"pull", "NAME", "download a model"},
    {"verify", "[NAME...]", "check that installed models are intact; all without a name"},
    {"remove", "NAME...", "delete installed models"},
    {NULL, NULL, NULL},
};

static const struct chip_example examples[] = {
    {"chip models list", "see which models are there"},
    {"chip models import silero-vad node_modules/@ricky0123/vad-web",
     "import from an npm package; none of its code is run"},
    {"chip models verify", "read all models and compare their SHA-256"},
    {NULL, NULL},
};

const struct chip_command chip_models_command = {
    .name = "models",
    .operands = "[NAME...]",
    .summary = "list, get, check and remove models",
    .about =
        "Models are looked for in $CHIP_MODELS_DIR; without it in models/ beside the program's "
        "folder, in ~/.local/share/chip/models, and in share/chip/models under /usr/local and "
        "/usr; they are installed in the first of these.\n\n"
        "Import reads the files of unpacked npm packages, or folders that hold the files "
        "themselves; 'chip models list' names the packages. Every file is compared by SHA-256 with "
        "the catalogue before it is used. Pull resumes what was cut off, also in a later call.",
    .examples = examples,
    .subcommands = subcommands,
    .opts = opts,
    .n_opts = CHIP_MODELS_N_OPTS,
};

/* What a subcommand works with. */
struct job {
    const struct chip_parsed *args;
    char **names; /* operands after the subcommand */
    int n_names;
    struct chip_catalogue catalogue;
    struct chip_places places;
    struct chip_err err;
};

/* Prints the recorded error. @return the exit code for it */
static int fail(const struct job *job, enum chip_status status)
{
    struct chip_str line = {0};
    chip_term_add(&line, job->err.message, SIZE_MAX);
    fprintf(stderr, "chip: %s\n", line.data ? line.data : "out of memory");
    chip_str_done(&line);
    if (status == CHIP_E_CANCELLED && chip_interrupt_signal())
        return 128 + chip_interrupt_signal();
    return status == CHIP_E_INVAL ? CHIP_EXIT_USAGE : CHIP_EXIT_FAILURE;
}

static enum chip_status find_in_catalogue(struct job *job, const char *name,
                                          const struct chip_catalogue_model **out)
{
    *out = chip_catalogue_find(&job->catalogue, name);
    if (*out)
        return CHIP_OK;
    struct chip_str all = {0};
    for (size_t i = 0; i < job->catalogue.n_models; i++)
        chip_str_addf(&all, "%s%s", i ? ", " : "", job->catalogue.models[i].name);
    (void)chip_fail(&job->err, CHIP_E_NOT_FOUND, "the catalogue has no model '%.64s', only %s",
                    name, all.data ? all.data : "none");
    chip_str_done(&all);
    return CHIP_E_NOT_FOUND;
}

/* ---- list ------------------------------------------------------------------------------------ */

static int run_list(struct job *job)
{
    struct chip_installed *list = NULL;
    size_t n = 0;
    if (job->n_names > 0)
        return chip_usage_error("models", "'models list' takes no name");
    enum chip_status status = chip_store_list(&job->places, &list, &n, &job->err);
    if (status != CHIP_OK)
        return fail(job, status);
    struct chip_str out = {0};
    chip_models_list_add(&out, &job->catalogue, &job->places, list, n,
                         job->args->values[CHIP_MODELS_JSON].number);
    free(list);
    return chip_command_print(&out);
}

/* ---- import and pull ------------------------------------------------------------------------- */

static int say_installed(const struct job *job, const char *name)
{
    struct chip_str out = {0};
    chip_str_addf(&out, "%s is installed in ", name);
    chip_term_add(&out, job->places.dirs[0], SIZE_MAX);
    chip_str_add(&out, "\n");
    return chip_command_print(&out);
}

static int run_import(struct job *job)
{
    if (job->n_names < 2)
        return chip_usage_error("models", "import what, and from which folder?");
    const struct chip_catalogue_model *model;
    enum chip_status status = find_in_catalogue(job, job->names[0], &model);
    if (status == CHIP_OK)
        status = chip_install_import(model, (const char *const *)job->names + 1,
                                     (size_t)job->n_names - 1, job->places.dirs[0],
                                     job->args->values[CHIP_MODELS_FORCE].number, &job->err);
    return status == CHIP_OK ? say_installed(job, model->name) : fail(job, status);
}

/* The bar of a download: only on a terminal, redrawn when the percent changes. */
struct bar {
    const char *name;
    int percent;
};

static void on_progress(void *user, uint64_t done, uint64_t total)
{
    struct bar *bar = user;
    int percent = total ? (int)((double)done / (double)total * 100) : 0;
    if (percent == bar->percent)
        return;
    bar->percent = percent;
    fprintf(stderr, "\r%s  %d%%  %.1f of %.1f MB ", bar->name, percent, (double)done / 1e6,
            (double)total / 1e6);
}

static int run_pull(struct job *job)
{
    if (job->n_names != 1)
        return chip_usage_error("models", "pull which model?");
    const struct chip_catalogue_model *model;
    enum chip_status status = find_in_catalogue(job, job->names[0], &model);
    if (status != CHIP_OK)
        return fail(job, status);
    struct bar bar = {.name = model->name, .percent = -1};
    bool shows = isatty(STDERR_FILENO);
    struct chip_pull pull = {.from = job->args->values[CHIP_MODELS_FROM].text,
                             .force = job->args->values[CHIP_MODELS_FORCE].number,
                             .retry_wait_ms = 1000,
                             .on_progress = shows ? on_progress : NULL,
                             .user = &bar,
                             .cancel = chip_interrupt_flag()};
    chip_interrupt_install();
    status = chip_install_pull(model, &pull, job->places.dirs[0], &job->err);
    if (bar.percent >= 0)
        fputs("\n", stderr);
    return status == CHIP_OK ? say_installed(job, model->name) : fail(job, status);
}

/* ---- verify and remove ----------------------------------------------------------------------- */

static int verify_one(struct job *job, const char *name, const char *folder)
{
    enum chip_status status = chip_store_verify(folder, &job->err);
    if (status != CHIP_OK)
        return fail(job, status);
    printf("%s: ok\n", name);
    return CHIP_EXIT_OK;
}

static int verify_all(struct job *job)
{
    struct chip_installed *list = NULL;
    size_t n = 0;
    int worst = CHIP_EXIT_OK;
    enum chip_status status = chip_store_list(&job->places, &list, &n, &job->err);
    if (status != CHIP_OK)
        return fail(job, status);
    if (n == 0)
        puts("no model is installed");
    for (size_t i = 0; i < n; i++) {
        if (list[i].state == CHIP_STORE_FOREIGN) {
            printf("%s: not installed by chip, nothing to compare with\n", list[i].name);
            continue;
        }
        int one = verify_one(job, list[i].name, list[i].folder);
        worst = one > worst ? one : worst;
    }
    free(list);
    return worst;
}

static int run_verify(struct job *job)
{
    if (job->n_names == 0)
        return verify_all(job);
    int worst = CHIP_EXIT_OK;
    for (int i = 0; i < job->n_names; i++) {
        char folder[CHIP_STORE_PATH_MAX];
        enum chip_status status =
            chip_store_find_in(&job->places, job->names[i], folder, sizeof folder, &job->err);
        int one = status == CHIP_OK ? verify_one(job, job->names[i], folder) : fail(job, status);
        worst = one > worst ? one : worst;
    }
    return worst;
}

static int run_remove(struct job *job)
{
    if (job->n_names == 0)
        return chip_usage_error("models", "remove which model?");
    int worst = CHIP_EXIT_OK;
    for (int i = 0; i < job->n_names; i++) {
        enum chip_status status = chip_store_remove(&job->places, job->names[i], &job->err);
        int one = CHIP_EXIT_OK;
        if (status == CHIP_OK)
            printf("%s is removed\n", job->names[i]);
        else
            one = fail(job, status);
        worst = one > worst ? one : worst;
    }
    return worst;
}

/* ---------------------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    int (*run)(struct job *job);
    unsigned takes; /* options, as bits */
} VERBS[] = {
    {"list", run_list, 1u << CHIP_MODELS_JSON | 1u << CHIP_MODELS_CATALOGUE},
    {"import", run_import, 1u << CHIP_MODELS_FORCE | 1u << CHIP_MODELS_CATALOGUE},
    {"pull", run_pull, 1u << CHIP_MODELS_FROM | 1u << CHIP_MODELS_CATALOGUE},
    {"verify", run_verify, 0},
    {"remove", run_remove, 0},
};

static int run_verb(size_t verb, struct job *job)
{
    for (size_t i = 0; i < CHIP_MODELS_HELP; i++)
        if (job->args->values[i].is_set && !(VERBS[verb].takes & 1u << i)) {
            char message[128];
            snprintf(message, sizeof message, "'models %s' has no option --%s", VERBS[verb].name,
                     opts[i].name);
            return chip_usage_error("models", message);
        }
    enum chip_status status = chip_catalogue_open(
        &job->catalogue, job->args->values[CHIP_MODELS_CATALOGUE].text, &job->err);
    if (status != CHIP_OK)
        return fail(job, status);
    chip_places_init(&job->places, NULL);
    int code = VERBS[verb].run(job);
    chip_catalogue_close(&job->catalogue);
    return code;
}

int chip_cmd_models(int argc, char **argv)
{
    struct chip_parsed args;
    struct job job = {.args = &args};
    if (chip_opts_parse(&chip_models_command, argc, argv, &args, &job.err) != CHIP_OK)
        return chip_usage_error("models", job.err.message);
    if (args.wants_help)
        return chip_help_print(&chip_models_command);
    if (args.n_operands == 0)
        return chip_usage_error("models", "list, import, pull, verify or remove?");
    job.names = args.operands + 1;
    job.n_names = args.n_operands - 1;
    for (size_t i = 0; i < sizeof VERBS / sizeof VERBS[0]; i++)
        if (!strcmp(args.operands[0], VERBS[i].name))
            return run_verb(i, &job);
    char message[160];
    snprintf(message, sizeof message,
             "'models' has no command '%.64s', only list, import, pull, verify and remove",
             args.operands[0]);
    return chip_usage_error("models", message);
}
