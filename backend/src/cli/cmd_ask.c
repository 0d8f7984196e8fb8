/* `chip ask`: a question about a meeting, answered with the words that prove it. */

#include "cli/cmd_ask.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/minutes_settings.h"
#include "cli/transcript_file.h"
#include "meeting/transcript.h"
#include "minutes/ask/answer.h"
#include "minutes/ask/ask.h"
#include "minutes/choose.h"

/* ---- how it is called ------------------------------------------------------------------------ */

enum format { FORMAT_TEXT, FORMAT_JSON };

static const char *const formats[] = {[FORMAT_TEXT] = "text", [FORMAT_JSON] = "json", NULL};

static const char *const providers[] = {"gemini",     "openai",  "anthropic",
                                        "compatible", "builtin", NULL};

static const struct chip_opt opts[] = {
    [CHIP_ASK_OPT_PROVIDER] = {.name = "provider",
                               .letter = 'p',
                               .kind = CHIP_OPT_CHOICE,
                               .value = "NAME",
                               .choices = providers,
                               .help = "who answers (AI_PROVIDER, else the first whose key is set, "
                                       "else builtin, which needs no network)"},
    [CHIP_ASK_OPT_MODEL] = {.name = "model",
                            .letter = 'm',
                            .kind = CHIP_OPT_TEXT,
                            .value = "NAME",
                            .help = "language model of the provider (AI_MODEL, else its default)"},
    [CHIP_ASK_OPT_DATE] = {.name = "date",
                           .letter = 'd',
                           .kind = CHIP_OPT_TEXT,
                           .value = "YYYY-MM-DD",
                           .help = "day of the meeting, from which 'by Friday' is counted"},
    [CHIP_ASK_OPT_FORMAT] = {.name = "format",
                             .letter = 'f',
                             .kind = CHIP_OPT_CHOICE,
                             .value = "FORMAT",
                             .choices = formats,
                             .help = "text to read (the default), or everything for programs"},
    [CHIP_ASK_OPT_HELP] = {.name = "help",
                           .letter = 'h',
                           .kind = CHIP_OPT_FLAG,
                           .help = "show this help"},
};

static const struct chip_example examples[] = {
    {"chip ask meeting.json 'What was decided about the price?'", "decisions, with the moment"},
    {"chip ask meeting.json 'What does Ann have to do, by when?'", "her tasks"},
    {"chip ask meeting.json 'How many bugs are open?'", "what was said, word for word"},
    {"chip ask meeting.json 'Who talked most?'", "shares of talking"},
    {"chip ask meeting.json 'Why so late?' --provider openai", "by a language model"},
    {NULL, NULL},
};

const struct chip_command chip_ask_command = {
    .name = "ask",
    .operands = "TRANSCRIPT QUESTION",
    .summary = "answer a question about a meeting, with the words that prove it",
    .about = "Reads a transcript that 'chip transcribe --format json' wrote; '-' is standard "
             "input. Without a language model it answers with what was said, word for word, and "
             "from the minutes and turns of the meeting; it works without a network, for English. "
             "A model is asked where one is set up, as for 'chip minutes', and each of its "
             "sentences has to be proved by the transcript. When the meeting does not say, the "
             "answer is that. docs/MINUTES.md explains it.",
    .examples = examples,
    .opts = opts,
    .n_opts = CHIP_ASK_N_OPTS,
    .takes_files = true,
};

/* ---- the answer ------------------------------------------------------------------------------ */

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

/* Passages say themselves who said what and when. */
static void add_sources(struct chip_str *out, const json_t *answer)
{
    const json_t *citations = json_object_get(answer, "citations"), *one;
    size_t i;
    if (json_array_size(citations) == 0 || strcmp(text_of(answer, "from"), "passages") == 0)
        return;
    chip_str_add(out, "\nSaid in the meeting:\n");
    json_array_foreach(citations, i, one)
    {
        const char *name = text_of(json_object_get(one, "speaker"), "name");
        chip_str_add(out, "  [");
        chip_answer_add_time(out, json_number_value(json_object_get(one, "start")));
        chip_str_addf(out, "] %s%s\"%s\"\n", name, *name ? ": " : "", text_of(one, "quote"));
    }
}

