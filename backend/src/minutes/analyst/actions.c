#include "minutes/analyst/actions.h"

#include <stdlib.h>

#include "minutes/analyst/about.h"
#include "minutes/analyst/answers.h"
#include "minutes/analyst/due.h"
#include "minutes/analyst/task.h"

enum {
    RECENT = 8,       /* sentences in which a task is still spoken about */
    SAME_WITHIN = 30, /* sentences; a task that is said again */
};

static const float LEAST = 0.4f, ACCEPTED = 0.25f, UNANSWERED = 0.15f;

struct search {
    const struct chip_reading *r;
    struct chip_items *items;
    bool *taken; /* [n_sentences] promises that belong to a request */
};

static bool has_date(const struct chip_reading *r, size_t sentence)
{
    struct chip_when when;
    return chip_reading_when(r, r->talk.sentences[sentence].words, &when);
}

/* The task of a person that is still spoken about. */
static struct chip_item *find_recent(struct search *s, size_t sentence, int owner)
{
    for (size_t i = s->items->n; i-- > 0;) {
        struct chip_item *item = &s->items->items[i];
        size_t last = item->evidence[item->n_evidence - 1];
        last = last > item->sentence ? last : item->sentence;
        if (last + RECENT < sentence)
            return NULL;
        if (owner >= 0 && item->owner == owner)
            return item;
    }
    return NULL;
}

static void add(struct search *s, struct chip_item *item)
{
    const struct chip_reading *r = s->r;
    chip_about_find(item, r);
    bool empty = chip_task_substance(r, item->text) == 0 && item->about.to == item->about.from;
    if (empty && (item->due < 0 || !chip_task_is(r, item->text)))
        return; /* "I will try": nothing that could be done */
    if (!chip_about_is_a_doing(item, r))
        return;
    chip_items_add(s->items, *item);
}

/* ---- requests ---------------------------------------------------------------------------------
 */

static void take_promise(struct search *s, struct chip_item *item, const struct chip_answer *a)
{
    const struct chip_reading *r = s->r;
    s->taken[a->promise_sentence] = true;
    chip_item_prove(item, a->promise_sentence);
    chip_item_find_due(item, r, r->talk.sentences[a->promise_sentence].words);
    bool better = chip_task_substance(r, a->promise.task) > chip_task_substance(r, item->text) &&
                  !chip_task_reports(r, a->promise.task);
    if (better || (chip_task_is_vague(r, item->text) && !chip_task_is_vague(r, a->promise.task)))
        item->text = chip_task_cut(r, a->promise.task, false);
}

/* Whom is it asked of? -1: of whoever answers. */
static int asked_speaker(const struct chip_reading *r, size_t sentence,
                         const struct chip_asking *request)
{
    int speaker = r->talk.sentences[sentence].speaker, asked = -1;
    if (request->called != SIZE_MAX)
        asked = chip_names_speaker(&r->names, r->texts[request->called]);
    else if (r->talk.transcript->n_speakers == 2 && (speaker == 0 || speaker == 1))
        asked = 1 - speaker;
    return asked == speaker ? -1 : asked;
}

static bool has_ground(const struct chip_reading *r, size_t sentence,
                       const struct chip_asking *request, const struct chip_answer *a)
{
    bool yes = a->reply == CHIP_REPLY_YES || a->promised;
    switch (request->ground) {
    case CHIP_GROUND_NONE:
        return true;
    case CHIP_GROUND_SOME:
        return yes;
    case CHIP_GROUND_PROMISE:
        return a->promised || a->takes || a->named != SIZE_MAX;
    case CHIP_GROUND_DATE:
        return has_date(r, sentence);
    }
    return false;
}

static void set_owner(struct chip_item *item, const struct chip_reading *r, size_t sentence,
                      const struct chip_asking *request, const struct chip_answer *a, int asked)
{
    int asks = r->talk.sentences[sentence].speaker;
    switch (request->asked) {
    case CHIP_ASKED_ALL:
        return;
    case CHIP_ASKED_OFFER:
        /* "Shall I call them?" "No, I will do it." */
        item->owner = a->reply == CHIP_REPLY_NO ? a->speaker : asks;
        return;
    case CHIP_ASKED_ANY:
        item->owner = a->speaker;
        if (item->owner < 0 && a->named != SIZE_MAX)
            item->owner_word = a->named;
        return;
    case CHIP_ASKED_YOU:
        item->owner = a->speaker >= 0 ? a->speaker : asked;
        if (item->owner < 0 && request->called != SIZE_MAX)
            item->owner_word = request->called;
        return;
    }
}

