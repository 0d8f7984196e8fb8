#include "minutes/analyst/answers.h"

#include "minutes/analyst/task.h"

enum {
    TURNS = 4, /* after a request; who answers later answers something else */
    HEAD = 3,  /* sentences of an answer that can say yes or promise */
};

/* "Sure. And I will also write the help page": that is another task. */
static bool is_another(const struct chip_reading *r, size_t sentence, size_t first,
                       const struct chip_promise *promise)
{
    struct chip_range words = r->talk.sentences[sentence].words;
    return sentence > first && chip_pattern_at(&r->talk, words, "and|also|plus", NULL) &&
           !chip_task_is_vague(r, promise->task);
}

/* "Would you mind ...?" "Not at all." */
static bool does_not_mind(const struct chip_reading *r, size_t sentence)
{
    return chip_task_opens(r, sentence, "not at all") || chip_task_opens(r, sentence, "no") ||
           chip_task_opens(r, sentence, "i do not mind") ||
           chip_pattern_at(&r->talk, r->talk.sentences[sentence].words, "no", NULL);
}

static void read_turn(const struct chip_reading *r, size_t first, struct chip_answer *a)
{
    const struct chip_sentence *all = r->talk.sentences;
    for (size_t i = first; i < first + HEAD && i < r->talk.n_sentences; i++) {
        if (all[i].turn != all[first].turn)
            return;
        struct chip_promise promise;
        enum chip_reply reply = chip_reply_of(r, i);
        bool takes = chip_reply_takes(r, i);
        if (a->reply == CHIP_REPLY_NONE && (reply != CHIP_REPLY_NONE || takes)) {
            a->reply = takes ? CHIP_REPLY_YES : reply;
            a->sentence = i;
        }
        if (a->reply == CHIP_REPLY_DONE && reply == CHIP_REPLY_NO)
            a->reply = reply; /* "I did it three times. I would rather not." */
        a->takes = a->takes || takes;
        if (!a->promised && chip_promise_find(r, i, &promise) &&
            !is_another(r, i, first, &promise)) {
            a->promised = true;
            a->promise = promise;
            a->promise_sentence = i;
        }
    }
}

/* "Ben.", "Ben could do that." */
static size_t find_named(const struct chip_reading *r, size_t sentence)
{
    const struct chip_sentence *s = &r->talk.sentences[sentence];
    size_t opening = chip_pattern_opening(&r->talk, s->words);
    if (opening >= s->words.to || !chip_names_has(&r->names, r->texts[opening]))
        return SIZE_MAX;
    struct chip_range after = {opening + 1, s->words.to};
    bool alone =
        after.from == after.to || chip_pattern_at(&r->talk, after, "maybe|perhaps $", NULL);
    return alone ||
                   chip_pattern_at(&r->talk, after, "can|could|should|will|is|does ?do|going", NULL)
               ? opening
               : SIZE_MAX;
}

/* "I can do the prizes": is that what was asked? "Let me ask at the club" is not. */
static bool is_about(const struct chip_reading *r, const struct chip_answer *a,
                     struct chip_range asked)
{
    return a->promised &&
           ((chip_task_is_vague(r, a->promise.task) && !chip_task_reports(r, a->promise.task)) ||
            chip_reading_shared(r, a->promise.task, asked) > 0);
}

/* Somebody else who does it, after a refusal or when anybody was asked. */
static struct chip_answer find_taker(const struct chip_reading *r, struct chip_range asked,
                                     size_t turn, int n_turns, int but)
{
    const struct chip_sentence *all = r->talk.sentences;
    struct chip_answer none = {.reply = CHIP_REPLY_NONE, .speaker = -1, .named = SIZE_MAX};
    for (int n = 0; n < n_turns && turn < r->talk.n_sentences; n++) {
        struct chip_answer a = none;
        if (all[turn].speaker != but) {
            read_turn(r, turn, &a);
            a.named = find_named(r, turn);
            if (a.named != SIZE_MAX) {
                a.speaker = chip_names_speaker(&r->names, r->texts[a.named]);
                a.sentence = turn;
                a.promised = false;
                a.reply = CHIP_REPLY_YES;
                return a;
            }
            if (a.takes || (a.reply != CHIP_REPLY_DONE && is_about(r, &a, asked))) {
                a.speaker = all[turn].speaker;
                a.reply = CHIP_REPLY_YES;
                if (!a.takes)
                    a.sentence = a.promise_sentence;
                return a;
            }
        }
        turn = chip_reading_next_turn(r, turn);
    }
    return none;
}

struct chip_answer chip_answer_find(const struct chip_reading *r, size_t sentence,
                                    const struct chip_asking *request, int asked)
{
    const struct chip_sentence *all = r->talk.sentences;
    struct chip_answer a = {.reply = CHIP_REPLY_NONE, .speaker = -1, .named = SIZE_MAX};
    size_t turn = chip_reading_next_turn(r, sentence);
    int asks = all[sentence].speaker;
    if (request->asked == CHIP_ASKED_ANY)
        return find_taker(r, request->task, turn, 2, asks);
    for (int n = 0; n < TURNS && turn < r->talk.n_sentences; n++) {
        int speaker = all[turn].speaker;
        if (speaker != asks && (asked < 0 || speaker == asked)) {
            read_turn(r, turn, &a);
            if (a.reply == CHIP_REPLY_NO && chip_reading_has(r, sentence, "would|do you mind") &&
                does_not_mind(r, a.sentence))
                a.reply = CHIP_REPLY_YES;
            if (asked < 0 || a.reply != CHIP_REPLY_NONE || a.promised)
                a.speaker = speaker; /* without a reply, the next one is probably who was meant */
            if (a.reply == CHIP_REPLY_NO && !a.promised && request->asked == CHIP_ASKED_YOU) {
                struct chip_answer other =
                    find_taker(r, request->task, chip_reading_next_turn(r, turn), 2, speaker);
                return other.speaker >= 0 && other.speaker != asks ? other : a;
            }
            if (a.speaker >= 0)
                return a;
        }
        turn = chip_reading_next_turn(r, turn);
    }
    return a;
}
