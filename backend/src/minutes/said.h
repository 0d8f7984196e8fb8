/**
 * A transcript as the analyst reads it: tokens (its words), their plain words, sentences.
 * Everything later is said in ranges of these, so it can always be led back to words and times.
 *
 * One thread at a time while it is made, any thread after.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/** A word of the transcript; a segment that came without words has those of its text. */
struct chip_token {
    const char *text; /* with its punctuation; borrowed from the transcript, or owned by the talk */
    size_t segment;
    int64_t start_ms, end_ms;
    char mark;       /* '.', '?', '!', ',' after it; 0: none. ';' and ':' count as ',' */
    size_t first, n; /* its plain words: plain[first .. first + n) */
};

struct chip_plain {
    const char *text; /* chip_plain_word() */
    size_t token;
    int stem; /* the same for all forms of a word, 0 .. n_stems - 1; -1: says nothing by itself */
};

/** Plain words [from, to), or tokens. */
struct chip_range {
    size_t from, to;
};

/** One statement, question or call; spoken sentences that run on are parted at commas. */
struct chip_sentence {
    struct chip_range tokens, words; /* words: plain ones, may be none */
    int speaker;                     /* -1: not known */
    size_t turn;                     /* sentences in a row by one speaker have the same */
    bool asks;                       /* ends with a question mark, or is built like a question */
};

struct chip_said {
    const struct chip_transcript *transcript; /* borrowed */
    struct chip_token *tokens;
    size_t n_tokens;
    struct chip_plain *words;
    size_t n_words;
    size_t n_stems;
    struct chip_sentence *sentences;
    size_t n_sentences;
    char *room; /* private: the texts */
};

/**
 * Reads a transcript.
 *
 * @param transcript borrowed; must outlive the talk
 * @param talk       free it with chip_said_done()
 * @return CHIP_OK or CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_said_read(const struct chip_transcript *transcript, struct chip_said *talk,
                                struct chip_err *err);

/** Frees what it owns; a zeroed talk is accepted. */
void chip_said_done(struct chip_said *talk);

/** Cuts the talk into sentences (sentences.c); part of chip_said_read(). */
CHIP_MUST_CHECK
enum chip_status chip_said_cut(struct chip_said *talk, struct chip_err *err);

/** The speaker of a token's segment. */
int chip_said_speaker(const struct chip_said *talk, size_t token);
