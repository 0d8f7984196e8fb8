/* Metrics as JSON: the schema chip.metrics/1 of docs/METRICS.md. */

#include "meeting/metrics/write.h"

#include <inttypes.h>

#include "meeting/json.h"
#include "meeting/metrics/number.h"
#include "meeting/stamp.h"

static void add_member(struct chip_str *out, const char *name, const char *text)
{
    chip_str_addf(out, "\"%s\": ", name);
    chip_json_add_string(out, text);
}

static void add_measure(struct chip_str *out, const char *key, const struct chip_measure *m)
{
    chip_str_addf(out, "\"%s\": {", key);
    if (m->lack == CHIP_LACK_NONE) {
        chip_str_add(out, "\"value\": ");
        chip_number_add(out, m->value, 4);
        chip_str_add(out, ", \"low\": ");
        chip_number_add(out, m->low, 4);
        chip_str_add(out, ", \"high\": ");
        chip_number_add(out, m->high, 4);
    } else {
        add_member(out, "insufficient_evidence", chip_lack_name(m->lack));
    }
    chip_str_addf(out, ", \"evidence\": %" PRId64 "}", m->evidence);
}

/* All metrics that are defined for this scope. */
static void add_measures(struct chip_str *out, const struct chip_measure *measures, size_t n,
                         const char *indent)
{
    bool first = true;
    chip_str_add(out, "{");
    for (size_t i = 0; i < n; i++) {
        if (measures[i].lack == CHIP_LACK_SCOPE)
            continue;
        chip_str_addf(out, "%s\n%s  ", first ? "" : ",", indent);
        add_measure(out, chip_metric_info(i)->key, &measures[i]);
        first = false;
    }
    chip_str_addf(out, "\n%s}", indent);
}

static void add_speakers(struct chip_str *out, const struct chip_metrics *m,
                         const struct chip_transcript *t)
{
    for (size_t s = 0; s < m->n_speakers; s++) {
        chip_str_add(out, s ? ",\n    {" : "\n    {");
        add_member(out, "id", t->speakers[s].label ? t->speakers[s].label : "");
        chip_str_add(out, ", ");
        add_member(out, "name", t->speakers[s].name ? t->speakers[s].name : "");
        chip_str_add(out, ", \"metrics\": ");
        add_measures(out, m->speakers + s * m->n_metrics, m->n_metrics, "    ");
        chip_str_add(out, "}");
    }
    chip_str_add(out, m->n_speakers ? "\n  ]" : "]");
}

static void add_windows(struct chip_str *out, const struct chip_metrics *m)
{
    for (size_t i = 0; i < m->n_windows; i++) {
        const struct chip_metric_window *w = &m->windows[i];
        chip_str_add(out, i ? ",\n    {\"start\": " : "\n    {\"start\": ");
        chip_stamp_add_seconds(out, w->start_ms);
        chip_str_add(out, ", \"end\": ");
        chip_stamp_add_seconds(out, w->end_ms);
        chip_str_add(out, ", \"shares\": [");
        for (size_t s = 0; s < m->n_speakers; s++) {
            chip_str_add(out, s ? ", " : "");
            chip_number_add(out, w->shares[s], 4);
        }
        chip_str_add(out, "]}");
    }
    chip_str_add(out, m->n_windows ? "\n  ]" : "]");
}

static void add_definitions(struct chip_str *out)
{
    const struct chip_metric_info *info;
    for (size_t i = 0; (info = chip_metric_info(i)); i++) {
        chip_str_addf(out, "%s\n    \"%s\": {", i ? "," : "", info->key);
        add_member(out, "title", info->title);
        chip_str_add(out, ", ");
        add_member(out, "unit", info->unit);
        chip_str_add(out, ", ");
        add_member(out, "evidence", info->evidence);
        chip_str_add(out, ",\n      ");
        add_member(out, "definition", info->definition);
        chip_str_add(out, "}");
    }
}

void chip_metrics_write_json(const struct chip_metrics *m, const struct chip_transcript *t,
                             const struct chip_metrics_look *look, struct chip_str *out)
{
    (void)look;
    chip_str_add(out, "{\n  \"schema\": \"chip.metrics/1\",\n  \"duration\": ");
    chip_stamp_add_seconds(out, t->duration_ms);
    chip_str_add(out, ",\n  \"meeting\": ");
    add_measures(out, m->meeting, m->n_metrics, "  ");
    chip_str_add(out, ",\n  \"speakers\": [");
    add_speakers(out, m, t);
    chip_str_add(out, ",\n  \"windows\": [");
    add_windows(out, m);
    chip_str_add(out, ",\n  \"warnings\": [");
    for (size_t i = 0; i < m->n_warnings; i++) {
        chip_str_add(out, i ? ",\n    " : "\n    ");
        chip_json_add_string(out, m->warnings[i]);
    }
    chip_str_add(out, m->n_warnings ? "\n  ],\n  \"definitions\": {" : "],\n  \"definitions\": {");
    add_definitions(out);
    chip_str_add(out, "\n  }\n}\n");
}
