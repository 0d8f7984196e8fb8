/* Who spoke when: a row for each speaker, a bar for each piece of speech. */

#include "meeting/metrics/write.h"

#include "meeting/metrics/number.h"
#include "meeting/metrics/svg.h"
#include "meeting/metrics/warnings.h"

enum { N_TICKS = 8, BAR = 22 };

static double end_of(const struct chip_transcript *t)
{
    int64_t end_ms = t->duration_ms;
    for (size_t i = 0; i < t->n_turns; i++)
        end_ms = t->turns[i].end_ms > end_ms ? t->turns[i].end_ms : end_ms;
    return end_ms > 0 ? (double)end_ms : 1;
}

static double x_of(double ms, double end_ms)
{
    return CHIP_SVG_LEFT + ms / end_ms * (CHIP_SVG_RIGHT - CHIP_SVG_LEFT);
}

/* A round number of seconds that divides the meeting into about N_TICKS pieces. */
static double tick_seconds(double seconds)
{
    static const int steps[] = {1,   2,   5,    10,   15,   30,    60,    120,  300,
                                600, 900, 1800, 3600, 7200, 14400, 28800, 86400};
    size_t i = 0;
    while (i + 1 < sizeof steps / sizeof steps[0] && seconds / steps[i] > N_TICKS)
        i++;
    double step = steps[i];
    while (seconds / step > N_TICKS)
        step *= 2;
    return step;
}

static void add_axis(struct chip_str *out, double end_ms, int bottom)
{
    double step = tick_seconds(end_ms / 1000);
    for (double s = 0; s * 1000 <= end_ms; s += step) {
        double x = x_of(s * 1000, end_ms);
        chip_str_add(out, "<line class=\"grid\" x1=\"");
        chip_number_add(out, x, 1);
        chip_str_addf(out, "\" y1=\"%d\" x2=\"", CHIP_SVG_TOP);
        chip_number_add(out, x, 1);
        chip_str_addf(out, "\" y2=\"%d\"/>\n<text class=\"quiet middle\" x=\"", bottom);
        chip_number_add(out, x, 1);
        chip_str_addf(out, "\" y=\"%d\">", bottom + 20);
        if (s < 60)
            chip_str_addf(out, "0:%02d", (int)s);
        else
            chip_number_add_time(out, s);
        chip_str_add(out, "</text>\n");
    }
}

static void add_turns(struct chip_str *out, const struct chip_transcript *t, double end_ms)
{
    for (size_t i = 0; i < t->n_turns; i++) {
        const struct chip_turn *turn = &t->turns[i];
        double x = x_of((double)turn->start_ms, end_ms), to = x_of((double)turn->end_ms, end_ms);
        chip_str_addf(out, "<rect class=\"s%d\" x=\"", chip_svg_colour((size_t)turn->speaker));
        chip_number_add(out, x, 2);
        chip_str_addf(out, "\" y=\"%d\" width=\"",
                      CHIP_SVG_TOP + turn->speaker * CHIP_SVG_ROW + (CHIP_SVG_ROW - BAR) / 2);
        chip_number_add(out, to - x > 0.8 ? to - x : 0.8, 2); /* short ones stay visible */
        chip_str_addf(out, "\" height=\"%d\"/>\n", BAR);
    }
}

void chip_metrics_write_svg_timeline(const struct chip_metrics *m, const struct chip_transcript *t,
                                     const struct chip_metrics_look *look, struct chip_str *out)
{
    (void)look;
    double end_ms = end_of(t);
    int bottom = CHIP_SVG_TOP + (int)m->n_speakers * CHIP_SVG_ROW;
    chip_svg_begin(out, bottom + 36, "Who spoke when");
    chip_str_addf(out, "%zu pieces of speech of %zu speakers in ", t->n_turns, m->n_speakers);
    chip_number_add(out, end_ms / 60000, 1);
    chip_str_add(out, " minutes.");
    for (size_t s = 0; s < m->n_speakers; s++) {
        const struct chip_measure *time = &m->speakers[s * m->n_metrics];
        chip_str_add(out, " ");
        chip_svg_add_text(out, chip_speaker_shown(t, s));
        chip_str_add(out, ": ");
        chip_number_add(out, time->value, 0);
        chip_str_add(out, " s.");
    }
    chip_str_add(out, "</desc>\n");
    add_axis(out, end_ms, bottom);
    for (size_t s = 0; s < m->n_speakers; s++)
        chip_svg_add_name(out, t, s, (int)s);
    add_turns(out, t, end_ms);
    chip_str_add(out, "</svg>\n");
}
