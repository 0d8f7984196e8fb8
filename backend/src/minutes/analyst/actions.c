#include "minutes/analyst/actions.h"

#include <stdlib.h>

#include "minutes/analyst/promises.h"

enum {
    ANSWER_TURNS = 3,  /* after a request; who answers later answers something else */
    ANSWER_HEAD = 3,   /* sentences of an answer that can say yes or promise */
    DUE_SENTENCES = 2, /* after a task, that can say until when */
    ABOUT_BACK = 8,    /* sentences before a task that can say what "it" is */
    SAME_WITHIN = 30,  /* sentences; a task that is said again */
};

static const float LEAST = 0.4f, ACCEPTED = 0.25f, UNANSWERED = 0.15f;

struct search {
    const struct chip_reading *r;
    struct chip_items *items;
    bool *taken; /* [n_sentences] promises that belong to a request */
};

/* ---- what a task is about ---------------------------------------------------------------------
 */

/* Words that say something besides the verb and the date. */
static size_t substance(const struct chip_reading *r, struct chip_range task)
{
    struct chip_when when;
    size_t n = chip_reading_content(r, (struct chip_range){task.from + 1, task.to});
    if (task.from < task.to && chip_reading_when(r, task, &when))
        n -= chip_reading_content(
            r, (struct chip_range){when.from > task.from ? when.from : task.from + 1,
                                   when.from + when.n});
    return n;
}

/* Does it need another sentence to be understood: "build it", "have her look at it"? */
static bool is_vague(const struct chip_reading *r, struct chip_range task)
{
    size_t n = substance(r, task);
    return n == 0 || (n == 1 && chip_pattern_find(&r->talk, task,
                                                  "it|that|this|them|those|these|one|so", NULL));
}

/* How well a sentence before says what "it" is: what was asked or proposed, and not far away. */
static int explains(const struct chip_reading *r, size_t sentence, size_t distance)
{
    static const char *const proposes[] = {"let us", "i suggest|propose", "we could|should|need"};
    int n = (int)chip_reading_content(r, r->talk.sentences[sentence].words);
    if (n < 2)
        return 0;
    int points = 6 + (n < 6 ? n : 6) - (int)distance;
    points += r->talk.sentences[sentence].asks ? 3 : 0;
    for (size_t i = 0; i < sizeof proposes / sizeof *proposes; i++)
        if (chip_reading_has(r, sentence, proposes[i]))
            return points + 3;
    return points;
}

/* "Build it": what? */
static void find_about(struct chip_item *item, const struct chip_reading *r)
{
    size_t at = item->evidence[0], best = at;
    int most = 0;
    if (!is_vague(r, item->text))
        return;
    for (size_t i = at; i-- > 0 && i + ABOUT_BACK >= at;) {
        int points = explains(r, i, at - i);
        if (points > most) {
            most = points;
            best = i;
        }
    }
    if (best == at)
        return;
    item->about = r->talk.sentences[best].words;
    chip_item_prove(item, best);
}

/* "It will be ready by Friday." "Give me until Monday." "End of the month?" */
static void find_due_after(struct chip_item *item, const struct chip_reading *r, size_t sentence)
{
    static const char *const supplies[] = {"it|they|that|this|you will",
                                           "give me until",
                                           "until|by|before",
                                           "i need until",
                                           "end of",
                                           "would|is that|it",
                                           "how about|what about",
                                           "say"};
    const struct chip_sentence *all = r->talk.sentences;
    for (size_t i = sentence + 1; i <= sentence + DUE_SENTENCES && i < r->talk.n_sentences; i++) {
        if (all[i].turn != all[sentence].turn || item->due >= 0)
            return;
        struct chip_range words = {chip_pattern_opening(&r->talk, all[i].words), all[i].words.to};
        bool fits = words.to - words.from <= 5; /* hardly more than the date */
        for (size_t k = 0; k < sizeof supplies / sizeof *supplies && !fits; k++)
            fits = chip_pattern_at(&r->talk, words, supplies[k], NULL);
        size_t before = item->due_said.to;
        if (fits)
            chip_item_find_due(item, r, words);
        if (item->due_said.to != before)
            chip_item_prove(item, i);
    }
}

/* ---- requests ---------------------------------------------------------------------------------
 */

struct answer {
    enum chip_reply reply;
    int speaker;     /* -1: nobody answered */
    size_t sentence; /* that says so */
    bool promised;
    size_t promise_sentence;
    struct chip_promise promise;
};

/* What one turn says to a request. */
static void read_turn(const struct chip_reading *r, size_t first, struct answer *a)
{
    const struct chip_sentence *all = r->talk.sentences;
    for (size_t i = first; i < first + ANSWER_HEAD && i < r->talk.n_sentences; i++) {
        if (all[i].turn != all[first].turn)
            return;
        if (a->reply == CHIP_REPLY_NONE) {
            a->reply = chip_reply_of(r, i);
            a->sentence = i;
        }
        if (!a->promised && chip_promise_find(r, i, &a->promise)) {
            a->promised = true;
            a->promise_sentence = i;
        }
    }
}

