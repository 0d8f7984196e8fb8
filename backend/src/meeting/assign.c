#include "meeting/assign.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"

enum {
    MIN_WORDS = 2,
    MIN_MS = 1000,
    BLOCK_WORDS = 1000, /* looked at together; more than are said in half a minute */
};

/* ---- one word ---- */

static int64_t overlap(const struct chip_turn *turn, const struct chip_word *word)
{
    int64_t from = turn->start_ms > word->start_ms ? turn->start_ms : word->start_ms;
    int64_t to = turn->end_ms < word->end_ms ? turn->end_ms : word->end_ms;
    return to - from; /* negative: so far apart */
}

/* Where we are among the turns. Words come in order of start, and so do turns. */
struct place {
    const struct chip_turn *turns;
    size_t n_turns, first;         /* turns before `first` ended before the last word began */
    const struct chip_turn *ended; /* the one of those that ended last; NULL: none did */
    int speaker;                   /* of the last word */
};

static int speaker_of(struct place *place, const struct chip_word *word)
{
    for (; place->first < place->n_turns; place->first++) {
        const struct chip_turn *turn = &place->turns[place->first];
        if (turn->end_ms >= word->start_ms)
            break;
        int64_t later = place->ended ? turn->end_ms - place->ended->end_ms : 1;
        if (later > 0 || (later == 0 && turn->speaker == place->speaker))
            place->ended = turn;
    }
    int best = place->ended ? place->ended->speaker : -1;
    int64_t most = place->ended ? overlap(place->ended, word) : INT64_MIN;
    for (size_t i = place->first; i < place->n_turns; i++) {
        const struct chip_turn *turn = &place->turns[i];
        int64_t common = overlap(turn, word);
        if (common > most || (common == most && turn->speaker == place->speaker)) {
            most = common;
            best = turn->speaker;
        }
        if (turn->start_ms > word->end_ms)
            break; /* later ones are further away */
    }
    place->speaker = best;
    return best;
}

/* ---- one segment ---- */

/* Words first .. end - 1 of one speaker. */
struct run {
    size_t first, end;
};

static struct run run_at(const int *speaker, size_t n, size_t first)
{
    struct run r = {first, first};
    while (r.end < n && speaker[r.end] == speaker[first])
        r.end++;
    return r;
}

static int64_t lasting(const struct chip_word *words, struct run r)
{
    return words[r.end - 1].end_ms - words[r.first].start_ms;
}

static bool stands_alone(const struct chip_word *words, struct run r)
{
    return r.end - r.first >= MIN_WORDS && lasting(words, r) >= MIN_MS;
}

/* Gives the shortest run that cannot stand alone to the longer of its neighbours, until all can or
 * one is left. */
static void absorb(const struct chip_word *words, int *speaker, size_t n)
{
    for (;;) {
        struct run weakest = {0, 0}, before = {0, 0}, previous = {0, 0};
        for (size_t at = 0; at < n;) {
            struct run r = run_at(speaker, n, at);
            bool only = r.first == 0 && r.end == n;
            if (!only && !stands_alone(words, r) &&
                (weakest.end == 0 || lasting(words, r) < lasting(words, weakest))) {
                weakest = r;
                before = previous;
            }
            previous = r;
            at = r.end;
        }
        if (weakest.end == 0)
            return;
        int64_t left = before.end ? lasting(words, before) : -1;
        int64_t right = weakest.end < n ? lasting(words, run_at(speaker, n, weakest.end)) : -1;
        int heir = right > left ? speaker[weakest.end] : speaker[before.first];
        for (size_t i = weakest.first; i < weakest.end; i++)
            speaker[i] = heir;
    }
}

/* What follows the words in a text; NULL if the text says something else. */
static const char *behind(const char *text, const struct chip_word *words, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        size_t length = strlen(words[i].text);
        text += strspn(text, " ");
        if (strncmp(text, words[i].text, length) != 0)
            return NULL;
        text += length;
    }
    return text;
}

