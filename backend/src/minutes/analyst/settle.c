#include "minutes/analyst/settle.h"

#include "minutes/analyst/assent.h"
#include "minutes/analyst/numbers.h"
#include "minutes/analyst/promises.h"

enum {
    BACK = 4,    /* sentences in which it was named */
    LONGEST = 9, /* words of such a sentence */
};

bool chip_settle_is_a_meeting(const struct chip_reading *r, size_t sentence)
{
    for (size_t i = sentence; i-- > 0 && i + BACK >= sentence;)
        if (chip_reading_has(r, i, "us|we ?all meet|talk|speak"))
            return true;
    return false;
}

static bool begins_a_turn(const struct chip_reading *r, size_t sentence)
{
    const struct chip_sentence *s = &r->talk.sentences[sentence];
    return sentence > 0 && s[-1].turn != s->turn;
}

/* "You win." "One fifty." */
static bool follows_a_yes(const struct chip_reading *r, size_t sentence)
{
    const struct chip_sentence *s = &r->talk.sentences[sentence];
    return sentence > 1 && s[-1].turn == s->turn && s[-2].turn != s->turn &&
           s[-1].words.to - s[-1].words.from <= 3 &&
           (chip_reply_of(r, sentence - 1) == CHIP_REPLY_YES ||
            chip_assent_is_clear(r, sentence - 1));
}

/* Does it say again what others named a moment ago? Numbers count, though they have no stem. */
static size_t echoes(const struct chip_reading *r, size_t sentence, size_t back)
{
    const struct chip_sentence *all = r->talk.sentences;
    size_t most = 0;
    for (size_t i = sentence; i-- > 0 && i + back >= sentence;)
        if (all[i].turn != all[sentence].turn) {
            size_t shared = chip_reading_shared(r, all[sentence].words, all[i].words);
            most = shared > most ? shared : most;
        }
    return most;
}

static bool is_personal(const struct chip_reading *r, size_t sentence)
{
    return chip_reading_has(r, sentence,
                            "i|you|me|my|your|see|until|meet|sorry|thanks|thank|bye|"
                            "not|but|maybe|perhaps|about");
}

/* "Six, then." "English only, fine." "Wednesdays then." */
static bool ends_the_talk(const struct chip_reading *r, size_t sentence)
{
    const struct chip_sentence *s = &r->talk.sentences[sentence];
    struct chip_range words = {chip_pattern_opening(&r->talk, s->words), s->words.to};
    size_t n = s->words.to - s->words.from;
    if (n < 2 || n > LONGEST || words.from >= words.to || chip_reading_has_verb(r, words))
        return false;
    bool then = chip_reading_has(r, sentence, "then $") ||
                chip_pattern_at(&r->talk, s->words, "?okay|fine|good|right then", NULL);
    struct chip_range last = {s->words.to - 1, s->words.to};
    bool yes =
        chip_pattern_at(&r->talk, last, "fine|okay|sold|deal|agreed|perfect|definitely", NULL) &&
        n > 1 && r->talk.tokens[r->talk.words[last.from - 1].token].mark == ',';
    struct chip_when when;
    bool dated = chip_reading_when(r, words, &when);
    return (then || yes) && (echoes(r, sentence, BACK) > 0 || dated);
}

/* "Two days, but a longer evening." "Okay, two days with a longer first evening." */
static bool repeats(const struct chip_reading *r, size_t sentence)
{
    static const char acknowledges[] =
        "okay|good|right|fine|great|perfect|alright|excellent|lovely";
    const struct chip_sentence *s = &r->talk.sentences[sentence];
    bool ack = chip_pattern_at(&r->talk, s->words, acknowledges, NULL) ||
               chip_pattern_at(&r->talk, s->words, "all right", NULL);
    bool opens = (begins_a_turn(r, sentence) && ack) || follows_a_yes(r, sentence);
    struct chip_range words = {chip_pattern_opening(&r->talk, s->words), s->words.to};
    if (!opens || words.from >= words.to || words.to - words.from > LONGEST ||
        chip_reading_has_verb(r, words))
        return false;
    size_t n = chip_reading_content(r, words), shared = echoes(r, sentence, BACK);
    return n > 0 && shared > 0 && (shared >= 2 || shared == n);
}

/* "So the university?" "University, definitely." */
static bool is_confirmed(const struct chip_reading *r, size_t sentence, size_t *proof)
{
    static const char questions[] = "what|who|why|how|when|where|which|really|okay|right|yes|no|"
                                    "anything|any|and|like";
    const struct chip_sentence *all = r->talk.sentences, *s = &all[sentence];
    struct chip_range words = {chip_pattern_opening(&r->talk, s->words), s->words.to};
    size_t next = chip_reading_next_turn(r, sentence);
    if (!s->asks || next != sentence + 1 || next >= r->talk.n_sentences ||
        words.to - words.from > CHIP_SETTLE_BRIEF || chip_reading_content(r, words) == 0 ||
        chip_reading_has_verb(r, words) || chip_pattern_at(&r->talk, words, questions, NULL))
        return false;
    struct chip_when when;
    if (chip_reading_when(r, words, &when))
        return false; /* until when something is to be done */
    bool so = chip_pattern_at(&r->talk, s->words, "?okay|and so|then", NULL);
    bool again = chip_reading_shared(r, words, all[next].words) > 0;
    bool clear = chip_assent_is_clear(r, next);
    bool yes = clear || chip_reply_of(r, next) == CHIP_REPLY_YES;
    *proof = next;
    return chip_reply_of(r, next) != CHIP_REPLY_NO && ((so && (yes || again)) || (again && clear));
}

bool chip_settle_is(const struct chip_reading *r, size_t sentence, size_t *proof)
{
    struct chip_range words = r->talk.sentences[sentence].words;
    if (chip_pattern_at(&r->talk, words, "good night|morning|evening|afternoon|day|luck", NULL) ||
        is_personal(r, sentence) || chip_settle_is_a_meeting(r, sentence))
        return false;
    if (r->talk.sentences[sentence].asks)
        return is_confirmed(r, sentence, proof);
    bool opens = begins_a_turn(r, sentence) || follows_a_yes(r, sentence);
    return (opens && ends_the_talk(r, sentence)) || repeats(r, sentence);
}
