/* Sentences in which somebody wants something done. */
#include <string.h>

#include "minutes/analyst/promises.h"
#include "minutes/analyst/task.h"
#include "minutes/analyst/verbs.h"

struct cue {
    const char *pattern;
    float weight;
    enum chip_ground ground;
};

static const struct cue requests[] = {
    {"can|could|will|would you ?please|maybe|also|then|just|perhaps|possibly", 0.6f,
     CHIP_GROUND_NONE},
    {"can|could|will|would ?the both|all|two|three of you ?please", 0.55f, CHIP_GROUND_SOME},
    {"would|will you be able|willing|happy|okay to", 0.6f, CHIP_GROUND_NONE},
    {"are you able|willing|happy|okay to", 0.55f, CHIP_GROUND_SOME},
    {"please", 0.6f, CHIP_GROUND_NONE},
    {"i|we need|want you to", 0.65f, CHIP_GROUND_NONE},
    {"i|we would like|love you to", 0.6f, CHIP_GROUND_NONE},
    {"why do not you", 0.55f, CHIP_GROUND_SOME},
    {"do|would you mind", 0.55f, CHIP_GROUND_NONE},
    {"make sure", 0.5f, CHIP_GROUND_SOME},
    {"can|could|may i|we ask|trouble|get you to", 0.6f, CHIP_GROUND_NONE},
    {"is|would it ?be possible for you to", 0.6f, CHIP_GROUND_NONE},
    {"i was|am hoping you could|would|can", 0.6f, CHIP_GROUND_NONE},
    {"great|good|nice|helpful|lovely|wonderful|it|fantastic|perfect if you could|would|can", 0.6f,
     CHIP_GROUND_NONE},
    {"^if you could|would", 0.5f, CHIP_GROUND_SOME},
    {"your job|task|homework is to", 0.6f, CHIP_GROUND_NONE},
    {"you will|shall", 0.4f, CHIP_GROUND_PROMISE},
    {"you are going to", 0.45f, CHIP_GROUND_PROMISE},
    {"you ?still|also need|have to", 0.45f, CHIP_GROUND_PROMISE},
    {"you ?really|also|probably should|must", 0.4f, CHIP_GROUND_PROMISE},
    {"you should|must ?really|also|probably", 0.4f, CHIP_GROUND_PROMISE},
    {"^do not forget to", 0.5f, CHIP_GROUND_SOME},
    {"^remember to", 0.5f, CHIP_GROUND_SOME},
};
static const struct cue offers[] = {{"^shall|should i", 0.5f, CHIP_GROUND_SOME},
                                    {"^do you want me to", 0.55f, CHIP_GROUND_SOME},
                                    {"^want me to", 0.55f, CHIP_GROUND_SOME},
                                    {"^would you like me to", 0.55f, CHIP_GROUND_SOME},
                                    {"^can i", 0.4f, CHIP_GROUND_SOME}};

/* Asked of nobody in particular: who answers "I can" does it. */
static const struct cue open_ones[] = {
    {"can|could|will|would somebody|someone|anybody|anyone ?please|maybe|also|else", 0.5f,
     CHIP_GROUND_PROMISE},
    {"can|could|will|would one of you|us ?please", 0.5f, CHIP_GROUND_PROMISE},
    {"^who can|could|will|would|should ?please|maybe|like|want|love ?to", 0.5f,
     CHIP_GROUND_PROMISE},
    {"^who wants|likes to", 0.5f, CHIP_GROUND_PROMISE},
    {"^who is going|willing|able|happy to", 0.5f, CHIP_GROUND_PROMISE},
    {"any volunteers|volunteer to|for", 0.5f, CHIP_GROUND_PROMISE},
    {"does somebody|someone|anybody|anyone want|mind to", 0.5f, CHIP_GROUND_PROMISE},
    {"somebody|someone ?really should|must|needs|has ?to", 0.45f, CHIP_GROUND_NONE},
    {"i|we ?still|also|really need somebody|someone to|who", 0.45f, CHIP_GROUND_PROMISE},
};

