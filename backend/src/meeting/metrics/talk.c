#include "meeting/metrics/talk.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "meeting/metrics/catalogue.h"
#include "meeting/transcript.h"

enum { MAX_BARE = 64 };

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* What a piece of the transcript claims: when, and who. */
struct claim {
    const char *what;
    size_t at;
    int64_t start_ms, end_ms;
    int speaker, least_speaker;
};

/* @param from_ms starts of the pieces before; moved on */
static enum chip_status check(struct claim claim, size_t n_speakers, int64_t *from_ms,
                              struct chip_err *err)
{
    if (claim.start_ms < *from_ms || claim.start_ms > claim.end_ms ||
        claim.end_ms > CHIP_TRANSCRIPT_MAX_MS)
        return chip_fail(err, CHIP_E_INVAL,
                         "%s %zu of the transcript has impossible times, or is not in order",
                         claim.what, claim.at);
    if (claim.speaker < claim.least_speaker ||
        (claim.speaker >= 0 && (size_t)claim.speaker >= n_speakers))
        return chip_fail(err, CHIP_E_INVAL, "%s %zu of the transcript has speaker %d of %zu",
                         claim.what, claim.at, claim.speaker, n_speakers);
    *from_ms = claim.start_ms;
    return CHIP_OK;
}

static enum chip_status check_all(const struct chip_transcript *t, struct chip_err *err)
{
    enum chip_status st = CHIP_OK;
    int64_t turns_ms = 0, words_ms = 0, segments_ms = 0;
    if (t->n_speakers > CHIP_TALK_MAX_SPEAKERS)
        return chip_fail(err, CHIP_E_LIMIT, "%zu speakers: metrics are made for at most %d",
                         t->n_speakers, CHIP_TALK_MAX_SPEAKERS);
    if (t->duration_ms < 0 || t->duration_ms > CHIP_TRANSCRIPT_MAX_MS)
        return chip_fail(err, CHIP_E_INVAL, "the transcript has an impossible duration");
    for (size_t i = 0; st == CHIP_OK && i < t->n_turns; i++) {
        const struct chip_turn *turn = &t->turns[i];
        st = check((struct claim){"turn", i, turn->start_ms, turn->end_ms, turn->speaker, 0},
                   t->n_speakers, &turns_ms, err);
    }
    for (size_t i = 0; st == CHIP_OK && i < t->n_words; i++) {
        const struct chip_word *word = &t->words[i];
        st = check((struct claim){"word", i, word->start_ms, word->end_ms, word->speaker, -1},
                   t->n_speakers, &words_ms, err);
    }
    for (size_t i = 0; st == CHIP_OK && i < t->n_segments; i++) {
        const struct chip_segment *seg = &t->segments[i];
        st = check((struct claim){"segment", i, seg->start_ms, seg->end_ms, -1, -1}, 0,
                   &segments_ms, err);
    }
    return st;
}

static void take_turns(struct chip_talk *talk, const struct chip_transcript *t)
{
    for (size_t i = 0; i < talk->n_turns; i++) {
        struct chip_talk_turn *to = &talk->turns[i];
        if (talk->is_anonymous)
            *to = (struct chip_talk_turn){.start_ms = t->segments[i].start_ms,
                                          .end_ms = t->segments[i].end_ms,
                                          .confidence = 1};
        else
            *to = (struct chip_talk_turn){
                .start_ms = t->turns[i].start_ms,
                .end_ms = t->turns[i].end_ms,
                .speaker = t->turns[i].speaker,
                .confidence = isnan(t->turns[i].confidence) ? 0 : t->turns[i].confidence};
        to->is_listed = true;
        talk->duration_ms = later(talk->duration_ms, to->end_ms);
    }
}

static void look_at_turns(struct chip_talk *talk)
{
    bool talks[CHIP_TALK_MAX_SPEAKERS] = {false};
    int64_t ends[CHIP_TALK_MAX_SPEAKERS] = {0};
    for (size_t i = 0; i < talk->n_turns; i++) {
        const struct chip_talk_turn *turn = &talk->turns[i];
        for (size_t s = 0; s < talk->n_speakers; s++) {
            int64_t end = turn->end_ms < ends[s] ? turn->end_ms : ends[s];
            if ((int)s != turn->speaker && end - turn->start_ms >= CHIP_TALK_OVERLAP_MS)
                talk->has_overlap = true;
        }
        ends[turn->speaker] = later(ends[turn->speaker], turn->end_ms);
        talk->n_talking += !talks[turn->speaker];
        talks[turn->speaker] = true;
    }
}

/* ---- words ----------------------------------------------------------------------------------- */

/* Words by their bare text: open addressing, twice as many places as words. */
struct tokens {
    struct place {
        uint64_t hash;
        unsigned token; /* 0: free */
    } * places;
    size_t mask, n;
};

