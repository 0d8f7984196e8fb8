#include "minutes/analyst/promises.h"

#include <string.h>

#include "minutes/analyst/task.h"
#include "minutes/analyst/verbs.h"

struct cue {
    const char *pattern;
    float weight;
    enum chip_ground ground;
};

/* ---- promises ---------------------------------------------------------------------------------
 */

static const struct cue promises[] = {
    {"i will", 0.8f, CHIP_GROUND_NONE},
    {"i am going|planning to", 0.75f, CHIP_GROUND_NONE},
    {"i promise to", 0.8f, CHIP_GROUND_NONE},
    {"i am ?more ?than happy|glad to", 0.7f, CHIP_GROUND_NONE},
    {"i would be happy|glad to", 0.7f, CHIP_GROUND_NONE},
    {"i shall", 0.7f, CHIP_GROUND_NONE},
    {"we will send|email|mail|forward|get|give|ship|deliver you|it|that|over", 0.65f,
     CHIP_GROUND_NONE},
    {"we will get|come back to you|him|her|them", 0.6f, CHIP_GROUND_NONE},
    {"we will let you|him|her|them know", 0.6f, CHIP_GROUND_NONE},
    {"i can", 0.5f, CHIP_GROUND_SOME},
    {"i could", 0.45f, CHIP_GROUND_SOME},
    {"i would better", 0.4f, CHIP_GROUND_SOME},
    {"i ?still have|need ?got to", 0.45f, CHIP_GROUND_SOME},
    {"i must|should", 0.45f, CHIP_GROUND_SOME},
    {"i plan|intend|want|aim to", 0.4f, CHIP_GROUND_SOME},
};

static const char LET_ME[] =
    "let me check|find|ask|look|send|talk|write|get|follow|call|confirm|verify|prepare|draft|take|"
    "set|dig|speak|come|investigate|try|test|book|add|fix|email|mail|forward|review|arrange|"
    "schedule|organise|organize|see|discuss|contact|ring|phone|raise|handle|do|sort|reach|double";

static const float TRAILING_IF = 0.2f;

/* "You will have a draft by Thursday." */
static bool find_delivery(const struct chip_reading *r, size_t sentence, struct chip_promise *out)
{
    struct chip_range words = r->talk.sentences[sentence].words, found;
    struct chip_when when;
    if (!chip_pattern_find(&r->talk, words, "you ?all|both will ?all have|get|see|receive|hear",
                           &found) ||
        !chip_reading_when(r, words, &when))
        return false;
    *out = (struct chip_promise){{found.from, words.to}, 0.7f, CHIP_GROUND_NONE};
    return true;
}

bool chip_promise_delivers(const struct chip_reading *r, size_t sentence)
{
    struct chip_promise promise;
    struct chip_range task = r->talk.sentences[sentence].words;
    return find_delivery(r, sentence, &promise) && chip_task_substance(r, promise.task) == 0 &&
           chip_pattern_find(&r->talk, task, "have|get|see|receive it|them|that|this|one|both|all",
                             NULL);
}

/* "I am sending the list tonight." */
static bool find_progressive(const struct chip_reading *r, size_t sentence,
                             struct chip_promise *out)
{
    static const char idle[] = "working|looking|trying|running|talking|meeting|planning|keeping|"
                               "moving|turning|making|getting|joining|wondering|asking|leading";
    struct chip_range words = r->talk.sentences[sentence].words, found;
    char base[CHIP_VERB];
    if (!chip_pattern_find(&r->talk, words, "i am", &found) || found.to >= words.to)
        return false;
    struct chip_range task = chip_task_from(r, sentence, found.to);
    size_t n = strlen(r->texts[task.from]);
    if (n < 5 || strcmp(r->texts[task.from] + n - 3, "ing") != 0 ||
        !chip_verb_base(r->texts[task.from], base) || chip_pattern_at(&r->talk, task, idle, NULL) ||
        chip_task_is_supposed(r, sentence, found.from))
        return false;
    *out = (struct chip_promise){task, 0.6f, CHIP_GROUND_DATE};
    return true;
}

/* "I think I can sell that": what somebody holds to be true. */
static bool is_guess(const struct chip_reading *r, size_t sentence, size_t before)
{
    struct chip_range words = {r->talk.sentences[sentence].words.from, before};
    return chip_pattern_find(&r->talk, words,
                             "think|guess|believe|hope|suppose|know|sure|wish|doubt ?that $", NULL);
}

