/**
 * One version of what happened: who spoke when, and the turns and backchannels that follow from it.
 *
 * The first scene is the transcript as it is; bounds.c makes more, with boundaries moved and
 * doubtful pieces given to others. All memory is sized at the start and used again for every scene.
 * One thread at a time.
 */
#pragma once

#include "meeting/metrics/talk.h"

/* Speech of one speaker, as the transcript's turns have it. */
struct chip_piece {
    int64_t start_ms, end_ms;
    int64_t fresh_ms; /* from here on the speaker was not speaking in an earlier piece; <= end */
    int speaker;
    size_t source; /* talk->turns[source] */
    bool is_short; /* could be a backchannel by its words */
    bool is_backchannel;
};

/* A turn: pieces of one speaker, joined. */
struct chip_floor {
    int64_t start_ms, end_ms;
    int speaker;
};

struct chip_scene {
    const struct chip_talk *talk;
    struct chip_piece *pieces; /* owned, [n_pieces], in order of start */
    size_t n_pieces;           /* that of talk->turns */
    struct chip_floor *floors; /* owned, [n_floors], in order of start */
    size_t n_floors;
    int *speaker_of;     /* owned, [talk->n_turns]: who says a turn of the talk here */
    int *word_speaker;   /* owned, [talk->n_words]: who says a word here; -1: nobody */
    size_t *order;       /* owned, [talk->n_words] words, those of speaker 0 first, in time each */
    size_t *first;       /* owned, [n_speakers + 2]: order[first[s] .. first[s + 1]) are those of s;
                            nobody's words come last */
    int64_t *talk_ms;    /* owned, [n_speakers]: talk time */
    int64_t all_talk_ms; /* the sum of these */
    int64_t union_ms;    /* time in which anybody speaks */
    double all_richness; /* vocabulary of all words, the same in every scene; 0: not yet known */
    double *numbers;     /* owned, scratch: [n_turns + n_words] */
    size_t *last_seen;   /* owned, scratch: [n_tokens] */
};

/** @return CHIP_OK, or CHIP_E_NOMEM; free it with chip_scene_done() in either case */
CHIP_MUST_CHECK
enum chip_status chip_scene_init(struct chip_scene *scene, const struct chip_talk *talk,
                                 struct chip_err *err);
void chip_scene_done(struct chip_scene *scene);

/** The pieces as the talk has them, not yet built on. */
void chip_scene_reset(struct chip_scene *scene);

/** Everything that follows from start, end and speaker of the pieces, in whatever order they are.
 */
void chip_scene_build(struct chip_scene *scene);
