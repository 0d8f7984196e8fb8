/** Single sentences in which somebody takes on a task, or gives one. Pure; any thread. */
#pragma once

#include "minutes/analyst/reading.h"

struct chip_promise {
    struct chip_range task; /* from the verb on: "close them by March twentieth" */
    float weight;           /* how sure: 0..1 */
    bool needs_ground;      /* counts only with a date, or as an answer: "I can do it" */
};

/** "I will ...", "let me check ...", "you will have ... by Friday". @return false: none */
bool chip_promise_find(const struct chip_reading *r, size_t sentence, struct chip_promise *out);

struct chip_asking {
    struct chip_range task;
    float weight;
    bool needs_answer; /* without a yes it was mere talk: "you should write it down" */
    size_t called;     /* name of who is asked, a plain word; SIZE_MAX: whoever answers */
    bool is_offer;     /* "shall I ...?": the speaker does it if the others want it */
};

/** "Could you ...", "please ...", "you need to ...". @return false: none */
bool chip_request_find(const struct chip_reading *r, size_t sentence, struct chip_asking *out);

struct chip_assignment {
    struct chip_range task;
    size_t who; /* a plain word that is a name; SIZE_MAX: "somebody" */
    float weight;
};

/** "Ann will ...", "somebody has to ...". @return false: none */
bool chip_assignment_find(const struct chip_reading *r, size_t sentence,
                          struct chip_assignment *out);

enum chip_reply { CHIP_REPLY_NONE, CHIP_REPLY_YES, CHIP_REPLY_NO };

/** What a sentence says to what was asked or proposed before. */
enum chip_reply chip_reply_of(const struct chip_reading *r, size_t sentence);
