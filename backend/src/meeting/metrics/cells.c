#include "meeting/metrics/cells.h"

#include "meeting/text.h"

/* East Asian characters that take two columns, and emoji; roughly Unicode's UAX #11. */
static int columns_of(uint32_t c)
{
    if (c >= 0x300 && c <= 0x36F)
        return 0; /* combining */
    bool wide = (c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0xA4CF) ||
                (c >= 0xAC00 && c <= 0xD7A3) || (c >= 0xF900 && c <= 0xFAFF) ||
                (c >= 0xFE30 && c <= 0xFE6F) || (c >= 0xFF00 && c <= 0xFF60) ||
                (c >= 0xFFE0 && c <= 0xFFE6) || (c >= 0x1F300 && c <= 0x1FAFF) ||
                (c >= 0x20000 && c <= 0x3FFFD);
    return wide ? 2 : 1;
}

/* How much of a clean text fits. @param used its columns. @return bytes */
static size_t fit(const struct chip_str *text, int width, int *used)
{
    const char *s = text->data, *end = s + text->len;
    *used = 0;
    while (s && s < end) {
        uint32_t c;
        size_t n = chip_text_decode(s, end, &c);
        if (*used + columns_of(c) > width)
            break;
        *used += columns_of(c);
        s += n;
    }
    return s ? (size_t)(s - text->data) : 0;
}

static void add_cell(struct chip_str *out, const char *text, int width, bool right)
{
    struct chip_str clean = {0};
    int used;
    chip_text_clean(&clean, text);
    size_t n = fit(&clean, width, &used);
    chip_str_addf(out, "%*s", right ? width - used : 0, "");
    if (n)
        chip_str_add_n(out, clean.data, n);
    chip_str_addf(out, "%*s", right ? 0 : width - used, "");
    out->failed = out->failed || clean.failed;
    chip_str_done(&clean);
}

void chip_cell_left(struct chip_str *out, const char *text, int width)
{
    add_cell(out, text, width, false);
}

void chip_cell_right(struct chip_str *out, const char *text, int width)
{
    add_cell(out, text, width, true);
}

void chip_cell_bar(struct chip_str *out, const struct chip_metrics_look *look, double share,
                   int width)
{
    static const char *const eighths[] = {"",       "\u258F", "\u258E", "\u258D",
                                          "\u258C", "\u258B", "\u258A", "\u2589"};
    int parts = (int)(share * width * 8 + 0.5), used = parts / 8;
    for (int i = 0; i < used; i++)
        chip_str_add(out, look->ascii ? "#" : "\u2588");
    if (!look->ascii && parts % 8) {
        chip_str_add(out, eighths[parts % 8]);
        used++;
    }
    chip_str_addf(out, "%*s", width - used, "");
}

void chip_cell_level(struct chip_str *out, const struct chip_metrics_look *look, double share)
{
    static const char *const blocks[] = {" ",      "\u2581", "\u2582", "\u2583", "\u2584",
                                         "\u2585", "\u2586", "\u2587", "\u2588"};
    static const char *const ascii[] = {" ", ".", ".", ":", ":", "-", "=", "#", "#"};
    int level = share <= 0 ? 0 : share >= 1 ? 8 : (int)(share * 8) + (share < 1);
    chip_str_add(out, (look->ascii ? ascii : blocks)[level > 8 ? 8 : level]);
}

void chip_cell_speaker(struct chip_str *out, const struct chip_metrics_look *look, size_t speaker)
{
    static const int colours[] = {34, 33, 32, 35, 36, 31};
    if (look->colour)
        chip_str_addf(out, "\033[%dm", colours[speaker % 6]);
}

void chip_cell_bold(struct chip_str *out, const struct chip_metrics_look *look)
{
    chip_str_add(out, look->colour ? "\033[1m" : "");
}

void chip_cell_faint(struct chip_str *out, const struct chip_metrics_look *look)
{
    chip_str_add(out, look->colour ? "\033[2m" : "");
}

void chip_cell_plain(struct chip_str *out, const struct chip_metrics_look *look)
{
    chip_str_add(out, look->colour ? "\033[0m" : "");
}
