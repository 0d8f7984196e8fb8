#include "cli/progress.h"

#include <math.h>
#include <string.h>

#include "cli/term.h"

enum { BAR_MIN = 10, BAR_MAX = 40, NAME_MIN = 8, NAME_MAX = 30 };

void chip_duration_add(struct chip_str *out, int64_t ms)
{
    long long s = (ms > 0 ? ms : 0) / 1000;
    if (s >= 3600)
        chip_str_addf(out, "%lld:%02lld:%02lld", s / 3600, s / 60 % 60, s % 60);
    else
        chip_str_addf(out, "%lld:%02lld", s / 60, s % 60);
}

void chip_speed_add(struct chip_str *out, double speed)
{
    if (isfinite(speed) && speed > 0 && speed < 1e6)
        chip_str_addf(out, speed < 9.95 ? "%.1fx" : "%.0fx", speed);
}

double chip_progress_percent(const struct chip_progress *progress)
{
    int64_t ms = progress->worked_ms > progress->done_ms ? progress->worked_ms : progress->done_ms;
    if (progress->total_ms < 0)
        return -1;
    if (progress->done_ms >= progress->total_ms)
        return 100;
    if (ms <= 0)
        return 0;
    return 100.0 * (double)ms / (double)progress->total_ms;
}

static void add_bar(struct chip_str *out, double percent, size_t columns)
{
    size_t inside = columns - 2, full = (size_t)(percent / 100 * (double)inside);
    chip_str_add(out, "[");
    for (size_t i = 0; i < inside; i++)
        chip_str_add(out, i < full ? "=" : i == full ? ">" : " ");
    chip_str_add(out, "]");
}

/* Text parts that have a fixed width, and whether there is room for them. */
struct part {
    struct chip_str text;
    bool shown;
};

static bool take(struct part *part, size_t *left)
{
    part->shown = part->text.len > 0 && part->text.len + 2 <= *left;
    if (part->shown)
        *left -= part->text.len + 2;
    return part->shown;
}

static void add_part(struct chip_str *out, const struct part *part)
{
    if (part->shown)
        chip_str_addf(out, "  %s", part->text.data);
}

void chip_progress_add_bar(struct chip_str *out, const char *name, int index, int n_files,
                           const struct chip_progress *progress, size_t columns)
{
    double percent = chip_progress_percent(progress);
    struct chip_str done = {0}, count = {0};
    struct part speed = {0}, remaining = {0};
    if (percent >= 0) {
        chip_str_addf(&done, "%3d%%", (int)percent);
    } else {
        chip_duration_add(&done, progress->done_ms);
        chip_str_add(&done, " done");
    }
    if (n_files > 1)
        chip_str_addf(&count, "[%d/%d] ", index, n_files);
    chip_speed_add(&speed.text, progress->speed);
    if (progress->remaining_s >= 0 && isfinite(progress->remaining_s) &&
        progress->remaining_s < 1e7) {
        chip_duration_add(&remaining.text, (int64_t)(ceil(progress->remaining_s) * 1000));
        chip_str_add(&remaining.text, " left");
    }

    if (done.data && done.len <= columns) {
        size_t left = columns - done.len;
        take(&remaining, &left);
        take(&speed, &left);
        if (left >= count.len + NAME_MIN + 1) {
            size_t most = left - count.len - 1;
            /* A wide terminal shows the bar, too, so the name may not take all. */
            if (percent >= 0 && most >= NAME_MIN + BAR_MIN + 1)
                most -= BAR_MIN + 1;
            if (most > NAME_MAX)
                most = NAME_MAX;
            if (count.data)
                chip_str_add(out, count.data);
            left -= count.len + chip_term_add(out, name, most) + 1;
            chip_str_add(out, " ");
        }
        chip_str_add(out, done.data);
        if (percent >= 0 && left >= BAR_MIN + 1) {
            chip_str_add(out, " ");
            add_bar(out, percent, left - 1 < BAR_MAX ? left - 1 : BAR_MAX);
        }
        add_part(out, &speed);
        add_part(out, &remaining);
    }
    chip_str_done(&done);
    chip_str_done(&count);
    chip_str_done(&speed.text);
    chip_str_done(&remaining.text);
}
