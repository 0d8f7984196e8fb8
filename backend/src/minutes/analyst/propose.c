#include "minutes/analyst/propose.h"

#include <string.h>

#include "minutes/analyst/numbers.h"
#include "minutes/analyst/promises.h"

enum { MIN_WORDS = 4 };

static const struct chip_phrase proposals[] = {
    {"i suggest|propose|recommend", 0.3f},
    {"what if we|i|you|they", 0.2f},
    {"how|what about", 0.2f},
    {"why do not we", 0.3f},
    {"could|should|shall we", 0.25f},
    {"we could|should|can", 0.25f},
    {"i would say|go for|with", 0.3f},
    {"i vote for|to", 0.3f},
    {"my proposal|suggestion is|would", 0.35f},
    {"i move that|to|we", 0.35f},
    {"all|everybody|everyone ?is in favour|favor ?of", 0.35f},
    {"i would ?just|probably|simply|rather|definitely "
     "drop|keep|take|leave|make|move|stop|skip|cut|ship|"
     "go|start|do|wait|put|use|pick|choose|postpone|cancel|say|stick|stay|try|hire|buy|add|remove|"
     "change",
     0.25f},
    {"i was thinking of|about|we", 0.2f},
    {"my vote|preference is|goes|would", 0.35f},
    {"i prefer", 0.25f},
    {"maybe|perhaps we", 0.2f},
    {"^then we *", 0.3f},
    {"we will", 0.3f},
    {"^* ?* ?* stays|stay|goes|remains|remain", 0.3f},
    {"we are going to", 0.2f},
    {"we might as", 0.25f},
    {"let us ?just|rather|then park|postpone|leave|drop|skip|table|shelve|keep|stick|go|stay|take|"
     "cancel|get|move|use|stop|make|put|push|cut|split|hire|buy|change|switch",
     CHIP_PROPOSE_FIRM},
    {"let us", 0.45f},
    {"then make|take|keep|leave", 0.3f},
    {"you can|could", 0.25f},
    {NULL, 0}};

/* "Let us start": how the talk goes on, no decision. */
static const char PROCEDURE[] =
    "start|begin|go|move|talk|see|look|hear|discuss|continue|wait|come|turn|get|say|be|plan|jump|"
    "step|dive|pause|wrap|close|finish|recap|review|do|try|thank|think|let|take";

static const char OPENS_A_CONCLUSION[] = "good|okay|great|right|agreed|fine|perfect|deal|"
                                         "excellent|settled|wonderful|alright";

static bool has_number(const struct chip_reading *r, struct chip_range words)
{
    struct chip_number number;
    for (size_t w = words.from; w < words.to; w++)
        if (chip_number_read(r->texts + w, words.to - w, &number))
            return true;
    return false;
}

/* A statement of something, not a question, not what one person will do. */
bool chip_propose_states(const struct chip_reading *r, size_t sentence)
{
    static const char *const personal[] = {"i", "let me", "thank|thanks", "* ?* please",
                                           "is|are|do|does|can|could|will|would you|we|it"};
    const struct chip_sentence *s = &r->talk.sentences[sentence];
    struct chip_range words = {chip_pattern_opening(&r->talk, s->words), s->words.to};
    struct chip_asking request;
    /* "Then we leave it out" */
    bool ours = chip_pattern_at(&r->talk, words, "we * it|that|them|this", NULL);
    size_t least = ours || has_number(r, words) ? 1 : CHIP_PROPOSE_CONTENT;
    if (s->asks || words.to - words.from < MIN_WORDS - 1 ||
        s->words.to - s->words.from < MIN_WORDS || chip_reading_content(r, s->words) < least)
        return false;
    for (size_t i = 0; i < sizeof personal / sizeof *personal; i++)
        if (chip_pattern_at(&r->talk, words, personal[i], NULL))
            return false;
    return !chip_request_find(r, sentence, &request) || request.ground == CHIP_GROUND_PROMISE;
}

