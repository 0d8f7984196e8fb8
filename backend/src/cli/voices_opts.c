/* How `chip voices` is called. */

#include "cli/cmd_voices.h"

static const struct chip_opt opts[] = {
    [CHIP_VOICES_OPT_CONSENT] = {.name = "consent",
                                 .kind = CHIP_OPT_TEXT,
                                 .value = "TEXT",
                                 .help = "add: how the person agreed to it; must be given"},
    [CHIP_VOICES_OPT_DAYS] = {.name = "days",
                              .kind = CHIP_OPT_NUMBER,
                              .value = "N",
                              .min = 1,
                              .max = 3650,
                              .help =
                                  "add: forget the voice after so many days (365 if not given)"},
    [CHIP_VOICES_OPT_DIR] = {.name = "voices-dir",
                             .kind = CHIP_OPT_TEXT,
                             .value = "DIR",
                             .env = "CHIP_VOICES_DIR",
                             .help = "where voices are kept; must be given here or in "
                                     "CHIP_VOICES_DIR"},
    [CHIP_VOICES_OPT_HELP] = {.name = "help",
                              .letter = 'h',
                              .kind = CHIP_OPT_FLAG,
                              .help = "show this help"},
};

static const struct chip_subcommand subcommands[] = {
    {"add", "NAME FILE", "know this person's voice, from a recording of nobody else"},
    {"list", "", "whose voices are known, since when and for how long"},
    {"remove", "NAME...", "forget voices"},
    {"revoke", "", "forget all voices, and make all copies of them worthless"},
    {NULL, NULL, NULL},
};

static const struct chip_example examples[] = {
    {"chip voices add Ann ann.m4a --consent 'asked on 24 November'", "half a minute of speech"},
    {"chip transcribe meeting.mp4 --voices", "suggest names for the speakers"},
    {"chip voices remove Ann", "forget her"},
    {NULL, NULL},
};

const struct chip_command chip_voices_command = {
    .name = "voices",
    .operands = "[NAME...]",
    .summary = "know people by their voice, if they agree to it",
    .about =
        "A voice is biometric data: nothing is stored unless it is added here, with a word on how "
        "the person agreed, and it is forgotten after a year. Voices are kept in a form that only "
        "the key beside them makes comparable; 'revoke' makes a new key. Names are suggested in "
        "transcripts, never set.",
    .examples = examples,
    .subcommands = subcommands,
    .opts = opts,
    .n_opts = CHIP_VOICES_N_OPTS,
};