static bool find_let_me(const struct chip_reading *r, size_t sentence, struct chip_promise *out)
{
    static const char now[] = "check|look|see|find|think|try|get";
    const struct chip_sentence *s = &r->talk.sentences[sentence];
    struct chip_range found;
    struct chip_when when;
    if (!chip_pattern_find(&r->talk, s->words, LET_ME, &found))
        return false;
    struct chip_range task = {found.to - 1, s->words.to};
    /* "Let me check. It is forty." is done at once. */
    bool at_once = chip_pattern_at(&r->talk, task, now, NULL) &&
                   chip_task_substance(r, task) == 0 && !chip_reading_when(r, s->words, &when);
    if (!chip_task_is(r, task) || at_once)
        return false;
    *out = (struct chip_promise){task, 0.65f, CHIP_GROUND_NONE};
    return true;
}

/* "Lou writes the notes, and I do the review." */
static bool find_present(const struct chip_reading *r, size_t sentence, struct chip_promise *out)
{
    static const char things[] = "the|a|an|it|that|them|this|these|those|my|our|your|all";
    struct chip_range words = r->talk.sentences[sentence].words, found;
    if (!chip_pattern_find(&r->talk, words, "and|then|so|okay i", &found) ||
        found.to + 2 > words.to)
        return false;
    bool verb = chip_verb_is(r->texts[found.to]) ||
                chip_pattern_at(&r->talk, (struct chip_range){found.to, words.to}, "do", NULL);
    struct chip_range task = {found.to, words.to};
    if (!verb ||
        !chip_pattern_at(&r->talk, (struct chip_range){found.to + 1, words.to}, things, NULL) ||
        !chip_task_is(r, task) || chip_task_is_supposed(r, sentence, found.to - 1))
        return false;
    *out = (struct chip_promise){task, 0.55f, CHIP_GROUND_SOME};
    return true;
}

static float weight_of(const struct chip_reading *r, const struct cue *cue, struct chip_range task)
{
    struct chip_range condition;
    bool depends =
        chip_pattern_find(&r->talk, task, "if|unless", &condition) &&
        !chip_pattern_find(&r->talk, task, "see|check|ask|know|find|out|tell|test if", NULL) &&
        !chip_pattern_at(&r->talk, (struct chip_range){condition.from, task.to},
                         "if you ?would like|want|need|agree|wish", NULL) &&
        !chip_pattern_at(&r->talk, (struct chip_range){condition.from, task.to},
                         "if that|it is|helps|works", NULL);
    return cue->weight - (depends ? TRAILING_IF : 0);
}

/* "As soon as I know more I will tell you." */
static bool is_announced(const struct chip_reading *r, size_t sentence, struct chip_range task)
{
    return chip_task_opens(r, sentence, "?as ?soon as|once|when i|we|they|he|she|it *") &&
           chip_pattern_at(&r->talk, task, "tell|show you|him|her|them|everybody|everyone", NULL);
}

bool chip_promise_find(const struct chip_reading *r, size_t sentence, struct chip_promise *out)
{
    const struct chip_sentence *s = &r->talk.sentences[sentence];
    struct chip_range found;
    bool any = false;
    if (s->asks)
        return false;
    for (size_t i = 0; i < sizeof promises / sizeof *promises; i++) {
        const struct cue *cue = &promises[i];
        if ((any && out->weight >= cue->weight) ||
            !chip_pattern_find(&r->talk, s->words, cue->pattern, &found) ||
            chip_task_is_supposed(r, sentence, found.from) ||
            (cue->ground != CHIP_GROUND_NONE && is_guess(r, sentence, found.from)))
            continue;
        bool ours = chip_pattern_at(&r->talk, found, "we", NULL);
        struct chip_range task = chip_task_from(r, sentence, ours ? found.from + 2 : found.to);
        if (!chip_task_is(r, task) && !is_announced(r, sentence, task))
            continue;
        *out = (struct chip_promise){task, weight_of(r, cue, task), cue->ground};
        any = true;
    }
    return any || find_let_me(r, sentence, out) || find_delivery(r, sentence, out) ||
           find_progressive(r, sentence, out) || find_present(r, sentence, out);
}

/* ---- about others -----------------------------------------------------------------------------
 */

