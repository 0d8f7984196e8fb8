#include "minutes/analyst/decisions.h"

#include "minutes/analyst/promises.h"

enum {
    BACK = 8,        /* sentences before "agreed" that can say what is */
    ANSWER_HEAD = 2, /* sentences of a turn that accept or refuse */
    ANSWER_TURNS = 3,
    SAME_WITHIN = 15, /* sentences; what is decided again, or otherwise */
    MIN_WORDS = 4,
    MIN_CONTENT = 2,
};

static const float LEAST = 0.5f, STRONG = 0.8f, REFUSED = -0.4f;

/* The sentence itself says that it is decided. */
static const struct chip_phrase explicit_cues[] = {
    {"we ?all|have|then agree|agreed|decide|decided|settle|settled on|that|to|for", 0.85f},
    {"we have ?now agreed|decided|settled", 0.85f},
    {"the decision is", 0.9f},
    {"our decision is", 0.9f},
    {"we ?will|are go|going with|ahead|for", 0.7f},
    {"we stick|stay with", 0.7f},
    {"it is $", 0.6f},
    {NULL, 0}};

/* It says so of another sentence. */
static const struct chip_phrase pointing[] = {
    {"that|it|this is ?then|now|all decided|settled|agreed", 0.9f},
    {"^agreed", 0.75f},
    {"^agree $", 0.7f},
    {"^deal", 0.75f},
    {"we have a deal", 0.85f},
    {"it is a deal", 0.85f},
    {"then we are agreed", 0.85f},
    {"let us do that|it", 0.7f},
    {"i am with *", 0.6f},
    {NULL, 0}};

static const struct chip_phrase proposals[] = {{"i suggest|propose|recommend", 0.3f},
                                               {"what if we|i|you|they", 0.2f},
                                               {"how|what about", 0.2f},
                                               {"why do not we", 0.3f},
                                               {"could|should|shall we", 0.2f},
                                               {"we could|should|can", 0.25f},
                                               {"i would say", 0.3f},
                                               {"let us", 0.45f},
                                               {"then make|take|keep|leave", 0.3f},
                                               {"you can|could", 0.25f},
                                               {NULL, 0}};

/* "Let us start": how the talk goes on, no decision. */
static const char PROCEDURE[] =
    "start|begin|go|move|talk|see|look|hear|discuss|continue|wait|come|turn|get|say|be|plan|jump|"
    "step|dive|pause|wrap|close|finish|recap|review|do|try|thank|think|let|take";

static const struct chip_phrase acceptances[] = {
    {"^agreed", 0.4f},
    {"^deal", 0.4f},
    {"let us do that|it", 0.4f},
    {"i agree", 0.3f},
    {"good|great idea", 0.3f},
    {"sounds good|fine|great|right", 0.35f},
    {"works ?fine|well for me|us", 0.35f},
    {"fine|okay|good with|by me", 0.35f},
    {"i like that|it", 0.3f},
    {"i can|could live with that|it", 0.35f},
    {"that|it works", 0.3f},
    {"that would work", 0.3f},
    {"makes sense", 0.25f},
    {"^perfect|yes|okay|sure|exactly|absolutely", 0.25f},
    {"is fine|good|okay|better", 0.25f},
    {"^all right", 0.25f},
    {"^of course", 0.25f},
    {NULL, 0}};

static const char OPENS_A_CONCLUSION[] = "good|okay|great|right|agreed|fine|perfect|deal|"
                                         "excellent|settled|wonderful|alright";

/* ---- what can be a decision -------------------------------------------------------------------
 */

/* A statement of something, not a question, not what one person will do. */
static bool is_statement(const struct chip_reading *r, size_t sentence)
{
    static const char *const personal[] = {"i", "let me", "thank|thanks", "* ?* please",
                                           "is|are|do|does|can|could|will|would you|we|it"};
    const struct chip_sentence *s = &r->talk.sentences[sentence];
    struct chip_range words = {chip_pattern_opening(&r->talk, s->words), s->words.to};
    struct chip_asking request;
    if (s->asks || words.to - words.from < MIN_WORDS - 1 ||
        s->words.to - s->words.from < MIN_WORDS || chip_reading_content(r, s->words) < MIN_CONTENT)
        return false;
    for (size_t i = 0; i < sizeof personal / sizeof *personal; i++)
        if (chip_pattern_at(&r->talk, words, personal[i], NULL))
            return false;
    return !chip_request_find(r, sentence, &request);
}

