#include "minutes/analyst/task.h"

#include <string.h>

#include "minutes/analyst/verbs.h"

enum { FRONT = 6 /* words of a task in which its object is */ };

static bool at(const struct chip_reading *r, struct chip_range words, const char *pattern)
{
    return chip_pattern_at(&r->talk, words, pattern, NULL);
}

static bool at_any(const struct chip_reading *r, struct chip_range words,
                   const char *const *patterns, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (at(r, words, patterns[i]))
            return true;
    return false;
}
#define AT_ANY(r, words, patterns) at_any(r, words, patterns, sizeof patterns / sizeof *patterns)

bool chip_task_opens(const struct chip_reading *r, size_t sentence, const char *pattern)
{
    struct chip_range words = r->talk.sentences[sentence].words;
    words.from = chip_pattern_opening(&r->talk, words);
    return at(r, words, pattern);
}

/* "be sending" is "send". */
static bool is_being(const struct chip_reading *r, struct chip_range task)
{
    char base[CHIP_VERB];
    if (task.to - task.from < 2 || !at(r, task, "be"))
        return false;
    const char *next = r->texts[task.from + 1];
    size_t n = strlen(next);
    return n > 4 && strcmp(next + n - 3, "ing") == 0 && chip_verb_base(next, base);
}

struct chip_range chip_task_from(const struct chip_reading *r, size_t sentence, size_t from)
{
    static const char *const leads[] = {
        "also|then|just|personally|still|definitely|certainly|probably|gladly|happily|quickly|"
        "maybe|please|either|now|and|both|all|perhaps|actually|really|simply|kindly|possibly|"
        "again|instead|first|obviously|absolutely",
        "do not forget to",
        "remember|try|need|have|promise|aim to",
        "go ahead and",
        "go and",
        "be sure to",
        "be able to",
        "be happy|glad to",
        "make sure ?that|to i|we|you|to",
        "make sure to",
        "see to it that",
    };
    struct chip_range task = {from, r->talk.sentences[sentence].words.to};
    for (bool more = true; more && task.from + 1 < task.to;) {
        more = is_being(r, task);
        task.from += more;
        for (size_t i = 0; i < sizeof leads / sizeof *leads && !more; i++) {
            size_t end;
            more = chip_pattern_at(&r->talk, task, leads[i], &end) && end < task.to;
            if (more)
                task.from = end;
        }
    }
    return task;
}

struct chip_range chip_task_cut(const struct chip_reading *r, struct chip_range task, bool asked)
{
    static const char *const after_comma[] = {
        "and|but let us|me",
        "but i *",
        "and i will|can tell|let you|them|everybody",
        "and|but we|you|they|he|she|it|there|that",
        "and|but|then the|our|your|my *",
        "because|since|although|though|otherwise|which|right|okay|please|yes|no|maybe|if|as",
        "that would|is|will|way",
        "can|could|will|would|do you",
        "i think|guess|hope|know|mean|suppose",
        "you know|see",
    };
    for (size_t w = task.from + 1; w + 1 < task.to; w++) {
        struct chip_range rest = {w + 1, task.to};
        bool mark = r->talk.tokens[r->talk.words[w].token].mark;
        bool ends = (mark && AT_ANY(r, rest, after_comma)) ||
                    at(r, rest, asked ? "and i will|would|can|could" : "and you will|would|can");
        ends = ends || (asked && mark && at(r, rest, "and|but|then i"));
        if (ends)
            return (struct chip_range){task.from, w + 1};
    }
    if (task.to > task.from + 2 && at(r, (struct chip_range){task.to - 1, task.to},
                                      "then|please|though|right|okay|too|instead"))
        task.to--;
    return task;
}

/* ---- what is none -----------------------------------------------------------------------------
 */

/* Verbs after which nothing is left to do when the meeting is over. */
static const char NO_TASK[] =
    "but|and|or|so|if|because|when|then|as|though|the|a|an|it|that|this|you|we|i|he|she|they|there|"
    "by|until|for|in|on|at|with|from|of|"
    "be|not|never|see|admit|bet|assume|guess|suppose|know|think|agree|live|imagine|hear|"
    "understand|remember|believe|only|no|always|just|need|hope|wonder|mean|want|like|relate|"
    "repeat|hardly|too|say|have|become|feel|miss|enjoy|stay|accept|quote|regret|forget|deserve|"
    "get|happen|seem|depend|hate|love|prefer|notice|recognise|recognize|tolerate|appreciate";

static const char *const still_tasks[] = {
    "have it|him|her|them|that|this|a|an|the|my|our|your *",
    "get it|him|her|them|that|this|these|those|a|an|the|my|our|your|back|in|some|all|more|"
    "hold|rid|quotes|everything|everybody|everyone|you",
    "see if|whether|what|who|how|to",
    "need|want|like to *",
};

/* These too, unless a day is named: "I will start with the price", "I will start on Monday". */
static const char NO_TASK_NOW[] = "tell|start|begin|stop|pass|read|share|explain|thank|show|go|"
                                  "come|wait|take|leave|describe|walk|skip|talk|speak|mention";

static const char *const still_tasks_now[] = {
    "tell|take|show|mention him|her|them|it|that|sales|everyone|everybody|people|care|the|a|"
    "this|these|those",
    "read|share|pass|talk|speak the|a|it|that|them|this|through|with|to|these|those|your",
    "start|stop|begin a|an|the *",
    "tell you ?more as|when|once",
    "take * ?* $",
};

