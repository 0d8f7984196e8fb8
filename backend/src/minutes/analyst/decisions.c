#include "minutes/analyst/decisions.h"

#include "minutes/analyst/about.h"
#include "minutes/analyst/assent.h"
#include "minutes/analyst/promises.h"
#include "minutes/analyst/propose.h"
#include "minutes/analyst/settle.h"

enum {
    BACK = 8, /* sentences before "agreed" that can say what is */
    CLEARED_WITHIN = 5,
    BRIEF = 4,        /* words; hardly a decision without what it is about */
    SAME_WITHIN = 15, /* sentences; what is decided again, or otherwise */
};

static const float LEAST = 0.5f, STRONG = 0.8f;

/* The sentence itself says that it is decided. */
static const struct chip_phrase explicit_cues[] = {
    {"we ?all|have|then agree|agreed|decide|decided|settle|settled on|that|to|for", 0.85f},
    {"we have ?now agreed|decided|settled", 0.85f},
    {"the decision is", 0.9f},
    {"our decision is", 0.9f},
    {"we ?will|are go|going with|ahead|for", 0.7f},
    {"we stick|stay with", 0.7f},
    {"we have a decision", 0.8f},
    {"unless anybody|anyone|somebody|someone objects|disagrees", 0.7f},
    {"i ?have decided to|that|on|against", 0.75f},
    {"i will|would go with|for", 0.55f},
    {"is|are off the table", 0.65f},
    {"is|are ?hereby|now|therefore approved|adopted|ratified|carried|passed $", 0.6f},
    {"final decision", 0.8f},
    {"^from now on", 0.65f},
    {"^from|starting * ?* ?* ?on we|everybody|everyone|all", 0.6f},
    {"^as of * ?* ?* we|everybody|everyone|all", 0.6f},
    {"then|so|hereby * ?* ?* is|are ?hereby adopted|approved|elected|rejected|passed|accepted",
     0.75f},
    {"^going forward we", 0.6f},
    {"motion ?is|to|has|was carried|passed|passes|carries|approved", 0.8f},
    {NULL, 0}};

/* It says so of another sentence. */
static const struct chip_phrase pointing[] = {
    {"that|it|this is ?then|now|all decided|settled|agreed|carried|passed|approved|adopted", 0.9f},
    {"that|it|this is ?then|now ?all final|official|unanimous", 0.8f},
    {"motion ?is|was|has carries|passes|carried|passed|approved $", 0.8f},
    {"^carried|approved|adopted|unanimous|unanimously", 0.75f},
    {"^done deal", 0.8f},
    {"^sold $", 0.75f},
    {"i second that", 0.6f},
    {"^agreed", 0.75f},
    {"^agree $", 0.7f},
    {"^deal", 0.75f},
    {"we have a deal", 0.85f},
    {"it is a deal", 0.85f},
    {"then we are agreed", 0.85f},
    {"let us do that|it", 0.7f},
    {"i am with *", 0.6f},
    {"^i ?tend ?would ?also ?have ?to agree with *", 0.55f},
    {"^go for it", 0.6f},
    {"^?then ?just do it|that $", 0.6f},
    {"^that settles it", 0.8f},
    {"^decision made", 0.8f},
    {"you have my approval|okay|blessing", 0.75f},
    {"consider it|that approved|agreed|decided", 0.8f},
    {NULL, 0}};

/* ---- kinds of decisions -----------------------------------------------------------------------
 */

/* "Let us drop it" is "drop it" once it is decided. */
static struct chip_range text_of(const struct chip_reading *r, size_t sentence)
{
    static const char *const leads[] = {
        "let us ?just|then|also ?say|agree ?that",
        "i would say ?that",
        "i ?would suggest|propose|move|recommend ?that",
        "all|everybody|everyone ?is in favour|favor ?of",
        "are|is we|you|everybody|everyone ?all|both ?now|then happy|okay|fine|agreed|good|clear "
        "with|on|"
        "that",
        "do we|you ?all|both agree on|with|that|to",
        "can|could|shall we ?all|then ?just agree|settle on|that",
        "i vote ?for|that|to|we",
        "my vote|preference|proposal|suggestion is|goes|would ?be ?to|for|that",
        "agreed|deal|settled|decided",
        "?then what if",
        "?then how|what about",
        "?then why do not we",
        "?then could|should|shall we ?just|also",
    };
    const struct chip_sentence *s = &r->talk.sentences[sentence];
    struct chip_range text = {chip_pattern_opening(&r->talk, s->words), s->words.to};
    for (size_t i = 0; i < sizeof leads / sizeof *leads; i++) {
        size_t end;
        if (chip_pattern_at(&r->talk, text, leads[i], &end) && end + 1 < text.to)
            text.from = end;
    }
    if (text.to > text.from + 2 &&
        chip_pattern_at(&r->talk, (struct chip_range){text.to - 1, text.to},
                        "then|okay|right|please", NULL))
        text.to--;
    return text;
}

