/** Single sentences in which somebody takes on a task, or gives one. Pure; any thread. */
#pragma once

#include "minutes/analyst/reading.h"

/** What has to be there besides the sentence, so that there is a task. */
enum chip_ground {
    CHIP_GROUND_NONE,
    CHIP_GROUND_SOME,    /* a date, a question before, a yes after: "I can do it" */
    CHIP_GROUND_PROMISE, /* who is asked takes it on, or a date: "you should write it down" */
    CHIP_GROUND_DATE,    /* a date: "I am meeting them on Friday" */
};

struct chip_promise {
    struct chip_range task; /* from the verb on: "close them by March twentieth" */
    float weight;           /* how sure: 0..1 */
    enum chip_ground ground;
};

/** "I will ...", "let me check ...", "you will have ... by Friday". @return false: none */
bool chip_promise_find(const struct chip_reading *r, size_t sentence, struct chip_promise *out);

/** "You will have it on Friday": only a date for what was taken on before. */
bool chip_promise_delivers(const struct chip_reading *r, size_t sentence);

enum chip_asked {
    CHIP_ASKED_YOU,   /* whoever answers, or is called */
    CHIP_ASKED_ALL,   /* "everybody, please ..." */
    CHIP_ASKED_ANY,   /* "somebody should ...", "who can ...?": who takes it */
    CHIP_ASKED_OFFER, /* "shall I ...?": the speaker does it if the others want it */
};

struct chip_asking {
    struct chip_range task;
    float weight;
    enum chip_ground ground;
    size_t called; /* name of who is asked, a plain word; SIZE_MAX: none */
    enum chip_asked asked;
};

/** "Could you ...", "please ...", "who can ...?", "shall I ...?". @return false: none */
bool chip_request_find(const struct chip_reading *r, size_t sentence, struct chip_asking *out);

struct chip_assignment {
    struct chip_range task;
    size_t who; /* a plain word that is a name */
    float weight;
    enum chip_ground ground;
};

/** "Ann will ...", "Ann writes ... by Friday", "she will ... by Friday". @return false: none */
bool chip_assignment_find(const struct chip_reading *r, size_t sentence,
                          struct chip_assignment *out);

enum chip_reply { CHIP_REPLY_NONE, CHIP_REPLY_YES, CHIP_REPLY_NO, CHIP_REPLY_DONE };

/** What a sentence says to what was asked or proposed before. */
enum chip_reply chip_reply_of(const struct chip_reading *r, size_t sentence);

/** Does the speaker take on what was asked before: "leave that to me", "I can do it"? */
bool chip_reply_takes(const struct chip_reading *r, size_t sentence);
