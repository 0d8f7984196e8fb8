/* Dates that are counted from the day of the meeting, and stretches of time. */
#include <string.h>

#include "minutes/analyst/calendar.h"
#include "minutes/analyst/numbers.h"
#include "minutes/analyst/when_read.h"

enum { FRIDAY = 4, SUNDAY = 6 };

static const struct chip_when_found nothing = {0, CHIP_WHEN_UNKNOWN, false, false};

static size_t n_words(const char *words)
{
    size_t n = 1;
    for (; *words; words++)
        n += *words == ' ';
    return n;
}

size_t chip_when_count(const struct chip_when_words *w, size_t at, int32_t *count)
{
    struct chip_number number;
    if (chip_when_says(w, at, "a") || chip_when_says(w, at, "an")) {
        *count = 1;
        return 1;
    }
    if (at >= w->n || !chip_number_read(w->words + at, w->n - at, &number) ||
        number.kind != CHIP_NUMBER_CARDINAL || number.value < 1 || number.value > 1000 ||
        number.value != (int32_t)number.value)
        return 0;
    *count = (int32_t)number.value;
    return number.n;
}

/* ---- counted ----------------------------------------------------------------------------------
 */

enum unit { NO_UNIT, HOURS, DAYS, WORKDAYS, WEEKS, FORTNIGHTS, MONTHS, YEARS };

static size_t read_unit(const struct chip_when_words *w, size_t at, enum unit *unit)
{
    static const struct {
        const char *word;
        enum unit unit;
    } known[] = {{"minute", HOURS},        {"minutes", HOURS}, {"hour", HOURS},
                 {"hours", HOURS},         {"day", DAYS},      {"days", DAYS},
                 {"week", WEEKS},          {"weeks", WEEKS},   {"month", MONTHS},
                 {"months", MONTHS},       {"year", YEARS},    {"years", YEARS},
                 {"fortnight", FORTNIGHTS}};
    bool work = chip_when_says(w, at, "working") || chip_when_says(w, at, "business");
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (chip_when_says(w, at + work, known[i].word)) {
            *unit = work && known[i].unit == DAYS ? WORKDAYS : known[i].unit;
            return 1 + work;
        }
    return 0;
}

static int32_t later(int32_t day, int32_t count, enum unit unit)
{
    switch (unit) {
    case NO_UNIT:
    case HOURS:
        return day;
    case DAYS:
        return day + count;
    case WORKDAYS:
        while (count > 0)
            count -= chip_calendar_weekday(++day) <= FRIDAY;
        return day;
    case WEEKS:
        return day + 7 * count;
    case FORTNIGHTS:
        return day + 14 * count;
    case MONTHS:
        return chip_calendar_add_months(day, count);
    case YEARS:
        return chip_calendar_add_months(day, 12 * count);
    }
    return day;
}

/* "in two weeks", "within ten days", "over the next three days" */
static struct chip_when_found read_ahead(const struct chip_when_words *w, size_t at)
{
    static const char *const leads[] = {"in the next", "within the next", "over the next", "in",
                                        "within"};
    for (size_t i = 0; i < sizeof leads / sizeof *leads; i++) {
        if (!chip_when_says(w, at, leads[i]))
            continue;
        int32_t count;
        enum unit unit = NO_UNIT;
        size_t next = at + n_words(leads[i]), n = chip_when_count(w, next, &count);
        size_t u = n ? read_unit(w, next + n, &unit) : 0;
        if (u == 0)
            return nothing;
        size_t end = next + n + u;
        /* "in a day or two", "in two weeks or so": nobody knows. */
        bool vague = chip_when_says(w, end, "or");
        if (chip_when_says(w, end, "from now") || chip_when_says(w, end, "from today"))
            end += 2;
        return (struct chip_when_found){
            end, w->today > 0 && !vague ? later(w->today, count, unit) : CHIP_WHEN_UNKNOWN, false,
            false};
    }
    return nothing;
}

