/** What the others say to a request. Pure; any thread. */
#pragma once

#include "minutes/analyst/promises.h"

struct chip_answer {
    enum chip_reply reply;
    int speaker;     /* who answers, or does it in the end; -1: nobody */
    size_t named;    /* a plain word: the name of who shall do it; SIZE_MAX: none */
    size_t sentence; /* that says so */
    bool takes;      /* "I can do it", "leave that to me" */
    bool promised;
    size_t promise_sentence;
    struct chip_promise promise;
};

/**
 * Reads on from a request.
 *
 * Where who was asked refuses and somebody else takes it, it is as if that one had been asked.
 *
 * @param asked a speaker; -1: whoever answers
 */
struct chip_answer chip_answer_find(const struct chip_reading *r, size_t sentence,
                                    const struct chip_asking *request, int asked);