/* What is asked for in the meeting, and over with the answer. */
static bool is_for_now(const struct chip_reading *r, struct chip_range task)
{
    static const char now[] =
        "see|hear|explain|walk|say|believe|imagine|remember|live|repeat|describe|think|be|not|go|"
        "wait|come|like|do|agree|guess|understand|elaborate|start|begin|hold|bear|excuse|forgive|"
        "mind|know|feel|have|stop|mean|mute|unmute|speak|sit|no|yes|only|never|want|need|"
        "tell|talk|expand|summarise|summarize|recap|rephrase|name|get|notice|learn|lose|pay|"
        "accept|sense|picture|manage|help";
    static const char *const later[] = {
        "have it|him|her|them|that|this|a|an|the|my|our * ?*",
        "do|get|pay|manage it|that|this|the|a|an|some|these|those|them|my|our|your",
        "be on|there|available|ready|at",
        "help|learn me|us|him|her|them|with|to",
        "tell|talk|speak|explain ?it|that|this ?to him|her|them|sales|everyone|everybody|people",
        "tell|talk to|with the|your|our|his|her",
        "tell the|your|our",
        "go to|through|over the|this|that|it|them|your|my|our",
        "come|go back|and|by * *",
        "get|come back to me|us",
    };
    static const char me[] = "show|give|remind|share|take|help me|us|your";
    static const char *const given[] = {"give|show|share me|us the|a|your|it|that|them|two|all|an"};
    struct chip_when when;
    if (task.from >= task.to)
        return true;
    if (chip_reading_when(r, task, &when))
        return chip_pattern_at(&r->talk, task, "not|never|no|be|see|hear|wait|hold|bear", NULL);
    for (size_t i = 0; i < sizeof later / sizeof *later; i++)
        if (chip_pattern_at(&r->talk, task, later[i], NULL))
            return false;
    for (size_t i = 0; i < sizeof given / sizeof *given; i++)
        if (chip_pattern_at(&r->talk, task, given[i], NULL))
            return chip_task_substance(r, task) < 2 || !chip_task_is(r, task);
    return chip_pattern_at(&r->talk, task, now, NULL) || chip_pattern_at(&r->talk, task, me, NULL);
}

/* Is it a doing at all? "Yes, please", "more water, please" are not. */
static bool is_doing(const struct chip_reading *r, struct chip_range task)
{
    char base[CHIP_VERB];
    return chip_verb_base(r->texts[task.from], base) ||
           chip_pattern_at(&r->talk, task, "let|do|have|make|go|come|be|help|use|leave|stick",
                           NULL);
}

/* "Send it to me", "Tom, find the two students" */
static bool find_imperative(const struct chip_reading *r, size_t sentence, size_t called,
                            struct chip_asking *out)
{
    static const char objects[] =
        "the|a|an|my|our|your|his|her|their|me|us|him|it|them|that|this|these|those|all|both|any|"
        "some|everyone|everybody|people|to|with|for|up|out|in|on|over|through|about|down|off|back|"
        "every|each|two|three|one|another|more";
    struct chip_range words = r->talk.sentences[sentence].words;
    words.from = called == SIZE_MAX ? chip_pattern_opening(&r->talk, words) : called + 1;
    words = chip_task_from(r, sentence, words.from);
    if (r->talk.sentences[sentence].asks || words.to - words.from < 2)
        return false;
    bool verb =
        chip_verb_is(r->texts[words.from]) &&
        (called != SIZE_MAX ||
         chip_pattern_at(&r->talk, (struct chip_range){words.from + 1, words.to}, objects, NULL));
    /* "Then make it Portland" decides. */
    bool settles = chip_pattern_at(&r->talk, words, "make it|that", NULL) && called == SIZE_MAX;
    if (!(verb && !settles && chip_task_is(r, words) && !is_for_now(r, words)) &&
        !chip_pattern_at(&r->talk, words, "let * ?* know", NULL))
        return false;
    *out = (struct chip_asking){words, called == SIZE_MAX ? 0.45f : 0.6f,
                                called == SIZE_MAX ? CHIP_GROUND_SOME : CHIP_GROUND_NONE, called,
                                CHIP_ASKED_YOU};
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
        struct chip_range task = chip_task_from(r, sentence, found.to);
        /* "You will see", "you will have it on Friday": what comes to them. */
        if (strncmp(cues[i].pattern, "you ", 4) == 0 &&
            chip_pattern_at(&r->talk, task, "have|get|see|receive|hear|find|notice|want|love|need",
                            NULL))
            continue;
        if (is_for_now(r, task) || (strcmp(cues[i].pattern, "please") == 0 && !is_doing(r, task)))
            continue;
        *out = (struct chip_asking){task, cues[i].weight, cues[i].ground, SIZE_MAX, CHIP_ASKED_YOU};
        return true;
    }
    return false;
}
#define FIND_CUE(r, sentence, cues, out) \
    find_cue(r, sentence, cues, sizeof cues / sizeof *cues, out)

