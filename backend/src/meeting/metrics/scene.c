#include "meeting/metrics/scene.h"

#include <stdlib.h>
#include <string.h>

#include "meeting/metrics/catalogue.h"
#include "meeting/metrics/latest.h"

enum { MAX_BACKCHANNEL_WORDS = 5, MAX_SHORT_WORDS = 3 };

enum chip_status chip_scene_init(struct chip_scene *scene, const struct chip_talk *talk,
                                 struct chip_err *err)
{
    *scene = (struct chip_scene){
        .talk = talk,
        .n_pieces = talk->n_turns,
        .pieces = calloc(talk->n_turns + 1, sizeof *scene->pieces),
        .floors = calloc(talk->n_turns + 1, sizeof *scene->floors),
        .speaker_of = calloc(talk->n_turns + 1, sizeof *scene->speaker_of),
        .word_speaker = calloc(talk->n_words + 1, sizeof *scene->word_speaker),
        .order = calloc(talk->n_words + 1, sizeof *scene->order),
        .first = calloc(talk->n_speakers + 2, sizeof *scene->first),
        .talk_ms = calloc(talk->n_speakers, sizeof *scene->talk_ms),
        .numbers = calloc(talk->n_turns + talk->n_words + 1, sizeof *scene->numbers),
        .last_seen = calloc(talk->n_tokens + 1, sizeof *scene->last_seen),
    };
    if (!scene->pieces || !scene->floors || !scene->speaker_of || !scene->word_speaker ||
        !scene->order || !scene->first || !scene->talk_ms || !scene->numbers || !scene->last_seen)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for metrics");
    return CHIP_OK;
}

void chip_scene_done(struct chip_scene *scene)
{
    free(scene->pieces);
    free(scene->floors);
    free(scene->speaker_of);
    free(scene->word_speaker);
    free(scene->order);
    free(scene->first);
    free(scene->talk_ms);
    free(scene->numbers);
    free(scene->last_seen);
    *scene = (struct chip_scene){0};
}

void chip_scene_reset(struct chip_scene *scene)
{
    for (size_t i = 0; i < scene->n_pieces; i++) {
        const struct chip_talk_turn *turn = &scene->talk->turns[i];
        scene->pieces[i] = (struct chip_piece){.start_ms = turn->start_ms,
                                               .end_ms = turn->end_ms,
                                               .speaker = turn->speaker,
                                               .source = i};
    }
}

/* ---- talk time ------------------------------------------------------------------------------- */

static void sort_pieces(struct chip_scene *scene)
{
    struct chip_piece *pieces = scene->pieces;
    for (size_t i = 1; i < scene->n_pieces; i++) { /* nearly sorted: moved by 250 ms at most */
        struct chip_piece piece = pieces[i];
        size_t at = i;
        for (; at > 0 && pieces[at - 1].start_ms > piece.start_ms; at--)
            pieces[at] = pieces[at - 1];
        pieces[at] = piece;
    }
}

static void measure_talk(struct chip_scene *scene)
{
    int64_t ends[CHIP_TALK_MAX_SPEAKERS] = {0}, end_ms = 0;
    memset(scene->talk_ms, 0, scene->talk->n_speakers * sizeof *scene->talk_ms);
    scene->all_talk_ms = scene->union_ms = 0;
    for (size_t i = 0; i < scene->n_pieces; i++) {
        struct chip_piece *p = &scene->pieces[i];
        int64_t from = p->start_ms > ends[p->speaker] ? p->start_ms : ends[p->speaker];
        p->fresh_ms = from < p->end_ms ? from : p->end_ms;
        scene->talk_ms[p->speaker] += p->end_ms - p->fresh_ms;
        scene->all_talk_ms += p->end_ms - p->fresh_ms;
        if (p->end_ms > ends[p->speaker])
            ends[p->speaker] = p->end_ms;
        if (p->end_ms > end_ms) {
            scene->union_ms += p->end_ms - (p->start_ms > end_ms ? p->start_ms : end_ms);
            end_ms = p->end_ms;
        }
        scene->speaker_of[p->source] = p->speaker;
    }
}

/* ---- backchannels and turns ------------------------------------------------------------------ */

