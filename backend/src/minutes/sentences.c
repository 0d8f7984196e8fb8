/* Where sentences end: at full stops, where another person begins, and at commas that recognisers
 * put where a full stop was said. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "minutes/pattern.h"

enum {
    LONGEST = 60,    /* tokens; somebody who never stops is cut */
    PAUSE_MS = 1200, /* within a segment's unfinished sentence, a new one begins after that */
    SHORTEST = 3,    /* words that a part of a sentence must have to be one of its own */
};

static const char SUBORDINATE[] = "if|when|because|as|until|while|since|unless|after|before|"
                                  "although|once|whenever|where|what|with|from|in|at|on";

/* What can only be the beginning of a statement, question or call. */
static const char *const beginnings[] = {
    "i|we|he|she|they *",
    "you will|would|can|could|have|are|do|need|should",
    "it is|was|will|would|has|can",
    "that is|makes|works|sounds",
    "there is|are|was|were",
    "this is|was",
    "?and|but let us",
    "let me",
    "please *",
    "then|so i|we|you|he|she|it|they|the|let|that|please|can|could|will|what|how",
    "can|could|will|would|do|does|did|is|are|should i|we|you|he|she|it|they|there",
    "no|yes|okay|sure i|we|you|he|she|it|they|then|that|let|there|the",
};

static const char *const acknowledgements[] = {"good",
                                               "great",
                                               "yes",
                                               "no",
                                               "okay",
                                               "sure",
                                               "right",
                                               "agreed",
                                               "agree",
                                               "perfect",
                                               "fine",
                                               "all right",
                                               "of course",
                                               "exactly",
                                               "true",
                                               "thanks",
                                               "fair point",
                                               "good point",
                                               "deal",
                                               "understood",
                                               "i like that",
                                               "i see",
                                               "?yes no problem",
                                               "will do",
                                               "sounds good"};

static bool is_one_of(const struct chip_said *talk, struct chip_range in,
                      const char *const *patterns, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (chip_pattern_at(talk, in, patterns[i], NULL))
            return true;
    return false;
}

static bool is_acknowledgement(const struct chip_said *talk, struct chip_range in)
{
    for (size_t i = 0; i < sizeof acknowledgements / sizeof *acknowledgements; i++) {
        size_t end;
        if (chip_pattern_at(talk, in, acknowledgements[i], &end) && end == in.to)
            return true;
    }
    return false;
}

static bool looks_like_a_name(const struct chip_said *talk, size_t token)
{
    const struct chip_token *t = &talk->tokens[token];
    return t->n == 1 && isupper((unsigned char)t->text[0]) && islower((unsigned char)t->text[1]);
}

static struct chip_range words_of(const struct chip_said *talk, size_t from, size_t to)
{
    size_t first = from < talk->n_tokens ? talk->tokens[from].first : talk->n_words;
    size_t end = to < talk->n_tokens ? talk->tokens[to].first : talk->n_words;
    return (struct chip_range){first, end};
}

/* "..., Tom, please find two", "..., and Tom, could you find two?" */
static bool is_call(const struct chip_said *talk, size_t next, size_t last)
{
    static const char *const joins[] = {"and|but|so"};
    static const char *const calls[] = {
        "please|can|could|will|would|do|does|did|is|are|have|should|where|what|how|who|when|why|"
        "let|this|that|you"};
    next += next < last && is_one_of(talk, words_of(talk, next, next + 1), joins, 1);
    return next + 2 <= last && looks_like_a_name(talk, next) && talk->tokens[next].mark == ',' &&
           is_one_of(talk, words_of(talk, next + 1, last + 1), calls, 1);
}