/* "I think you should try. Why don't you send me a draft?": the answer is to the second. */
static bool is_passed_over(const struct chip_reading *r, size_t sentence,
                           const struct chip_asking *request)
{
    const struct chip_sentence *all = r->talk.sentences;
    struct chip_asking next;
    bool more = sentence + 1 < r->talk.n_sentences && all[sentence + 1].turn == all[sentence].turn;
    return more && request->called == SIZE_MAX && chip_task_is_vague(r, request->task) &&
           chip_request_find(r, sentence + 1, &next);
}

static void add_request(struct search *s, size_t sentence, const struct chip_asking *request)
{
    const struct chip_reading *r = s->r;
    if (is_passed_over(r, sentence, request))
        return;
    int asked = asked_speaker(r, sentence, request);
    struct chip_answer a = chip_answer_find(r, sentence, request, asked);
    bool yes = a.reply == CHIP_REPLY_YES || a.promised;
    bool refused = a.reply == CHIP_REPLY_DONE || (a.reply == CHIP_REPLY_NO && !a.promised);
    if ((refused && request->asked != CHIP_ASKED_ALL) || !has_ground(r, sentence, request, &a))
        return;
    struct chip_item item =
        chip_item_of(sentence, chip_task_cut(r, request->task, request->asked != CHIP_ASKED_OFFER),
                     request->weight + (yes ? ACCEPTED : -UNANSWERED));
    set_owner(&item, r, sentence, request, &a, asked);
    bool keeps = request->asked != CHIP_ASKED_ALL;
    if (a.promised && keeps && item.owner == a.speaker && request->asked != CHIP_ASKED_OFFER)
        take_promise(s, &item, &a);
    if (yes && keeps)
        chip_item_prove(&item, a.sentence);
    chip_item_find_due(&item, r, r->talk.sentences[sentence].words);
    if (yes && keeps && !a.promised) /* "I will, and they will be trained by April." */
        chip_item_find_due(&item, r, r->talk.sentences[a.sentence].words);
    size_t last = item.evidence[item.n_evidence - 1];
    chip_due_after(&item, r, sentence);
    if (last != sentence)
        chip_due_after(&item, r, last);
    struct chip_item *before =
        chip_task_is_vague(r, item.text) ? find_recent(s, sentence, item.owner) : NULL;
    if (before && request->called == SIZE_MAX && request->asked == CHIP_ASKED_YOU &&
        sentence - before->sentence <= RECENT / 2) {
        chip_items_merge(before, &item);
        return;
    }
    add(s, &item);
}

/* ---- promises ---------------------------------------------------------------------------------
 */

/* "I can do it" is one as an answer to a question or with a date, not by itself. */
static bool is_grounded(const struct chip_reading *r, size_t sentence, enum chip_ground ground)
{
    const struct chip_sentence *all = r->talk.sentences;
    if (ground == CHIP_GROUND_NONE || has_date(r, sentence))
        return true;
    if (ground == CHIP_GROUND_DATE)
        return false;
    for (size_t i = sentence; i-- > 0 && i + 3 > sentence;)
        if (all[i].turn != all[sentence].turn)
            return all[i].asks;
    return false;
}

/* "I can add it. ... I will do it right after the meeting": the same task, once more. */
static struct chip_item *find_said_before(struct search *s, size_t sentence,
                                          const struct chip_promise *promise)
{
    const struct chip_reading *r = s->r;
    struct chip_item *item = find_recent(s, sentence, r->talk.sentences[sentence].speaker);
    if (!item)
        return NULL;
    if (chip_promise_delivers(r, sentence))
        return item;
    bool hands_over = chip_pattern_at(&r->talk, promise->task, "you", NULL);
    size_t last = item->evidence[item->n_evidence - 1];
    last = last > item->sentence ? last : item->sentence;
    bool same_turn = r->talk.sentences[last].turn == r->talk.sentences[sentence].turn;
    struct chip_referent referent;
    bool adds_nothing = chip_task_reports(r, promise->task) ||
                        (chip_task_is_vague(r, promise->task) &&
                         !(chip_refer_find(r, sentence, promise->task, &referent) &&
                           chip_reading_shared(r, referent.words, item->text) == 0 &&
                           referent.sentence > item->sentence));
    return same_turn && (adds_nothing || hands_over) ? item : NULL;
}

