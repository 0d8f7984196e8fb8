#include "minutes/analyst/assent.h"

#include "minutes/analyst/promises.h"

enum {
    ANSWER_HEAD = 2, /* sentences of a turn that accept or refuse */
    ANSWER_TURNS = 3,
    REST = 6, /* sentences of the own turn after it */
};

static const float REFUSED = -0.4f, DOUBTED = -0.1f, MOST = 0.5f;

static const struct chip_phrase acceptances[] = {
    {"^agreed", 0.4f},
    {"^deal", 0.4f},
    {"let us do that|it", 0.4f},
    {"i ?tend ?would ?also ?have ?to agree", 0.3f},
    {"^i think|guess so", 0.25f},
    {"let us * it|that|this", 0.4f},
    {"good|great idea", 0.3f},
    {"sounds good|fine|great|right", 0.35f},
    {"works ?fine|well for me|us", 0.35f},
    {"fine|okay|good|happy with|by me|that|it|this", 0.35f},
    {"works $", 0.3f},
    {"^fair ?enough ?point", 0.3f},
    {"^understood|noted|fine|cool|brilliant|great|good", 0.25f},
    {"no objection|objections", 0.35f},
    {"okay $", 0.25f},
    {"yes $", 0.2f},
    {"suits me", 0.3f},
    {"^you win", 0.35f},
    {"definitely", 0.3f},
    {"is okay|fine|enough|good|perfect", 0.3f},
    {"^yep|yup", 0.25f},
    {"^i ?can ?could ?also support that|it", 0.35f},
    {"i like that|it", 0.3f},
    {"i can|could live with that|it", 0.35f},
    {"that|it works", 0.3f},
    {"that would work", 0.3f},
    {"makes sense", 0.25f},
    {"^thanks|thank ?you", 0.15f},
    {"yes please", 0.3f},
    {"i am in|for|game $", 0.3f},
    {"i am for|with it|that|you", 0.3f},
    {"count me in", 0.3f},
    {"^perfect|yes|okay|sure|exactly|absolutely", 0.25f},
    {"is fine|good|okay|better", 0.25f},
    {"^all right", 0.25f},
    {"^of course", 0.25f},
    {NULL, 0}};

/* What the next turn says to it; "Really?" says nothing yet. */
static float acceptance_in(const struct chip_reading *r, size_t turn)
{
    const struct chip_sentence *all = r->talk.sentences;
    float best = 0;
    for (size_t i = turn, heard = 0; heard < ANSWER_HEAD && i < r->talk.n_sentences; i++) {
        if (all[i].turn != all[turn].turn)
            break;
        if (all[i].asks && all[i].words.to - all[i].words.from <= 2)
            continue;
        heard++;
        if (all[i].asks)
            break;
        const struct chip_phrase *said =
            chip_phrase_find(&r->talk, all[i].words, acceptances, NULL);
        if (chip_reply_of(r, i) == CHIP_REPLY_NO && !said)
            return best > 0 ? best : REFUSED;
        if (said && said->weight > best)
            best = said->weight;
    }
    return best;
}

/* Does the turn go on to ask for something else? Then the answer is to that. */
static bool asks_for_more(const struct chip_reading *r, size_t sentence)
{
    static const char *const confirms[] = {
        "does|would|will that|it|this",
        "okay|agreed|right|everybody|everyone|all|sounds|sound",
        "is|are that|it|everybody|everyone|you|we ?all ?okay|fine|agreed",
        "what do you",
        "can|could everybody|everyone|we|you ?all live|agree|accept",
        "any objections",
        "how does that",
    };
    const struct chip_sentence *all = r->talk.sentences;
    for (size_t i = sentence + 1;
         i <= sentence + REST && i < r->talk.n_sentences && all[i].turn == all[sentence].turn;
         i++) {
        struct chip_range words = {chip_pattern_opening(&r->talk, all[i].words), all[i].words.to};
        struct chip_asking request;
        bool confirm = false;
        for (size_t k = 0; k < sizeof confirms / sizeof *confirms && !confirm; k++)
            confirm = chip_pattern_at(&r->talk, words, confirms[k], NULL);
        if (!confirm && (all[i].asks || chip_request_find(r, i, &request)))
            return true;
    }
    return false;
}

/* "Any objections? None." */
static bool is_carried(const struct chip_reading *r, size_t sentence)
{
    const struct chip_sentence *all = r->talk.sentences;
    for (size_t i = sentence + 1; i + 1 < r->talk.n_sentences && i <= sentence + 2; i++)
        if (all[i + 1].turn == all[sentence].turn &&
            chip_reading_has(r, i, "any objections|objection") &&
            chip_pattern_at(&r->talk, all[i + 1].words, "none|no|good|okay", NULL))
            return true;
    return false;
}

/* What the others say to it before whoever proposed it goes on. Below 0: no. */
float chip_assent_to(const struct chip_reading *r, size_t sentence)
{
    const struct chip_sentence *all = r->talk.sentences;
    float sum = 0;
    size_t turn = sentence;
    if (is_carried(r, sentence))
        return MOST;
    if (asks_for_more(r, sentence))
        return 0;
    for (int n = 0; n < ANSWER_TURNS; n++) {
        turn = chip_reading_next_turn(r, turn);
        if (turn >= r->talk.n_sentences || all[turn].speaker == all[sentence].speaker)
            break;
        float said = acceptance_in(r, turn);
        if (said == 0 && sum == 0 &&
            chip_pattern_at(&r->talk, all[turn].words, "but|wait|hm|well|why", NULL))
            return DOUBTED;
        if (said <= 0 && sum == 0)
            return said;
        if (said <= 0)
            break;
        sum += said;
    }
    return sum < MOST ? sum : MOST;
}

/* More than "yes" or "exactly". */
bool chip_assent_is_clear(const struct chip_reading *r, size_t sentence)
{
    const struct chip_phrase *said =
        chip_phrase_find(&r->talk, r->talk.sentences[sentence].words, acceptances, NULL);
    return said && said->weight >= 0.3f;
}
