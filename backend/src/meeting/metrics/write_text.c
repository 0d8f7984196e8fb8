/* Metrics as a table that fits 80 columns: who spoke, when, and how. */

#include "meeting/metrics/write.h"

#include <math.h>
#include <string.h>

#include "meeting/metrics/catalogue.h"
#include "meeting/metrics/cells.h"
#include "meeting/metrics/number.h"
#include "meeting/metrics/warnings.h"

enum {
    NAME = 16,  /* columns of a name ... */
    BAR = 37,   /* ... and of the bar behind it */
    PLOT = 60,  /* of the picture over time */
    TITLE = 24, /* of a metric's title ... */
    CELL = 11,  /* ... and of each figure */
    CELLS = 5,  /* figures side by side */
    WIDTH = 79,
};

struct page {
    const struct chip_metrics *m;
    const struct chip_transcript *t;
    const struct chip_metrics_look *look;
    struct chip_str *out;
};

static const struct chip_measure *measure_of(const struct page *p, size_t speaker,
                                             enum chip_metric metric)
{
    return &p->m->speakers[speaker * p->m->n_metrics + metric];
}

static void add_heading(const struct page *p, const char *text)
{
    chip_str_add(p->out, "\n");
    chip_cell_bold(p->out, p->look);
    chip_str_add(p->out, text);
    chip_cell_plain(p->out, p->look);
    chip_str_add(p->out, "\n");
}

static void add_name(const struct page *p, size_t speaker)
{
    chip_cell_speaker(p->out, p->look, speaker);
    chip_cell_left(p->out, chip_speaker_shown(p->t, speaker), NAME);
    chip_cell_plain(p->out, p->look);
    chip_str_add(p->out, " ");
}

/* Hands a short text over to a cell. */
static void add_right(const struct page *p, struct chip_str *text, int width)
{
    chip_cell_right(p->out, text->data ? text->data : "", width);
    p->out->failed = p->out->failed || text->failed;
    chip_str_done(text);
}

/* ---- who, and when --------------------------------------------------------------------------- */

static void add_shares(const struct page *p)
{
    double most = 0;
    for (size_t s = 0; s < p->m->n_speakers; s++)
        most = fmax(most, measure_of(p, s, CHIP_METRIC_TALK_SHARE)->value);
    add_heading(p, "Who spoke");
    for (size_t s = 0; s < p->m->n_speakers; s++) {
        const struct chip_measure *share = measure_of(p, s, CHIP_METRIC_TALK_SHARE);
        struct chip_str time = {0}, percent = {0}, range = {0};
        chip_number_add_time(&time, measure_of(p, s, CHIP_METRIC_TALK_TIME)->value);
        chip_number_add_figure(&percent, "share", share->value);
        chip_str_add(&percent, " %");
        chip_number_add_figure(&range, "share", share->low);
        chip_str_add(&range, p->look->ascii ? "-" : "\u2013");
        chip_number_add_figure(&range, "share", share->high);
        chip_str_add(&range, " %");
        add_name(p, s);
        chip_cell_speaker(p->out, p->look, s);
        chip_cell_bar(p->out, p->look, most > 0 ? share->value / most : 0, BAR);
        chip_cell_plain(p->out, p->look);
        add_right(p, &time, 8);
        add_right(p, &percent, 7);
        chip_cell_faint(p->out, p->look);
        add_right(p, &range, 10);
        chip_cell_plain(p->out, p->look);
        chip_str_add(p->out, "\n");
    }
}

static void add_plot_row(const struct page *p, size_t speaker, double column_ms)
{
    double level[PLOT] = {0};
    for (size_t i = 0; i < p->t->n_turns; i++) {
        const struct chip_turn *turn = &p->t->turns[i];
        if ((size_t)turn->speaker != speaker)
            continue;
        double at = (double)turn->start_ms, end = (double)turn->end_ms;
        for (int c = (int)(at / column_ms); c < PLOT && c * column_ms < end; c++)
            level[c] += fmin(end, (c + 1) * column_ms) - fmax(at, c * column_ms);
    }
    add_name(p, speaker);
    chip_cell_speaker(p->out, p->look, speaker);
    for (int c = 0; c < PLOT; c++)
        chip_cell_level(p->out, p->look, level[c] / column_ms);
    chip_cell_plain(p->out, p->look);
    chip_str_add(p->out, "\n");
}

