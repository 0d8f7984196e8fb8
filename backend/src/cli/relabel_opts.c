/* How `chip relabel` is called. */

#include "cli/cmd_relabel.h"

#include <chip/chip.h>

static const char *const formats[] = {
    [CHIP_FORMAT_JSON] = "json", [CHIP_FORMAT_WHISPERX] = "whisperx", [CHIP_FORMAT_SRT] = "srt",
    [CHIP_FORMAT_VTT] = "vtt",   [CHIP_FORMAT_TXT] = "txt",           [CHIP_FORMAT_MD] = "md",
    [CHIP_FORMAT_TSV] = "tsv",   [CHIP_FORMAT_RTTM] = "rttm",         NULL,
};

static const struct chip_opt opts[] = {
    [CHIP_RELABEL_OPT_SPEAKERS] = {.name = "speakers",
                                   .kind = CHIP_OPT_NUMBER,
                                   .value = "N",
                                   .min = 1,
                                   .max = 100,
                                   .help = "how many people speak; must be given"},
    [CHIP_RELABEL_OPT_FORMAT] = {.name = "format",
                                 .letter = 'f',
                                 .kind = CHIP_OPT_CHOICE,
                                 .value = "FORMAT",
                                 .choices = formats,
                                 .help = "what to write; json if not given"},
    [CHIP_RELABEL_OPT_OUTPUT] = {.name = "output",
                                 .letter = 'o',
                                 .kind = CHIP_OPT_FILE,
                                 .value = "FILE",
                                 .help = "write to this file, which may be the transcript itself, "
                                         "instead of standard output"},
    [CHIP_RELABEL_OPT_HELP] = {.name = "help",
                               .letter = 'h',
                               .kind = CHIP_OPT_FLAG,
                               .help = "show this help"},
};

static const struct chip_example examples[] = {
    {"chip relabel meeting.json --speakers 3 -o meeting.json", "three people, not four"},
    {"chip relabel meeting.json --speakers 3 --format md", "just look at it"},
    {NULL, NULL},
};

const struct chip_command chip_relabel_command = {
    .name = "relabel",
    .operands = "TRANSCRIPT",
    .summary = "tell apart another number of speakers, without the recording",
    .about = "Reads a transcript that 'chip transcribe --format json' wrote; '-' is standard "
             "input. It holds the voices of the recording in a form that cannot be compared with "
             "other recordings, which is enough to group them anew, in milliseconds. Speakers "
             "that stay who they were keep their names.",
    .examples = examples,
    .opts = opts,
    .n_opts = CHIP_RELABEL_N_OPTS,
    .takes_files = true,
};
