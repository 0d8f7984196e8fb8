#include "minutes/analyst/questions.h"

#include "minutes/analyst/promises.h"

enum {
    ANSWER_HEAD = 3, /* sentences of the next turn */
    LATER = 12,      /* sentences in which an answer may still come */
    MIN_WORDS = 3,
    MIN_CONTENT = 1,
};

/* Nobody expects to find these in minutes. */
static const char *const empty_questions[] = {
    "anything|what else",
    "can|do you ?all|both hear|see",
    "how are|was|is you|the|your|everybody",
    "how are you",
    "right|okay|correct|really $",
    "you know",
    "does that work|make",
    "* fine with",
    "are you ready|there",
    "shall|can|should we start|begin|move|go",
    "is|are everybody|everyone",
    "any questions|thoughts|objections",
    "what do you think",
    "makes sense",
    "who is next|first",
    "any other|more|further",
    "have|did you",
    "do you mind",
    "do|did|have you ?all want|like|feel|enjoy|prefer|know|see|hear|notice|read|"
    "heard|seen|noticed|remember",
    "may|can i",
    "why not"};

static const struct chip_phrase unknown[] = {{"do not ?really|actually|even know", 0.9f},
                                             {"does not know", 0.8f},
                                             {"not ?really|quite|entirely sure", 0.75f},
                                             {"no idea|clue", 0.9f},
                                             {"have to|will|need to ask|check|find|look", 0.6f},
                                             {"good question", 0.7f},
                                             {"can not say|tell", 0.85f},
                                             {"leave that|it open", 0.95f},
                                             {"remains|stays|is ?still open", 0.8f},
                                             {"let me check|find|ask|look", 0.5f},
                                             {"still waiting", 0.7f},
                                             {"we will see", 0.7f},
                                             {"find out", 0.6f},
                                             {"nobody knows", 0.9f},
                                             {"hard|difficult to say", 0.7f},
                                             {"who knows", 0.8f},
                                             {"would have to check|ask|look", 0.7f},
                                             {"not ?yet clear|decided", 0.6f},
                                             {NULL, 0}};

static bool is_empty(const struct chip_reading *r, size_t sentence)
{
    const struct chip_sentence *s = &r->talk.sentences[sentence];
    struct chip_range words = {chip_pattern_opening(&r->talk, s->words), s->words.to};
    if (words.to - words.from < MIN_WORDS || chip_reading_content(r, words) < MIN_CONTENT)
        return true;
    for (size_t i = 0; i < sizeof empty_questions / sizeof *empty_questions; i++)
        if (chip_pattern_at(&r->talk, words, empty_questions[i], NULL))
            return true;
    struct chip_asking request;
    return chip_request_find(r, sentence, &request) && request.asked != CHIP_ASKED_ANY;
}

/* Does a later sentence say something about it after all? */
static bool is_answered_later(const struct chip_reading *r, size_t question, size_t from)
{
    const struct chip_sentence *all = r->talk.sentences;
    for (size_t i = from; i < r->talk.n_sentences && i < question + LATER; i++) {
        size_t shared = chip_reading_shared(r, all[question].words, all[i].words);
        if (!all[i].asks && shared >= 3 && !chip_phrase_find(&r->talk, all[i].words, unknown, NULL))
            return true;
    }
    return false;
}

/* "Probably." "It is around nine hundred euros, but I do not know ..." */
static bool is_an_answer(const struct chip_reading *r, size_t sentence)
{
    struct chip_range words = r->talk.sentences[sentence].words;
    words.from = chip_pattern_opening(&r->talk, words);
    return chip_pattern_at(&r->talk, words, "probably|likely", NULL) ||
           chip_pattern_at(&r->talk, words, "i think|guess so|not|yes", NULL) ||
           (chip_reading_content(r, words) >= 2 && words.to - words.from >= MIN_WORDS + 1);
}

static void look_at(struct chip_items *items, const struct chip_reading *r, size_t sentence)
{
    const struct chip_sentence *all = r->talk.sentences;
    size_t turn = chip_reading_next_turn(r, sentence);
    struct chip_item item = chip_item_of(sentence, all[sentence].words, 0);
    item.owner = all[sentence].speaker;
    item.text.from = chip_pattern_opening(&r->talk, item.text);
    /* "And the newsletter, do we keep it weekly?" is cut at the comma. */
    bool led = sentence > 0 && all[sentence - 1].turn == all[sentence].turn &&
               r->talk.tokens[all[sentence - 1].tokens.to - 1].mark == ',' &&
               all[sentence - 1].words.to - all[sentence - 1].words.from <= MIN_WORDS + 1 &&
               !chip_reading_has(r, sentence - 1, "question|thing");
    if (led) {
        item.text.from = chip_pattern_opening(&r->talk, all[sentence - 1].words);
        chip_item_prove(&item, sentence - 1);
    }
    /* "Do we owe them something? A voucher maybe?": the first says what is asked. */
    bool goes_on = sentence > 0 && all[sentence - 1].turn == all[sentence].turn &&
                   all[sentence - 1].asks && item.text.to - item.text.from <= MIN_WORDS &&
                   !is_empty(r, sentence - 1);
    if (goes_on) {
        item.text.from = chip_pattern_opening(&r->talk, all[sentence - 1].words);
        chip_item_prove(&item, sentence - 1);
    }
    if (turn >= r->talk.n_sentences) {
        /* The recording ends with it; somebody who talks alone asks nobody. */
        item.confidence = 0.5f;
        if (r->talk.sentences[r->talk.n_sentences - 1].turn > 0)
            chip_items_add(items, item);
        return;
    }
    for (size_t i = turn; i < turn + ANSWER_HEAD && i < r->talk.n_sentences; i++) {
        if (all[i].turn != all[turn].turn)
            break;
        const struct chip_phrase *cue = chip_phrase_find(&r->talk, all[i].words, unknown, NULL);
        if (all[i].asks)
            continue;
        if (!cue && is_an_answer(r, i))
            return;
        if (!cue)
            continue;
        if (is_answered_later(r, sentence, i + 1))
            return;
        item.confidence = cue->weight;
        chip_item_prove(&item, i);
        chip_items_add(items, item);
        return;
    }
}

enum chip_status chip_questions_find(const struct chip_reading *r, struct chip_items *items,
                                     struct chip_err *err)
{
    for (size_t i = 0; i < r->talk.n_sentences && !items->failed; i++) {
        const struct chip_sentence *s = &r->talk.sentences[i];
        /* Of several in a row the last is what is answered. */
        bool last = i + 1 >= r->talk.n_sentences || s[1].turn != s->turn || !s[1].asks ||
                    is_empty(r, i + 1);
        if (s->asks && last && !is_empty(r, i))
            look_at(items, r, i);
    }
    return items->failed ? chip_fail(err, CHIP_E_NOMEM, "not enough memory to find the questions")
                         : CHIP_OK;
}

json_t *chip_questions_json(const struct chip_items *items, const struct chip_reading *r)
{
    json_t *list = json_array();
    for (size_t i = 0; i < items->n && list; i++) {
        const struct chip_item *item = &items->items[i];
        json_t *json =
            json_pack("{s:o, s:o, s:o, s:o}", "text", chip_item_text(item, r), "asked_by",
                      chip_item_speaker(r, item->owner), "confidence", chip_item_confidence(item),
                      "evidence", chip_item_evidence(item, r));
        if (!json || json_array_append_new(list, json) != 0) {
            json_decref(list);
            list = NULL;
        }
    }
    return list;
}
