#include "speech/delivery.h"

#include <stdlib.h>

void chip_finished_free(struct chip_finished *f)
{
    chip_speech_done(&f->piece.speech);
    chip_words_done(&f->words);
    free(f->windows);
    free(f->detail);
    free(f);
}

void chip_delivery_init(struct chip_delivery *d, chip_recognized_fn *done, chip_worked_fn *worked,
                        void *user)
{
    *d = (struct chip_delivery){.done = done, .worked = worked, .user = user};
    pthread_mutex_init(&d->lock, NULL);
}

void chip_delivery_done(struct chip_delivery *d)
{
    for (struct chip_finished *next, *f = d->waiting; f; f = next) {
        next = f->next;
        chip_finished_free(f);
    }
    pthread_mutex_destroy(&d->lock);
}

static bool hand_out(struct chip_delivery *d, const struct chip_finished *f)
{
    const struct chip_recognized result = {
        .piece = &f->piece,
        .words = f->words.words,
        .n_words = f->words.n_words,
        .segments = f->words.segments,
        .n_segments = f->words.n_segments,
        .audit = f->audit,
        .n_audit = f->n_audit,
        .windows = f->windows,
        .n_windows = f->n_windows,
    };
    return d->done(d->user, &result);
}

bool chip_delivery_put(struct chip_delivery *d, struct chip_finished *f)
{
    pthread_mutex_lock(&d->lock);
    struct chip_finished **at = &d->waiting;
    while (*at && (*at)->piece.index < f->piece.index)
        at = &(*at)->next;
    f->next = *at;
    *at = f;
    while (d->waiting && d->waiting->piece.index == d->next_index) {
        struct chip_finished *first = d->waiting;
        d->waiting = first->next;
        d->next_index++;
        d->cancelled = d->cancelled || !hand_out(d, first);
        chip_finished_free(first);
    }
    bool go_on = !d->cancelled;
    pthread_mutex_unlock(&d->lock);
    return go_on;
}

void chip_delivery_worked(struct chip_delivery *d, double ms)
{
    if (!d->worked)
        return;
    pthread_mutex_lock(&d->lock);
    d->worked(d->user, ms);
    pthread_mutex_unlock(&d->lock);
}
