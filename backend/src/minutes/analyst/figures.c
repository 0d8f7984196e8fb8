#include "minutes/analyst/figures.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "minutes/analyst/numbers.h"
#include "minutes/evidence.h"

enum kind { MONEY, PERCENT, NUMBER, DATE, DURATION, N_KINDS };
enum { LEAST_COUNT = 10, VALUE = 48 };

static const char *const kind_names[] = {"money", "percent", "number", "date", "duration"};

struct figure {
    enum kind kind;
    char value[VALUE];
    size_t sentence;
    bool kept;
};

/* What a unit adds to the value. */
static const char *unit_of(const char *word, enum kind *kind)
{
    static const struct {
        const char *words[3], *shown;
        enum kind kind;
    } units[] = {{{"dollar", "dollars", "bucks"}, "$", MONEY},
                 {{"euro", "euros", ""}, "EUR", MONEY},
                 {{"pound", "pounds", ""}, "GBP", MONEY},
                 {{"franc", "francs", ""}, "francs", MONEY},
                 {{"cent", "cents", ""}, "cents", MONEY},
                 {{"percent", "", ""}, "%", PERCENT},
                 {{"second", "seconds", ""}, "s", DURATION},
                 {{"minute", "minutes", ""}, "minutes", DURATION},
                 {{"hour", "hours", ""}, "hours", DURATION},
                 {{"day", "days", ""}, "days", DURATION},
                 {{"week", "weeks", ""}, "weeks", DURATION},
                 {{"month", "months", ""}, "months", DURATION},
                 {{"year", "years", ""}, "years", DURATION}};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        for (size_t k = 0; k < 3; k++)
            if (*units[i].words[k] && strcmp(units[i].words[k], word) == 0) {
                *kind = units[i].kind;
                return units[i].shown;
            }
    return NULL;
}

/* 14000 -> "14,000"; at most two decimals */
static void show(double value, char out[VALUE])
{
    char digits[VALUE];
    bool whole = value == floor(value);
    snprintf(digits, sizeof digits, whole ? "%.0f" : "%.2f", value);
    size_t n = strcspn(digits, "."), at = 0;
    for (size_t i = 0; i < n && at + 8 < VALUE; i++) {
        if (i && (n - i) % 3 == 0)
            out[at++] = ',';
        out[at++] = digits[i];
    }
    snprintf(out + at, VALUE - at, "%s", digits + n);
}

static void describe(struct figure *f, double value, const char *unit)
{
    char number[VALUE];
    show(value, number);
    if (f->kind == PERCENT)
        snprintf(f->value, VALUE, "%s%%", number);
    else if (strcmp(unit, "$") == 0)
        snprintf(f->value, VALUE, "$%s", number);
    else if (*unit) /* "1 year" */
        snprintf(f->value, VALUE, "%s %.*s", number,
                 (int)strlen(unit) - (value == 1 && f->kind == DURATION && unit[1]), unit);
    else
        snprintf(f->value, VALUE, "%s", number);
}

/* @return words it takes; 0: it is none */
static size_t read_figure(const struct chip_reading *r, size_t at, size_t to, struct figure *f)
{
    struct chip_number number;
    if (!chip_number_read(r->texts + at, to - at, &number))
        return 0;
    size_t end = at + number.n;
    const char *unit = end < to ? unit_of(r->texts[end], &f->kind) : NULL;
    if (!unit && end + 1 < to && strcmp(r->texts[end], "per") == 0 &&
        strcmp(r->texts[end + 1], "cent") == 0) {
        f->kind = PERCENT;
        unit = "%";
        end++;
    }
    if (number.kind == CHIP_NUMBER_MONEY || number.kind == CHIP_NUMBER_PERCENT) {
        f->kind = number.kind == CHIP_NUMBER_MONEY ? MONEY : PERCENT;
        describe(f, number.value, number.kind == CHIP_NUMBER_MONEY ? "$" : "%");
        return number.n;
    }
    if (number.kind == CHIP_NUMBER_ORDINAL)
        return 0;
    if (unit) {
        describe(f, number.value, unit);
        return end + 1 - at;
    }
    /* "At two fourteen" is a time of day: a count stands before what it counts. */
    if (number.value < LEAST_COUNT || end >= to || r->talk.words[end].stem < 0)
        return 0;
    f->kind = NUMBER;
    describe(f, number.value, "");
    return number.n;
}

static bool is_known(const struct figure *all, size_t n, const struct figure *f)
{
    for (size_t i = 0; i < n; i++)
        if (all[i].kind == f->kind && strcmp(all[i].value, f->value) == 0)
            return true;
    return false;
}

static size_t find_in(const struct chip_reading *r, size_t sentence, struct figure *all, size_t n)
{
    struct chip_range words = r->talk.sentences[sentence].words;
    struct chip_when when;
    size_t date = words.from;
    bool has_date = chip_when_find(r->texts, words.to, date, r->today, &when);
    for (size_t at = words.from; at < words.to;) {
        while (has_date && when.from + when.n <= at)
            has_date = chip_when_find(r->texts, words.to, when.from + when.n, r->today, &when);
        struct figure f = {.sentence = sentence};
        size_t used = 0;
        if (has_date && when.from <= at) {
            used = when.from + when.n - at;
            if (when.exact && when.day >= 0) {
                f.kind = DATE;
                chip_date_format(when.day, f.value);
            }
        } else {
            used = read_figure(r, at, words.to, &f);
        }
        if (f.value[0] && !is_known(all, n, &f))
            all[n++] = f;
        at += used ? used : 1;
    }
    return n;
}

/* ---- which are shown --------------------------------------------------------------------------
 */

static void choose(struct figure *all, size_t n, size_t max)
{
    for (int kind = 0; kind < N_KINDS; kind++)
        for (size_t i = 0; i < n && max > 0; i++)
            if ((int)all[i].kind == kind) {
                all[i].kept = true;
                max--;
            }
}

static json_t *figure_json(const struct chip_reading *r, const struct figure *f)
{
    const struct chip_sentence *s = &r->talk.sentences[f->sentence];
    struct chip_range words = {chip_pattern_opening(&r->talk, s->words), s->words.to};
    char *text = chip_reading_text(r, words.from < words.to ? words : s->words);
    json_t *evidence = json_array();
    json_t *json = NULL;
    if (text && evidence && chip_evidence_add(evidence, &r->talk, s->tokens))
        json = json_pack("{s:s, s:s, s:s, s:O}", "text", text, "value", f->value, "kind",
                         kind_names[f->kind], "evidence", evidence);
    json_decref(evidence);
    free(text);
    return json;
}

json_t *chip_figures_json(const struct chip_reading *r, size_t max)
{
    struct figure *all = calloc(r->talk.n_words + 1, sizeof *all);
    json_t *list = all ? json_array() : NULL;
    size_t n = 0;
    for (size_t i = 0; i < r->talk.n_sentences && list; i++)
        n = find_in(r, i, all, n);
    if (list)
        choose(all, n, max);
    for (size_t i = 0; i < n && list; i++) {
        if (!all[i].kept)
            continue;
        json_t *json = figure_json(r, &all[i]);
        if (!json || json_array_append_new(list, json) != 0) {
            json_decref(list);
            list = NULL;
        }
    }
    free(all);
    return list;
}
