/* What people say to what was asked or proposed before. */
#include "minutes/analyst/promises.h"

static const char *const no[] = {
    "no|nope|never|sorry|unfortunately",
    "not ?really|yet|now|today|me|necessary|needed|this|so|sure|possible",
    "i|we can not",
    "i do not think|know|want|have",
    "i ?would|will rather ?not",
    "i am not",
    "i am afraid|swamped|away|travelling|traveling|overloaded",
    "i am ?on|fully|too|really|completely booked|busy|full|vacation|holiday|leave",
    "i will not",
    "i have ?got ?way a|too|so|enough lot|much|many|on",
    "i have ?got no time|capacity|room",
    "i am ?a ?bit|pretty|quite|already|rather swamped|busy|full|tied|stretched|slammed|loaded",
    "my plate is",
    "i would not",
    "i would love|like to but",
    "please no|not",
    "please do not",
    "that is|will|would not",
    "i disagree",
    "i am ?rather ?really against|opposed",
    "i would say no",
    "absolutely|definitely|certainly|probably not",
    "let us not",
    "do not bother|worry",
    "there is no need",
    "leave it $",
    "maybe|perhaps next|another|some|later",
    "rather|hardly|better not",
    "do not",
};
static const char *const done[] = {"already", "it|that|this ?one is|was already",
                                   "i|we|she|he ?have|has|already did|done|sent|already ?that|it",
                                   "that is|was ?all|already done"};
static const char *const yes[] = {
    "yes|sure|okay|certainly|absolutely|definitely|gladly|agreed|agree|deal|exactly|fine|"
    "perfect|great|good|right|understood|done|lovely|wonderful|excellent|noted|brilliant|cool",
    "of course",
    "no problem|worries",
    "will|can do",
    "all right",
    "i ?certainly|gladly|definitely will",
    "i can|could",
    "happy|glad to",
    "i am ?more ?than happy|on|fine|in|glad|okay",
    "i would be happy|glad|delighted|okay",
    "got it",
    "that works|sounds|is|would|makes",
    "works|sounds * ?me",
    "fair enough|point",
    "you will have|get",
    "i like|agree|guess|suppose",
    "makes sense",
    "let us do",
    "let me",
    "leave that|it|this to|with me",
    "with pleasure",
    "it can",
    "there is",
    "consider it",
    "my pleasure",
    "* * ?* ?* is fine|okay|good",
    "why not",
    "me too",
    "me $",
    "same here",
    "count me",
    "from my side|end",
    "as you like|wish",
    "please do",
    "please $",
    "do that $",
    "* it is",
};

static bool says(const struct chip_reading *r, struct chip_range words, const char *const *patterns,
                 size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (chip_pattern_at(&r->talk, words, patterns[i], NULL))
            return true;
    return false;
}
#define SAYS(r, words, patterns) says(r, words, patterns, sizeof patterns / sizeof *patterns)

static struct chip_range without_fillers(const struct chip_reading *r, size_t sentence)
{
    struct chip_range words = r->talk.sentences[sentence].words;
    static const char fillers[] = "well|oh|hm|um|uh|ah|honestly|actually|so|and|but";
    size_t end;
    while (words.from < words.to && chip_pattern_at(&r->talk, words, fillers, &end))
        words.from = end;
    return words;
}

enum chip_reply chip_reply_of(const struct chip_reading *r, size_t sentence)
{
    struct chip_range words = without_fillers(r, sentence);
    if (chip_pattern_at(&r->talk, words, "no problem|worries", NULL))
        return CHIP_REPLY_YES;
    if (SAYS(r, words, done))
        return CHIP_REPLY_DONE;
    if (SAYS(r, words, no))
        return CHIP_REPLY_NO;
    return SAYS(r, words, yes) ? CHIP_REPLY_YES : CHIP_REPLY_NONE;
}

/* "I could, but I would need the slides." */
static bool is_short_yes(const struct chip_reading *r, struct chip_range words)
{
    size_t end;
    return chip_pattern_at(&r->talk, words, "i can|could|will", &end) &&
           r->talk.tokens[r->talk.words[end - 1].token].mark == ',' &&
           !chip_pattern_at(&r->talk, (struct chip_range){end, words.to}, "not", NULL);
}

bool chip_reply_takes(const struct chip_reading *r, size_t sentence)
{
    static const char *const takes[] = {
        "leave that|it|this|those to|with me",
        "i am on it|that|this",
        "i ?will ?gladly|happily take|do|handle|own that|it|this|those|them|one|care",
        "i can|could|will $",
        "i can|could|will do|take|handle|help ?with ?that|it|this|those|them",
        "i have|got got it|that|this|them",
        "i am ?more ?than happy|glad|fine|okay ?to ?do|with",
        "i would be happy|glad to",
        "happy|glad to",
        "consider it done",
        "will|can do",
        "on it",
        "count me in",
        "with pleasure",
        "me $",
        "that|it would|will|can be me",
        "that|it is mine",
        "that|it is ?on me",
        "that is my *",
        "i would love|like to",
        "no problem $",
        "gladly",
    };
    struct chip_range words = without_fillers(r, sentence);
    if (SAYS(r, words, takes) || is_short_yes(r, words))
        return true;
    words.from = chip_pattern_opening(&r->talk, words);
    return SAYS(r, words, takes) || is_short_yes(r, words);
}