/* "What will you do if a customer complains?" "I will listen first." */
static bool answers_a_case(const struct chip_reading *r, size_t sentence)
{
    const struct chip_sentence *all = r->talk.sentences;
    size_t i = sentence;
    while (i > 0 && i + RECENT > sentence && all[i].turn == all[sentence].turn)
        i--;
    if (!all[i].asks || all[i].turn == all[sentence].turn || has_date(r, sentence))
        return false;
    return chip_task_opens(r, i, "what if|happens") || chip_task_opens(r, i, "how would|do you") ||
           chip_task_opens(r, i, "what would you") ||
           (chip_task_opens(r, i, "what will|do you do") && chip_reading_has(r, i, "if|when"));
}

/* "I could look at it." "Would you?" */
static bool is_welcome(const struct chip_reading *r, size_t answer)
{
    return answer < r->talk.n_sentences && chip_task_opens(r, answer, "would|could|can you $");
}

/* "I can cover the first one." "And I take the second." "Brilliant." */
static bool is_one_of_many(const struct chip_reading *r, size_t next)
{
    if (next >= r->talk.n_sentences ||
        !chip_pattern_at(&r->talk, r->talk.sentences[next].words, "and i|me", NULL))
        return false;
    next = chip_reading_next_turn(r, next);
    return next < r->talk.n_sentences && chip_reply_of(r, next) == CHIP_REPLY_YES;
}

/* "I can pick some up." "Don't, I have a box." */
static bool is_unwanted(const struct chip_reading *r, size_t answer,
                        const struct chip_promise *promise)
{
    return promise->ground != CHIP_GROUND_NONE || chip_task_opens(r, answer, "do not *") ||
           chip_task_opens(r, answer, "there is no need") ||
           chip_task_opens(r, answer, "no need") || chip_task_opens(r, answer, "please do not");
}

static void add_promise(struct search *s, size_t sentence, const struct chip_promise *promise)
{
    const struct chip_reading *r = s->r;
    size_t next = chip_reading_next_turn(r, sentence);
    enum chip_reply reply = next < r->talk.n_sentences ? chip_reply_of(r, next) : CHIP_REPLY_NONE;
    bool accepted = reply == CHIP_REPLY_YES || is_welcome(r, next) || is_one_of_many(r, next);
    if (reply == CHIP_REPLY_NO && is_unwanted(r, next, promise))
        return;
    bool grounded = is_grounded(r, sentence, promise->ground) ||
                    (accepted && promise->ground == CHIP_GROUND_SOME);
    if (!grounded || answers_a_case(r, sentence))
        return;
    struct chip_item *before = find_said_before(s, sentence, promise);
    if (before) {
        chip_item_find_due(before, r, r->talk.sentences[sentence].words);
        chip_item_prove(before, sentence);
        return;
    }
    struct chip_item item = chip_item_of(sentence, chip_task_cut(r, promise->task, false),
                                         promise->weight + (accepted ? 0.1f : 0));
    item.owner = r->talk.sentences[sentence].speaker;
    chip_item_find_due(&item, r, r->talk.sentences[sentence].words);
    chip_due_before(&item, r, sentence);
    chip_due_after(&item, r, sentence);
    add(s, &item);
}

/* ---- what others are to do --------------------------------------------------------------------
 */