static void add_text(struct chip_str *out, const json_t *answer)
{
    const json_t *note;
    size_t i;
    chip_str_addf(out, "%s\n", text_of(answer, "answer"));
    add_sources(out, answer);
    json_array_foreach(json_object_get(answer, "notes"), i, note)
    {
        chip_str_addf(out, "\n(%s)\n", json_string_value(note));
    }
}

static void add_json(struct chip_str *out, const json_t *answer)
{
    char *json = json_dumps(answer, JSON_INDENT(2) | JSON_REAL_PRECISION(7));
    out->failed |= !json;
    chip_str_addf(out, "%s\n", json ? json : "");
    free(json);
}

/* ---- all of it ------------------------------------------------------------------------------- */

/* What is asked for, over the settings. */
struct wish {
    struct chip_settings settings;
    struct chip_minutes_settings minutes;
    struct chip_minutes_choice choice;
    int32_t day;
};

static enum chip_status read_wish(const struct chip_parsed *args, struct wish *wish,
                                  struct chip_err *err)
{
    const struct chip_opt_value *provider = &args->values[CHIP_ASK_OPT_PROVIDER];
    enum chip_status st = chip_settings_load(&wish->settings, err);
    if (st == CHIP_OK)
        st = chip_minutes_settings_read(&wish->settings, &wish->minutes, err);
    if (st == CHIP_OK)
        st = chip_minutes_choose(&wish->minutes.provider,
                                 provider->is_set ? providers[provider->number] : NULL,
                                 args->values[CHIP_ASK_OPT_MODEL].text, &wish->choice, err);
    return st;
}

static enum chip_status ask(const struct chip_parsed *args, const struct wish *wish, json_t **out,
                            struct chip_err *err)
{
    CHIP_AUTO(chip_transcript) t = NULL;
    const struct chip_minutes_provider *s = &wish->choice.settings;
    const struct chip_ask_options options = {.meeting_day = wish->day,
                                             .cancel = chip_interrupt_flag()};
    enum chip_status st = chip_transcript_file_read(args->operands[0], &t, err);
    if (st != CHIP_OK)
        return st;
    if (strcmp(s->provider, "builtin") != 0) /* nobody's words go to others without a word */
        fprintf(stderr, "chip: asking %s (%s)\n", s->provider, s->model);
    return chip_ask(s, t, args->operands[1], &options, out, err);
}

static int run(const struct chip_parsed *args, struct wish *wish)
{
    struct chip_err err;
    struct chip_str out = {0};
    json_t *answer = NULL;
    if (read_wish(args, wish, &err) != CHIP_OK)
        return chip_command_fail(&err, CHIP_STAGE_ARGUMENTS);
    if (ask(args, wish, &answer, &err) != CHIP_OK)
        return chip_command_fail(&err, err.code == CHIP_E_INVAL ? CHIP_STAGE_ARGUMENTS
                                                                : CHIP_STAGE_INPUT);
    if (args->values[CHIP_ASK_OPT_FORMAT].number == FORMAT_JSON)
        add_json(&out, answer);
    else
        add_text(&out, answer);
    json_decref(answer);
    return chip_command_print(&out);
}

int chip_cmd_ask(int argc, char **argv)
{
    struct chip_parsed args;
    struct wish wish = {.day = -1};
    int code = chip_command_begin("ask", argc, argv, &args);
    if (code >= 0)
        return code;
    if (args.n_operands != 2)
        return chip_usage_error("ask",
                                "name a transcript and ask one question, in quotation marks");
    const char *date = args.values[CHIP_ASK_OPT_DATE].text;
    if (date && !chip_date_parse(date, &wish.day))
        return chip_usage_error("ask", "--date takes a day such as 2026-03-03");
    chip_interrupt_install();
    code = run(&args, &wish);
    chip_minutes_settings_done(&wish.minutes);
    chip_settings_done(&wish.settings);
    return code;
}