static bool is_short(const struct chip_talk *talk, const struct chip_piece *piece)
{
    const struct chip_talk_turn *turn = &talk->turns[piece->source];
    if (talk->has_lexicon && turn->n_words)
        return turn->is_listed && turn->n_words <= MAX_BACKCHANNEL_WORDS;
    return turn->n_words <= MAX_SHORT_WORDS &&
           piece->end_ms - piece->start_ms <= CHIP_TALK_BACKCHANNEL_MS;
}

/*
 * Whether somebody else talks on around it: the nearest longer pieces before and after are of one
 * other speaker, near enough, and the one before is no question to be answered.
 */
static bool is_backchannel(const struct chip_scene *scene, size_t i)
{
    const struct chip_piece *p = &scene->pieces[i], *before = NULL, *after = NULL;
    for (size_t j = i; j-- > 0 && !before;) {
        if (!scene->pieces[j].is_short)
            before = &scene->pieces[j];
        else if (p->start_ms - scene->pieces[j].start_ms > 2 * CHIP_TALK_JOIN_MS)
            break;
    }
    if (!before || before->speaker == p->speaker ||
        p->start_ms - before->end_ms >= CHIP_TALK_JOIN_MS)
        return false;
    if (before->end_ms >= p->end_ms)
        return true; /* inside the other's speech */
    if (scene->talk->turns[before->source].asks)
        return false;
    for (size_t j = i + 1; j < scene->n_pieces && !after; j++) {
        if (scene->pieces[j].start_ms - p->end_ms >= CHIP_TALK_JOIN_MS)
            break;
        if (!scene->pieces[j].is_short)
            after = &scene->pieces[j];
    }
    return after && after->speaker == before->speaker;
}

static void find_backchannels(struct chip_scene *scene)
{
    for (size_t i = 0; i < scene->n_pieces; i++)
        scene->pieces[i].is_short = is_short(scene->talk, &scene->pieces[i]);
    for (size_t i = 0; i < scene->n_pieces; i++)
        scene->pieces[i].is_backchannel = scene->pieces[i].is_short && is_backchannel(scene, i);
}

/* Joins what one speaker says unless somebody else's turn lies between. */
static void join_turns(struct chip_scene *scene)
{
    size_t last[CHIP_TALK_MAX_SPEAKERS]; /* floors[last[s] - 1]; 0: none yet */
    struct chip_latest latest = {0};
    memset(last, 0, sizeof last);
    scene->n_floors = 0;
    for (size_t i = 0; i < scene->n_pieces; i++) {
        const struct chip_piece *p = &scene->pieces[i];
        if (p->is_backchannel)
            continue;
        struct chip_floor *own = last[p->speaker] ? &scene->floors[last[p->speaker] - 1] : NULL;
        const struct chip_last_heard *other = chip_latest_other(&latest, p->speaker);
        bool alone = !other || (own && other->end_ms <= own->end_ms);
        if (own && (p->start_ms <= own->end_ms ||
                    (alone && p->start_ms - own->end_ms < CHIP_TALK_JOIN_MS))) {
            if (p->end_ms > own->end_ms)
                own->end_ms = p->end_ms;
        } else {
            scene->floors[scene->n_floors++] =
                (struct chip_floor){p->start_ms, p->end_ms, p->speaker};
            last[p->speaker] = scene->n_floors;
        }
        chip_latest_add(&latest, (struct chip_last_heard){p->end_ms, p->speaker, i});
    }
}

static void order_words(struct chip_scene *scene)
{
    size_t n_speakers = scene->talk->n_speakers, n_words = scene->talk->n_words;
    size_t *first = scene->first;
    memset(first, 0, (n_speakers + 2) * sizeof *first);
    for (size_t i = 0; i < n_words; i++) {
        const struct chip_talk_word *word = &scene->talk->words[i];
        int s = word->turn == SIZE_MAX ? word->speaker : scene->speaker_of[word->turn];
        scene->word_speaker[i] = s;
        first[(s < 0 ? n_speakers : (size_t)s) + 1]++;
    }
    size_t at[CHIP_TALK_MAX_SPEAKERS + 1];
    for (size_t s = 0; s <= n_speakers; s++) {
        first[s + 1] += first[s];
        at[s] = first[s];
    }
    for (size_t i = 0; i < n_words; i++) {
        int s = scene->word_speaker[i];
        scene->order[at[s < 0 ? n_speakers : (size_t)s]++] = i;
    }
}

void chip_scene_build(struct chip_scene *scene)
{
    sort_pieces(scene);
    measure_talk(scene);
    find_backchannels(scene);
    join_turns(scene);
    order_words(scene);
}