/* These move something else than the talk: "let us go with the blue one". */
static const char *const moves[] = {
    "go with|for *",
    "get|have *",
    "move|take|try|close|turn|wait|do|get it|that|this|the|our|these|a|an|with|out|until *",
    "say *",
};
static const char *const moves_on[] = {
    "move|take|do|get ?it|this|that|the|a ?next|first|last|point|topic|question|item|discussion|"
    "conversation|break|look|step|minute|moment|vote|started|back|quick|round|introductions $",
    "take a break|look|step|minute|moment|vote|quick|few",
    "take it|them|this one by|from",
    "get it|this|that started|straight|right|over",
    "get going|started|back|to|into|on|this|down",
    "have a|another|some look|chat|break|quick|moment|minute|think|coffee|lunch|fun",
    "try it|that|this again",
    "say|do hello|thanks|that|thank",
    "move the discussion|conversation",
    "move|go|turn to the",
    "do a|the quick|round|recap|introductions|check",
    "wait for|a",
};

bool chip_propose_is_procedure(const struct chip_reading *r, size_t sentence)
{
    struct chip_range found, words = r->talk.sentences[sentence].words;
    if (!chip_pattern_find(&r->talk, words, "let us", &found))
        return false;
    struct chip_range rest = {found.to, words.to};
    for (size_t i = 0; i < sizeof moves_on / sizeof *moves_on; i++)
        if (chip_pattern_at(&r->talk, rest, moves_on[i], NULL))
            return true;
    for (size_t i = 0; i < sizeof moves / sizeof *moves; i++)
        if (chip_pattern_at(&r->talk, rest, moves[i], NULL))
            return false;
    return chip_pattern_at(&r->talk, rest, PROCEDURE, NULL);
}

/* Is the sentence the first, or the second after a mere "Good."? */
bool chip_propose_concludes(const struct chip_reading *r, size_t sentence)
{
    const struct chip_sentence *s = &r->talk.sentences[sentence];
    size_t first = sentence;
    if (sentence > 0 && s[-1].turn == s->turn && s[-1].words.to - s[-1].words.from <= 2)
        first--;
    if (first > 0 && r->talk.sentences[first - 1].turn == s->turn)
        return false;
    size_t opening = chip_pattern_opening(&r->talk, s->words);
    struct chip_range before = {s->words.from, opening}, start = r->talk.sentences[first].words;
    bool acknowledges = chip_pattern_at(&r->talk, start, OPENS_A_CONCLUSION, NULL) ||
                        chip_pattern_at(&r->talk, start, "all right", NULL) ||
                        chip_pattern_at(&r->talk, start, "me too|either", NULL) ||
                        chip_pattern_at(&r->talk, start, "works|sounds good|for|fine", NULL) ||
                        chip_pattern_at(&r->talk, start, "fair enough", NULL);
    /* "Okay, so" is how people go on telling. */
    bool tells = chip_pattern_at(&r->talk, start, "okay|right", NULL);
    /* "Absolutely." "So they pay the normal rate." */
    bool confirmed =
        first == sentence && first > 0 && chip_pattern_find(&r->talk, before, "so", NULL) &&
        s->words.to - s->words.from >= MIN_WORDS && s[-1].words.to - s[-1].words.from <= 3 &&
        chip_reply_of(r, first - 1) == CHIP_REPLY_YES;
    if (confirmed)
        return true;
    bool then = chip_pattern_find(&r->talk, before, "then", NULL) ||
                chip_pattern_find(&r->talk, s->words, "then $", NULL) ||
                (!tells && chip_pattern_find(&r->talk, before, "so", NULL)) ||
                chip_pattern_at(&r->talk, start, "agreed|settled|deal", NULL);
    return acknowledges && then;
}