static bool is_procedure(const struct chip_reading *r, size_t sentence)
{
    struct chip_range found, words = r->talk.sentences[sentence].words;
    if (!chip_pattern_find(&r->talk, words, "let us", &found))
        return false;
    return chip_pattern_at(&r->talk, (struct chip_range){found.to, words.to}, PROCEDURE, NULL);
}

/* Is the sentence the first, or the second after a mere "Good."? */
static bool opens_a_conclusion(const struct chip_reading *r, size_t sentence)
{
    const struct chip_sentence *s = &r->talk.sentences[sentence];
    size_t first = sentence;
    if (sentence > 0 && s[-1].turn == s->turn && s[-1].words.to - s[-1].words.from <= 2)
        first--;
    if (first > 0 && r->talk.sentences[first - 1].turn == s->turn)
        return false;
    size_t opening = chip_pattern_opening(&r->talk, s->words);
    struct chip_range before = {s->words.from, opening}, start = r->talk.sentences[first].words;
    bool acknowledges = chip_pattern_at(&r->talk, start, OPENS_A_CONCLUSION, NULL) ||
                        chip_pattern_at(&r->talk, start, "all right", NULL);
    /* "Okay, so" is how people go on telling. */
    bool tells = chip_pattern_at(&r->talk, start, "okay|right", NULL);
    bool then = chip_pattern_find(&r->talk, before, "then", NULL) ||
                (!tells && chip_pattern_find(&r->talk, before, "so", NULL)) ||
                chip_pattern_at(&r->talk, start, "agreed|settled|deal", NULL);
    return acknowledges && then;
}

/* ---- what others say to it --------------------------------------------------------------------
 */

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

/* What the others say to it before whoever proposed it goes on. Below 0: no. */
static float acceptance(const struct chip_reading *r, size_t sentence)
{
    const struct chip_sentence *all = r->talk.sentences;
    float sum = 0;
    size_t turn = sentence;
    for (int n = 0; n < ANSWER_TURNS; n++) {
        turn = chip_reading_next_turn(r, turn);
        if (turn >= r->talk.n_sentences || all[turn].speaker == all[sentence].speaker)
            break;
        float said = acceptance_in(r, turn);
        if (said <= 0 && sum == 0)
            return said;
        if (said <= 0)
            break;
        sum += said;
    }
    return sum < 0.5f ? sum : 0.5f;
}

/* ---- kinds of decisions -----------------------------------------------------------------------
 */

static void add(struct chip_items *items, const struct chip_reading *r, size_t sentence,
                size_t proof, float confidence)
{
    const struct chip_sentence *s = &r->talk.sentences[sentence];
    struct chip_range text = {chip_pattern_opening(&r->talk, s->words), s->words.to};
    struct chip_item item = chip_item_of(sentence, text, confidence);
    item.owner = s->speaker;
    chip_item_prove(&item, proof);
    chip_items_add(items, item);
}

/* "So that is decided": what is? What follows, else what somebody has stated or proposed before. */
static void add_pointed(struct chip_items *items, const struct chip_reading *r, size_t sentence,
                        float confidence)
{
    const struct chip_sentence *all = r->talk.sentences;
    size_t next = sentence + 1;
    if (next < r->talk.n_sentences && all[next].turn == all[sentence].turn &&
        is_statement(r, next)) {
        add(items, r, next, sentence, confidence);
        return;
    }
    for (size_t i = sentence; i-- > 0 && i + BACK >= sentence;) {
        bool proposes = chip_phrase_find(&r->talk, all[i].words, proposals, NULL) != NULL &&
                        chip_reading_content(r, all[i].words) >= MIN_CONTENT;
        if (all[i].turn != all[sentence].turn && (is_statement(r, i) || proposes) &&
            !is_procedure(r, i)) {
            add(items, r, i, sentence, confidence);
            return;
        }
    }
}

