#include "minutes/analyst/verbs.h"

#include <stdlib.h>
#include <string.h>

/* In order, for bsearch(). */
static const char *const verbs[] = {
    "add",         "adjust",     "agree",    "align",    "allocate",  "analyse",    "analyze",
    "announce",    "answer",     "apply",    "approve",  "archive",   "arrange",    "ask",
    "assemble",    "assign",     "attach",   "attend",   "audit",     "back",       "benchmark",
    "block",       "book",       "bring",    "build",    "buy",       "calculate",  "call",
    "cancel",      "change",     "charge",   "chase",    "check",     "choose",     "circulate",
    "clarify",     "clean",      "clear",    "close",    "collect",   "compare",    "compile",
    "complete",    "configure",  "confirm",  "connect",  "contact",   "coordinate", "copy",
    "correct",     "count",      "cover",    "create",   "cut",       "debug",      "decide",
    "define",      "delete",     "deliver",  "deploy",   "design",    "dig",        "disable",
    "discuss",     "distribute", "document", "double",   "download",  "draft",      "draw",
    "drive",       "drop",       "edit",     "email",    "enable",    "estimate",   "evaluate",
    "examine",     "expand",     "explore",  "extend",   "fetch",     "file",       "fill",
    "finalise",    "finalize",   "find",     "finish",   "fix",       "follow",     "forward",
    "gather",      "get",        "give",     "hand",     "handle",    "hang",       "hire",
    "implement",   "improve",    "inform",   "inspect",  "install",   "interview",  "introduce",
    "investigate", "invite",     "invoice",  "join",     "keep",      "launch",     "lead",
    "list",        "look",       "mail",     "make",     "map",       "measure",    "meet",
    "mention",     "merge",      "message",  "migrate",  "monitor",   "move",       "negotiate",
    "notify",      "obtain",     "offer",    "open",     "order",     "organise",   "organize",
    "outline",     "paint",      "pass",     "pay",      "phone",     "pick",       "ping",
    "plan",        "post",       "prepare",  "present",  "print",     "propose",    "prototype",
    "provide",     "publish",    "pull",     "purchase", "push",      "put",        "raise",
    "read",        "rebuild",    "record",   "recruit",  "redo",      "reduce",     "refund",
    "register",    "release",    "remind",   "remove",   "rename",    "renew",      "rent",
    "repair",      "replace",    "reply",    "report",   "reproduce", "request",    "reschedule",
    "research",    "reserve",    "resolve",  "restore",  "return",    "review",     "revise",
    "rewrite",     "ring",       "roll",     "run",      "scan",      "schedule",   "search",
    "sell",        "send",       "set",      "share",    "ship",      "show",       "sign",
    "sort",        "speak",      "split",    "store",    "submit",    "summarise",  "summarize",
    "switch",      "take",       "talk",     "teach",    "tell",      "test",       "text",
    "tidy",        "track",      "train",    "transfer", "translate", "try",        "turn",
    "update",      "upgrade",    "upload",   "verify",   "visit",     "walk",       "warn",
    "wash",        "work",       "write",
};

static int compare(const void *key, const void *entry)
{
    return strcmp(key, *(const char *const *)entry);
}

bool chip_verb_is(const char *plain)
{
    return bsearch(plain, verbs, sizeof verbs / sizeof *verbs, sizeof *verbs, compare);
}

/* The first n letters and an end, if that is a verb. */
static bool try_with(const char *plain, size_t n, const char *end, char base[CHIP_VERB])
{
    if (n < 2 || n + strlen(end) >= CHIP_VERB)
        return false;
    memcpy(base, plain, n);
    strcpy(base + n, end);
    return chip_verb_is(base);
}

bool chip_verb_base(const char *plain, char base[CHIP_VERB])
{
    static const struct {
        const char *ending, *instead;
    } forms[] = {{"", ""}, {"s", ""}, {"es", ""}, {"ies", "y"}, {"ing", ""}, {"ing", "e"}};
    size_t n = strlen(plain);
    if (strcmp(plain, "does") == 0) {
        strcpy(base, "do");
        return true;
    }
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        size_t end = strlen(forms[i].ending);
        if (n > end && strcmp(plain + n - end, forms[i].ending) == 0 &&
            try_with(plain, n - end, forms[i].instead, base))
            return true;
    }
    /* "running", "getting" */
    return n > 6 && strcmp(plain + n - 3, "ing") == 0 && plain[n - 4] == plain[n - 5] &&
           try_with(plain, n - 4, "", base);
}
