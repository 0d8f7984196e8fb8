#include "meeting/metrics/svg.h"

#include "meeting/metrics/warnings.h"
#include "meeting/text.h"

enum { MAX_NAME_CHARS = 18, N_COLOURS = 8 };

/* Readable on white and on black, and apart for the colour-blind (after Okabe and Ito 2008). */
static const char style[] =
    "<style>\n"
    "svg { background: #fff; color: #1b1f24; font: 14px system-ui, sans-serif }\n"
    "text { fill: currentColor } .quiet { opacity: .65 } .end { text-anchor: end }\n"
    ".middle { text-anchor: middle } .line { stroke: currentColor; fill: none }\n"
    ".grid { stroke: currentColor; opacity: .15 } .head { font-size: 17px; font-weight: 600 }\n"
    ".s0 { fill: #0072b2 } .s1 { fill: #d55e00 } .s2 { fill: #009e73 } .s3 { fill: #c06a99 }\n"
    ".s4 { fill: #b8860b } .s5 { fill: #3d9bd1 } .s6 { fill: #7a67c7 } .s7 { fill: #7d7d7d }\n"
    "@media (prefers-color-scheme: dark) { svg { background: #14181d; color: #e6e8eb } }\n"
    "</style>\n";

void chip_svg_add_text(struct chip_str *out, const char *text)
{
    struct chip_str clean = {0};
    chip_text_clean(&clean, text);
    for (const char *s = clean.data ? clean.data : ""; *s; s++) {
        switch (*s) {
        case '&':
            chip_str_add(out, "&amp;");
            break;
        case '<':
            chip_str_add(out, "&lt;");
            break;
        case '>':
            chip_str_add(out, "&gt;");
            break;
        case '"':
            chip_str_add(out, "&quot;");
            break;
        default:
            chip_str_add_n(out, s, 1);
        }
    }
    out->failed = out->failed || clean.failed;
    chip_str_done(&clean);
}

void chip_svg_begin(struct chip_str *out, int height, const char *title)
{
    chip_str_addf(out,
                  "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" "
                  "height=\"%d\" role=\"img\" aria-labelledby=\"title desc\">\n",
                  CHIP_SVG_WIDTH, height, CHIP_SVG_WIDTH, height);
    chip_str_add(out, "<title id=\"title\">");
    chip_svg_add_text(out, title);
    chip_str_add(out, "</title>\n");
    chip_str_add(out, style);
    chip_str_add(out, "<text class=\"head\" x=\"24\" y=\"32\">");
    chip_svg_add_text(out, title);
    chip_str_add(out, "</text>\n<desc id=\"desc\">");
}

void chip_svg_add_name(struct chip_str *out, const struct chip_transcript *t, size_t speaker,
                       int row)
{
    const char *name = chip_speaker_shown(t, speaker), *end = name;
    int n = 0;
    for (size_t bytes; n < MAX_NAME_CHARS && (bytes = chip_utf8_len(end)); end += bytes)
        n++;
    struct chip_str cut = {0};
    chip_str_add_n(&cut, name, (size_t)(end - name));
    chip_str_addf(out, "<text class=\"end\" x=\"%d\" y=\"%d\">", CHIP_SVG_LEFT - 12,
                  CHIP_SVG_TOP + row * CHIP_SVG_ROW + 22);
    chip_svg_add_text(out, cut.data ? cut.data : "");
    chip_str_add(out, *end ? "\u2026</text>\n" : "</text>\n");
    out->failed = out->failed || cut.failed;
    chip_str_done(&cut);
}

int chip_svg_colour(size_t speaker)
{
    return (int)(speaker % N_COLOURS);
}