static struct answer find_answer(const struct chip_reading *r, size_t sentence, int asked)
{
    const struct chip_sentence *all = r->talk.sentences;
    struct answer a = {.reply = CHIP_REPLY_NONE, .speaker = -1};
    size_t turn = sentence;
    for (int n = 0; n < ANSWER_TURNS; n++) {
        turn = chip_reading_next_turn(r, turn);
        if (turn >= r->talk.n_sentences)
            break;
        int speaker = all[turn].speaker;
        if (speaker == all[sentence].speaker || (asked >= 0 && speaker != asked))
            continue;
        read_turn(r, turn, &a);
        if (a.reply != CHIP_REPLY_NONE || a.promised) {
            a.speaker = speaker;
            return a;
        }
        if (asked < 0)
            break; /* who did not answer was not asked, or does not want to */
    }
    return a;
}

static void take_promise(struct search *s, struct chip_item *item, const struct answer *a)
{
    const struct chip_reading *r = s->r;
    s->taken[a->promise_sentence] = true;
    chip_item_prove(item, a->promise_sentence);
    chip_item_find_due(item, r, r->talk.sentences[a->promise_sentence].words);
    find_due_after(item, r, a->promise_sentence);
    if (substance(r, a->promise.task) > substance(r, item->text) ||
        (is_vague(r, item->text) && !is_vague(r, a->promise.task)))
        item->text = a->promise.task;
}

static void add_request(struct search *s, size_t sentence, const struct chip_asking *request)
{
    const struct chip_reading *r = s->r;
    int asked = -1;
    if (request->called != SIZE_MAX)
        asked = chip_names_speaker(&r->names, r->texts[request->called]);
    if (asked == r->talk.sentences[sentence].speaker)
        asked = -1;
    struct answer a = find_answer(r, sentence, asked);
    bool yes = a.reply == CHIP_REPLY_YES || a.promised;
    if ((a.reply == CHIP_REPLY_NO && !a.promised) || (request->needs_answer && !yes))
        return;
    struct chip_item item =
        chip_item_of(sentence, request->task, request->weight + (yes ? ACCEPTED : -UNANSWERED));
    item.owner = request->is_offer ? r->talk.sentences[sentence].speaker
                 : a.speaker >= 0  ? a.speaker
                                   : asked;
    if (item.owner < 0 && request->called != SIZE_MAX)
        item.owner_word = request->called;
    if (a.promised && !request->is_offer)
        take_promise(s, &item, &a);
    else if (yes)
        chip_item_prove(&item, a.sentence);
    if (a.speaker >= 0 && !a.promised)
        find_due_after(&item, r, a.sentence);
    chip_item_find_due(&item, r, r->talk.sentences[sentence].words);
    find_due_after(&item, r, sentence);
    find_about(&item, r);
    chip_items_add(s->items, item);
}

/* ---- promises and what others are to do -------------------------------------------------------
 */

/* "I can do it" is one as an answer to a question or with a date, not by itself. */
static bool has_ground(const struct chip_reading *r, size_t sentence)
{
    const struct chip_sentence *all = r->talk.sentences;
    struct chip_when when;
    if (chip_reading_when(r, all[sentence].words, &when))
        return true;
    for (size_t i = sentence; i-- > 0 && i + 3 > sentence;)
        if (all[i].turn != all[sentence].turn)
            return all[i].asks;
    return false;
}

/* "I can add it. ... I will do it right after the meeting": the same task, once more. */
static struct chip_item *find_said_before(struct search *s, size_t sentence,
                                          const struct chip_promise *promise)
{
    const struct chip_sentence *all = s->r->talk.sentences;
    static const char *const reports[] = {"come|get back to", "let * know", "report ?back"};
    bool adds_nothing = is_vague(s->r, promise->task);
    for (size_t i = 0; i < sizeof reports / sizeof *reports; i++)
        adds_nothing |= chip_pattern_at(&s->r->talk, promise->task, reports[i], NULL) &&
                        substance(s->r, promise->task) <= 1;
    for (size_t i = s->items->n; i-- > 0 && adds_nothing;) {
        struct chip_item *item = &s->items->items[i];
        size_t last = item->evidence[item->n_evidence - 1];
        last = last > item->sentence ? last : item->sentence;
        if (item->owner == all[sentence].speaker && all[last].turn == all[sentence].turn)
            return item;
        if (item->sentence + ABOUT_BACK < sentence)
            return NULL;
    }
    return NULL;
}

