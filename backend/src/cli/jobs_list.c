#include "cli/jobs_list.h"

#include <stdint.h>
#include <string.h>

#include "cli/term.h"

enum { TITLE_COLUMNS = 30 };

static const char *text_of(const json_t *row, const char *key)
{
    const char *text = json_string_value(json_object_get(row, key));
    return text ? text : "";
}

/* "2026-11-24 12:00:00" out of "2026-11-24T12:00:00.123Z" */
static void add_time(struct chip_str *out, const char *iso)
{
    if (strlen(iso) < 19)
        chip_str_addf(out, "%-19s", "-");
    else
        chip_str_addf(out, "%.10s %.8s", iso, iso + 11);
}

static void add_duration(struct chip_str *out, const json_t *row)
{
    json_int_t ms = json_integer_value(json_object_get(row, "duration_ms"));
    if (ms > 0)
        chip_str_addf(out, "%2lld:%02lld:%02lld", (long long)(ms / 3600000),
                      (long long)(ms / 60000 % 60), (long long)(ms / 1000 % 60));
    else
        chip_str_addf(out, "%8s", "-");
}

void chip_jobs_list_add(struct chip_str *out, const json_t *jobs)
{
    if (!json_array_size(jobs)) {
        chip_str_add(out, "no jobs\n");
        return;
    }
    chip_str_addf(out, "%-36s  %-10s %4s  %8s  %-19s  %s\n", "ID", "STATUS", "%", "LENGTH",
                  "CREATED (UTC)", "TITLE");
    size_t i;
    const json_t *row;
    json_array_foreach(jobs, i, row)
    {
        chip_str_addf(out, "%-36s  %-10s %4.0f  ", text_of(row, "id"), text_of(row, "status"),
                      json_number_value(json_object_get(row, "progress")));
        add_duration(out, row);
        chip_str_add(out, "  ");
        add_time(out, text_of(row, "created_at"));
        chip_str_add(out, "  ");
        chip_term_add(out, text_of(row, "title"), TITLE_COLUMNS);
        chip_str_add(out, "\n");
    }
}

static void add_line(struct chip_str *out, const char *name, const char *text)
{
    if (!*text)
        return;
    chip_str_addf(out, "%-10s ", name);
    chip_term_add(out, text, SIZE_MAX);
    chip_str_add(out, "\n");
}

static void add_error(struct chip_str *out, const json_t *error)
{
    if (!json_is_object(error))
        return;
    chip_str_addf(out, "%-10s ", "error");
    chip_term_add(out, text_of(error, "message"), SIZE_MAX);
    chip_str_addf(out, " (%s, in %s)\n", text_of(error, "code"), text_of(error, "stage"));
}

static void add_deliveries(struct chip_str *out, const json_t *deliveries)
{
    size_t i;
    const json_t *row;
    json_array_foreach(deliveries, i, row)
    {
        chip_str_addf(out, "%-10s %s: %s, %d tries", "callback", text_of(row, "event"),
                      text_of(row, "status"),
                      (int)json_integer_value(json_object_get(row, "attempts")));
        if (*text_of(row, "error")) {
            chip_str_add(out, ", ");
            chip_term_add(out, text_of(row, "error"), SIZE_MAX);
        }
        chip_str_add(out, "\n");
    }
}

void chip_jobs_show_add(struct chip_str *out, const json_t *job, const json_t *deliveries)
{
    add_line(out, "id", text_of(job, "id"));
    add_line(out, "title", text_of(job, "title"));
    chip_str_addf(out, "%-10s %s", "status", text_of(job, "status"));
    if (*text_of(job, "stage"))
        chip_str_addf(out, ", %s", text_of(job, "stage"));
    chip_str_addf(out, ", %.0f %%\n", json_number_value(json_object_get(job, "progress")));
    add_line(out, "user", text_of(job, "user_id"));
    chip_str_addf(out, "%-10s %d of %d\n", "attempts",
                  (int)json_integer_value(json_object_get(job, "attempts")),
                  (int)json_integer_value(json_object_get(job, "max_attempts")));
    add_line(out, "created", text_of(job, "created_at"));
    add_line(out, "started", text_of(job, "started_at"));
    add_line(out, "finished", text_of(job, "finished_at"));
    add_line(out, "worker", text_of(job, "worker"));
    add_error(out, json_object_get(job, "error"));
    size_t i;
    const json_t *warning;
    json_array_foreach(json_object_get(job, "warnings"), i, warning) add_line(
        out, "warning",
        json_is_string(warning) ? json_string_value(warning) : text_of(warning, "message"));
    add_deliveries(out, deliveries);
}