static void add_assignment(struct search *s, size_t sentence,
                           const struct chip_assignment *assignment)
{
    const struct chip_reading *r = s->r;
    struct chip_item item =
        chip_item_of(sentence, chip_task_cut(r, assignment->task, true), assignment->weight);
    item.owner = chip_names_speaker(&r->names, r->texts[assignment->who]);
    if (item.owner < 0)
        item.owner_word = assignment->who;
    bool accepted = false;
    if (item.owner >= 0 && item.owner != r->talk.sentences[sentence].speaker) {
        const struct chip_asking asking = {.task = assignment->task, .called = assignment->who};
        struct chip_answer a = chip_answer_find(r, sentence, &asking, item.owner);
        if (a.speaker == item.owner &&
            (a.reply == CHIP_REPLY_DONE || (a.reply == CHIP_REPLY_NO && !a.promised)))
            return;
        accepted = a.speaker == item.owner && (a.reply == CHIP_REPLY_YES || a.promised);
        if (accepted && a.promised && chip_task_is_vague(r, a.promise.task))
            take_promise(s, &item, &a);
    }
    if (assignment->ground != CHIP_GROUND_NONE && !has_date(r, sentence) && !accepted)
        return;
    item.confidence += accepted ? ACCEPTED : 0;
    chip_item_find_due(&item, r, r->talk.sentences[sentence].words);
    chip_due_after(&item, r, sentence);
    add(s, &item);
}

/* ---- said twice -------------------------------------------------------------------------------
 */

/* "Have it ready by Wednesday", and then "Elena fixes the client by Wednesday". */
static bool is_said_better(const struct chip_reading *r, const struct chip_item *a,
                           const struct chip_item *b)
{
    if (b->sentence - a->sentence > RECENT || !chip_task_is_vague(r, a->text))
        return false;
    bool nameless = a->about.to == a->about.from && a->due >= 0 && a->due == b->due;
    return chip_reading_shared(r, a->about, b->text) > 0 || nameless;
}

static bool is_same(const struct chip_reading *r, const struct chip_item *a,
                    const struct chip_item *b)
{
    if (a->dropped || b->dropped || a->owner != b->owner || a->owner_word != b->owner_word ||
        b->sentence - a->sentence > SAME_WITHIN)
        return false;
    /* "Shall I order filters?" "Yes." "I will do it tonight." */
    struct chip_range words = r->talk.sentences[a->sentence].words;
    if (chip_task_is_vague(r, b->text) && b->about.from >= words.from && b->about.to <= words.to &&
        b->about.to > b->about.from && b->pronoun == SIZE_MAX)
        return true;
    size_t na = chip_reading_content(r, a->text), nb = chip_reading_content(r, b->text);
    size_t shared = chip_reading_shared(r, a->text, b->text), fewer = na < nb ? na : nb;
    return (shared >= 2 && shared * 10 >= fewer * 6) || is_said_better(r, a, b);
}

static void merge_repeated(struct chip_items *items, const struct chip_reading *r)
{
    for (size_t i = 0; i < items->n; i++)
        for (size_t k = i + 1; k < items->n; k++) {
            struct chip_item *a = &items->items[i], *b = &items->items[k];
            if (!is_same(r, a, b))
                continue;
            if (chip_task_is_vague(r, a->text) && !chip_task_is_vague(r, b->text)) {
                a->text = b->text;
                a->about = b->about;
                a->pronoun = b->pronoun;
            }
            chip_items_merge(a, b);
        }
}

enum chip_status chip_actions_find(const struct chip_reading *r, struct chip_items *items,
                                   struct chip_err *err)
{
    struct search s = {r, items, calloc(r->talk.n_sentences + 1, sizeof *s.taken)};
    for (size_t i = 0; i < r->talk.n_sentences && s.taken; i++) {
        struct chip_asking request;
        struct chip_promise promise;
        struct chip_assignment assignment;
        if (chip_request_find(r, i, &request))
            add_request(&s, i, &request);
        if (!s.taken[i] && chip_promise_find(r, i, &promise))
            add_promise(&s, i, &promise);
        if (chip_assignment_find(r, i, &assignment))
            add_assignment(&s, i, &assignment);
    }
    bool failed = !s.taken || items->failed;
    free(s.taken);
    if (failed)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory to find the tasks");
    chip_items_retract(items, r);
    merge_repeated(items, r);
    for (size_t i = 0; i < items->n; i++) {
        items->items[i].dropped |= items->items[i].confidence < LEAST;
        chip_due_cut(&items->items[i], r);
    }
    return CHIP_OK;
}
