#include "cli/commands.h"

#include <string.h>

#include "cli/cmd_jobs.h"
#include "cli/cmd_metrics.h"
#include "cli/cmd_migrate.h"
#include "cli/cmd_ask.h"
#include "cli/cmd_minutes.h"
#include "cli/cmd_models.h"
#include "cli/cmd_relabel.h"
#include "cli/cmd_serve.h"
#include "cli/cmd_voices.h"
#include "cli/cmd_worker.h"

#define HELP_OPT                                                                       \
    {                                                                                  \
        .name = "help", .letter = 'h', .kind = CHIP_OPT_FLAG, .help = "show this help" \
    }

/* ---- transcribe ------------------------------------------------------------------------------ */

static const char *const models[] = {"moonshine-base", "moonshine-tiny", NULL};
static const char *const formats[] = {
    [CHIP_FORMAT_JSON] = "json",      [CHIP_FORMAT_WHISPERX] = "whisperx",
    [CHIP_FORMAT_SRT] = "srt",        [CHIP_FORMAT_VTT] = "vtt",
    [CHIP_FORMAT_TXT] = "txt",        [CHIP_FORMAT_MD] = "md",
    [CHIP_FORMAT_TSV] = "tsv",        [CHIP_FORMAT_RTTM] = "rttm",
    [CHIP_FORMAT_CHOICE_ALL] = "all", [CHIP_FORMAT_CHOICE_ALL + 1] = NULL,
};
static const char *const progress[] = {
    [CHIP_PROGRESS_AUTO] = "auto", [CHIP_PROGRESS_BAR] = "bar",     [CHIP_PROGRESS_JSON] = "json",
    [CHIP_PROGRESS_NONE] = "none", [CHIP_PROGRESS_NONE + 1] = NULL,
};

