#include "speech/diarize/community_run.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "nn/threads.h"
#include "speech/diarize/community_hear.h"
#include "speech/diarize/community_turns.h"
#include "speech/diarize/turns.h"

enum {
    CHUNK = CHIP_SEGMENTATION_SAMPLES,
    STEP = CHIP_COMMUNITY_STEP,
    PEOPLE = CHIP_COMMUNITY_PEOPLE,
};

/* One of the chunks that are heard at once. */
struct ear {
    const struct chip_community_model *model;
    struct chip_arena arena;
    const float *pcm;                   /* [CHUNK] */
    struct chip_community_chunk *chunk; /* where it goes */
    pthread_t thread;
    bool has_thread;
};

struct chip_community {
    const struct chip_community_model *model;
    struct ear *ears; /* [n_ears] */
    size_t n_ears;
    float *pcm; /* of the chunks that come next: (n_ears - 1) * STEP + CHUNK samples at most */
    size_t n_pcm, total;
    struct chip_community_chunk *chunks;
    size_t n_chunks, max_chunks;
};

enum chip_status chip_community_new(struct chip_community **out,
                                    const struct chip_community_model *model, int n_threads,
                                    struct chip_err *err)
{
    struct chip_community *c = calloc(1, sizeof *c);
    enum chip_status s = CHIP_OK;
    if (c) {
        c->model = model;
        c->ears = calloc((size_t)n_threads, sizeof *c->ears);
        c->pcm = malloc(((size_t)(n_threads - 1) * STEP + CHUNK) * sizeof *c->pcm);
    }
    if (!c || !c->ears || !c->pcm)
        s = chip_fail(err, CHIP_E_NOMEM, "not enough memory to tell speakers apart");
    while (s == CHIP_OK && c->n_ears < (size_t)n_threads) {
        struct ear *ear = &c->ears[c->n_ears++];
        ear->model = model;
        s = chip_arena_init(&ear->arena, chip_community_hear_cost(model), err);
    }
    if (s != CHIP_OK) {
        chip_community_free(c);
        return s;
    }
    *out = c;
    return CHIP_OK;
}

void chip_community_free(struct chip_community *c)
{
    if (!c)
        return;
    for (size_t i = 0; i < c->n_ears; i++)
        chip_arena_done(&c->ears[i].arena);
    free(c->ears);
    free(c->pcm);
    free(c->chunks);
    free(c);
}

/* ---- hearing ---- */

static void *hear(void *user)
{
    struct ear *ear = user;
    chip_threads_single();
    chip_community_hear(ear->model, &ear->arena, ear->pcm, ear->chunk);
    return NULL;
}

static enum chip_status make_room(struct chip_community *c, size_t n, struct chip_err *err)
{
    if (c->n_chunks + n <= c->max_chunks)
        return CHIP_OK;
    const size_t room = 2 * c->max_chunks + n + 60;
    struct chip_community_chunk *grown = realloc(c->chunks, room * sizeof *grown);
    if (!grown)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory to tell speakers apart");
    c->chunks = grown;
    c->max_chunks = room;
    return CHIP_OK;
}

/* The next n chunks, all of them there, side by side; their first seconds are then done with. */
static enum chip_status hear_chunks(struct chip_community *c, size_t n, struct chip_err *err)
{
    enum chip_status s = make_room(c, n, err);
    if (s != CHIP_OK)
        return s;
    for (size_t i = 0; i < n; i++) {
        struct ear *ear = &c->ears[i];
        ear->pcm = c->pcm + i * STEP;
        ear->chunk = &c->chunks[c->n_chunks++];
        ear->has_thread = i + 1 < n && pthread_create(&ear->thread, NULL, hear, ear) == 0;
        if (!ear->has_thread)
            hear(ear);
    }
    for (size_t i = 0; i < n; i++)
        if (c->ears[i].has_thread)
            pthread_join(c->ears[i].thread, NULL);
    c->n_pcm -= n * STEP;
    memmove(c->pcm, c->pcm + n * STEP, c->n_pcm * sizeof *c->pcm);
    return CHIP_OK;
}

