/* `chip voices`: people who have agreed to be known by their voice. */

#include "cli/cmd_voices.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "api/voice.h"
#include "base/date.h"
#include "cli/command.h"
#include "cli/interrupt.h"
#include "speech/diarize/profiles.h"

enum { DEFAULT_DAYS = 365 };

/* What a subcommand works with. */
struct job {
    const struct chip_parsed *args;
    char **names; /* operands after the subcommand */
    int n_names;
    struct chip_profiles *profiles;
    struct chip_err err;
};

static int32_t today(void)
{
    return (int32_t)(time(NULL) / (24 * 3600));
}

static int run_add(struct job *job)
{
    const char *consent = job->args->values[CHIP_VOICES_OPT_CONSENT].text;
    int32_t days = (int32_t)job->args->values[CHIP_VOICES_OPT_DAYS].number;
    if (job->n_names != 2)
        return chip_usage_error("voices", "'voices add' takes a name and a recording");
    if (!consent || !*consent)
        return chip_usage_error("voices", "say how the person agreed: --consent TEXT");
    struct chip_profile p = {.added = today()};
    p.expires = p.added + (days ? days : DEFAULT_DAYS);
    if (snprintf(p.name, sizeof p.name, "%s", job->names[0]) >= (int)sizeof p.name ||
        snprintf(p.consent, sizeof p.consent, "%s", consent) >= (int)sizeof p.consent)
        return chip_usage_error("voices", "the name or the text of --consent is too long");

    enum chip_status s =
        chip_voice_of_file(job->names[1], chip_interrupt_flag(), p.voice, &p.seconds, &job->err);
    if (s == CHIP_OK)
        s = chip_profiles_add(job->profiles, &p, &job->err);
    if (s != CHIP_OK)
        return chip_command_fail(&job->err, CHIP_STAGE_INPUT);
    char until[CHIP_DATE_TEXT];
    chip_date_format(p.expires, until);
    printf("%s is known until %s, from %.0f seconds of speech\n", p.name, until, p.seconds);
    return CHIP_EXIT_OK;
}

static int run_list(struct job *job)
{
    size_t n;
    const struct chip_profile *list = chip_profiles_list(job->profiles, &n);
    if (job->n_names)
        return chip_usage_error("voices", "'voices list' takes no name");
    for (size_t i = 0; i < n; i++) {
        char added[CHIP_DATE_TEXT], expires[CHIP_DATE_TEXT];
        chip_date_format(list[i].added, added);
        chip_date_format(list[i].expires, expires);
        printf("%-24s %s to %s%s  %4.0f s  %s\n", list[i].name, added, expires,
               list[i].expires <= today() ? " (over)" : "", list[i].seconds, list[i].consent);
    }
    return CHIP_EXIT_OK;
}

static int run_remove(struct job *job)
{
    if (!job->n_names)
        return chip_usage_error("voices", "whose voice? 'chip voices list' shows the names");
    for (int i = 0; i < job->n_names; i++)
        if (chip_profiles_remove(job->profiles, job->names[i], &job->err) != CHIP_OK)
            return chip_command_fail(&job->err, CHIP_STAGE_OUTPUT);
    return CHIP_EXIT_OK;
}

static int run_revoke(struct job *job)
{
    if (job->n_names)
        return chip_usage_error("voices", "'voices revoke' takes no name: it forgets all");
    if (chip_profiles_revoke(job->profiles, &job->err) != CHIP_OK)
        return chip_command_fail(&job->err, CHIP_STAGE_OUTPUT);
    return CHIP_EXIT_OK;
}

static const struct {
    const char *name;
    int (*run)(struct job *job);
} subcommands[] = {
    {"add", run_add},
    {"list", run_list},
    {"remove", run_remove},
    {"revoke", run_revoke},
};

int chip_cmd_voices(int argc, char **argv)
{
    struct chip_parsed args;
    int code = chip_command_begin("voices", argc, argv, &args);
    if (code >= 0)
        return code;
    const char *dir = args.values[CHIP_VOICES_OPT_DIR].text;
    int (*run)(struct job * job) = NULL;
    for (size_t i = 0; i < sizeof subcommands / sizeof subcommands[0]; i++)
        if (args.n_operands && strcmp(args.operands[0], subcommands[i].name) == 0)
            run = subcommands[i].run;
    if (!run)
        return chip_usage_error("voices", "what to do? One of add, list, remove, revoke");
    if (!dir || !*dir)
        return chip_usage_error("voices", "where are voices kept? Say --voices-dir DIR, or set "
                                          "CHIP_VOICES_DIR");
    chip_interrupt_install();
    struct job job = {.args = &args, .names = args.operands + 1, .n_names = args.n_operands - 1};
    if (chip_profiles_open(&job.profiles, dir, &job.err) != CHIP_OK)
        return chip_command_fail(&job.err, CHIP_STAGE_INPUT);
    code = run(&job);
    chip_profiles_free(job.profiles);
    return code;
}