static void add_proposal(struct chip_items *items, const struct chip_reading *r, size_t sentence,
                         float weight)
{
    const struct chip_sentence *s = &r->talk.sentences[sentence];
    float accepted = acceptance(r, sentence);
    if (accepted <= 0 || chip_reading_content(r, s->words) < MIN_CONTENT ||
        is_procedure(r, sentence))
        return;
    add(items, r, sentence, sentence, weight + accepted);
    size_t next = chip_reading_next_turn(r, sentence);
    if (!items->failed && next < r->talk.n_sentences)
        chip_item_prove(&items->items[items->n - 1], next);
}

/* More than "yes" or "exactly". */
static bool is_clear_acceptance(const struct chip_reading *r, size_t sentence)
{
    const struct chip_phrase *said =
        chip_phrase_find(&r->talk, r->talk.sentences[sentence].words, acceptances, NULL);
    return said && said->weight >= 0.3f;
}

/* Something that could be, not something that is. */
static bool is_open(const struct chip_reading *r, size_t sentence)
{
    return r->talk.sentences[sentence].asks ||
           chip_phrase_find(&r->talk, r->talk.sentences[sentence].words, proposals, NULL) ||
           chip_reading_has(r, sentence, "would|could|should|might");
}

/* "That would work. New members pay twelve dollars": who accepts says again what. */
static bool restates(const struct chip_reading *r, size_t sentence)
{
    const struct chip_sentence *s = &r->talk.sentences[sentence];
    return sentence > 1 && s[-1].turn == s->turn && s[-2].turn != s->turn &&
           chip_reading_content(r, s[-1].words) < MIN_CONTENT &&
           is_clear_acceptance(r, sentence - 1) && is_open(r, sentence - 2) &&
           chip_reading_shared(r, s->words, s[-2].words) >= 1 && is_statement(r, sentence);
}

static void find_in(struct chip_items *items, const struct chip_reading *r, size_t sentence)
{
    const struct chip_sentence *s = &r->talk.sentences[sentence];
    const struct chip_phrase *cue = chip_phrase_find(&r->talk, s->words, pointing, NULL);
    if (cue && !s->asks && chip_reading_content(r, s->words) < MIN_CONTENT + 1) {
        add_pointed(items, r, sentence, cue->weight);
        return;
    }
    struct chip_promise promise;
    bool mine = chip_promise_find(r, sentence, &promise);
    cue = chip_phrase_find(&r->talk, s->words, explicit_cues, NULL);
    if (cue && !s->asks && !mine && chip_reading_content(r, s->words) >= MIN_CONTENT) {
        add(items, r, sentence, sentence, cue->weight);
        return;
    }
    if (opens_a_conclusion(r, sentence) && is_statement(r, sentence) && !mine &&
        !is_procedure(r, sentence)) {
        float answer = acceptance(r, sentence);
        add(items, r, sentence, sentence, 0.7f + (answer < 0 ? answer : answer / 4));
        return;
    }
    if (restates(r, sentence)) {
        add(items, r, sentence, sentence - 1, 0.6f);
        return;
    }
    cue = chip_phrase_find(&r->talk, s->words, proposals, NULL);
    if (cue)
        add_proposal(items, r, sentence, cue->weight);
}

/* ---- decided again ----------------------------------------------------------------------------
 */

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
    chip_items_retract(items, r);
    keep_the_last(items, r);
    return CHIP_OK;
}

json_t *chip_decisions_json(const struct chip_items *items, const struct chip_reading *r)
{
    json_t *list = json_array();
    for (size_t i = 0; i < items->n && list; i++) {
        const struct chip_item *item = &items->items[i];
        if (item->dropped)
            continue;
        json_t *json =
            json_pack("{s:o, s:o, s:o}", "text", chip_item_text(item, r), "confidence",
                      chip_item_confidence(item), "evidence", chip_item_evidence(item, r));
        if (!json || json_array_append_new(list, json) != 0) {
            json_decref(list);
            list = NULL;
        }
    }
    return list;
}