/* How the talk itself goes on. */
static const char *const talk[] = {
    "give you ?a|an|some|one|just|quick|the example|idea|overview|sense|second|moment|minute|"
    "minutes|background|context|update|summary|impression|that",
    "give it|that to you",
    "let you|him|her|them|everybody|everyone ?all go|speak|talk|continue|finish|explain|start|"
    "introduce|answer|get|decide|think|have|off|take",
    "leave it|that at|there|here|open|for",
    "keep it|this|that short|brief|quick|in",
    "keep|make my|this|it ?very short|brief|quick|remarks",
    "hand|pass ?it|you|things over|back|on to",
    "get ?straight|right|back to ?that|this|it|the",
    "get started|going|into that|it|this|the",
    "get what|that|it|you|where $",
    "put it|that this|that|like|another|differently|simply",
    "put my|your hand",
    "come ?back|right to that|it|this|the",
    "move|turn|switch on|to|ahead|over|forward",
    "share my|the screen|slides",
    "share something|one|some|a",
    "turn it over",
    "do my|our|what best|i",
    "ask you|a|one|everybody ?a|one|the|question",
    "ask this|that|again|differently",
    "call it a",
    "summarise|summarize ?it|that|this|quickly|briefly",
    "answer that|this|your|it",
    "run|walk|take you|us|everybody through",
    "pick up",
    "take that|it back",
    "take questions|a step|a stab|a seat|the|your point|question|blame",
    "look forward",
    "cut to|in|you|it",
    "stop you|there|sharing",
    "draw|call|pay your attention",
    "make a|one|this|my point|guess|case",
    "add ?to|just that|one|something",
    "read it|that|this|you ?out",
    "try it|that|this out now",
    "try to|and explain|be|keep|say|describe",
    "work with that|it",
    "offer you *",
    "sell|tell you ?that|this|what|why|how|something|a",
    "show you ?now|the|how|what|that|this|something|a|an|two|some",
};

/* "Draw it on the board": for those who are there. */
static bool is_shown(const struct chip_reading *r, struct chip_range task)
{
    return chip_pattern_find(&r->talk, task, "on the board|whiteboard|screen|flipchart|blackboard",
                             NULL) ||
           chip_pattern_find(&r->talk, task, "in the chat", NULL);
}

bool chip_task_is(const struct chip_reading *r, struct chip_range task)
{
    struct chip_when when;
    if (task.from >= task.to)
        return false;
    bool dated = chip_reading_when(r, task, &when);
    if (!dated && (AT_ANY(r, task, talk) || is_shown(r, task)))
        return false;
    if (at(r, task, NO_TASK))
        return AT_ANY(r, task, still_tasks);
    return !at(r, task, NO_TASK_NOW) || dated || AT_ANY(r, task, still_tasks_now);
}

bool chip_task_is_supposed(const struct chip_reading *r, size_t sentence, size_t begin)
{
    static const char *const cases[] = {
        "?even if|unless|whenever|suppose|supposing|assuming|imagine|provided", "in case",
        "every time"};
    static const char *const manners[] = {"if you ?all|both|would like|want|need|prefer|agree|wish",
                                          "if you do not mind",
                                          "if you ?can give|send|let|get|lend me|us",
                                          "if that|it is|works|helps|suits",
                                          "if there is nothing|no",
                                          "if nobody|everybody|everyone"};
    static const char *const before[] = {
        "if|whether|that|what|how|when|why|where|unless|because $",
        "said|told|says|promised|claimed|thought|wrote ?me|you|him|her|them|us ?that $",
        "always|usually|normally|often|sometimes|typically|generally"};
    struct chip_range words = {r->talk.sentences[sentence].words.from, begin};
    for (size_t i = 0; i < sizeof before / sizeof *before; i++)
        if (chip_pattern_find(&r->talk, words, before[i], NULL))
            return true;
    words.from = chip_pattern_opening(&r->talk, words);
    return AT_ANY(r, words, cases) && !AT_ANY(r, words, manners);
}

/* ---- how much it says -------------------------------------------------------------------------
 */

size_t chip_task_substance(const struct chip_reading *r, struct chip_range task)
{
    struct chip_when when;
    if (task.from >= task.to)
        return 0;
    size_t n = chip_reading_content(r, (struct chip_range){task.from + 1, task.to});
    struct chip_range lasts;
    if (chip_reading_when(r, task, &when))
        n -= chip_reading_content(
            r, (struct chip_range){when.from > task.from ? when.from : task.from + 1,
                                   when.from + when.n});
    if (chip_pattern_find(&r->talk, task, "for half|a|an|one|two|ten ?an hour|minutes|minute|hours",
                          &lasts))
        n -= chip_reading_content(r, lasts);
    if (chip_pattern_find(&r->talk, task,
                          "at one|two|three|four|five|six|seven|eight|nine|ten|"
                          "eleven|twelve|noon|half",
                          &lasts))
        n -= n > 0;
    return n;
}

bool chip_task_is_vague(const struct chip_reading *r, struct chip_range task)
{
    size_t n = chip_task_substance(r, task);
    struct chip_range front = {task.from,
                               task.from + FRONT < task.to ? task.from + FRONT : task.to};
    return n == 0 || (n == 1 && chip_pattern_find(&r->talk, front,
                                                  "it|that|this|them|those|these|one|so", NULL));
}

bool chip_task_reports(const struct chip_reading *r, struct chip_range task)
{
    static const char *const reports[] = {"come|get|report ?right back to|with", "let * know",
                                          "report ?back", "tell|show|send you|him|her|them|it"};
    return AT_ANY(r, task, reports) && chip_task_substance(r, task) <= 1;
}
