#include "cli/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/progress.h"
#include "cli/report_json.h"
#include "cli/term.h"
#include "meeting/stamp.h"

enum { MAX_WARNINGS = 5 };

static const char *shown_name(const char *file)
{
    return strcmp(file, "-") == 0 ? "standard input" : file;
}

/* A dumb terminal cannot go back to the start of the line and erase it. */
static bool can_draw(void)
{
    const char *term = getenv("TERM");
    return isatty(STDERR_FILENO) && term && *term && strcmp(term, "dumb") != 0;
}

void chip_report_init(struct chip_report *r, enum chip_progress_choice how, bool is_quiet,
                      bool prints_live, int n_files)
{
    *r = (struct chip_report){
        .is_quiet = is_quiet, .prints_live = prints_live, .n_files = n_files, .total_ms = -1};
    switch (how) {
    case CHIP_PROGRESS_AUTO:
        r->mode = can_draw() ? CHIP_REPORT_BAR : CHIP_REPORT_PLAIN;
        break;
    case CHIP_PROGRESS_BAR:
        r->mode = CHIP_REPORT_BAR;
        break;
    case CHIP_PROGRESS_JSON:
        r->mode = CHIP_REPORT_JSON;
        break;
    case CHIP_PROGRESS_NONE:
        r->mode = CHIP_REPORT_PLAIN;
        break;
    }
}

/* ---- the bar --------------------------------------------------------------------------------- */

void chip_report_make_room(struct chip_report *r)
{
    if (r->bar_is_drawn)
        fputs("\r\033[K", stderr);
    r->bar_is_drawn = false;
}

static void draw_bar(struct chip_report *r)
{
    /* The last column stays free: some terminals wrap as soon as it is written. */
    size_t columns = (size_t)chip_term_columns(STDERR_FILENO) - 1;
    chip_str_reset(&r->line);
    chip_str_add(&r->line, "\r");
    chip_progress_add_bar(&r->line, shown_name(r->file), r->index, r->n_files, &r->last, columns);
    chip_str_add(&r->line, "\033[K");
    if (!r->line.failed)
        fputs(r->line.data, stderr);
    r->bar_is_drawn = true;
}

/* Until the first progress comes, which may take a few seconds: a sign of life. */
static void draw_waiting(struct chip_report *r)
{
    int columns = chip_term_columns(STDERR_FILENO) - 1;
    static const char dots[] = " ...";
    if (columns <= (int)sizeof dots)
        return;
    chip_str_reset(&r->line);
    chip_str_add(&r->line, "\r");
    chip_term_add(&r->line, shown_name(r->file), (size_t)columns - strlen(dots));
    chip_str_addf(&r->line, "%s\033[K", dots);
    if (!r->line.failed)
        fputs(r->line.data, stderr);
    r->bar_is_drawn = true;
}

void chip_report_done(struct chip_report *r)
{
    chip_report_make_room(r);
    chip_str_done(&r->line);
}

/* Says the line in r->line, which begins with "chip: " or a file's name. */
static void say(struct chip_report *r)
{
    chip_report_make_room(r);
    chip_str_add(&r->line, "\n");
    if (!r->line.failed)
        fputs(r->line.data, stderr);
}

static void add_file(struct chip_report *r, const char *file)
{
    chip_term_add(&r->line, shown_name(file), SIZE_MAX);
}

/* ---- while a file is at work ----------------------------------------------------------------- */

void chip_report_start(struct chip_report *r, const char *file, int index)
{
    r->file = file;
    r->index = index;
    r->start_ns = chip_clock_ns();
    r->done_ms = 0;
    r->total_ms = -1;
    r->last = (struct chip_progress){.total_ms = -1, .remaining_s = -1};
    if (r->is_quiet)
        return;
    switch (r->mode) {
    case CHIP_REPORT_PLAIN:
        break;
    case CHIP_REPORT_BAR:
        draw_waiting(r);
        break;
    case CHIP_REPORT_JSON:
        chip_report_json_start(r);
        break;
    }
}

void chip_report_progress(struct chip_report *r, const struct chip_progress *progress)
{
    r->last = *progress;
    r->done_ms = progress->done_ms;
    r->total_ms = progress->total_ms;
    if (r->is_quiet)
        return;
    switch (r->mode) {
    case CHIP_REPORT_PLAIN:
        break;
    case CHIP_REPORT_BAR:
        draw_bar(r);
        break;
    case CHIP_REPORT_JSON:
        chip_report_json_progress(r, progress);
        break;
    }
}

void chip_report_segment(struct chip_report *r, const struct chip_segment *segment)
{
    if (r->mode == CHIP_REPORT_JSON && !r->is_quiet)
        chip_report_json_segment(r, segment);
    if (!r->prints_live)
        return;
    bool redraw = r->bar_is_drawn;
    chip_report_make_room(r);
    chip_str_reset(&r->line);
    chip_str_add(&r->line, "[");
    chip_stamp_add(&r->line, segment->start_ms, 0);
    chip_str_addf(&r->line, "] %s\n", segment->text);
    if (!r->line.failed) {
        fputs(r->line.data, stdout);
        fflush(stdout);
    }
    if (redraw && r->last.elapsed_s > 0)
        draw_bar(r);
    else if (redraw)
        draw_waiting(r);
}

/* ---- afterwards ------------------------------------------------------------------------------ */

static bool is_worth_a_warning(enum chip_audit_kind kind)
{
    switch (kind) {
    case CHIP_AUDIT_REPETITION:
    case CHIP_AUDIT_TOKEN_CAP:
    case CHIP_AUDIT_MEDIA_BREAK:
        return true;
    case CHIP_AUDIT_EMPTY: /* a cough; the json has it */
        return false;
    }
    return false;
}