/* "Who reviews it?" */
static bool find_who(const struct chip_reading *r, size_t sentence, struct chip_asking *out)
{
    struct chip_range words = r->talk.sentences[sentence].words;
    char base[CHIP_VERB];
    words.from = chip_pattern_opening(&r->talk, words);
    if (!r->talk.sentences[sentence].asks || words.to - words.from < 3 ||
        strcmp(r->texts[words.from], "who") != 0)
        return false;
    words.from++;
    if (chip_verb_is(r->texts[words.from]) || !chip_verb_base(r->texts[words.from], base))
        return false;
    *out = (struct chip_asking){words, 0.5f, CHIP_GROUND_PROMISE, SIZE_MAX, CHIP_ASKED_ANY};
    return true;
}

static size_t find_called(const struct chip_reading *r, size_t sentence)
{
    const struct chip_sentence *s = &r->talk.sentences[sentence];
    size_t called = chip_names_called(&r->names, s->words);
    /* "Alan." | "Can you ...": the recogniser put a full stop after the name. */
    if (called == SIZE_MAX && sentence > 0 && s[-1].turn == s->turn &&
        s[-1].words.to - s[-1].words.from <= 3)
        called = chip_names_called(&r->names, s[-1].words);
    return called;
}

static bool is_of_all(const struct chip_reading *r, struct chip_range words)
{
    return chip_pattern_find(&r->talk, words, "^everyone|everybody", NULL) ||
           chip_pattern_find(&r->talk, words, "all|both|each of you", NULL) ||
           chip_pattern_find(&r->talk, words, "you|us all|both|each", NULL) ||
           chip_pattern_find(&r->talk, words, "please everyone|everybody", NULL);
}

/* "We have to send the report by Friday", "let us all send our hours" */
static bool find_common(const struct chip_reading *r, size_t sentence, struct chip_asking *out)
{
    static const struct cue common[] = {
        {"we ?all|both ?still|really|also need|have to", 0.5f, CHIP_GROUND_DATE},
        {"we ?all|both must", 0.5f, CHIP_GROUND_DATE},
        {"let us all|both", 0.5f, CHIP_GROUND_DATE},
    };
    static const char idle[] = "meet|talk|speak|discuss|decide|see|plan|start|begin|launch|look|go";
    struct chip_when when;
    if (r->talk.sentences[sentence].asks || !FIND_CUE(r, sentence, common, out) ||
        chip_task_is_supposed(r, sentence, out->task.from) || !is_doing(r, out->task) ||
        chip_pattern_at(&r->talk, out->task, idle, NULL) || !chip_reading_when(r, out->task, &when))
        return false;
    out->asked = CHIP_ASKED_ALL;
    return true;
}

bool chip_request_find(const struct chip_reading *r, size_t sentence, struct chip_asking *out)
{
    const struct chip_sentence *s = &r->talk.sentences[sentence];
    size_t called = find_called(r, sentence);
    if (FIND_CUE(r, sentence, open_ones, out) || find_who(r, sentence, out)) {
        out->asked = CHIP_ASKED_ANY;
        return true;
    }
    if (find_common(r, sentence, out))
        return true;
    bool found = FIND_CUE(r, sentence, requests, out);
    bool offer = !found && s->asks && FIND_CUE(r, sentence, offers, out);
    if (!found && !offer)
        return find_imperative(r, sentence, called, out);
    out->called = called;
    if (called != SIZE_MAX && out->ground == CHIP_GROUND_PROMISE)
        out->ground = CHIP_GROUND_SOME;
    if (offer)
        out->asked = CHIP_ASKED_OFFER;
    else if (called == SIZE_MAX && is_of_all(r, s->words))
        out->asked = CHIP_ASKED_ALL;
    return true;
}