/* Adds the segment, cut at changes of speaker, and its text with it. */
static enum chip_status add_parts(struct chip_transcript *t, const struct chip_segment *seg,
                                  const struct chip_word *words, const int *speaker,
                                  struct chip_err *err)
{
    const char *text = seg->text;
    struct chip_str copy = {0};
    enum chip_status st = CHIP_OK;
    for (size_t at = 0; st == CHIP_OK && at < seg->n_words;) {
        struct run r = run_at(speaker, seg->n_words, at);
        struct chip_segment part = *seg;
        part.speaker = speaker[at];
        if (r.first > 0)
            part.start_ms = words[r.first].start_ms;
        if (r.end < seg->n_words) {
            const char *end = text ? behind(text, words + r.first, r.end - r.first) : NULL;
            chip_str_reset(&copy);
            if (end)
                chip_str_add_n(&copy, text, (size_t)(end - text));
            part.text = end ? copy.data : NULL; /* its words make it */
            part.end_ms = words[r.end - 1].end_ms;
            text = end;
        } else {
            part.text = text;
        }
        if (copy.failed)
            st = chip_fail(err, CHIP_E_NOMEM, "not enough memory for the transcript");
        else
            st = chip_transcript_add_segment(t, &part, words + r.first, r.end - r.first, err);
        at = r.end;
    }
    chip_str_done(&copy);
    return st;
}

/* ---- the transcript ---- */

static enum chip_status add_segment(struct chip_transcript *t, const struct chip_transcript *from,
                                    size_t i, struct place *place, int *speaker,
                                    struct chip_err *err)
{
    struct chip_segment seg = from->segments[i];
    const struct chip_word *words = from->words + seg.first_word;
    if (!seg.n_words) {
        const struct chip_word whole = {.start_ms = seg.start_ms, .end_ms = seg.end_ms};
        seg.speaker = speaker_of(place, &whole);
        return chip_transcript_add_segment(t, &seg, NULL, 0, err);
    }
    for (size_t k = 0; k < seg.n_words; k++)
        speaker[k] = speaker_of(place, &words[k]);
    for (size_t k = 0; k < seg.n_words; k += BLOCK_WORDS) /* only a forged file has several */
        absorb(words + k, speaker + k,
               seg.n_words - k < BLOCK_WORDS ? seg.n_words - k : BLOCK_WORDS);
    return add_parts(t, &seg, words, speaker, err);
}

static enum chip_status copy_facts(struct chip_transcript *t, const struct chip_transcript *from,
                                   struct chip_err *err)
{
    enum chip_status st = chip_transcript_set_model(t, from->model, err);
    if (st == CHIP_OK)
        st = chip_transcript_set_language(t, from->language, err);
    if (st == CHIP_OK)
        st = chip_transcript_set_durations(t, from->duration_ms, from->speech_ms, err);
    for (size_t i = 0; st == CHIP_OK && i < from->n_audit; i++)
        st = chip_transcript_add_audit(t, &from->audit[i], err);
    return st;
}

static enum chip_status set_speakers(struct chip_transcript *t, size_t n, struct chip_err *err)
{
    struct chip_speaker *speakers = calloc(n + 1, sizeof *speakers);
    if (!speakers)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for the speakers");
    enum chip_status st = chip_transcript_set_speakers(t, speakers, n, err);
    free(speakers);
    return st;
}

enum chip_status chip_transcript_with_turns(const struct chip_transcript *from,
                                            const struct chip_turn *turns, size_t n_turns,
                                            size_t n_speakers, struct chip_transcript **out,
                                            struct chip_err *err)
{
    CHIP_AUTO(chip_transcript) t = NULL;
    int *speaker = calloc(from->n_words + 1, sizeof *speaker);
    if (!speaker)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for the speakers");
    enum chip_status st = chip_transcript_new(&t, err);
    if (st == CHIP_OK)
        st = copy_facts(t, from, err);
    if (st == CHIP_OK)
        st = set_speakers(t, n_speakers, err);
    if (st == CHIP_OK)
        st = chip_transcript_set_turns(t, turns, n_turns, err);
    struct place place = {.turns = turns, .n_turns = n_turns, .speaker = -1};
    for (size_t i = 0; st == CHIP_OK && i < from->n_segments; i++)
        st = add_segment(t, from, i, &place, speaker, err);
    free(speaker);
    if (st != CHIP_OK)
        return st;
    *out = t;
    t = NULL;
    return CHIP_OK;
}
