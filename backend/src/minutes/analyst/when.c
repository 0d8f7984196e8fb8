#include "minutes/analyst/when.h"

#include <string.h>

#include "minutes/analyst/when_read.h"

/* Words that lead a date in; with "by" and such it is a deadline. */
static const struct {
    const char *words;
    size_t n;
    bool deadline;
} leads[] = {{"no later than", 3, true}, {"not later than", 3, true},
             {"as of", 2, false},        {"by", 1, true},
             {"until", 1, true},         {"before", 1, true},
             {"on", 1, false},           {"from", 1, false},
             {"at", 1, false},           {"over", 1, false},
             {"starting", 1, false},     {"due", 1, true}};

static size_t read_lead(const struct chip_when_words *w, size_t at, bool *deadline)
{
    for (size_t i = 0; i < sizeof leads / sizeof *leads; i++)
        if (chip_when_says(w, at, leads[i].words) &&
            (strcmp(leads[i].words, "over") != 0 || chip_when_says(w, at + 1, "the"))) {
            *deadline = leads[i].deadline;
            return leads[i].n;
        }
    return 0;
}

/* The reading that takes the most words. */
static struct chip_when_found read(const struct chip_when_words *w, size_t at, bool led)
{
    struct chip_when_found best = {0, CHIP_WHEN_UNKNOWN, false, false};
    if (at >= w->n)
        return best;
    const struct chip_when_found all[] = {chip_when_calendar(w, at), chip_when_weekday(w, at),
                                          chip_when_distance(w, at), chip_when_stretch(w, at),
                                          chip_when_day_of_month(w, at, led)};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (all[i].end > best.end)
            best = all[i];
    return best;
}

/* "Friday afternoon", "Friday at the latest" */
static size_t read_tail(const struct chip_when_words *w, size_t at)
{
    static const char *const tails[] = {"morning", "afternoon", "evening", "night", "noon"};
    for (size_t i = 0; i < sizeof tails / sizeof *tails; i++)
        if (chip_when_says(w, at, tails[i]))
            return 1;
    return chip_when_says(w, at, "at the latest") ? 3 : 0;
}

/* "early next week", "mid June" */
static bool is_vague(const struct chip_when_words *w, size_t at)
{
    return at > 0 && (chip_when_says(w, at - 1, "early") || chip_when_says(w, at - 1, "mid") ||
                      chip_when_says(w, at - 1, "around") || chip_when_says(w, at - 1, "about"));
}

bool chip_when_find(const char *const *words, size_t n, size_t from, int32_t today,
                    struct chip_when *out)
{
    const struct chip_when_words w = {words, n, today};
    for (size_t at = from; at < n; at++) {
        bool deadline = false;
        size_t lead = read_lead(&w, at, &deadline);
        struct chip_when_found found = read(&w, at + lead, lead > 0);
        /* "Can we say the fifteenth?": at the end, where "the second" would be no date. */
        if (!lead && !found.end) {
            found = chip_when_day_of_month(&w, at, true);
            if (found.end != n || found.end < at + 2 || chip_when_says(&w, at + 1, "first") ||
                chip_when_says(&w, at + 1, "second") || chip_when_says(&w, at + 1, "third"))
                found.end = 0;
        }
        if (lead) { /* "by November" is read with its lead */
            struct chip_when_found with = read(&w, at, false);
            if (with.end > found.end)
                found = with;
        }
        if (!found.end)
            continue;
        if (is_vague(&w, at) || is_vague(&w, at + lead))
            found.day = CHIP_WHEN_UNKNOWN;
        found.end += read_tail(&w, found.end);
        *out = (struct chip_when){at, found.end - at, found.day, deadline, found.past, found.exact};
        return true;
    }
    return false;
}