static void add(struct chip_items *items, const struct chip_reading *r, size_t sentence,
                size_t proof, float confidence)
{
    struct chip_item item = chip_item_of(sentence, text_of(r, sentence), confidence);
    struct chip_range front = item.text;
    if (front.to > front.from + 5)
        front.to = front.from + 5;
    item.owner = r->talk.sentences[sentence].speaker;
    chip_item_prove(&item, proof);
    size_t n = chip_reading_content(r, item.text);
    bool pronoun = chip_pattern_find(&r->talk, front, "it|them|that|this|those|there", NULL);
    bool brief = item.text.to - item.text.from <= BRIEF;
    if (n < CHIP_PROPOSE_CONTENT || brief || (pronoun && n < 4))
        chip_about_quote(&item, r);
    chip_items_add(items, item);
}

/* "All in favour of the new pipe? Good, that is carried." */
static bool is_a_vote(const struct chip_reading *r, size_t sentence)
{
    return r->talk.sentences[sentence].asks &&
           (chip_reading_has(r, sentence, "in favour|favor") ||
            chip_reading_has(r, sentence, "agree|agreed|objections|against|vote"));
}

/* "So that is decided": what is? What follows, else what somebody has stated or proposed before. */
static void add_pointed(struct chip_items *items, const struct chip_reading *r, size_t sentence,
                        float confidence)
{
    const struct chip_sentence *all = r->talk.sentences;
    size_t next = sentence + 1;
    bool back = chip_reading_has(r, sentence, "go for it");
    if (!back && next < r->talk.n_sentences && all[next].turn == all[sentence].turn &&
        chip_propose_states(r, next)) {
        add(items, r, next, sentence, confidence);
        return;
    }
    for (size_t i = sentence; i-- > 0 && i + BACK >= sentence;) {
        bool vote = is_a_vote(r, i);
        if (all[i].turn == all[sentence].turn && !vote)
            continue;
        bool proposes = chip_propose_weight(r, i) > 0 || vote;
        bool says = proposes && chip_propose_has_content(r, i);
        if ((says || chip_propose_states(r, i)) && !chip_propose_is_procedure(r, i)) {
            add(items, r, i, sentence, confidence);
            return;
        }
    }
}

static void add_proposal(struct chip_items *items, const struct chip_reading *r, size_t sentence)
{
    float weight = chip_propose_weight(r, sentence), accepted = chip_assent_to(r, sentence);
    if (accepted < 0 || (accepted == 0 && weight < CHIP_PROPOSE_FIRM) ||
        !chip_propose_has_content(r, sentence) || chip_propose_is_procedure(r, sentence))
        return;
    add(items, r, sentence, sentence, weight + accepted);
    size_t next = chip_reading_next_turn(r, sentence);
    if (!items->failed && next < r->talk.n_sentences)
        chip_item_prove(&items->items[items->n - 1], next);
}

/* "That would work. New members pay twelve dollars": who accepts says again what. */
static bool restates(const struct chip_reading *r, size_t sentence)
{
    static const char *const wishes[] = {
        "would|is|will that|it|this ?still be ?possible|okay|fine|alright",
        "is|would that|it|this possible|okay|fine|alright"};
    const struct chip_sentence *s = &r->talk.sentences[sentence];
    if (sentence < 2 || s[-1].turn != s->turn || s[-2].turn == s->turn ||
        chip_reading_content(r, s[-1].words) >= CHIP_PROPOSE_CONTENT ||
        !chip_propose_states(r, sentence))
        return false;
    bool wish = false;
    for (size_t i = 0; i < sizeof wishes / sizeof *wishes; i++)
        wish |= s[-2].asks && chip_reading_has(r, sentence - 2, wishes[i]);
    size_t shared = chip_reading_shared(r, s->words, s[-2].words);
    if (wish && sentence > 2 && s[-3].turn == s[-2].turn)
        shared += chip_reading_shared(r, s->words, s[-3].words);
    bool yes = wish
                   ? chip_reply_of(r, sentence - 1) == CHIP_REPLY_YES
                   : chip_assent_is_clear(r, sentence - 1) && chip_propose_is_open(r, sentence - 2);
    return yes && shared > 0;
}

