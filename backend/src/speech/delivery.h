/**
 * Results of the recogniser, given in the order of the recording, whatever the order in which they
 * were made. Any thread; the callbacks are called by one at a time.
 */
#pragma once

#include <pthread.h>

#include "speech/recognizer.h"
#include "speech/words.h"

/** A finished piece that waits for those before it. Owns all that it holds. */
struct chip_finished {
    struct chip_piece piece;
    struct chip_window *windows;
    size_t n_windows;
    struct chip_words words;
    struct chip_audit audit[2];
    size_t n_audit;
    char *detail; /* text of the audits */
    struct chip_finished *next;
};

void chip_finished_free(struct chip_finished *finished);

struct chip_delivery {
    pthread_mutex_t lock; /* guards all below; also held during the callbacks: one at a time */
    struct chip_finished *waiting; /* in order of index */
    size_t next_index;
    chip_recognized_fn *done;
    chip_worked_fn *worked; /* may be NULL */
    void *user;
    bool cancelled;
};

void chip_delivery_init(struct chip_delivery *delivery, chip_recognized_fn *done,
                        chip_worked_fn *worked, void *user);
void chip_delivery_done(struct chip_delivery *delivery);

/** Takes it over, and hands out what is next. @return false when the callback wants no more */
bool chip_delivery_put(struct chip_delivery *delivery, struct chip_finished *finished);

/** So much more work is done. */
void chip_delivery_worked(struct chip_delivery *delivery, double ms);