/* @param from first token of the sentence. @param at token with the comma; last: of the segment */
static bool runs_on(const struct chip_said *talk, size_t from, size_t at, size_t last)
{
    struct chip_range left = words_of(talk, from, at + 1), right = words_of(talk, at + 1, last + 1);
    if (right.to - right.from < SHORTEST)
        return false;
    bool ack = is_acknowledgement(talk, left);
    if (!ack && left.to - left.from < SHORTEST)
        return false;
    if (!ack) {
        struct chip_range said = {chip_pattern_opening(talk, left), left.to};
        if (chip_pattern_at(talk, said, SUBORDINATE, NULL))
            return false;
    }
    return is_one_of(talk, right, beginnings, sizeof beginnings / sizeof *beginnings) ||
           is_call(talk, at + 1, last);
}

static bool is_abbreviation(const char *text)
{
    static const char *const known[] = {"Mr.",  "Mrs.", "Ms.",  "Dr.", "St.",
                                        "e.g.", "i.e.", "etc.", "vs.", "approx."};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcasecmp(known[i], text) == 0)
            return true;
    return isupper((unsigned char)text[0]) && text[1] == '.' && !text[2] && text[0] != 'I';
}

static size_t last_of_segment(const struct chip_said *talk, size_t token)
{
    size_t last = token;
    while (last + 1 < talk->n_tokens && last < token + LONGEST &&
           talk->tokens[last + 1].segment == talk->tokens[token].segment)
        last++;
    return last;
}

static bool ends_here(const struct chip_said *talk, size_t from, size_t at)
{
    const struct chip_token *t = &talk->tokens[at], *next = t + 1;
    if (at + 1 == talk->n_tokens || at + 1 - from >= LONGEST)
        return true;
    if (chip_said_speaker(talk, at) != chip_said_speaker(talk, at + 1))
        return true;
    if (t->mark && t->mark != ',' && !(t->mark == '.' && is_abbreviation(t->text)))
        return true;
    if (t->segment != next->segment)
        return next->start_ms - t->end_ms >= PAUSE_MS || !islower((unsigned char)next->text[0]);
    return t->mark == ',' && runs_on(talk, from, at, last_of_segment(talk, at));
}

/* A question whose mark the recogniser did not write. */
static bool is_built_like_a_question(const struct chip_said *talk, struct chip_range in)
{
    static const char *const questions[] = {
        "can|could|will|would|do|does|did|is|are|should|shall|have|has i|we|you|he|she|it|they|"
        "there|this|that|the|anybody|anyone|somebody|everybody",
        "what|who|where|when|why|how|which is|are|was|were|do|does|did|can|could|will|would|should|"
        "has|have|about|many|much|long",
    };
    /* "I only have a question who pays for the locks" */
    if (chip_pattern_find(talk, in, "a|one|another question who|what|where|when|why|how", NULL))
        return true;
    in.from = chip_pattern_opening(talk, in);
    if (is_one_of(talk, in, questions, sizeof questions / sizeof *questions))
        return true;
    return in.to - in.from > 2 && looks_like_a_name(talk, talk->words[in.from].token) &&
           talk->tokens[talk->words[in.from].token].mark == ',' &&
           is_one_of(talk, (struct chip_range){in.from + 1, in.to}, questions,
                     sizeof questions / sizeof *questions);
}

enum chip_status chip_said_cut(struct chip_said *talk, struct chip_err *err)
{
    talk->sentences = calloc(talk->n_tokens + 1, sizeof *talk->sentences);
    if (!talk->sentences)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory to read the transcript");
    size_t from = 0, turn = 0;
    for (size_t at = 0; at < talk->n_tokens; at++) {
        if (!ends_here(talk, from, at))
            continue;
        struct chip_sentence *s = &talk->sentences[talk->n_sentences];
        int speaker = chip_said_speaker(talk, from);
        if (talk->n_sentences && speaker != s[-1].speaker)
            turn++;
        *s = (struct chip_sentence){.tokens = {from, at + 1},
                                    .words = words_of(talk, from, at + 1),
                                    .speaker = speaker,
                                    .turn = turn};
        s->asks = talk->tokens[at].mark == '?' || is_built_like_a_question(talk, s->words);
        talk->n_sentences++;
        from = at + 1;
    }
    return CHIP_OK;
}