static const struct chip_opt transcribe_opts[] = {
    [CHIP_TRANSCRIBE_MODEL] = {.name = "model",
                               .letter = 'm',
                               .kind = CHIP_OPT_TEXT,
                               .value = "NAME",
                               .choices = models,
                               .env = "CHIP_MODEL",
                               .help = "speech model, by name or as the path of its folder; "
                                       "moonshine-tiny is smaller and faster than the default, "
                                       "moonshine-base"},
    [CHIP_TRANSCRIBE_FORMAT] = {.name = "format",
                                .letter = 'f',
                                .kind = CHIP_OPT_SET,
                                .value = "LIST",
                                .choices = formats,
                                .aliases = "--output-format -oj=json -osrt=srt -ovtt=vtt -otxt=txt "
                                           "--output-json=json --output-srt=srt --output-vtt=vtt "
                                           "--output-txt=txt",
                                .help = "what to write"},
    [CHIP_TRANSCRIBE_OUTPUT_DIR] = {.name = "output-dir",
                                    .letter = 'o',
                                    .kind = CHIP_OPT_DIR,
                                    .value = "DIR",
                                    .help = "write DIR/NAME.EXT for each file and format (txt and "
                                            "json if none is given); the folder is made if it is "
                                            "missing"},
    [CHIP_TRANSCRIBE_SAVE_PARTIAL] = {.name = "save-partial",
                                      .kind = CHIP_OPT_FLAG,
                                      .help = "when interrupted, write what is done so far"},
    [CHIP_TRANSCRIBE_LANGUAGE] = {.name = "language",
                                  .letter = 'l',
                                  .kind = CHIP_OPT_TEXT,
                                  .value = "CODE",
                                  .help = "language that is spoken, such as en; the Moonshine "
                                          "models know English only"},
    [CHIP_TRANSCRIBE_HOTWORDS] = {.name = "hotwords",
                                  .kind = CHIP_OPT_TEXT,
                                  .value = "LIST",
                                  .help = "names and words to expect, separated by commas; "
                                          "@FILE reads them from a file"},
    [CHIP_TRANSCRIBE_TRACK] = {.name = "track",
                               .kind = CHIP_OPT_NUMBER,
                               .value = "N",
                               .min = 1,
                               .max = 64,
                               .help = "audio track to use, as 'chip probe' numbers them; without "
                                       "it all tracks if each is a person, else the file's "
                                       "default track, or the one with most channels"},
    [CHIP_TRANSCRIBE_THREADS] = {.name = "threads",
                                 .letter = 't',
                                 .kind = CHIP_OPT_NUMBER,
                                 .value = "N",
                                 .max = 64,
                                 .env = "CHIP_THREADS",
                                 .help = "CPU threads; 0 or nothing: all that chip may use"},
    [CHIP_TRANSCRIBE_BATCH] = {.name = "batch",
                               .kind = CHIP_OPT_NUMBER,
                               .value = "N",
                               .max = 64,
                               .aliases = "--batch-size",
                               .help = "speech segments that a thread decodes at once; 0 or "
                                       "nothing: chosen by chip. Never changes the words"},
    [CHIP_TRANSCRIBE_SPEAKERS] = {.name = "speakers",
                                  .kind = CHIP_OPT_NUMBER,
                                  .value = "N",
                                  .min = 1,
                                  .max = 100,
                                  .aliases = "--num-speakers",
                                  .help = "how many people speak; found out if not given"},
    [CHIP_TRANSCRIBE_MIN_SPEAKERS] = {.name = "min-speakers",
                                      .kind = CHIP_OPT_NUMBER,
                                      .value = "N",
                                      .min = 1,
                                      .max = 100,
                                      .help = "at least so many people speak"},
    [CHIP_TRANSCRIBE_MAX_SPEAKERS] = {.name = "max-speakers",
                                      .kind = CHIP_OPT_NUMBER,
                                      .value = "N",
                                      .min = 1,
                                      .max = 100,
                                      .help = "at most so many people speak"},
    [CHIP_TRANSCRIBE_DIARIZE] = {.name = "diarize",
                                 .kind = CHIP_OPT_FLAG,
                                 .aliases = "-di",
                                 .help = "tell speakers apart; it always does"},
    [CHIP_TRANSCRIBE_NO_DIARIZE] = {.name = "no-diarize",
                                    .kind = CHIP_OPT_FLAG,
                                    .help = "do not tell speakers apart"},
    [CHIP_TRANSCRIBE_DIARIZE_MODEL] = {.name = "diarize-model",
                                       .kind = CHIP_OPT_TEXT,
                                       .value = "NAME",
                                       .env = "CHIP_DIARIZE_MODEL",
                                       .help = "model that says who speaks when: community-1, "
                                               "which hears several people at once and takes far "
                                               "longer; see 'chip models'"},
    [CHIP_TRANSCRIBE_VOICES] = {.name = "voices",
                                .kind = CHIP_OPT_FLAG,
                                .help = "suggest names for speakers whose voices are known; see "
                                        "'chip voices'"},
    [CHIP_TRANSCRIBE_VOICES_DIR] = {.name = "voices-dir",
                                    .kind = CHIP_OPT_TEXT,
                                    .value = "DIR",
                                    .env = "CHIP_VOICES_DIR",
                                    .help = "where known voices are kept"},
    [CHIP_TRANSCRIBE_WORD_CUES] = {.name = "word-cues",
                                   .kind = CHIP_OPT_FLAG,
                                   .aliases = "--highlight-words",
                                   .help = "vtt: a time for each word inside its cue"},
    [CHIP_TRANSCRIBE_MAX_LINE_WIDTH] = {.name = "max-line-width",
                                        .kind = CHIP_OPT_NUMBER,
                                        .value = "N",
                                        .min = 1,
                                        .max = 1000,
                                        .help = "srt and vtt: characters in a line, at most "
                                                "(42 if not given)"},
    [CHIP_TRANSCRIBE_MAX_LINE_COUNT] = {.name = "max-line-count",
                                        .kind = CHIP_OPT_NUMBER,
                                        .value = "N",
                                        .min = 1,
                                        .max = 10,
                                        .help = "srt and vtt: lines in a cue, at most (2 if not "
                                                "given)"},
    [CHIP_TRANSCRIBE_PROGRESS] = {.name = "progress",
                                  .kind = CHIP_OPT_CHOICE,
                                  .value = "HOW",
                                  .choices = progress,
                                  .aliases = "--print-progress=bar -pp=bar",
                                  .help = "a bar, JSON lines or nothing on standard error; auto "
                                          "is a bar when that is a terminal"},
    [CHIP_TRANSCRIBE_QUIET] = {.name = "quiet",
                               .letter = 'q',
                               .kind = CHIP_OPT_FLAG,
                               .aliases = "--no-prints -np",
                               .help = "say nothing but errors"},
    [CHIP_TRANSCRIBE_HELP] = HELP_OPT,
};

