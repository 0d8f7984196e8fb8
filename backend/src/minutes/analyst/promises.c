#include "minutes/analyst/promises.h"

/* Verbs after which nothing is left to do when the meeting is over. */
static const char NO_TASK[] =
    "be|not|never|see|admit|bet|assume|guess|suppose|know|think|agree|live|imagine|hear|"
    "understand|remember|believe|only|no|always|just|need|hope|wonder|mean|want|like|relate|"
    "repeat|hardly|too|say|have";

/* These too, unless a day is named: "I will start with the price", "I will start on Monday". */
static const char NO_TASK_NOW[] = "tell|start|begin|stop|pass|read|share|explain|thank|show|go|"
                                  "come|wait|take|leave|describe|walk";

static bool is_task(const struct chip_reading *r, struct chip_range task)
{
    struct chip_when when;
    if (task.from >= task.to)
        return false;
    if (chip_pattern_at(&r->talk, task, NO_TASK, NULL))
        return chip_pattern_at(&r->talk, task, "have it|him|her|them|that|this|a|an|the|my|our *",
                               NULL);
    return !chip_pattern_at(&r->talk, task, NO_TASK_NOW, NULL) ||
           chip_reading_when(r, task, &when) ||
           chip_pattern_at(&r->talk, task,
                           "tell|take|show him|her|them|sales|everyone|everybody|people|care",
                           NULL);
}

/* The words from a place on, without those that only lead to the verb. */
static struct chip_range task_from(const struct chip_reading *r, size_t sentence, size_t from)
{
    static const char leading[] =
        "also|then|just|personally|still|definitely|certainly|probably|"
        "gladly|happily|quickly|maybe|please|either|now|and|go|both|all|perhaps";
    struct chip_range task = {from, r->talk.sentences[sentence].words.to};
    size_t end;
    while (task.from + 1 < task.to && chip_pattern_at(&r->talk, task, leading, &end))
        task.from = end;
    return task;
}

static bool is_condition(const struct chip_reading *r, size_t sentence, size_t before)
{
    struct chip_range words = {r->talk.sentences[sentence].words.from, before};
    return chip_pattern_find(&r->talk, words, "if|whether|that|what|how|when|why|where|unless $",
                             NULL);
}

/* ---- promises ---------------------------------------------------------------------------------
 */

struct cue {
    const char *pattern;
    float weight;
    bool needs_ground;
};

static const struct cue promises[] = {
    {"i will", 0.8f, false},
    {"i am going to", 0.75f, false},
    {"i promise to", 0.8f, false},
    {"i am happy|glad to", 0.7f, false},
    {"i would be happy|glad to", 0.7f, false},
    {"i shall", 0.7f, false},
    {"i can", 0.5f, true},
    {"i could", 0.45f, true},
    {"i ?still have|need to", 0.45f, true},
    {"i must|should", 0.45f, true},
    {"i plan|intend|want to", 0.4f, true},
};

static const char LET_ME[] =
    "let me check|find|ask|look|send|talk|write|get|follow|call|confirm|verify|prepare|draft|"
    "take|set|dig|speak|come|investigate|try|test|book|add|fix";

/* "You will have a draft by Thursday." */
static bool find_delivery(const struct chip_reading *r, size_t sentence, struct chip_promise *out)
{
    struct chip_range words = r->talk.sentences[sentence].words, found;
    struct chip_when when;
    if (!chip_pattern_find(&r->talk, words, "you will have|get|see|receive", &found) ||
        !chip_reading_when(r, words, &when))
        return false;
    *out = (struct chip_promise){{found.from, words.to}, 0.7f, false};
    return true;
}