/* "We are upgrading": what is going to be, rather than what they are busy with. */
static bool is_intent(const struct chip_reading *r, size_t sentence)
{
    static const char busy[] =
        "working|waiting|looking|talking|doing|having|getting|trying|running|"
        "losing|making|hoping|seeing|meeting|going|asking|sitting|using|"
        "missing|still|not|paying|living|coming|facing|spending";
    struct chip_range found, words = r->talk.sentences[sentence].words;
    if (!chip_pattern_find(&r->talk, words, "we are", &found) || found.to >= words.to)
        return false;
    struct chip_range verb = {found.to, words.to};
    size_t n = strlen(r->texts[found.to]);
    return found.from == chip_pattern_opening(&r->talk, words) && n > 5 &&
           strcmp(r->texts[found.to] + n - 3, "ing") == 0 &&
           !chip_pattern_at(&r->talk, verb, busy, NULL);
}

/* "Are we all happy with the small one?" */
bool chip_propose_asks_all(const struct chip_reading *r, size_t sentence)
{
    static const char *const asks[] = {
        "are|is we|you|everybody|everyone ?all|both ?now|then happy|okay|fine|agreed|good|clear "
        "with|"
        "on|about|that",
        "do we|you ?all|both agree on|with|that|to",
        "can|could|shall we ?all|then ?just agree|settle on|that",
        "can|could|shall we ?all|then ?just say|go|take ?with|for",
        "is that|it agreed|settled|okay that|then",
    };
    const struct chip_sentence *s = &r->talk.sentences[sentence];
    struct chip_range words = {chip_pattern_opening(&r->talk, s->words), s->words.to};
    for (size_t i = 0; i < sizeof asks / sizeof *asks && s->asks; i++)
        if (chip_pattern_at(&r->talk, words, asks[i], NULL))
            return chip_reading_content(r, words) >= CHIP_PROPOSE_CONTENT;
    return false;
}

float chip_propose_weight(const struct chip_reading *r, size_t sentence)
{
    struct chip_range words = r->talk.sentences[sentence].words;
    words.from = chip_pattern_opening(&r->talk, words);
    if (chip_pattern_at(&r->talk, words, "if|unless|when", NULL) &&
        !chip_reading_has(r, sentence, "let us"))
        return 0; /* "If we move it once, we will move it again" */
    if (chip_propose_asks_all(r, sentence))
        return 0.4f;
    if (is_intent(r, sentence))
        return 0.35f;
    const struct chip_phrase *cue =
        chip_phrase_find(&r->talk, r->talk.sentences[sentence].words, proposals, NULL);
    /* "We can not decide that here" */
    bool cannot =
        cue && chip_reading_has(r, sentence, "we ?simply|just can|could ?simply|just not");
    static const char *const others[] = {
        "^then we have|need|lose|are|would|could|can|must|will|should|do|get|see|know|might",
        "we|i could|should|can|might|shall ?also|at ?least|just|maybe "
        "ask|call|write|talk|check|find|look|"
        "see|tell|invite|email|try|think|wait|remember"}; /* what comes of it, or a task */
    for (size_t i = 0; i < sizeof others / sizeof *others && cue; i++)
        if (cue->weight < CHIP_PROPOSE_FIRM && chip_reading_has(r, sentence, others[i]))
            return 0;
    return cue && !cannot ? cue->weight : 0;
}

/* Something that could be, not something that is. */
bool chip_propose_is_open(const struct chip_reading *r, size_t sentence)
{
    return r->talk.sentences[sentence].asks ||
           chip_phrase_find(&r->talk, r->talk.sentences[sentence].words, proposals, NULL) ||
           chip_reading_has(r, sentence, "would|could|should|might");
}

bool chip_propose_has_content(const struct chip_reading *r, size_t sentence)
{
    size_t n = chip_reading_content(r, r->talk.sentences[sentence].words);
    if (n == 0 && chip_reading_has(r, sentence, "let us * the * one"))
        return true; /* "let us take the first one" */
    return n >= CHIP_PROPOSE_CONTENT ||
           (n > 0 && (chip_reading_has(r, sentence, "let us") || is_intent(r, sentence) ||
                      chip_reading_has(r, sentence, "^then we") ||
                      chip_reading_has(r, sentence, "i would")));
}
