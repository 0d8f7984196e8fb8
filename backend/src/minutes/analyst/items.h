/** What the analyst finds: ranges of words, until they are written down. One thread. */
#pragma once

#include <jansson.h>

#include "minutes/analyst/reading.h"

enum { CHIP_ITEM_EVIDENCE = 6 };

struct chip_item {
    size_t sentence;            /* where it is said */
    struct chip_range text;     /* words that say it */
    struct chip_range about;    /* words that say what "it" is in text; none: clear without */
    size_t pronoun;             /* the "it", a plain word; SIZE_MAX: about explains all of text */
    struct chip_range due_said; /* words; none: nobody said when */
    int32_t due;                /* CHIP_WHEN_UNKNOWN: as above, or ambiguous */
    int owner;                  /* speaker; -1: see owner_word */
    size_t owner_word;          /* a name that is said, of nobody who speaks; SIZE_MAX: none */
    float confidence;
    size_t evidence[CHIP_ITEM_EVIDENCE]; /* sentences */
    size_t n_evidence;
    bool dropped; /* taken back, or said again better */
};

struct chip_items {
    struct chip_item *items; /* owned */
    size_t n, cap;
    bool failed; /* out of memory: some are missing */
};

void chip_items_done(struct chip_items *items);

/** An item as empty as it can be, with its sentence as evidence. */
struct chip_item chip_item_of(size_t sentence, struct chip_range text, float confidence);

/** @return it, to be filled in; NULL: out of memory. Adding more moves it */
struct chip_item *chip_items_add(struct chip_items *items, struct chip_item item);

/** Adds a sentence that proves it, once. */
void chip_item_prove(struct chip_item *item, size_t sentence);

/** Takes over a date, if it has none and one is in these words. */
void chip_item_find_due(struct chip_item *item, const struct chip_reading *r,
                        struct chip_range words);

/** Makes two that say the same one: `other` is dropped, what it adds goes to `kept`. */
void chip_items_merge(struct chip_item *kept, struct chip_item *other);

/** Marks what was taken back soon after it was said ("no, wait", "I take that back"). */
void chip_items_retract(struct chip_items *items, const struct chip_reading *r);

/** The evidence, for minutes. @return a new reference; NULL: out of memory */
json_t *chip_item_evidence(const struct chip_item *item, const struct chip_reading *r);

/** Its text made readable, with what it is about. @return a new reference; NULL: out of memory */
json_t *chip_item_text(const struct chip_item *item, const struct chip_reading *r);

/** The same for what is no question, however politely it was proposed. */
json_t *chip_item_statement(const struct chip_item *item, const struct chip_reading *r);

/** The same for a task, which begins with its verb: "sends the list" is "send the list". */
json_t *chip_item_task(const struct chip_item *item, const struct chip_reading *r);

/** {date, said}, from a day (CHIP_WHEN_UNKNOWN: null) and the words. @return a new reference */
json_t *chip_item_when(const struct chip_reading *r, int32_t day, struct chip_range said);

/** Two decimals. @return a new reference; NULL: out of memory */
json_t *chip_item_confidence(const struct chip_item *item);

/** An id of the transcript's speakers, or null. @return a new reference */
json_t *chip_item_speaker(const struct chip_reading *r, int speaker);