bool chip_promise_find(const struct chip_reading *r, size_t sentence, struct chip_promise *out)
{
    const struct chip_sentence *s = &r->talk.sentences[sentence];
    struct chip_range found;
    bool any = false;
    if (s->asks)
        return false;
    for (size_t i = 0; i < sizeof promises / sizeof *promises; i++) {
        if (any && out->weight >= promises[i].weight)
            continue;
        if (!chip_pattern_find(&r->talk, s->words, promises[i].pattern, &found) ||
            is_condition(r, sentence, found.from))
            continue;
        struct chip_range task = task_from(r, sentence, found.to);
        if (!is_task(r, task))
            continue;
        *out = (struct chip_promise){task, promises[i].weight, promises[i].needs_ground};
        any = true;
    }
    if (!any && chip_pattern_find(&r->talk, s->words, LET_ME, &found)) {
        *out = (struct chip_promise){{found.to - 1, s->words.to}, 0.65f, false};
        any = true;
    }
    return any || find_delivery(r, sentence, out);
}

/* ---- requests ---------------------------------------------------------------------------------
 */

static const struct cue requests[] = {
    {"can|could|will|would you ?please|maybe|also|then|just", 0.6f, false},
    {"please", 0.6f, false},
    {"i need|want you to", 0.65f, false},
    {"i would like|love you to", 0.6f, false},
    {"why do not you", 0.55f, true},
    {"do|would you mind", 0.55f, false},
    {"make sure", 0.5f, true},
    {"you ?still need|have to", 0.45f, true},
    {"you should|must", 0.4f, true},
    {"can i ask you to", 0.6f, false},
    {"may i ask you to", 0.6f, false},
};
static const struct cue offers[] = {{"shall|should i", 0.5f, true},
                                    {"do you want me to", 0.55f, true},
                                    {"would you like me to", 0.55f, true},
                                    {"can i", 0.4f, true}};

/* What is asked for in the meeting, and over with the answer. */
static bool is_for_now(const struct chip_reading *r, struct chip_range task)
{
    static const char now[] =
        "see|hear|explain|walk|say|believe|imagine|remember|live|repeat|describe|think|be|not|go|"
        "wait|come|like|do|agree|guess|understand|elaborate|start|begin|hold|bear|excuse|forgive|"
        "know|feel|have|stop|mean|mute|unmute|speak|sit|no|yes|only";
    static const char me[] = "tell|show|give|remind|share|take me|us|your";
    struct chip_when when;
    if (task.from >= task.to)
        return true;
    return (chip_pattern_at(&r->talk, task, now, NULL) ||
            chip_pattern_at(&r->talk, task, me, NULL)) &&
           !chip_reading_when(r, task, &when);
}

/* "Send it to me", "Tom, find the two students" */
static bool find_imperative(const struct chip_reading *r, size_t sentence, size_t called,
                            struct chip_asking *out)
{
    static const char verbs[] =
        "send|write|check|find|ask|call|prepare|book|schedule|draft|review|finish|fix|add|update|"
        "order|pay|sign|keep|collect|organise|organize|test|contact|email|mail|forward|remind|"
        "arrange|invite|give|bring|print|clean|upload|download|install|document";
    struct chip_range words = r->talk.sentences[sentence].words;
    words.from = called == SIZE_MAX ? chip_pattern_opening(&r->talk, words) : called + 1;
    if (r->talk.sentences[sentence].asks || words.to - words.from < 2 ||
        !(chip_pattern_at(&r->talk, words, verbs, NULL) ||
          chip_pattern_at(&r->talk, words, "let me|us|him|her|them know", NULL)))
        return false;
    *out = (struct chip_asking){words, called == SIZE_MAX ? 0.45f : 0.6f, called == SIZE_MAX,
                                called, false};
    return true;
}

static bool find_cue(const struct chip_reading *r, size_t sentence, const struct cue *cues,
                     size_t n, struct chip_asking *out)
{
    for (size_t i = 0; i < n; i++) {
        struct chip_range found;
        if (!chip_pattern_find(&r->talk, r->talk.sentences[sentence].words, cues[i].pattern,
                               &found))
            continue;
        struct chip_range task = task_from(r, sentence, found.to);
        if (is_for_now(r, task))
            continue;
        *out = (struct chip_asking){task, cues[i].weight, cues[i].needs_ground, SIZE_MAX, false};
        return true;
    }
    return false;
}