static const struct cue assigned[] = {
    {"* will|must|shall", 0.6f, CHIP_GROUND_NONE},
    {"* should", 0.5f, CHIP_GROUND_SOME},
    {"* can|could", 0.35f, CHIP_GROUND_SOME},
    {"* needs|has ?got to", 0.5f, CHIP_GROUND_NONE},
    {"* is going to", 0.6f, CHIP_GROUND_NONE},
    {"* is to", 0.6f, CHIP_GROUND_NONE},
    {"* said|says|promised|mentioned|confirmed ?that he|she|they will|would|can|could", 0.5f,
     CHIP_GROUND_SOME},
    {"* promised|offered|agreed|volunteered to", 0.5f, CHIP_GROUND_NONE},
};

/* "So Ben writes the offer by Friday", "Ben to write the offer": how people sum up. */
static bool find_recap(const struct chip_reading *r, size_t sentence, size_t name,
                       struct chip_assignment *out)
{
    const struct chip_sentence *s = &r->talk.sentences[sentence];
    char base[CHIP_VERB];
    size_t verb = name + 1;
    bool begins =
        name == chip_pattern_opening(&r->talk, s->words) ||
        (name > s->words.from &&
         chip_pattern_at(&r->talk, (struct chip_range){name - 1, name}, "and|then|so", NULL));
    if (!begins || verb + 1 >= s->words.to)
        return false;
    bool planned = strcmp(r->texts[verb], "to") == 0;
    verb += planned;
    bool base_form = chip_verb_is(r->texts[verb]);
    if (!chip_verb_base(r->texts[verb], base) || base_form != planned)
        return false;
    size_t n = strlen(r->texts[verb]);
    if (!planned && r->texts[verb][n - 1] != 's')
        return false;
    *out = (struct chip_assignment){{verb, s->words.to},
                                    name,
                                    planned ? 0.65f : 0.6f,
                                    planned ? CHIP_GROUND_NONE : CHIP_GROUND_DATE};
    return true;
}

static bool find_for(const struct chip_reading *r, size_t sentence, size_t name, size_t at,
                     struct chip_assignment *out)
{
    const struct chip_sentence *s = &r->talk.sentences[sentence];
    for (size_t i = 0; i < sizeof assigned / sizeof *assigned; i++) {
        size_t end;
        if (!chip_pattern_at(&r->talk, (struct chip_range){at, s->words.to}, assigned[i].pattern,
                             &end) ||
            chip_task_is_supposed(r, sentence, at))
            continue;
        struct chip_range task = chip_task_from(r, sentence, end);
        if (!chip_task_is(r, task))
            continue;
        *out = (struct chip_assignment){task, name, assigned[i].weight, assigned[i].ground};
        return true;
    }
    return false;
}

/* "I spoke to Petra. She will send it by Friday." */
static size_t last_name(const struct chip_reading *r, size_t sentence, size_t before)
{
    enum { BACK = 3 };
    for (size_t i = sentence + 1; i-- > 0 && i + BACK > sentence;) {
        struct chip_range words = r->talk.sentences[i].words;
        for (size_t w = words.to; w-- > words.from;)
            if (w < before && chip_names_is_proper(&r->names, w) &&
                chip_names_speaker(&r->names, r->texts[w]) != r->talk.sentences[sentence].speaker)
                return w;
    }
    return SIZE_MAX;
}

bool chip_assignment_find(const struct chip_reading *r, size_t sentence,
                          struct chip_assignment *out)
{
    const struct chip_sentence *s = &r->talk.sentences[sentence];
    if (s->asks)
        return false;
    for (size_t w = s->words.from; w < s->words.to; w++) {
        struct chip_range one = {w, w + 1};
        if (chip_pattern_at(&r->talk, one, "he|she", NULL)) {
            size_t who = last_name(r, sentence, w);
            if (who == SIZE_MAX || !find_for(r, sentence, who, w, out))
                continue;
            out->ground = CHIP_GROUND_DATE;
            return true;
        }
        bool known = chip_names_has(&r->names, r->texts[w]);
        bool says = chip_names_may_be(&r->names, w) &&
                    chip_pattern_at(&r->talk, (struct chip_range){w + 1, s->words.to},
                                    "said|says|promised|offered|agreed|mentioned", NULL);
        if (!known && !says && !chip_names_is_proper(&r->names, w))
            continue;
        if (!find_for(r, sentence, w, w, out) && !(known && find_recap(r, sentence, w, out)))
            continue;
        if (!known)
            out->ground = CHIP_GROUND_DATE;
        return true;
    }
    return false;
}
