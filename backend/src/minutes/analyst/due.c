#include "minutes/analyst/due.h"

#include "minutes/analyst/promises.h"
#include "minutes/analyst/task.h"

enum {
    BEFORE = 3,
    AFTER = 4,       /* sentences after a task that can say until when */
    HARDLY_MORE = 5, /* words of a sentence that says hardly more than a date */
};

static const char *const supplies[] = {
    "it|they|that|this|you will",
    "it|they|that|this|these|those ?all ?really has|have|needs|need|must|should ?to be",
    "give me until",
    "?ideally|preferably until|by|before",
    "i|we ?really ?only need|want|expect it|them|that|this|those|until|everything|these",
    "end of",
    "would|is|will that|it",
    "how about|what about",
    "can|could|will|would you|we ?do|make|have|manage|get|say it|that|this|them",
    "can|could|shall we say",
    "the deadline is",
    "it|that is due",
    "?let us say",
    "let us do|make it|that|this",
    "i would say",
    "i|we can do|make|have|manage it|that|this|them",
    "is * ?* okay|fine|enough|possible|realistic|good",
};

static bool supplies_one(const struct chip_reading *r, struct chip_range words)
{
    struct chip_when when;
    if (words.to - words.from <= HARDLY_MORE && chip_reading_when(r, words, &when) &&
        !chip_pattern_at(&r->talk, words, "we|i|see|same|meet|talk|bye", NULL) &&
        chip_reading_content(r, words) ==
            chip_reading_content(r, (struct chip_range){when.from, when.from + when.n}))
        return true;
    if (chip_pattern_find(&r->talk, words, "again", NULL))
        return false; /* "Let us do this again in a month" */
    for (size_t k = 0; k < sizeof supplies / sizeof *supplies; k++)
        if (chip_pattern_at(&r->talk, words, supplies[k], NULL))
            return true;
    return false;
}

/* Does a sentence give another task, whose date is its own? */
static bool is_another(const struct chip_reading *r, size_t sentence)
{
    struct chip_promise promise;
    struct chip_asking request;
    return (chip_promise_find(r, sentence, &promise) && !chip_task_is_vague(r, promise.task) &&
            !chip_task_reports(r, promise.task)) ||
           (chip_request_find(r, sentence, &request) && !chip_task_is_vague(r, request.task));
}

/* Something else is spoken about, and a date after it is of that. */
static bool moves_on(const struct chip_reading *r, const struct chip_item *item, size_t sentence)
{
    struct chip_range words = r->talk.sentences[sentence].words;
    return r->talk.sentences[sentence].speaker != item->owner &&
           chip_pattern_at(&r->talk, words, "and|also|now|next|another|last|then|what", NULL) &&
           chip_reading_content(r, words) >= 1 && chip_reading_shared(r, words, item->text) == 0;
}

void chip_due_after(struct chip_item *item, const struct chip_reading *r, size_t sentence)
{
    const struct chip_sentence *all = r->talk.sentences;
    for (size_t i = sentence + 1; i <= sentence + AFTER && i < r->talk.n_sentences; i++) {
        if (item->due_said.to > item->due_said.from)
            return;
        if (all[i].speaker != item->owner && chip_promise_delivers(r, i))
            return; /* a date of another task */
        struct chip_range words = {chip_pattern_opening(&r->talk, all[i].words), all[i].words.to};
        if (!supplies_one(r, words)) {
            if (is_another(r, i) || moves_on(r, item, i))
                return;
            continue;
        }
        chip_item_find_due(item, r, words);
        if (item->due_said.to > item->due_said.from)
            chip_item_prove(item, i);
    }
}

void chip_due_before(struct chip_item *item, const struct chip_reading *r, size_t sentence)
{
    const struct chip_sentence *all = r->talk.sentences;
    if (!chip_task_is_vague(r, item->text))
        return;
    for (size_t i = sentence; i-- > 0 && i + BEFORE >= sentence;) {
        if (item->due_said.to > item->due_said.from)
            return;
        struct chip_range words = {chip_pattern_opening(&r->talk, all[i].words), all[i].words.to};
        if (all[i].turn == all[sentence].turn || !supplies_one(r, words))
            continue;
        chip_item_find_due(item, r, words);
        if (item->due_said.to > item->due_said.from)
            chip_item_prove(item, i);
    }
}

void chip_due_cut(struct chip_item *item, const struct chip_reading *r)
{
    struct chip_when when;
    if (!chip_reading_when(r, item->text, &when) || item->due_said.to <= item->due_said.from)
        return;
    size_t end = when.from + when.n;
    if (end < item->text.to && chip_pattern_at(&r->talk, (struct chip_range){end, item->text.to},
                                               "please|then|right|okay|if|and|so|because $", NULL))
        end = item->text.to;
    if (end == item->text.to && when.from > item->text.from + 1)
        item->text.to = when.from;
}