/* What people type who come from WhisperX or whisper.cpp, and why it is not here. */
static const struct chip_foreign transcribe_foreign[] = {
    {"--device --device-index --compute-type --no-gpu -ng --flash-attn -fa",
     "it runs on the CPU and picks the fastest arithmetic itself; 'chip doctor' shows which"},
    {"--beam-size -bs --best-of -bo --patience --temperature -tp --length-penalty",
     "it always takes the likeliest word, so there is nothing to tune"},
    {"--align-model --no-align --interpolate-method -owts --output-words -dtw --dtw",
     "words always have times, from the speech model itself; see --format json"},
    {"--vad-method --vad-onset --vad-offset --vad --vad-filter --vad-model -vm --chunk-size",
     "speech is always found by the built-in voice detector"},
    {"--hf-token -tdrz --tinydiarize",
     "it tells speakers apart with its own network, without asking for one"},
    {"--task --translate -tr", "it transcribes in the language that is spoken"},
    {"--no-timestamps -nt", "use --format txt for text without times"},
    {"--file", "files are named without an option: chip transcribe FILE"},
    {"-of --output-file", "use --output-dir DIR, or > FILE"},
    {"--verbose", "use --quiet, or --progress none"},
    {"--model-dir", "set CHIP_MODELS_DIR, or give --model a path"},
    {NULL, NULL},
};

static const struct chip_example transcribe_examples[] = {
    {"chip transcribe meeting.mp4", "print who said what"},
    {"chip transcribe meeting.mp4 --format srt > meeting.srt", "make subtitles"},
    {"chip transcribe *.m4a --format txt,json --output-dir out", "write out/NAME.txt and .json"},
    {"chip transcribe interview.mkv --track 2 --model moonshine-tiny", "second track, small model"},
    {"chip transcribe call.m4a --speakers 2 --format md", "two people, who said what"},
    {"curl -s https://example.org/talk.mp3 | chip transcribe - --format md", "read a pipe"},
    {NULL, NULL},
};

/* ---- the other commands ---------------------------------------------------------------------- */

static const struct chip_opt probe_opts[] = {
    [CHIP_PROBE_JSON] = {.name = "json",
                         .kind = CHIP_OPT_FLAG,
                         .help = "one JSON object per file and line"},
    [CHIP_PROBE_TRACK] = {.name = "track",
                          .kind = CHIP_OPT_NUMBER,
                          .value = "N",
                          .min = 1,
                          .max = 64,
                          .help = "choose this audio track, as 'chip transcribe' would"},
    [CHIP_PROBE_HELP] = HELP_OPT,
};
static const struct chip_example probe_examples[] = {
    {"chip probe meeting.mp4", "how long is it, and which audio tracks are there?"},
    {"chip probe --json *.mkv | jq .duration_ms", "the same for programs"},
    {NULL, NULL},
};

static const struct chip_opt doctor_opts[] = {
    [CHIP_DOCTOR_JSON] = {.name = "json", .kind = CHIP_OPT_FLAG, .help = "one JSON object"},
    [CHIP_DOCTOR_HELP] = HELP_OPT,
};
static const struct chip_example doctor_examples[] = {
    {"chip doctor", "check the CPU, libraries, models and folders"},
    {"chip doctor --json | jq '.checks[] | select(.state != \"ok\")'", "only what is not right"},
    {NULL, NULL},
};

static const char *const shells[] = {"bash", "zsh", "fish", NULL};
static const struct chip_opt help_only_opts[] = {HELP_OPT};
static const struct chip_example completion_examples[] = {
    {"eval \"$(chip completion bash)\"", "in this shell; put it into ~/.bashrc to keep it"},
    {"chip completion zsh > ~/.zfunc/_chip", "for zsh, in a folder of $fpath"},
    {"chip completion fish > ~/.config/fish/completions/chip.fish", "for fish"},
    {NULL, NULL},
};
static const struct chip_example help_examples[] = {
    {"chip help transcribe", "everything about one command"},
    {NULL, NULL},
};

