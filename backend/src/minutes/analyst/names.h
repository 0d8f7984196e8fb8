/**
 * What the people in a talk are called: by the names that the transcript gives, else by those with
 * which they are spoken to ("Alan, can you ...?", "Thanks, Dana", "I am Priya"). Any thread.
 */
#pragma once

#include "minutes/said.h"

struct chip_names {
    const struct chip_said *talk; /* borrowed */
    struct chip_name *names;      /* owned */
    size_t n;
    bool *proper;  /* owned; [talk->n_stems] always written with a capital, inside sentences too */
    bool *capital; /* owned; [talk->n_stems] the same, but maybe only where a sentence begins */
    bool failed;   /* private: out of memory while learning */
};

/** @param names free it with chip_names_done(). @return CHIP_OK or CHIP_E_NOMEM */
CHIP_MUST_CHECK
enum chip_status chip_names_learn(const struct chip_said *talk, struct chip_names *names,
                                  struct chip_err *err);
void chip_names_done(struct chip_names *names);

/** A speaker's name as it is written; NULL: not known. */
const char *chip_names_of(const struct chip_names *names, int speaker);

/** Whose name is a plain word? @return the speaker; -1: nobody's who is known to speak */
int chip_names_speaker(const struct chip_names *names, const char *plain);

/** Whether a plain word is used as somebody's name, of a speaker or not. */
bool chip_names_has(const struct chip_names *names, const char *plain);

/** Whether a plain word looks like a name, of a person or anything else, wherever it is written. */
bool chip_names_is_proper(const struct chip_names *names, size_t word);

/** The same, where a sentence may begin with it: it is never written without a capital. */
bool chip_names_may_be(const struct chip_names *names, size_t word);

/** Somebody who is spoken to in these words ("Alan, can you"). @return a plain word; SIZE_MAX */
size_t chip_names_called(const struct chip_names *names, struct chip_range words);