static void add_plot(const struct page *p)
{
    if (p->t->duration_ms <= 0)
        return;
    add_heading(p, "When");
    for (size_t s = 0; s < p->m->n_speakers; s++)
        add_plot_row(p, s, (double)p->t->duration_ms / PLOT);
    struct chip_str end = {0};
    chip_number_add_time(&end, (double)p->t->duration_ms / 1000);
    chip_cell_faint(p->out, p->look);
    chip_str_addf(p->out, "%*s0", NAME + 1, "");
    add_right(p, &end, PLOT - 1);
    chip_cell_plain(p->out, p->look);
    chip_str_add(p->out, "\n");
}

/* ---- the table ------------------------------------------------------------------------------- */

static void add_title(const struct page *p, const struct chip_metric_info *info)
{
    static const struct {
        const char *unit, *shown;
    } units[] = {{"s", ", s"},
                 {"share", ", %"},
                 {"/min", " per min"},
                 {"/hour", " per hour"},
                 {"words/min", ", words/min"}};
    struct chip_str title = {0};
    chip_str_add(&title, info->title);
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (strcmp(units[i].unit, info->unit) == 0)
            chip_str_add(&title, units[i].shown);
    chip_cell_left(p->out, title.data ? title.data : "", TITLE);
    p->out->failed = p->out->failed || title.failed;
    chip_str_done(&title);
}

static void add_figure(const struct page *p, const struct chip_metric_info *info,
                       const struct chip_measure *measure)
{
    struct chip_str text = {0};
    if (measure->lack == CHIP_LACK_SCOPE) {
        chip_str_addf(p->out, "%*s", CELL, "");
        return;
    }
    if (measure->lack != CHIP_LACK_NONE) {
        chip_cell_faint(p->out, p->look);
        chip_str_add(&text, p->look->ascii ? "-" : "\u2013");
        add_right(p, &text, CELL);
        chip_cell_plain(p->out, p->look);
        return;
    }
    double off = fmax(measure->high - measure->value, measure->value - measure->low);
    chip_number_add_figure(&text, info->unit, measure->value);
    chip_number_add_doubt(&text, info->unit, p->look->ascii ? " ~" : " \u00B1", measure->value,
                          off);
    add_right(p, &text, CELL);
}

/* The meeting (column 0) and speakers (1 ...) in columns first .. first + n - 1. */
static void add_block(const struct page *p, size_t first, size_t n)
{
    chip_str_addf(p->out, "\n%*s", TITLE, "");
    for (size_t c = first; c < first + n; c++) {
        if (c)
            chip_cell_speaker(p->out, p->look, c - 1);
        chip_str_add(p->out, "  ");
        chip_cell_right(p->out, c ? chip_speaker_shown(p->t, c - 1) : "meeting", CELL - 2);
        chip_cell_plain(p->out, p->look);
    }
    chip_str_add(p->out, "\n");
    for (size_t i = 0; i < p->m->n_metrics; i++) {
        const struct chip_metric_info *info = chip_metric_info(i);
        bool has_figures = first == 0 || (info->scope & CHIP_FOR_SPEAKERS);
        if (!has_figures || p->m->meeting[i].lack == CHIP_LACK_SPEAKERS ||
            (p->m->n_speakers == 0 && info->scope == CHIP_FOR_SPEAKERS))
            continue;
        add_title(p, info);
        for (size_t c = first; c < first + n; c++)
            add_figure(p, info,
                       c ? &p->m->speakers[(c - 1) * p->m->n_metrics + i] : &p->m->meeting[i]);
        chip_str_add(p->out, "\n");
    }
}

static void add_table(const struct page *p)
{
    size_t n_columns = p->m->n_speakers + 1;
    add_heading(p, "How");
    for (size_t first = 0; first < n_columns; first += CELLS)
        add_block(p, first, n_columns - first < CELLS ? n_columns - first : CELLS);
}