bool chip_request_find(const struct chip_reading *r, size_t sentence, struct chip_asking *out)
{
    const struct chip_sentence *s = &r->talk.sentences[sentence];
    size_t called = chip_names_called(&r->names, s->words);
    /* "Alan." | "Can you ...": the recogniser put a full stop after the name. */
    if (called == SIZE_MAX && sentence > 0 && s[-1].turn == s->turn &&
        s[-1].words.to - s[-1].words.from <= 3)
        called = chip_names_called(&r->names, s[-1].words);
    bool found = find_cue(r, sentence, requests, sizeof requests / sizeof *requests, out);
    bool offer =
        !found && s->asks && find_cue(r, sentence, offers, sizeof offers / sizeof *offers, out);
    if (!found && !offer)
        return find_imperative(r, sentence, called, out);
    out->called = called;
    out->is_offer = offer;
    return true;
}

/* ---- about others -----------------------------------------------------------------------------
 */

bool chip_assignment_find(const struct chip_reading *r, size_t sentence,
                          struct chip_assignment *out)
{
    static const char modal[] = "* will|should|must";
    static const char *const longer[] = {"* needs|has to", "* is going to", "* is to"};
    const struct chip_sentence *s = &r->talk.sentences[sentence];
    for (size_t w = s->words.from; w < s->words.to && !s->asks; w++) {
        bool somebody =
            chip_pattern_at(&r->talk, (struct chip_range){w, w + 1}, "somebody|someone", NULL);
        if (!somebody && !chip_names_has(&r->names, r->texts[w]))
            continue;
        struct chip_range rest = {w, s->words.to};
        size_t end;
        bool found = chip_pattern_at(&r->talk, rest, modal, &end);
        for (size_t i = 0; i < sizeof longer / sizeof *longer && !found; i++)
            found = chip_pattern_at(&r->talk, rest, longer[i], &end);
        if (!found)
            continue;
        struct chip_range task = task_from(r, sentence, end);
        if (!is_task(r, task))
            continue;
        *out = (struct chip_assignment){task, somebody ? SIZE_MAX : w, somebody ? 0.45f : 0.6f};
        return true;
    }
    return false;
}

/* ---- answers ----------------------------------------------------------------------------------
 */

enum chip_reply chip_reply_of(const struct chip_reading *r, size_t sentence)
{
    static const char *const no[] = {"no|nope|never|sorry|unfortunately",
                                     "not ?really|yet|now|today|me",
                                     "i can not",
                                     "i do not think",
                                     "i would rather not",
                                     "i am not sure|able",
                                     "i am afraid",
                                     "please no|not",
                                     "that is not",
                                     "that will not",
                                     "i disagree",
                                     "absolutely|definitely not"};
    static const char *const yes[] = {
        "yes|sure|okay|certainly|absolutely|definitely|gladly|agreed|agree|deal|exactly|fine|"
        "perfect|great|good|right|understood|done|lovely|wonderful|excellent",
        "of course",
        "no problem",
        "will do",
        "can do",
        "all right",
        "i will",
        "i can",
        "happy to",
        "i am happy|on|fine",
        "got it",
        "that works|sounds|is|would|makes",
        "works|sounds * ?me",
        "fair enough|point",
        "you will have",
        "i like|agree",
        "makes sense",
        "let us do",
        "let me",
        "with pleasure",
        "it can",
        "there is",
        "consider it",
        "my pleasure",
        "* * ?* ?* is fine|okay|good",
        "why not",
        "me too",
        "same here"};
    struct chip_range words = r->talk.sentences[sentence].words;
    static const char fillers[] = "well|oh|hm|um|uh|ah|honestly";
    size_t end;
    while (words.from < words.to && chip_pattern_at(&r->talk, words, fillers, &end))
        words.from = end;
    if (chip_pattern_at(&r->talk, words, "no problem|worries", NULL))
        return CHIP_REPLY_YES;
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        if (chip_pattern_at(&r->talk, words, no[i], NULL))
            return CHIP_REPLY_NO;
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
        if (chip_pattern_at(&r->talk, words, yes[i], NULL))
            return CHIP_REPLY_YES;
    return CHIP_REPLY_NONE;
}
