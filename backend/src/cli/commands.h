/** The table of all commands and options; see options.h for who reads it. */
#pragma once

#include "cli/options.h"

/** Indices of the options of `chip transcribe` in its table and in chip_parsed.values. */
enum chip_transcribe_opt {
    CHIP_TRANSCRIBE_MODEL,
    CHIP_TRANSCRIBE_FORMAT,
    CHIP_TRANSCRIBE_OUTPUT_DIR,
    CHIP_TRANSCRIBE_SAVE_PARTIAL,
    CHIP_TRANSCRIBE_LANGUAGE,
    CHIP_TRANSCRIBE_HOTWORDS,
    CHIP_TRANSCRIBE_TRACK,
    CHIP_TRANSCRIBE_THREADS,
    CHIP_TRANSCRIBE_BATCH,
    CHIP_TRANSCRIBE_SPEAKERS,
    CHIP_TRANSCRIBE_MIN_SPEAKERS,
    CHIP_TRANSCRIBE_MAX_SPEAKERS,
    CHIP_TRANSCRIBE_DIARIZE,
    CHIP_TRANSCRIBE_NO_DIARIZE,
    CHIP_TRANSCRIBE_DIARIZE_MODEL,
    CHIP_TRANSCRIBE_VOICES,
    CHIP_TRANSCRIBE_VOICES_DIR,
    CHIP_TRANSCRIBE_WORD_CUES,
    CHIP_TRANSCRIBE_MAX_LINE_WIDTH,
    CHIP_TRANSCRIBE_MAX_LINE_COUNT,
    CHIP_TRANSCRIBE_PROGRESS,
    CHIP_TRANSCRIBE_QUIET,
    CHIP_TRANSCRIBE_HELP,
    CHIP_TRANSCRIBE_N_OPTS,
};

/** Choices of --format; all but the last are enum chip_format. */
enum { CHIP_FORMAT_CHOICE_ALL = CHIP_FORMAT_RTTM + 1 };

/** Choices of --progress. */
enum chip_progress_choice {
    CHIP_PROGRESS_AUTO,
    CHIP_PROGRESS_BAR,
    CHIP_PROGRESS_JSON,
    CHIP_PROGRESS_NONE,
};

enum chip_probe_opt { CHIP_PROBE_JSON, CHIP_PROBE_TRACK, CHIP_PROBE_HELP, CHIP_PROBE_N_OPTS };
enum chip_doctor_opt { CHIP_DOCTOR_JSON, CHIP_DOCTOR_HELP, CHIP_DOCTOR_N_OPTS };

/** Commands in the order of help; ends with NULL. */
extern const struct chip_command *const chip_commands[];

/** The program itself: `chip --help`, `chip --version`. */
extern const struct chip_command chip_program;

/** Finds a command by name; NULL: there is none. */
const struct chip_command *chip_command_find(const char *name);

/** Environment variables that chip reads, for help; ends with a NULL name. */
struct chip_env_line {
    const char *name, *meaning;
};
extern const struct chip_env_line chip_env_lines[];
