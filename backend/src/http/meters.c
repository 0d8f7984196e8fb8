#include "http/meters.h"

#include <math.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char chip_meters_type[] = "text/plain; version=0.0.4; charset=utf-8";

struct chip_series {
    struct chip_series *next;
    struct chip_meter *family;
    char *values[CHIP_MAX_LABELS]; /* owned */
    _Atomic double value;          /* of a histogram: the sum */
    _Atomic uint64_t counts[CHIP_MAX_BUCKETS + 1];
};

struct chip_meter {
    struct chip_meter *next;
    struct chip_meters *meters;
    enum chip_meter_kind kind;
    char *name, *help, *label_text; /* owned */
    const char *labels[CHIP_MAX_LABELS];
    size_t n_labels;
    double buckets[CHIP_MAX_BUCKETS];
    size_t n_buckets;
    struct chip_series *first, *last; /* under meters->lock */
    size_t n_series;
};

struct collector {
    struct collector *next;
    void (*collect)(void *user, struct chip_str *out);
    void *user;
};

struct chip_meters {
    pthread_mutex_t lock;
    struct chip_meter *first, *last;
    struct collector *collectors;
};

enum chip_status chip_meters_new(struct chip_meters **out, struct chip_err *err)
{
    struct chip_meters *meters = calloc(1, sizeof *meters);
    if (!meters)
        return chip_fail(err, CHIP_E_NOMEM, "out of memory");
    pthread_mutex_init(&meters->lock, NULL);
    *out = meters;
    return CHIP_OK;
}

static void free_series(struct chip_series *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < CHIP_MAX_LABELS; i++)
        free(s->values[i]);
    free(s);
}

static void free_family(struct chip_meter *m)
{
    if (!m)
        return;
    for (struct chip_series *s = m->first, *next; s; s = next) {
        next = s->next;
        free_series(s);
    }
    free(m->name);
    free(m->help);
    free(m->label_text);
    free(m);
}

void chip_meters_free(struct chip_meters *meters)
{
    if (!meters)
        return;
    for (struct chip_meter *m = meters->first, *next; m; m = next) {
        next = m->next;
        free_family(m);
    }
    for (struct collector *c = meters->collectors, *next; c; c = next) {
        next = c->next;
        free(c);
    }
    pthread_mutex_destroy(&meters->lock);
    free(meters);
}

/* ---- families and series ---- */

static struct chip_meter *new_family(struct chip_meters *meters, enum chip_meter_kind kind,
                                     const char *name, const char *help, const char *labels,
                                     const double *buckets, size_t n_buckets)
{
    struct chip_meter *m = calloc(1, sizeof *m);
    if (!m)
        return NULL;
    m->meters = meters;
    m->kind = kind;
    m->name = strdup(name);
    m->help = strdup(help);
    m->label_text = strdup(labels);
    if (!m->name || !m->help || !m->label_text || n_buckets > CHIP_MAX_BUCKETS)
        goto fail;
    char *rest = NULL;
    for (char *l = strtok_r(m->label_text, " ", &rest); l; l = strtok_r(NULL, " ", &rest)) {
        if (m->n_labels == CHIP_MAX_LABELS)
            goto fail;
        m->labels[m->n_labels++] = l;
    }
    if (n_buckets)
        memcpy(m->buckets, buckets, n_buckets * sizeof *buckets);
    m->n_buckets = n_buckets;
    return m;
fail:
    free_family(m);
    return NULL;
}

struct chip_meter *chip_meters_family(struct chip_meters *meters, enum chip_meter_kind kind,
                                      const char *name, const char *help, const char *labels,
                                      const double *buckets, size_t n_buckets)
{
    if (!meters)
        return NULL;
    pthread_mutex_lock(&meters->lock);
    struct chip_meter *m = meters->first;
    while (m && strcmp(m->name, name) != 0)
        m = m->next;
    if (!m) {
        m = new_family(meters, kind, name, help, labels, buckets, n_buckets);
        if (m && meters->last)
            meters->last->next = m;
        else if (m)
            meters->first = m;
        if (m)
            meters->last = m;
    }
    pthread_mutex_unlock(&meters->lock);
    return m;
}

static bool has_values(const struct chip_series *s, const char *const *values)
{
    for (size_t i = 0; i < s->family->n_labels; i++)
        if (strcmp(s->values[i], values[i]) != 0)
            return false;
    return true;
}

static struct chip_series *new_series(struct chip_meter *m, const char *const *values)
{
    struct chip_series *s = calloc(1, sizeof *s);
    if (!s)
        return NULL;
    s->family = m;
    for (size_t i = 0; i < m->n_labels; i++) {
        s->values[i] = strdup(values[i]);
        if (!s->values[i]) {
            free_series(s);
            return NULL;
        }
    }
    if (m->last)
        m->last->next = s;
    else
        m->first = s;
    m->last = s;
    m->n_series++;
    return s;
}

static struct chip_series *find_series(struct chip_meter *m, const char *const *values)
{
    struct chip_series *s = m->first;
    while (s && !has_values(s, values))
        s = s->next;
    return s;
}

struct chip_series *chip_meter_series(struct chip_meter *family, ...)
{
    if (!family)
        return NULL;
    const char *values[CHIP_MAX_LABELS];
    static const char *const other[CHIP_MAX_LABELS] = {"other", "other", "other", "other"};
    va_list args;
    va_start(args, family);
    for (size_t i = 0; i < family->n_labels; i++)
        values[i] = va_arg(args, const char *);
    va_end(args);

    pthread_mutex_lock(&family->meters->lock);
    struct chip_series *s = find_series(family, values);
    if (!s && family->n_series < CHIP_MAX_SERIES)
        s = new_series(family, values);
    else if (!s)
        s = find_series(family, other);
    if (!s)
        s = new_series(family, other);
    pthread_mutex_unlock(&family->meters->lock);
    return s;
}