static void add_warning(struct chip_report *r, const struct chip_audit *audit)
{
    struct chip_str at = {0};
    chip_stamp_add(&at, audit->start_ms, 0);
    const char *when = at.data ? at.data : "";
    const char *detail = audit->detail ? audit->detail : "";
    switch (audit->kind) {
    case CHIP_AUDIT_REPETITION:
        chip_str_addf(&r->line, "the model repeated itself at %s; the repetition was cut", when);
        break;
    case CHIP_AUDIT_TOKEN_CAP:
        chip_str_addf(&r->line, "too many words for the time at %s; the rest was cut", when);
        break;
    case CHIP_AUDIT_EMPTY:
        chip_str_addf(&r->line, "speech without words at %s", when);
        break;
    case CHIP_AUDIT_MEDIA_BREAK:
        chip_str_addf(&r->line, "the file is damaged at %s; kept what decodes", when);
        if (*detail) {
            chip_str_add(&r->line, " (");
            chip_term_add(&r->line, detail, 120);
            chip_str_add(&r->line, ")");
        }
        break;
    }
    chip_str_done(&at);
}

void chip_report_audit(struct chip_report *r, const struct chip_transcript *t)
{
    int n = 0;
    for (size_t i = 0; i < t->n_audit && !r->is_quiet; i++) {
        if (r->mode == CHIP_REPORT_JSON)
            chip_report_json_warning(r, &t->audit[i]);
        else if (is_worth_a_warning(t->audit[i].kind) && n++ < MAX_WARNINGS) {
            chip_str_reset(&r->line);
            add_file(r, r->file);
            chip_str_add(&r->line, ": ");
            add_warning(r, &t->audit[i]);
            say(r);
        }
    }
    if (n > MAX_WARNINGS) {
        chip_str_reset(&r->line);
        add_file(r, r->file);
        chip_str_addf(&r->line, ": and %d more notes, see \"audit\" with --format json",
                      n - MAX_WARNINGS);
        say(r);
    }
}

static void add_paths(struct chip_report *r, const struct chip_outputs *outputs)
{
    for (size_t i = 0; outputs->paths && i < outputs->n_formats; i++) {
        chip_str_add(&r->line, i ? ", " : " -> ");
        chip_term_add(&r->line, chip_outputs_path(outputs, (size_t)r->index - 1, i), SIZE_MAX);
    }
}

void chip_report_finish(struct chip_report *r, const struct chip_transcript *t,
                        const struct chip_outputs *outputs)
{
    double seconds = (double)(chip_clock_ns() - r->start_ns) / 1e9;
    if (r->is_quiet)
        return;
    if (r->mode == CHIP_REPORT_JSON) {
        chip_report_json_done(r, t, seconds, outputs);
        return;
    }
    chip_str_reset(&r->line);
    add_file(r, r->file);
    chip_str_add(&r->line, ": ");
    chip_duration_add(&r->line, t->duration_ms);
    if (t->n_words == 0)
        chip_str_add(&r->line, " without speech");
    else
        chip_str_addf(&r->line, ", %zu word%s", t->n_words, t->n_words == 1 ? "" : "s");
    chip_str_addf(&r->line, " in %.1f s", seconds);
    if (t->duration_ms > 0 && seconds > 0) {
        chip_str_add(&r->line, " (");
        chip_speed_add(&r->line, (double)t->duration_ms / 1000 / seconds);
        chip_str_add(&r->line, " real time)");
    }
    add_paths(r, outputs);
    say(r);
}

/* "a.mp3: out of memory", but not "a.mp3: 'a.mp3' is empty". */
static bool names(const char *message, const char *file)
{
    if (strcmp(file, "-") == 0)
        return strstr(message, "standard input") != NULL;
    const char *slash = strrchr(file, '/');
    return strstr(message, slash && slash[1] ? slash + 1 : file) != NULL;
}

void chip_report_error(struct chip_report *r, const char *file, enum chip_status status,
                       enum chip_exit code, const char *message)
{
    if (r->mode == CHIP_REPORT_JSON) {
        chip_report_json_error(r, file, status, code, message, NULL);
        return;
    }
    chip_str_reset(&r->line);
    chip_str_add(&r->line, "chip: ");
    if (file && !names(message, file)) {
        add_file(r, file);
        chip_str_add(&r->line, ": ");
    }
    chip_term_add(&r->line, message, SIZE_MAX);
    say(r);
}

void chip_report_interrupted(struct chip_report *r, enum chip_exit code,
                             const struct chip_outputs *outputs)
{
    if (r->mode == CHIP_REPORT_JSON) {
        chip_report_json_error(r, r->file, CHIP_E_CANCELLED, code, "interrupted", outputs);
        return;
    }
    chip_str_reset(&r->line);
    chip_str_add(&r->line, "chip: ");
    add_file(r, r->file);
    chip_str_add(&r->line, ": interrupted at ");
    chip_stamp_add(&r->line, r->done_ms, 0);
    if (r->total_ms >= 0) {
        chip_str_add(&r->line, " of ");
        chip_stamp_add(&r->line, r->total_ms, 0);
    }
    if (outputs) {
        chip_str_add(&r->line, "; saved the part that is done");
        add_paths(r, outputs);
    } else if (!r->prints_live) { /* live text is on the screen already */
        chip_str_add(&r->line, "; nothing saved (--save-partial keeps what is done)");
    }
    say(r);
}