/* "two weeks from Monday", "three days ago" */
static struct chip_when_found read_from(const struct chip_when_words *w, size_t at)
{
    int32_t count;
    enum unit unit = NO_UNIT;
    size_t n = chip_when_count(w, at, &count), u = n ? read_unit(w, at + n, &unit) : 0;
    size_t end = at + n + u;
    if (u == 0)
        return nothing;
    if (chip_when_says(w, end, "ago"))
        return (struct chip_when_found){end + 1,
                                        w->today > 0 && (unit == DAYS || unit == WEEKS)
                                            ? w->today - count * (unit == WEEKS ? 7 : 1)
                                            : CHIP_WHEN_UNKNOWN,
                                        true, false};
    if (!chip_when_says(w, end, "from"))
        return nothing;
    end++;
    struct chip_when_found start = {end + 1, w->today > 0 ? w->today : CHIP_WHEN_UNKNOWN, false,
                                    false};
    if (!chip_when_says(w, end, "now"))
        start = end < w->n ? chip_when_distance(w, end) : nothing;
    if (!start.end && end < w->n)
        start = chip_when_weekday(w, end);
    if (start.end && start.day >= 0)
        start.day = later(start.day, count, unit);
    return start;
}

struct chip_when_found chip_when_distance(const struct chip_when_words *w, size_t at)
{
    static const struct {
        const char *words;
        int32_t days;
    } known[] = {{"the day after tomorrow", 2},
                 {"day after tomorrow", 2},
                 {"the day before yesterday", -2},
                 {"yesterday", -1},
                 {"later today", 0},
                 {"today", 0},
                 {"tonight", 0},
                 {"this morning", 0},
                 {"this afternoon", 0},
                 {"this evening", 0},
                 {"right after this", 0},
                 {"right after the meeting", 0},
                 {"right after the call", 0},
                 {"after the meeting", 0},
                 {"after this meeting", 0},
                 {"after the call", 0},
                 {"after this call", 0},
                 {"as soon as we are done", 0},
                 {"as soon as we are finished", 0},
                 {"as soon as this is over", 0},
                 {"when we are done here", 0},
                 {"right now", 0},
                 {"right away", 0},
                 {"straight away", 0},
                 {"tomorrow", 1}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (chip_when_says(w, at, known[i].words))
            return (struct chip_when_found){at + n_words(known[i].words),
                                            w->today > 0 ? w->today + known[i].days
                                                         : CHIP_WHEN_UNKNOWN,
                                            known[i].days < 0, false};
    struct chip_when_found found = read_ahead(w, at);
    return found.end ? found : read_from(w, at);
}

/* ---- stretches --------------------------------------------------------------------------------
 */

/* Last day of the week, month, ... that is `ahead` of this one. */
static int32_t last_day(int32_t today, const char *unit, int32_t ahead)
{
    struct chip_date d = chip_calendar_date(today);
    int32_t weekday = chip_calendar_weekday(today);
    if (strcmp(unit, "week") == 0)
        return weekday > FRIDAY && ahead == 0 ? CHIP_WHEN_UNKNOWN
                                              : today - weekday + FRIDAY + 7 * ahead;
    if (strcmp(unit, "weekend") == 0)
        return ahead == 0 ? today - weekday + SUNDAY : CHIP_WHEN_UNKNOWN;
    int32_t month = strcmp(unit, "month") == 0     ? d.month + ahead
                    : strcmp(unit, "quarter") == 0 ? (d.month + 2) / 3 * 3 + 3 * ahead
                                                   : 12 + 12 * ahead;
    d.year += (month - 1) / 12;
    month = (month - 1) % 12 + 1;
    return chip_calendar_days(d.year, month, chip_calendar_month_length(d.year, month));
}

static const char *read_stretch_unit(const struct chip_when_words *w, size_t at)
{
    static const char *const units[] = {"week", "month", "quarter", "year", "weekend"};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (chip_when_says(w, at, units[i]))
            return units[i];
    return NULL;
}

/* "week", "the week", "this week", "next week"; after "end of". */
static struct chip_when_found read_stretch(const struct chip_when_words *w, size_t at)
{
    int32_t ahead = chip_when_says(w, at, "next");
    bool past = chip_when_says(w, at, "last");
    if (ahead || past || chip_when_says(w, at, "this") || chip_when_says(w, at, "the"))
        at++;
    const char *unit = read_stretch_unit(w, at);
    if (!unit)
        return nothing;
    int32_t day = w->today > 0 && !past ? last_day(w->today, unit, ahead) : CHIP_WHEN_UNKNOWN;
    return (struct chip_when_found){at + 1, day, past, false};
}

static struct chip_when_found read_month(const struct chip_when_words *w, size_t at)
{
    int32_t month = at < w->n ? chip_calendar_month_named(w->words[at]) : 0;
    if (!month)
        return nothing;
    struct chip_when_found found = {at + 1, CHIP_WHEN_UNKNOWN, false, false};
    if (w->today <= 0)
        return found;
    struct chip_date d = chip_calendar_date(w->today);
    d.year += month < d.month;
    found.day = chip_calendar_days(d.year, month, chip_calendar_month_length(d.year, month));
    return found;
}

/* "the end of ...", "end of day Friday", "the middle of ...", "mid June" */
static struct chip_when_found read_part(const struct chip_when_words *w, size_t at)
{
    if (chip_when_says(w, at, "mid") || chip_when_says(w, at, "early") ||
        chip_when_says(w, at, "late")) {
        struct chip_when_found month = read_month(w, at + 1);
        month.day = CHIP_WHEN_UNKNOWN;
        return month;
    }
    at += chip_when_says(w, at, "the");
    bool end = chip_when_says(w, at, "end of") || chip_when_says(w, at, "close of");
    bool vague = chip_when_says(w, at, "middle of") || chip_when_says(w, at, "beginning of") ||
                 chip_when_says(w, at, "start of");
    if (!end && !vague)
        return nothing;
    at += 2;
    size_t day = at + (chip_when_says(w, at, "the") || chip_when_says(w, at, "this"));
    if (end && (chip_when_says(w, day, "day") || chip_when_says(w, day, "business"))) {
        struct chip_when_found other = day + 1 < w->n ? chip_when_weekday(w, day + 1) : nothing;
        if (!other.end && day + 1 < w->n)
            other = chip_when_distance(w, day + 1);
        return other.end ? other
                         : (struct chip_when_found){
                               day + 1, w->today > 0 ? w->today : CHIP_WHEN_UNKNOWN, false, false};
    }
    struct chip_when_found found = read_stretch(w, at);
    if (!found.end)
        found = read_month(w, at);
    if (vague)
        found.day = CHIP_WHEN_UNKNOWN;
    return found;
}

static struct chip_when_found read_feast(const struct chip_when_words *w, size_t at)
{
    static const struct {
        const char *words;
        int32_t day;
    } known[] = {{"christmas eve", 24}, {"christmas", 25}, {"new year eve", 31}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (!chip_when_says(w, at, known[i].words))
            continue;
        struct chip_when_found found = {at + n_words(known[i].words), CHIP_WHEN_UNKNOWN, false,
                                        false};
        if (w->today > 0) {
            int32_t year = chip_calendar_date(w->today).year;
            found.day = chip_calendar_days(year, 12, known[i].day);
            if (found.day < w->today)
                found.day = chip_calendar_days(year + 1, 12, known[i].day);
        }
        return found;
    }
    return nothing;
}

struct chip_when_found chip_when_stretch(const struct chip_when_words *w, size_t at)
{
    struct chip_when_found found = read_part(w, at);
    if (!found.end)
        found = read_feast(w, at);
    if (found.end)
        return found;
    if (chip_when_says(w, at, "after the weekend"))
        return (struct chip_when_found){
            at + 3,
            w->today > 0 ? w->today - chip_calendar_weekday(w->today) + 7 : CHIP_WHEN_UNKNOWN,
            false, false};
    if (chip_when_says(w, at, "this") || chip_when_says(w, at, "next") ||
        chip_when_says(w, at, "last") || chip_when_says(w, at, "the weekend"))
        return read_stretch(w, at);
    /* "in November" is all of it; by November, some of it. */
    if (chip_when_says(w, at, "in"))
        return read_month(w, at + 1);
    bool by = chip_when_says(w, at, "by") || chip_when_says(w, at, "until") ||
              chip_when_says(w, at, "before");
    found = by ? read_month(w, at + 1) : nothing;
    found.day = CHIP_WHEN_UNKNOWN;
    return found;
}
