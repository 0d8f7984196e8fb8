#include "minutes/ask/groups.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* Plain words; each line is one thing. Only what holds in any meeting. */
static const char *const groups_of_words[][8] = {
    {"price", "cost", "costs", "pay", "charge", "fee", "expensive"},
    {"buy", "purchase", "order"},
    {"launch", "release", "rollout", "open", "opening", "start"},
    {"begin", "start"},
    {"finish", "finished", "end", "complete", "close"},
    {"late", "delay", "delayed", "postpone", "postponed"},
    {"bug", "error", "defect", "problem", "issue"},
    {"outage", "failure", "incident", "down"},
    {"customer", "client", "member", "user"},
    {"employee", "staff", "colleague"},
    {"hire", "recruit"},
    {"phone", "telephone", "call"},
    {"mail", "email", "message"},
    {"document", "file", "draft"},
    {"increase", "raise", "grow", "rise"},
    {"decrease", "reduce", "lower", "cut"},
    {"money", "budget", "dollar"},
    {"choose", "pick", "select"},
    {"fix", "repair", "solve", "solved"},
    {"check", "review", "verify", "test"},
    {"reason", "cause", "caused"},
    {"lose", "lost", "loss"},
    {"big", "large"},
    {"fast", "quick", "quickly", "soon"},
    {"holiday", "vacation"},
    {"remove", "delete"},
    {"salary", "wage"},
};

static bool holds(const char *const *group, const char *stem)
{
    char other[CHIP_PLAIN_STEM];
    for (size_t i = 0; i < 8 && group[i]; i++) {
        chip_plain_stem(group[i], other);
        if (strcmp(other, stem) == 0)
            return true;
    }
    return false;
}

uint32_t chip_groups_of(const char *stem)
{
    uint32_t groups = 0;
    _Static_assert(sizeof groups_of_words / sizeof *groups_of_words <= 32, "a bit for each");
    for (size_t i = 0; i < sizeof groups_of_words / sizeof *groups_of_words; i++)
        if (holds(groups_of_words[i], stem))
            groups |= UINT32_C(1) << i;
    return groups;
}
