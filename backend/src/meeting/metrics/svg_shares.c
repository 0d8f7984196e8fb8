/* Who spoke how much: a bar for each speaker, with a line for its bounds. */

#include "meeting/metrics/write.h"

#include "meeting/metrics/catalogue.h"
#include "meeting/metrics/number.h"
#include "meeting/metrics/svg.h"
#include "meeting/metrics/warnings.h"

enum { BAR = 22, TEXT_WIDTH = 190 };

static double largest(const struct chip_metrics *m)
{
    double most = 0.01;
    for (size_t s = 0; s < m->n_speakers; s++) {
        double high = m->speakers[s * m->n_metrics + CHIP_METRIC_TALK_SHARE].high;
        most = high > most ? high : most;
    }
    return most;
}

static void add_number(struct chip_str *out, const char *name, double value)
{
    chip_str_addf(out, " %s=\"", name);
    chip_number_add(out, value, 1);
    chip_str_add(out, "\"");
}

static void add_bar(struct chip_str *out, const struct chip_metrics *m, size_t speaker,
                    double per_share)
{
    const struct chip_measure *time = &m->speakers[speaker * m->n_metrics + CHIP_METRIC_TALK_TIME];
    const struct chip_measure *share =
        &m->speakers[speaker * m->n_metrics + CHIP_METRIC_TALK_SHARE];
    int y = CHIP_SVG_TOP + (int)speaker * CHIP_SVG_ROW + (CHIP_SVG_ROW - BAR) / 2;
    double low = CHIP_SVG_LEFT + share->low * per_share;
    double high = CHIP_SVG_LEFT + share->high * per_share;
    chip_str_addf(out, "<rect class=\"s%d\" x=\"%d\" y=\"%d\"", chip_svg_colour(speaker),
                  CHIP_SVG_LEFT, y);
    add_number(out, "width", share->value * per_share);
    chip_str_addf(out, " height=\"%d\"/>\n<path class=\"line\" d=\"M", BAR);
    chip_number_add(out, low, 1);
    chip_str_addf(out, " %dv8m0 -4H", y + BAR / 2 - 4);
    chip_number_add(out, high, 1);
    chip_str_add(out, "m0 -4v8\"/>\n<text");
    add_number(out, "x", high + 10);
    chip_str_addf(out, " y=\"%d\">", y + 16);
    chip_number_add_figure(out, "share", share->value);
    chip_str_add(out, " % <tspan class=\"quiet\">(");
    chip_number_add_figure(out, "share", share->low);
    chip_str_add(out, "\u2013");
    chip_number_add_figure(out, "share", share->high);
    chip_str_add(out, "), ");
    chip_number_add_time(out, time->value);
    chip_str_add(out, time->value < 59.5 ? " s</tspan></text>\n" : "</tspan></text>\n");
}

void chip_metrics_write_svg_shares(const struct chip_metrics *m, const struct chip_transcript *t,
                                   const struct chip_metrics_look *look, struct chip_str *out)
{
    (void)look;
    double per_share = (CHIP_SVG_RIGHT - TEXT_WIDTH - CHIP_SVG_LEFT) / largest(m);
    chip_svg_begin(out, CHIP_SVG_TOP + (int)m->n_speakers * CHIP_SVG_ROW + 16, "Talk shares");
    chip_str_add(out, "Share of all speech, with 95 % bounds.");
    for (size_t s = 0; s < m->n_speakers; s++) {
        chip_str_add(out, " ");
        chip_svg_add_text(out, chip_speaker_shown(t, s));
        chip_str_add(out, ": ");
        chip_number_add_figure(out, "share",
                               m->speakers[s * m->n_metrics + CHIP_METRIC_TALK_SHARE].value);
        chip_str_add(out, " %.");
    }
    chip_str_add(out, "</desc>\n");
    for (size_t s = 0; s < m->n_speakers; s++) {
        chip_svg_add_name(out, t, s, (int)s);
        add_bar(out, m, s, per_share);
    }
    chip_str_add(out, "</svg>\n");
}