/* "The eleventh it is." */
static bool is_it(const struct chip_reading *r, size_t sentence)
{
    const struct chip_sentence *s = &r->talk.sentences[sentence];
    struct chip_range found, words = {chip_pattern_opening(&r->talk, s->words), s->words.to};
    if (s->asks || !chip_pattern_find(&r->talk, words, "it is ?then", &found) ||
        found.from == words.from)
        return false;
    bool ends = found.to == words.to || r->talk.tokens[r->talk.words[found.to - 1].token].mark;
    size_t content = chip_reading_content(r, (struct chip_range){words.from, found.from});
    return ends && content > 0 && !chip_settle_is_a_meeting(r, sentence);
}

/* The choice, with the sentence before that says more of it: "The eleventh of July is good". */
static void add_chosen(struct chip_items *items, const struct chip_reading *r, size_t sentence)
{
    struct chip_range words = r->talk.sentences[sentence].words;
    struct chip_item item = chip_item_of(sentence, text_of(r, sentence), 0.7f);
    for (size_t i = sentence; i-- > 0 && i + BACK >= sentence;) {
        struct chip_range before = r->talk.sentences[i].words;
        if (chip_reading_content(r, item.text) < CHIP_PROPOSE_CONTENT &&
            chip_reading_shared(r, words, before) > 0 &&
            chip_reading_content(r, before) > chip_reading_content(r, words)) {
            item.about = (struct chip_range){chip_pattern_opening(&r->talk, before), before.to};
            chip_item_prove(&item, i);
            break;
        }
    }
    chip_items_add(items, item);
}

/* What is no decision, however it is said: tasks, and when people meet again. */
static bool is_something_else(const struct chip_reading *r, size_t sentence)
{
    struct chip_promise promise;
    struct chip_assignment assignment;
    struct chip_asking request;
    bool common = chip_request_find(r, sentence, &request) && request.asked == CHIP_ASKED_ALL;
    return common || chip_promise_find(r, sentence, &promise) ||
           chip_assignment_find(r, sentence, &assignment) ||
           chip_reading_has(r, sentence,
                            "we|us ?will|all|then|both speak|meet|talk|reconvene|continue ?again");
}

/* "Okay, the third screen is out." */
static bool is_ruling(const struct chip_reading *r, size_t sentence)
{
    struct chip_range words = r->talk.sentences[sentence].words;
    if (words.to - words.from >= 4 && !r->talk.sentences[sentence].asks &&
        chip_pattern_at(&r->talk, words, "?okay|good|alright so|then no *", NULL))
        return true; /* "So no trainee this year." */
    return chip_pattern_at(&r->talk, words, "okay|good|great|right|fine|alright|then|so|all",
                           NULL) &&
           chip_pattern_find(&r->talk, words,
                             "is|are|stays|gets|goes out|in|off|gone|cancelled|dropped|postponed|"
                             "approved|confirmed|dead|first|free $",
                             NULL) &&
           chip_propose_states(r, sentence);
}

/* "Agreed, the login goes in." */
static bool agrees_to_itself(const struct chip_reading *r, size_t sentence)
{
    struct chip_range words = r->talk.sentences[sentence].words;
    words.from = chip_pattern_opening(&r->talk, words);
    size_t end;
    if (!chip_pattern_at(&r->talk, words, "agreed|deal|settled|decided", &end) ||
        r->talk.tokens[r->talk.words[end - 1].token].mark != ',')
        return false;
    words.from = end;
    return words.to - words.from >= 3 && chip_reading_content(r, words) > 0 &&
           !chip_pattern_at(&r->talk, words, "but|and|that|it|this|i|if|let|thanks|good|great",
                            NULL);
}