/* ---- what to know about it ------------------------------------------------------------------- */

/* Wraps at blanks, with the first line's mark in front. */
static void add_wrapped(const struct page *p, const char *mark, const char *text)
{
    size_t column = strlen(mark);
    chip_str_add(p->out, mark);
    while (*text) {
        size_t n = strcspn(text, " ");
        if (column > strlen(mark) && column + 1 + n > WIDTH) {
            chip_str_addf(p->out, "\n%*s", (int)strlen(mark), "");
            column = strlen(mark);
        }
        if (column > strlen(mark)) {
            chip_str_add(p->out, " ");
            column++;
        }
        chip_str_add_n(p->out, text, n);
        column += n;
        text += n + strspn(text + n, " ");
    }
    chip_str_add(p->out, "\n");
}

/* Says once why figures are missing, with the metrics that it concerns. */
static void add_lack(const struct page *p, enum chip_lack lack, const char *why)
{
    struct chip_str line = {0};
    bool found = false;
    for (size_t i = 0; i < p->m->n_metrics; i++) {
        bool lacks = p->m->meeting[i].lack == lack;
        for (size_t s = 0; s < p->m->n_speakers; s++)
            lacks = lacks || p->m->speakers[s * p->m->n_metrics + i].lack == lack;
        if (!lacks)
            continue;
        chip_str_addf(&line, "%s%s", found ? ", " : "", chip_metric_info(i)->title);
        found = true;
    }
    chip_str_addf(&line, ": %s.", why);
    if (found)
        add_wrapped(p, "- ", line.data ? line.data : "");
    p->out->failed = p->out->failed || line.failed;
    chip_str_done(&line);
}

static void add_notes(const struct page *p)
{
    chip_str_add(p->out, "\n");
    for (size_t i = 0; i < p->m->n_warnings; i++)
        add_wrapped(p, "! ", p->m->warnings[i]);
    if (p->m->n_speakers == 0)
        add_wrapped(p, "- ",
                    "speakers were not told apart, so there is nothing about turns and shares.");
    add_lack(p, CHIP_LACK_ONE_SPEAKER, "only one person speaks");
    add_lack(p, CHIP_LACK_OVERLAP, "needs a model of overlapping speech");
    add_lack(p, CHIP_LACK_WORDS, "there are no words with times");
    add_lack(p, CHIP_LACK_LANGUAGE, "no list of such words for this language");
    add_lack(p, CHIP_LACK_FEW, "too few to say, for some or all");
    chip_cell_faint(p->out, p->look);
    add_wrapped(p, "",
                p->look->ascii ? "~ is how far a figure may be off (95 %), where it shows. "
                                 "docs/METRICS.md defines each."
                               : "\u00B1 is how far a figure may be off (95 %), where it shows. "
                                 "docs/METRICS.md defines each.");
    chip_cell_plain(p->out, p->look);
}

/* Names may hold anything; what is beyond ASCII becomes '?'. */
static void make_ascii(char *text)
{
    char *to = text;
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if ((c & 0xC0) != 0x80)
            *to++ = c < 0x80 ? *text : '?';
    }
    *to = '\0';
}

void chip_metrics_write_text(const struct chip_metrics *m, const struct chip_transcript *t,
                             const struct chip_metrics_look *look, struct chip_str *out)
{
    const struct page p = {m, t, look, out};
    chip_cell_bold(out, look);
    chip_number_add_time(out, (double)t->duration_ms / 1000);
    chip_str_addf(out, "%s, %zu speaker%s, %zu words", t->duration_ms < 59500 ? " s" : "",
                  m->n_speakers, m->n_speakers == 1 ? "" : "s", t->n_words);
    chip_cell_plain(out, look);
    chip_str_add(out, "\n");
    if (m->n_speakers) {
        add_shares(&p);
        add_plot(&p);
    }
    add_table(&p);
    add_notes(&p);
    if (look->ascii && !out->failed) {
        make_ascii(out->data);
        out->len = strlen(out->data);
    }
}