static const struct chip_command transcribe_command = {
    .name = "transcribe",
    .operands = "FILE...",
    .summary = "who said what and when: recordings into text",
    .about = "Reads audio and video files of any format that FFmpeg decodes; '-' is standard "
             "input.\n\n"
             "Without --format and --output-dir, text is printed: on a terminal each segment with "
             "its time as soon as it is known, into a pipe or a file all of it, in paragraphs, at "
             "the end. One format of one file goes to standard output; several formats or several "
             "files need --output-dir. Files there are replaced, each completely or not at all; an "
             "input is never overwritten. WhisperX's JSON is called NAME.whisperx.json when json "
             "is written too.\n\n"
             "Ctrl-C stops within a second or two, and --save-partial then writes what is done; a "
             "second Ctrl-C exits at once. A file that fails does not stop the others: the exit "
             "code is the highest of them.\n\n"
             "With --progress json, standard error carries one JSON object per line: \"event\" is "
             "start, progress (done_ms, total_ms, percent, speed, remaining_s; null if not known), "
             "segment, warning, done or error.\n\n"
             "Options may also be spelled as WhisperX and whisper.cpp spell them where they mean "
             "the same: underscores for dashes, --output_format, --batch_size, --highlight_words, "
             "-osrt and so on.",
    .examples = transcribe_examples,
    .opts = transcribe_opts,
    .n_opts = CHIP_TRANSCRIBE_N_OPTS,
    .foreign = transcribe_foreign,
    .takes_files = true,
};

static const struct chip_command probe_command = {
    .name = "probe",
    .operands = "FILE...",
    .summary = "show what is in a media file: duration, tracks, tags",
    .about = "Looks at the file's headers; nothing is decoded. '-' is standard input.",
    .examples = probe_examples,
    .opts = probe_opts,
    .n_opts = CHIP_PROBE_N_OPTS,
    .takes_files = true,
};

static const struct chip_command doctor_command = {
    .name = "doctor",
    .operands = "",
    .summary = "check that everything that chip needs is there",
    .about = "Each line is ok, warn (it works, but could be better) or fail. The exit code is "
             "1 when something needed is missing.",
    .examples = doctor_examples,
    .opts = doctor_opts,
    .n_opts = CHIP_DOCTOR_N_OPTS,
};

static const struct chip_command completion_command = {
    .name = "completion",
    .operands = "bash|zsh|fish",
    .summary = "print tab completion for a shell",
    .about = "Installed packages bring the completions along; this is for everyone else.",
    .examples = completion_examples,
    .opts = help_only_opts,
    .n_opts = 1,
    .words = shells,
};

static const struct chip_command help_command = {
    .name = "help",
    .operands = "[COMMAND]",
    .summary = "explain a command",
    .about = "",
    .examples = help_examples,
    .opts = help_only_opts,
    .n_opts = 1,
};

const struct chip_command *const chip_commands[] = {
    &transcribe_command,  &probe_command,        &chip_metrics_command, &chip_minutes_command,
    &chip_ask_command,    &chip_relabel_command, &chip_voices_command,  &chip_serve_command,
    &chip_worker_command, &chip_jobs_command,    &chip_migrate_command, &chip_models_command,
    &doctor_command,      &completion_command,   &help_command,         NULL,
};

/* ---- the program ----------------------------------------------------------------------------- */

static const struct chip_opt program_opts[] = {
    HELP_OPT,
    {.name = "version",
     .letter = 'V',
     .kind = CHIP_OPT_FLAG,
     .help = "show the version, and which kernels and libraries are used"},
};
static const struct chip_example program_examples[] = {
    {"chip transcribe meeting.mp4", "print who said what"},
    {"chip transcribe talk.mp3 --format srt > talk.srt", "make subtitles"},
    {"chip probe meeting.mp4", "see what is in a file"},
    {"chip doctor", "see whether everything is in place"},
    {NULL, NULL},
};

const struct chip_command chip_program = {
    .name = "chip",
    .operands = "COMMAND [OPTION...] [FILE...]",
    .summary = "meeting intelligence: recordings in, who said what and when out",
    .about = "Everything runs on this computer; no recording leaves it.",
    .examples = program_examples,
    .opts = program_opts,
    .n_opts = sizeof program_opts / sizeof program_opts[0],
};

const struct chip_env_line chip_env_lines[] = {
    {"CHIP_MODELS_DIR", "where models are looked for first"},
    {"CHIP_MODEL", "the model if --model is not given"},
    {"CHIP_THREADS", "the threads if --threads is not given"},
    {"CHIP_KERNELS", "vector kernels to use, for comparisons: avx512, avx2, base, ref"},
    {"CHIP_GEMM", "integer products to use, for comparisons: vnni, avx2, ref, f32"},
    {"TMPDIR", "where piped mp4 files are buffered"},
    {NULL, NULL},
};

const struct chip_command *chip_command_find(const char *name)
{
    for (size_t i = 0; chip_commands[i]; i++)
        if (strcmp(chip_commands[i]->name, name) == 0)
            return chip_commands[i];
    return NULL;
}
