/** What somebody wants to know about a meeting. Pure; any thread. */
#pragma once

#include "minutes/analyst/reading.h"
#include "minutes/ask/groups.h"
#include "minutes/plain.h"

enum { CHIP_QUESTION_TERMS = 24, CHIP_QUESTION_BYTES = 2000 };

enum chip_question_kind {
    CHIP_QUESTION_ANYTHING,
    CHIP_QUESTION_DECISIONS, /* "what was decided about the price?" */
    CHIP_QUESTION_TASKS,     /* "who does what?", "what will Ann do?", "when is the page due?" */
    CHIP_QUESTION_OPEN,      /* "which questions are still open?" */
    CHIP_QUESTION_RISKS,     /* "what could go wrong?" */
    CHIP_QUESTION_SUMMARY,   /* "what was this about?" */
    CHIP_QUESTION_TALK,      /* "how long did Ann talk?", "who talked most?" */
};

/** A word that says what the question is about. */
struct chip_question_term {
    const char *word; /* plain; owned by the question */
    char stem[CHIP_PLAIN_STEM];
    uint32_t groups; /* of words that mean about the same */
    bool weak;       /* its being missing says little: "left", "happen", "people" */
};

struct chip_question {
    enum chip_question_kind kind;
    struct chip_question_term terms[CHIP_QUESTION_TERMS]; /* without those that made the kind */
    size_t n_terms;
    int speaker;  /* who is asked about; -1: nobody who speaks */
    bool by_them; /* only what they said counts: "what did Ann say about ...?" */
    bool wants_number, wants_time;

    struct chip_transcript *transcript; /* private: the question as a talk of one sentence */
    struct chip_said said;
};

/**
 * @param text     CHIP_QUESTION_BYTES at most
 * @param r        the meeting, for names; not kept
 * @param question free it with chip_question_done(), also on failure
 * @return CHIP_OK; CHIP_E_INVAL for no question at all, or one that is too long; CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_question_read(const char *text, const struct chip_reading *r,
                                    struct chip_question *question, struct chip_err *err);
void chip_question_done(struct chip_question *question);
