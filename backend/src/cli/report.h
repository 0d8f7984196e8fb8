/**
 * What a transcription tells on standard error while it runs: to a person (a bar, warnings, a
 * summary) or to a program (one JSON object per line). Segments that are printed live go to
 * standard output, and through here, because the bar has to make room for them.
 *
 * One thread at a time; the engine's callbacks are.
 */
#pragma once

#include "base/str.h"
#include "cli/commands.h"
#include "cli/exit.h"
#include "cli/output.h"

enum chip_report_mode { CHIP_REPORT_PLAIN, CHIP_REPORT_BAR, CHIP_REPORT_JSON };

struct chip_report {
    enum chip_report_mode mode;
    bool is_quiet;    /* nothing but errors */
    bool prints_live; /* segments go to standard output as they come */
    int n_files;
    const char *file; /* the current one; borrowed */
    int index;        /* of it, from 1 */
    int64_t start_ns; /* of it */
    int64_t done_ms;  /* of it, from the last progress */
    int64_t total_ms; /* of it; -1 not known */
    bool bar_is_drawn;
    struct chip_progress last; /* what the bar shows */
    struct chip_str line;      /* scratch */
};

/** @param how CHIP_PROGRESS_AUTO is a bar when standard error is a terminal that can move back */
void chip_report_init(struct chip_report *r, enum chip_progress_choice how, bool is_quiet,
                      bool prints_live, int n_files);
void chip_report_done(struct chip_report *r);

/** Takes the bar off the terminal for what is printed next; more progress brings it back. */
void chip_report_make_room(struct chip_report *r);

/** A file begins. @param file borrowed until the next begins */
void chip_report_start(struct chip_report *r, const char *file, int index);
void chip_report_progress(struct chip_report *r, const struct chip_progress *progress);
void chip_report_segment(struct chip_report *r, const struct chip_segment *segment);

/** The notes of a transcript that a person should know about: damage, repetitions cut off. */
void chip_report_audit(struct chip_report *r, const struct chip_transcript *t);

/** A file is done: the summary. @param outputs where it was written, `index - 1` is the file */
void chip_report_finish(struct chip_report *r, const struct chip_transcript *t,
                        const struct chip_outputs *outputs);

/**
 * Something failed.
 *
 * @param file what it is about; NULL: nothing in particular. Named before the message unless the
 *             message names it already
 */
void chip_report_error(struct chip_report *r, const char *file, enum chip_status status,
                       enum chip_exit code, const char *message);

/**
 * The user stopped it.
 *
 * @param outputs where the part that is done was written; NULL: nowhere
 */
void chip_report_interrupted(struct chip_report *r, enum chip_exit code,
                             const struct chip_outputs *outputs);