enum chip_status chip_community_push(struct chip_community *c, const float *pcm, size_t n,
                                     struct chip_err *err)
{
    const size_t full = (c->n_ears - 1) * STEP + CHUNK;
    enum chip_status s = CHIP_OK;
    c->total += n;
    while (s == CHIP_OK && n > 0) {
        const size_t more = n < full - c->n_pcm ? n : full - c->n_pcm;
        memcpy(c->pcm + c->n_pcm, pcm, more * sizeof *pcm);
        c->n_pcm += more;
        pcm += more;
        n -= more;
        if (c->n_pcm == full)
            s = hear_chunks(c, c->n_ears, err);
    }
    return s;
}

/* Whole chunks that wait, and what is behind the last whole one of all, filled up. */
static enum chip_status hear_rest(struct chip_community *c, struct chip_err *err)
{
    enum chip_status s = CHIP_OK;
    if (c->n_pcm >= CHUNK)
        s = hear_chunks(c, (c->n_pcm - CHUNK) / STEP + 1, err);
    const bool more =
        c->total > 0 && (c->n_chunks == 0 || c->total > (c->n_chunks - 1) * STEP + CHUNK);
    if (s != CHIP_OK || !more)
        return s;
    memset(c->pcm + c->n_pcm, 0, (CHUNK - c->n_pcm) * sizeof *c->pcm);
    c->n_pcm = CHUNK;
    return hear_chunks(c, 1, err);
}

/* ---- the end ---- */

/* @return how many speakers have turns */
static size_t renumber(struct chip_turn *turns, size_t n)
{
    int number[CHIP_COMMUNITY_MAX_SPEAKERS], next = 0;
    memset(number, -1, sizeof number);
    for (size_t i = 0; i < n; i++) {
        int *to = &number[turns[i].speaker];
        if (*to < 0)
            *to = next++;
        turns[i].speaker = *to;
    }
    return (size_t)next;
}

/* Turns that go on into the silence after the end stop there. */
static size_t cut_at(struct chip_turn *turns, size_t n, int64_t end_ms)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        turns[i].end_ms = turns[i].end_ms < end_ms ? turns[i].end_ms : end_ms;
        if (turns[i].start_ms < turns[i].end_ms)
            turns[kept++] = turns[i];
    }
    return kept;
}

static enum chip_status make_turns(const struct chip_community *c, int (*label)[PEOPLE],
                                   size_t n_speakers, struct chip_turn **turns, size_t *n_turns,
                                   struct chip_err *err)
{
    const size_t total = chip_community_total(c->n_chunks);
    uint8_t *count = malloc(total), *active = malloc(total * n_speakers);
    enum chip_status s = CHIP_OK;
    if (!count || !active)
        s = chip_fail(err, CHIP_E_NOMEM, "not enough memory for turns");
    if (s == CHIP_OK) {
        chip_community_count(c->chunks, c->n_chunks, count);
        s = chip_community_reconstruct(c->chunks, c->n_chunks, label, n_speakers, count, active,
                                       err);
    }
    if (s == CHIP_OK)
        s = chip_community_turns(active, c->n_chunks, n_speakers, turns, n_turns, err);
    free(count);
    free(active);
    return s;
}

enum chip_status chip_community_finish(struct chip_community *c,
                                       const struct chip_cluster_options *options,
                                       struct chip_turn **turns, size_t *n_turns,
                                       size_t *n_speakers, struct chip_err *err)
{
    enum chip_status s = hear_rest(c, err);
    if (s != CHIP_OK)
        return s;
    *turns = NULL;
    *n_turns = *n_speakers = 0;
    if (c->n_chunks == 0)
        return CHIP_OK;
    int(*label)[PEOPLE] = malloc(c->n_chunks * sizeof *label);
    size_t k = 0;
    if (!label)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory to tell speakers apart");
    s = chip_community_cluster(c->chunks, c->n_chunks, &c->model->plda, options, label, &k, err);
    if (s == CHIP_OK)
        s = make_turns(c, label, k, turns, n_turns, err);
    free(label);
    if (s != CHIP_OK)
        return s;
    *n_turns = cut_at(*turns, *n_turns, (int64_t)(c->total / 16));
    *n_turns = chip_turns_join(*turns, *n_turns);
    *n_speakers = renumber(*turns, *n_turns);
    return CHIP_OK;
}