static enum chip_status tokens_init(struct tokens *tokens, size_t n_words, struct chip_err *err)
{
    size_t n_places = 16;
    while (n_places < 2 * n_words)
        n_places *= 2;
    *tokens = (struct tokens){calloc(n_places, sizeof *tokens->places), n_places - 1, 1};
    return tokens->places ? CHIP_OK : chip_fail(err, CHIP_E_NOMEM, "not enough memory for metrics");
}

/* FNV-1a of 64 bits: two different words of a meeting never meet. */
static unsigned token_of(struct tokens *tokens, const char *bare)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (; *bare; bare++)
        hash = (hash ^ (unsigned char)*bare) * UINT64_C(0x100000001b3);
    size_t at = hash & tokens->mask;
    while (tokens->places[at].token && tokens->places[at].hash != hash)
        at = (at + 1) & tokens->mask;
    if (!tokens->places[at].token)
        tokens->places[at] = (struct place){hash, (unsigned)tokens->n++};
    return tokens->places[at].token;
}

static enum chip_status take_words(struct chip_talk *talk, const struct chip_transcript *t,
                                   struct chip_err *err)
{
    const struct chip_lexicon *lexicon = chip_lexicon_find(t->language);
    struct tokens tokens;
    enum chip_status st = tokens_init(&tokens, t->n_words, err);
    if (st != CHIP_OK)
        return st;
    for (size_t i = 0; i < t->n_words; i++) {
        const struct chip_word *word = &t->words[i];
        char bare[MAX_BARE];
        bool has_text = chip_word_bare(word->text, bare, sizeof bare) > 0;
        talk->words[i] = (struct chip_talk_word){
            .start_ms = word->start_ms,
            .end_ms = word->end_ms,
            .speaker = talk->is_anonymous ? 0 : word->speaker,
            .turn = SIZE_MAX,
            .kinds = chip_word_kinds(lexicon, bare),
            .end = chip_word_end(word->text),
        };
        talk->tokens[i] = has_text ? token_of(&tokens, bare) : 0;
        talk->duration_ms = later(talk->duration_ms, word->end_ms);
    }
    talk->n_tokens = tokens.n;
    talk->has_lexicon = lexicon != NULL;
    free(tokens.places);
    return CHIP_OK;
}

static int64_t distance(const struct chip_talk_turn *turn, int64_t ms)
{
    return ms < turn->start_ms ? turn->start_ms - ms : ms > turn->end_ms ? ms - turn->end_ms : 0;
}

/* The turn of its speaker that is nearest to a word's middle; both run forward in time. */
static void tie_words(struct chip_talk *talk, size_t *next)
{
    size_t at[CHIP_TALK_MAX_SPEAKERS];
    for (size_t s = 0; s < talk->n_speakers; s++)
        at[s] = SIZE_MAX;
    for (size_t i = talk->n_turns; i-- > 0;) { /* next[i]: the same speaker's next turn */
        next[i] = at[talk->turns[i].speaker];
        at[talk->turns[i].speaker] = i;
    }
    for (size_t i = 0; i < talk->n_words; i++) {
        struct chip_talk_word *word = &talk->words[i];
        if (word->speaker < 0 || at[word->speaker] == SIZE_MAX)
            continue;
        int64_t middle = (word->start_ms + word->end_ms) / 2;
        size_t turn = at[word->speaker];
        while (next[turn] != SIZE_MAX &&
               distance(&talk->turns[next[turn]], middle) <= distance(&talk->turns[turn], middle))
            turn = next[turn];
        at[word->speaker] = word->turn = turn;
        if (!talk->tokens[i])
            continue;
        talk->turns[turn].n_words++;
        talk->turns[turn].is_listed &= (word->kinds & CHIP_WORD_BACKCHANNEL) != 0;
        talk->turns[turn].asks = word->end == CHIP_WORD_ENDS_QUESTION;
    }
}

/* ---------------------------------------------------------------------------------------------- */

enum chip_status chip_talk_init(struct chip_talk *out, const struct chip_transcript *t,
                                struct chip_err *err)
{
    *out = (struct chip_talk){.is_anonymous = t->n_speakers == 0, .duration_ms = t->duration_ms};
    enum chip_status st = check_all(t, err);
    if (st != CHIP_OK)
        return st;
    out->n_speakers = out->is_anonymous ? 1 : t->n_speakers;
    out->n_turns = out->is_anonymous ? t->n_segments : t->n_turns;
    out->n_words = t->n_words;
    out->turns = calloc(out->n_turns + 1, sizeof *out->turns);
    out->words = calloc(out->n_words + 1, sizeof *out->words);
    out->tokens = calloc(out->n_words + 1, sizeof *out->tokens);
    size_t *next = calloc(out->n_turns + 1, sizeof *next);
    if (!out->turns || !out->words || !out->tokens || !next) {
        free(next);
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for metrics");
    }
    take_turns(out, t);
    look_at_turns(out);
    st = take_words(out, t, err);
    if (st == CHIP_OK)
        tie_words(out, next);
    free(next);
    return st;
}

void chip_talk_done(struct chip_talk *talk)
{
    free(talk->turns);
    free(talk->words);
    free(talk->tokens);
    *talk = (struct chip_talk){0};
}