static void find_in(struct chip_items *items, const struct chip_reading *r, size_t sentence)
{
    const struct chip_sentence *s = &r->talk.sentences[sentence];
    const struct chip_phrase *cue = chip_phrase_find(&r->talk, s->words, pointing, NULL);
    size_t content = chip_reading_content(r, s->words);
    if (cue && agrees_to_itself(r, sentence)) {
        add(items, r, sentence, sentence, cue->weight);
        return;
    }
    if (cue && !s->asks && content <= CHIP_PROPOSE_CONTENT + (cue->weight < 0.7f)) {
        add_pointed(items, r, sentence, cue->weight);
        return;
    }
    if (is_it(r, sentence)) {
        add_chosen(items, r, sentence);
        return;
    }
    size_t proof = sentence;
    if (chip_settle_is(r, sentence, &proof)) {
        add(items, r, sentence, proof, 0.6f);
        return;
    }
    bool other = is_something_else(r, sentence);
    cue = chip_phrase_find(&r->talk, s->words, explicit_cues, NULL);
    if (cue && !s->asks && !other && content >= CHIP_PROPOSE_CONTENT) {
        add(items, r, sentence, sentence, cue->weight);
    } else if (chip_propose_concludes(r, sentence) && chip_propose_states(r, sentence) && !other &&
               (chip_reading_has_verb(r, s->words) || chip_reading_has(r, sentence, "no *")) &&
               !chip_propose_is_procedure(r, sentence)) {
        float answer = chip_assent_to(r, sentence);
        add(items, r, sentence, sentence, 0.7f + (answer < 0 ? answer : answer / 4));
    } else if (is_ruling(r, sentence) && !other) {
        add(items, r, sentence, sentence, 0.6f);
    } else if (restates(r, sentence)) {
        add(items, r, sentence, sentence - 1, 0.6f);
    } else if (chip_propose_weight(r, sentence) > 0 && !other) {
        add_proposal(items, r, sentence);
    }
}

/* ---- decided again ----------------------------------------------------------------------------
 */

static bool is_asked_between(const struct chip_reading *r, size_t from, size_t to)
{
    for (size_t i = from + 1; i < to; i++)
        if (r->talk.sentences[i].asks)
            return true;
    return false;
}

/* The later one counts when it is about the same, and is as sure or nearly so. */
static void keep_the_last(struct chip_items *items, const struct chip_reading *r)
{
    for (size_t i = 0; i < items->n; i++) {
        struct chip_item *early = &items->items[i];
        for (size_t k = i + 1; k < items->n && !early->dropped; k++) {
            struct chip_item *late = &items->items[k];
            size_t apart = late->sentence > early->sentence ? late->sentence - early->sentence
                                                            : early->sentence - late->sentence;
            if (late->dropped || apart > SAME_WITHIN)
                continue;
            size_t a = chip_reading_content(r, early->text),
                   b = chip_reading_content(r, late->text);
            size_t shared = chip_reading_shared(r, early->text, late->text);
            bool same =
                early->sentence == late->sentence || (shared >= 1 && 2 * shared >= (a < b ? a : b));
            /* "I would drop it." "Okay, the third screen is out." */
            bool unclear =
                apart <= CLEARED_WITHIN && !is_asked_between(r, early->sentence, late->sentence) &&
                late->about.to == late->about.from && early->about.to > early->about.from &&
                a < CHIP_PROPOSE_CONTENT && b >= CHIP_PROPOSE_CONTENT;
            same = same || unclear;
            bool replaced = shared >= 1 && late->confidence >= STRONG && early->confidence < STRONG;
            if (!same && !replaced)
                continue;
            if (late->confidence + 0.1f >= early->confidence) {
                for (size_t e = 0; same && e < early->n_evidence; e++)
                    chip_item_prove(late, early->evidence[e]);
                early->dropped = true;
            } else {
                for (size_t e = 0; e < late->n_evidence; e++)
                    chip_item_prove(early, late->evidence[e]);
                late->dropped = true;
            }
        }
    }
}

enum chip_status chip_decisions_find(const struct chip_reading *r, struct chip_items *items,
                                     struct chip_err *err)
{
    for (size_t i = 0; i < r->talk.n_sentences && !items->failed; i++)
        find_in(items, r, i);
    if (items->failed)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory to find the decisions");
    for (size_t i = 0; i < items->n; i++)
        items->items[i].dropped = items->items[i].confidence < LEAST;
    keep_the_last(items, r);
    chip_items_retract(items, r);
    return CHIP_OK;
}