/* ---- counting ---- */

void chip_series_add(struct chip_series *series, double amount)
{
    if (!series)
        return;
    double old = atomic_load_explicit(&series->value, memory_order_relaxed);
    while (!atomic_compare_exchange_weak_explicit(&series->value, &old, old + amount,
                                                  memory_order_relaxed, memory_order_relaxed))
        ;
}

void chip_series_set(struct chip_series *series, double value)
{
    if (series)
        atomic_store_explicit(&series->value, value, memory_order_relaxed);
}

void chip_series_observe(struct chip_series *series, double value)
{
    if (!series)
        return;
    const struct chip_meter *m = series->family;
    size_t i = 0;
    while (i < m->n_buckets && value > m->buckets[i])
        i++;
    atomic_fetch_add_explicit(&series->counts[i], 1, memory_order_relaxed);
    chip_series_add(series, value);
}

/* ---- writing ---- */

enum chip_status chip_meters_collect(struct chip_meters *meters,
                                     void (*collect)(void *user, struct chip_str *out), void *user)
{
    struct collector *c = malloc(sizeof *c);
    if (!c)
        return CHIP_E_NOMEM;
    *c = (struct collector){.collect = collect, .user = user};
    pthread_mutex_lock(&meters->lock);
    struct collector **end = &meters->collectors;
    while (*end)
        end = &(*end)->next;
    *end = c;
    pthread_mutex_unlock(&meters->lock);
    return CHIP_OK;
}

static void add_escaped(struct chip_str *out, const char *text, bool quote)
{
    for (; *text; text++) {
        if (*text == '\\')
            chip_str_add(out, "\\\\");
        else if (*text == '\n')
            chip_str_add(out, "\\n");
        else if (*text == '"' && quote)
            chip_str_add(out, "\\\"");
        else
            chip_str_add_n(out, text, 1);
    }
}

static void add_number(struct chip_str *out, double value)
{
    if (isnan(value))
        chip_str_add(out, "NaN");
    else if (isinf(value))
        chip_str_add(out, value > 0 ? "+Inf" : "-Inf");
    else
        chip_str_addf(out, value == floor(value) && fabs(value) < 1e15 ? "%.0f" : "%.9g", value);
}

static void add_label(struct chip_str *out, bool first, const char *name, const char *value)
{
    chip_str_add(out, first ? "{" : ",");
    chip_str_add(out, name);
    chip_str_add(out, "=\"");
    add_escaped(out, value, true);
    chip_str_add(out, "\"");
}

void chip_meters_head(struct chip_str *out, enum chip_meter_kind kind, const char *name,
                      const char *help)
{
    static const char *const kinds[] = {
        [CHIP_COUNTER] = "counter", [CHIP_GAUGE] = "gauge", [CHIP_HISTOGRAM] = "histogram"};
    chip_str_addf(out, "# HELP %s ", name);
    add_escaped(out, help, false);
    chip_str_addf(out, "\n# TYPE %s %s\n", name, kinds[kind]);
}

void chip_meters_sample(struct chip_str *out, const char *name, double value, ...)
{
    va_list args;
    va_start(args, value);
    chip_str_add(out, name);
    bool first = true;
    const char *label;
    while ((label = va_arg(args, const char *)) != NULL) {
        add_label(out, first, label, va_arg(args, const char *));
        first = false;
    }
    va_end(args);
    chip_str_add(out, first ? " " : "} ");
    add_number(out, value);
    chip_str_add(out, "\n");
}

/** One line: NAME SUFFIX {labels of the series, le} VALUE. */
static void add_line(struct chip_str *out, const struct chip_series *s, const char *suffix,
                     const char *le, double value)
{
    const struct chip_meter *m = s->family;
    chip_str_add(out, m->name);
    chip_str_add(out, suffix);
    for (size_t i = 0; i < m->n_labels; i++)
        add_label(out, i == 0, m->labels[i], s->values[i]);
    if (le)
        add_label(out, m->n_labels == 0, "le", le);
    chip_str_add(out, m->n_labels || le ? "} " : " ");
    add_number(out, value);
    chip_str_add(out, "\n");
}

static void add_series(struct chip_str *out, struct chip_series *s)
{
    const struct chip_meter *m = s->family;
    double value = atomic_load_explicit(&s->value, memory_order_relaxed);
    if (m->kind != CHIP_HISTOGRAM) {
        add_line(out, s, "", NULL, value);
        return;
    }
    uint64_t total = 0;
    for (size_t i = 0; i <= m->n_buckets; i++) {
        char le[32] = "+Inf";
        if (i < m->n_buckets)
            snprintf(le, sizeof le, "%g", m->buckets[i]);
        total += atomic_load_explicit(&s->counts[i], memory_order_relaxed);
        add_line(out, s, "_bucket", le, (double)total);
    }
    add_line(out, s, "_sum", NULL, value);
    add_line(out, s, "_count", NULL, (double)total);
}

enum chip_status chip_meters_write(struct chip_meters *meters, char **out, struct chip_err *err)
{
    struct chip_str text = {0};
    pthread_mutex_lock(&meters->lock);
    for (struct chip_meter *m = meters->first; m; m = m->next) {
        if (m->first)
            chip_meters_head(&text, m->kind, m->name, m->help);
        for (struct chip_series *s = m->first; s; s = s->next)
            add_series(&text, s);
    }
    struct collector *c = meters->collectors;
    pthread_mutex_unlock(&meters->lock);
    for (; c; c = c->next) /* unlocked: it may use the meters itself; none is ever taken out */
        c->collect(c->user, &text);
    return chip_str_finish(&text, out, err);
}