static void add_promise(struct search *s, size_t sentence, const struct chip_promise *promise)
{
    const struct chip_reading *r = s->r;
    bool grounded = !promise->needs_ground || has_ground(r, sentence);
    size_t next = chip_reading_next_turn(r, sentence);
    bool accepted = next < r->talk.n_sentences && chip_reply_of(r, next) == CHIP_REPLY_YES;
    if (!grounded && !accepted)
        return;
    struct chip_item *before = find_said_before(s, sentence, promise);
    if (before) {
        chip_item_find_due(before, r, r->talk.sentences[sentence].words);
        chip_item_prove(before, sentence);
        return;
    }
    struct chip_item item =
        chip_item_of(sentence, promise->task, promise->weight + (accepted ? 0.1f : 0));
    item.owner = r->talk.sentences[sentence].speaker;
    chip_item_find_due(&item, r, r->talk.sentences[sentence].words);
    find_due_after(&item, r, sentence);
    find_about(&item, r);
    if (item.due < 0 && substance(r, item.text) == 0 && item.about.to == item.about.from)
        return; /* "I will try": nothing that could be done */
    chip_items_add(s->items, item);
}

static void add_assignment(struct search *s, size_t sentence,
                           const struct chip_assignment *assignment)
{
    const struct chip_reading *r = s->r;
    struct chip_item item = chip_item_of(sentence, assignment->task, assignment->weight);
    if (assignment->who != SIZE_MAX) {
        item.owner = chip_names_speaker(&r->names, r->texts[assignment->who]);
        if (item.owner < 0)
            item.owner_word = assignment->who;
    }
    chip_item_find_due(&item, r, r->talk.sentences[sentence].words);
    find_about(&item, r);
    chip_items_add(s->items, item);
}

/* ---- said twice -------------------------------------------------------------------------------
 */

static bool is_same(const struct chip_reading *r, const struct chip_item *a,
                    const struct chip_item *b)
{
    if (a->dropped || b->dropped || a->owner != b->owner || a->owner_word != b->owner_word ||
        b->sentence - a->sentence > SAME_WITHIN)
        return false;
    size_t na = chip_reading_content(r, a->text), nb = chip_reading_content(r, b->text);
    size_t shared = chip_reading_shared(r, a->text, b->text), fewer = na < nb ? na : nb;
    return shared >= 2 && shared * 10 >= fewer * 6;
}

static void merge(struct chip_item *kept, struct chip_item *other)
{
    for (size_t i = 0; i < other->n_evidence; i++)
        chip_item_prove(kept, other->evidence[i]);
    if (kept->due < 0 && other->due_said.to > other->due_said.from) {
        kept->due = other->due;
        kept->due_said = other->due_said;
    }
    if (other->confidence > kept->confidence)
        kept->confidence = other->confidence;
    other->dropped = true;
}

static void merge_repeated(struct chip_items *items, const struct chip_reading *r)
{
    for (size_t i = 0; i < items->n; i++)
        for (size_t k = i + 1;
             k < items->n && items->items[k].sentence <= items->items[i].sentence + SAME_WITHIN;
             k++)
            if (is_same(r, &items->items[i], &items->items[k]))
                merge(&items->items[i], &items->items[k]);
}

/* The date is told by itself; at the end of the text it would be told twice. */
static void cut_due(struct chip_item *item, const struct chip_reading *r)
{
    struct chip_when when;
    if (chip_reading_when(r, item->text, &when) && when.from + when.n == item->text.to &&
        when.from > item->text.from + 1 && item->due_said.to > item->due_said.from)
        item->text.to = when.from;
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
        cut_due(&items->items[i], r);
    }
    return CHIP_OK;
}

/* ---- written down -----------------------------------------------------------------------------
 */

static json_t *owner_json(const struct chip_item *item, const struct chip_reading *r)
{
    if (item->owner < 0 && item->owner_word == SIZE_MAX)
        return json_null();
    char *said = NULL;
    const char *name = chip_names_of(&r->names, item->owner);
    if (item->owner < 0)
        name = said =
            chip_reading_text(r, (struct chip_range){item->owner_word, item->owner_word + 1});
    json_t *owner = json_pack("{s:o, s:o}", "speaker", chip_item_speaker(r, item->owner), "name",
                              name ? json_string(name) : json_null());
    free(said);
    return owner;
}

static json_t *due_json(const struct chip_item *item, const struct chip_reading *r)
{
    if (item->due_said.to <= item->due_said.from)
        return json_null();
    return chip_item_when(r, item->due, item->due_said);
}

json_t *chip_actions_json(const struct chip_items *items, const struct chip_reading *r)
{
    json_t *list = json_array();
    for (size_t i = 0; i < items->n && list; i++) {
        const struct chip_item *item = &items->items[i];
        if (item->dropped)
            continue;
        json_t *json =
            json_pack("{s:o, s:o, s:o, s:o, s:o}", "what", chip_item_task(item, r), "owner",
                      owner_json(item, r), "due", due_json(item, r), "confidence",
                      chip_item_confidence(item), "evidence", chip_item_evidence(item, r));
        if (!json || json_array_append_new(list, json) != 0) {
            json_decref(list);
            list = NULL;
        }
    }
    return list;
}
