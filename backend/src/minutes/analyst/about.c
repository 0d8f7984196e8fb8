#include "minutes/analyst/about.h"

#include "minutes/analyst/task.h"

enum { BACK = 10 /* sentences before a task that can say what "it" is */ };

/* After these, "it" is what was asked or proposed, rather than a thing. */
static const char DOES[] = "do|build|try|arrange|organise|organize|handle|implement|plan|change|"
                           "start|decide";
static const char ASKS[] = "find|check|ask|look|let|come|confirm|clarify|tell|see|get|investigate|"
                           "dig|answer";

static const char *const proposals[] = {"let us",
                                        "i ?would suggest|propose",
                                        "we could|should|need",
                                        "what if we|you|i",
                                        "why do not we|you",
                                        "how about",
                                        "somebody|someone should|must|has|needs",
                                        "i was|am thinking of|about",
                                        "i would have|need|like to"};

/* "And the sofa, do we take it or sell it?" is cut at the comma, and one question. */
static struct chip_range whole(const struct chip_reading *r, size_t sentence)
{
    enum { LED = 4 };
    const struct chip_sentence *s = &r->talk.sentences[sentence];
    struct chip_range words = s->words;
    if (sentence > 0 && s[-1].turn == s->turn && s[-1].words.to - s[-1].words.from <= LED &&
        s[-1].words.to > s[-1].words.from && r->talk.tokens[s[-1].tokens.to - 1].mark == ',')
        words.from = s[-1].words.from;
    return words;
}

/* How well a sentence before says what "it" is: what was asked or proposed, and not far away. */
static int explains(const struct chip_reading *r, const struct chip_item *item, size_t sentence,
                    size_t distance)
{
    int n = (int)chip_reading_content(r, whole(r, sentence));
    /* What somebody is going to do is another task. */
    if (n < 2 || chip_reading_has(r, sentence, "i will|shall"))
        return 0;
    int points = 6 + (n < 6 ? n : 6) - 2 * (int)distance;
    if (chip_reading_shared(r, item->text, r->talk.sentences[sentence].words) > 0)
        points += 6;
    bool asks = r->talk.sentences[sentence].asks;
    if (chip_pattern_at(&r->talk, item->text, ASKS, NULL)) {
        if (chip_task_reports(r, item->text) &&
            (!asks || r->talk.sentences[sentence].speaker == item->owner))
            return 0; /* "let you know": what you wanted to know */
        points = asks ? points + 8 : points / 2;
    } else {
        points += asks ? 3 : 0;
    }
    for (size_t i = 0; i < sizeof proposals / sizeof *proposals; i++)
        if (chip_reading_has(r, sentence, proposals[i]))
            return points + 5;
    return points;
}

void chip_about_quote(struct chip_item *item, const struct chip_reading *r)
{
    size_t at = item->sentence, best = at;
    int most = 0;
    size_t distance = 0; /* in sentences that say something */
    for (size_t i = at; i-- > 0 && i + BACK >= at && distance < BACK / 2 + 1;) {
        distance += chip_reading_content(r, r->talk.sentences[i].words) >= 2;
        int points = explains(r, item, i, distance);
        if (points > most) {
            most = points;
            best = i;
        }
    }
    if (best == at)
        return;
    struct chip_range words = whole(r, best);
    words.from = chip_pattern_opening(&r->talk, words);
    /* "Alan, can the app ...": without the call */
    if (words.from + 1 < words.to && chip_names_called(&r->names, words) == words.from)
        words.from++;
    item->about = words.from < words.to ? words : r->talk.sentences[best].words;
    chip_item_prove(item, best);
}

/* The sentence in which the words of a task are; they may be those of an answer. */
static size_t sentence_of(const struct chip_item *item, const struct chip_reading *r)
{
    for (size_t i = 0; i < item->n_evidence; i++) {
        struct chip_range words = r->talk.sentences[item->evidence[i]].words;
        if (words.from <= item->text.from && item->text.from < words.to)
            return item->evidence[i];
    }
    return item->sentence;
}

void chip_about_find(struct chip_item *item, const struct chip_reading *r)
{
    bool vague = chip_task_is_vague(r, item->text);
    bool does = vague && chip_pattern_at(&r->talk, item->text, DOES, NULL);
    struct chip_referent referent;
    if (!does && chip_refer_find(r, sentence_of(item, r), item->text, &referent)) {
        item->pronoun = referent.pronoun;
        item->about = referent.words;
        chip_item_prove(item, referent.sentence);
    } else if (vague) {
        chip_about_quote(item, r);
    }
}

bool chip_about_is_a_doing(const struct chip_item *item, const struct chip_reading *r)
{
    static const char *const states[] = {
        "you|we|i ?really could|can|should|would|will|might ?also be|stay",
        "you|we|i ?really could|can|should|would|will|might ?also have a|an|the",
        "would you like|want|love ?to ?be", "do you want ?to be|lead|become"};
    if (item->pronoun != SIZE_MAX || item->about.to <= item->about.from ||
        !chip_pattern_at(&r->talk, item->text, "do it|that|this|so", NULL))
        return true;
    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        if (chip_pattern_at(&r->talk, item->about, states[i], NULL))
            return false;
    return true;
}
