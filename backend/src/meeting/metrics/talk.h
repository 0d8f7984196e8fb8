/**
 * A transcript as metrics see it: checked, in order, words tied to the turns they are said in.
 *
 * Made once; the scenes (scene.h) that metrics are computed from are variations of it. Read only
 * afterwards, and then any thread.
 */
#pragma once

#include "meeting/metrics/lexicon.h"
#include "base/err.h"

enum { CHIP_TALK_MAX_SPEAKERS = 256 };

struct chip_talk_turn {
    int64_t start_ms, end_ms;
    int speaker;
    float confidence; /* of the speaker, 0..1 */
    bool is_listed;   /* all of its words can be backchannels */
    bool asks;        /* its last word ends a question */
    size_t n_words;   /* said in it */
};

struct chip_talk_word {
    int64_t start_ms, end_ms;
    int speaker;    /* -1: nobody */
    size_t turn;    /* turns[turn], SIZE_MAX: none */
    unsigned kinds; /* bits of enum chip_word_kind */
    enum chip_word_end end;
};

struct chip_talk {
    struct chip_talk_turn *turns; /* owned, [n_turns], in order of start */
    size_t n_turns;
    struct chip_talk_word *words; /* owned, [n_words], in order of start */
    unsigned *tokens; /* owned, [n_words]: equal for equal bare words; 0: only punctuation */
    size_t n_words;
    size_t n_tokens;     /* tokens are below this */
    size_t n_speakers;   /* at least 1 */
    bool is_anonymous;   /* speakers were not told apart: turns are segments of one nobody */
    bool has_lexicon;    /* there are lists for the language */
    bool has_overlap;    /* turns of two speakers overlap by 0.3 s somewhere */
    size_t n_talking;    /* speakers with a turn */
    int64_t duration_ms; /* of the recording, or longer when words go on */
};

/**
 * @param t   borrowed for the call
 * @param out free it with chip_talk_done(), also after a failure
 * @return CHIP_OK; CHIP_E_INVAL for times, order or speakers that make no sense; CHIP_E_LIMIT for
 * more than CHIP_TALK_MAX_SPEAKERS; CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_talk_init(struct chip_talk *out, const struct chip_transcript *t,
                                struct chip_err *err);

void chip_talk_done(struct chip_talk *talk);
