#include "speech/recognizer.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "nn/threads.h"
#include "speech/align.h"
#include "speech/delivery.h"
#include "speech/diarize/windows.h"
#include "speech/repetition.h"
#include "speech/words.h"

enum {
    DEFAULT_BATCH = 32,
    FIRST_BATCH = 8,        /* doubles with each filling */
    SLOT_BYTES = 200 << 20, /* of all workers' slots together, unless --batch says otherwise */
    WAIT_MS = 20,           /* for a piece, before stepping a batch that could be larger */
    MAX_TOKENS_PER_10_S = 65,
    MIN_TOKENS = 8,
    MAX_THREADS = 64,
};

static const float MIN_VARIETY = 0.5f;
static const double ENCODING = 0.75;    /* of the work of a piece, its voices included: measured */
static const double USUAL_TOKENS = 0.6; /* of the most that a piece may have */

/* ---- one worker ---- */

struct worker {
    pthread_t thread;
    const struct chip_moonshine *model;
    const struct chip_tokenizer *tokenizer;
    const struct chip_embedder *embedder; /* may be NULL */
    const struct chip_hotwords *hotwords; /* may be NULL */
    struct chip_pieces *pieces;
    struct chip_delivery *delivery;
    int64_t known_ms;
    const volatile bool *cancel; /* may be NULL */
    struct chip_arena arena;
    size_t max_slots, max_bytes;
    size_t limit; /* slots to fill for now: few at first, so that the first results come soon */

    struct chip_moonshine_slot slots[CHIP_MOONSHINE_MAX_SLOTS]; /* the first n_active are in use */
    struct chip_finished *results[CHIP_MOONSHINE_MAX_SLOTS]; /* what becomes of each slot's piece */
    size_t n_active, bytes;
    double ended_ms, told_ms; /* work of pieces that have ended; of all, as it was told last */

    enum chip_status status;
    struct chip_err err;
};

static size_t max_tokens(const struct chip_speech *speech)
{
    return MIN_TOKENS + speech->n_samples * MAX_TOKENS_PER_10_S / (10 * 16000);
}

static bool is_full(const struct worker *w)
{
    return w->n_active >= w->limit || w->bytes >= w->max_bytes;
}

/* How much of a piece's work is done, in ms of its speech. Most say some four tokens a second. */
static double work_of(const struct chip_moonshine_slot *slot, const struct chip_speech *speech)
{
    double steps = (double)slot->n_tokens / (USUAL_TOKENS * (double)slot->max_tokens);
    double share = ENCODING + (1.0 - ENCODING) * (steps < 1.0 ? steps : 1.0);
    return share * (double)speech->n_samples / 16.0;
}

static void tell_work(struct worker *w)
{
    double ms = w->ended_ms;
    for (size_t i = 0; i < w->n_active; i++)
        ms += work_of(&w->slots[i], &w->results[i]->piece.speech);
    chip_delivery_worked(w->delivery, ms - w->told_ms);
    w->told_ms = ms;
}

/* Polled between pieces and steps, each some milliseconds to tenths of a second. */
static bool goes_on(struct worker *w)
{
    if (w->status == CHIP_OK && w->cancel && __atomic_load_n(w->cancel, __ATOMIC_RELAXED))
        w->status = chip_fail(&w->err, CHIP_E_CANCELLED, "stopped");
    return w->status == CHIP_OK;
}

static bool is_known(const struct worker *w, const struct chip_speech *speech)
{
    return chip_speech_end_ms(speech) <= w->known_ms;
}

/* Takes the piece over: its voices, then its slot, unless it is known. */
static void start(struct worker *w, const struct chip_piece *piece)
{
    struct chip_moonshine_slot *slot = &w->slots[w->n_active];
    struct chip_finished *f = calloc(1, sizeof *f);
    if (!f) {
        struct chip_speech lost = piece->speech;
        chip_speech_done(&lost);
        w->status = chip_fail(&w->err, CHIP_E_NOMEM, "not enough memory for a result");
        return;
    }
    f->piece = *piece;
    struct chip_speech *speech = &f->piece.speech;
    if (w->embedder)
        w->status =
            chip_windows_make(w->embedder, &w->arena, speech, &f->windows, &f->n_windows, &w->err);
    if (w->status == CHIP_OK && is_known(w, speech)) {
        w->ended_ms += (double)speech->n_samples / 16.0;
        if (!chip_delivery_put(w->delivery, f))
            w->status = chip_fail(&w->err, CHIP_E_CANCELLED, "stopped");
        return;
    }
    if (w->status == CHIP_OK)
        w->status = chip_moonshine_encode(w->model, &w->arena, speech->pcm, speech->n_samples,
                                          max_tokens(speech), slot, &w->err);
    if (w->status != CHIP_OK) {
        chip_finished_free(f);
        return;
    }
    free(speech->pcm); /* all that listens has listened */
    speech->pcm = NULL;
    w->results[w->n_active++] = f;
    w->bytes += slot->bytes;
}

/* Starts pieces until the slots are full or there are no pieces. Returns false at the end of all.
 */
static bool fill(struct worker *w)
{
    while (goes_on(w) && !is_full(w)) {
        struct chip_piece piece;
        int wait_ms = w->n_active ? WAIT_MS : -1;
        enum chip_pieces_got got = chip_pieces_take(w->pieces, wait_ms, &piece);
        if (got != CHIP_PIECES_GOT)
            return got == CHIP_PIECES_WAIT;
        start(w, &piece);
        tell_work(w);
    }
    return w->status == CHIP_OK;
}

static void note(struct chip_finished *f, enum chip_audit_kind kind, const char *detail)
{
    const struct chip_speech *p = &f->piece.speech;
    f->audit[f->n_audit++] = (struct chip_audit){
        .kind = kind,
        .start_ms = p->start / 16,
        .end_ms = chip_speech_end_ms(p),
        .detail = detail,
    };
}

/* Cuts a loop or an overflow off, and says so in the audit. */
static enum chip_status check_tokens(struct worker *w, struct chip_moonshine_slot *slot,
                                     struct chip_finished *f)
{
    size_t kept = slot->n_tokens;
    bool looped = chip_repetition_tail(slot->tokens, slot->n_tokens, &kept);
    if (looped || slot->n_tokens == slot->max_tokens) {
        enum chip_status s = chip_tokenizer_decode(w->tokenizer, slot->tokens + kept,
                                                   slot->n_tokens - kept, &f->detail, &w->err);
        if (s != CHIP_OK)
            return s;
        if (looped)
            note(f, CHIP_AUDIT_REPETITION, f->detail);
        else
            note(f, CHIP_AUDIT_TOKEN_CAP, "more tokens than speech of this length can have");
        slot->n_tokens = kept;
    } else if (slot->no_repeat) {
        note(f, CHIP_AUDIT_REPETITION, "decoded again without repetitions");
    }
    return CHIP_OK;
}

static enum chip_status make_words(struct worker *w, struct chip_moonshine_slot *slot,
                                   struct chip_finished *f)
{
    size_t mark = chip_arena_mark(&w->arena);
    int32_t *start = chip_arena_take(&w->arena, (slot->n_tokens + 1) * sizeof *start);
    chip_align(slot->attention, slot->n_tokens, slot->n_frames, &w->arena, start);
    enum chip_status s = chip_words_make(w->tokenizer, slot->tokens, slot->probabilities, start,
                                         slot->n_tokens, &f->piece.speech, &f->words, &w->err);
    chip_arena_release(&w->arena, mark);
    if (s == CHIP_OK && f->words.n_words == 0) /* no tokens, or none that stand for text */
        note(f, CHIP_AUDIT_EMPTY, "no words in what sounded like speech");
    return s;
}

/* Turns slot i into a result and moves the last slot to its place. */
static void finish(struct worker *w, size_t i)
{
    struct chip_moonshine_slot slot = w->slots[i];
    struct chip_finished *f = w->results[i];
    w->n_active--;
    w->ended_ms += (double)f->piece.speech.n_samples / 16.0;
    w->slots[i] = w->slots[w->n_active];
    w->results[i] = w->results[w->n_active];

    w->status = check_tokens(w, &slot, f);
    if (w->status == CHIP_OK)
        w->status = make_words(w, &slot, f);
    w->bytes -= slot.bytes;
    chip_moonshine_slot_done(&slot);
    if (w->status != CHIP_OK)
        chip_finished_free(f);
    else if (!chip_delivery_put(w->delivery, f))
        w->status = chip_fail(&w->err, CHIP_E_CANCELLED, "stopped");
}

/* A slot in a loop starts over once, this time without repetitions; twice is enough. */
static void check_loop(struct chip_moonshine_slot *slot)
{
    size_t kept;
    bool looping =
        chip_repetition_tail(slot->tokens, slot->n_tokens, &kept) ||
        (slot->ended && chip_repetition_variety(slot->tokens, slot->n_tokens) < MIN_VARIETY);
    if (!looping)
        return;
    if (slot->no_repeat) {
        slot->ended = true;
    } else {
        slot->no_repeat = true;
        chip_moonshine_slot_restart(slot);
    }
}

static void step(struct worker *w)
{
    struct chip_moonshine_slot *active[CHIP_MOONSHINE_MAX_SLOTS];
    for (size_t i = 0; i < w->n_active; i++)
        active[i] = &w->slots[i];
    chip_moonshine_step(w->model, w->hotwords, &w->arena, active, w->n_active);
    for (size_t i = 0; i < w->n_active; i++)
        check_loop(&w->slots[i]);
    for (size_t i = w->n_active; i-- > 0 && w->status == CHIP_OK;)
        if (w->slots[i].ended)
            finish(w, i);
    tell_work(w);
}

static void *work(void *arg)
{
    struct worker *w = arg;
    chip_threads_single();
    bool more = true;
    while (w->status == CHIP_OK && (more || w->n_active)) {
        more = more && fill(w);
        w->limit = w->limit * 2 < w->max_slots ? w->limit * 2 : w->max_slots;
        size_t refill_at = more ? w->n_active / 2 : 0;
        while (goes_on(w) && w->n_active > refill_at)
            step(w);
    }
    if (w->status != CHIP_OK)
        chip_pieces_stop(w->pieces);
    return NULL;
}

/* ---- all workers ---- */

static enum chip_status worker_init(struct worker *w, const struct chip_recognizer_options *options,
                                    struct chip_err *err)
{
    w->max_slots = options->batch ? (size_t)options->batch : DEFAULT_BATCH;
    w->limit = w->max_slots < FIRST_BATCH ? w->max_slots : FIRST_BATCH;
    w->max_bytes = options->batch ? SIZE_MAX : (size_t)SLOT_BYTES / (size_t)options->threads;
    size_t frames = chip_moonshine_frames(CHIP_MOONSHINE_MAX_SAMPLES), tokens = 512;
    size_t costs[] = {
        chip_moonshine_encode_cost(w->model, CHIP_MOONSHINE_MAX_SAMPLES),
        chip_moonshine_step_cost(w->model, w->hotwords, w->max_slots),
        chip_align_cost(tokens, frames) + chip_arena_cost(tokens * sizeof(int32_t)),
        w->embedder ? chip_embedder_cost(CHIP_MOONSHINE_MAX_SAMPLES) : 0,
    };
    size_t size = 0;
    for (size_t i = 0; i < sizeof costs / sizeof costs[0]; i++)
        size = costs[i] > size ? costs[i] : size;
    return chip_arena_init(&w->arena, size, err);
}

static void worker_done(struct worker *w)
{
    for (size_t i = 0; i < w->n_active; i++) {
        chip_moonshine_slot_done(&w->slots[i]);
        chip_finished_free(w->results[i]);
    }
    chip_arena_done(&w->arena);
}

/* Runs the workers; the status of the first that failed, a real failure before a cancellation. */
static enum chip_status run_workers(struct worker *workers, size_t n, struct chip_err *err)
{
    size_t started = 0;
    enum chip_status status = CHIP_OK;
    for (; started < n; started++) {
        if (pthread_create(&workers[started].thread, NULL, work, &workers[started]) != 0) {
            chip_pieces_stop(workers[0].pieces);
            status = chip_fail(err, CHIP_E_NOMEM, "cannot start %zu threads", n);
            break;
        }
    }
    for (size_t i = 0; i < started; i++)
        pthread_join(workers[i].thread, NULL);
    for (size_t i = 0; i < started; i++) {
        const struct worker *w = &workers[i];
        if (w->status != CHIP_OK && (status == CHIP_OK || status == CHIP_E_CANCELLED)) {
            status = w->status;
            if (err)
                *err = w->err;
        }
    }
    return status;
}

enum chip_status chip_recognize(const struct chip_moonshine *model,
                                const struct chip_tokenizer *tokenizer, struct chip_pieces *pieces,
                                const struct chip_recognizer_options *options,
                                chip_recognized_fn *done, void *user, struct chip_err *err)
{
    size_t n = (size_t)options->threads;
    struct worker *workers = calloc(n, sizeof *workers);
    if (!workers) {
        chip_pieces_stop(pieces);
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for %zu threads", n);
    }
    struct chip_delivery delivery;
    chip_delivery_init(&delivery, done, options->worked, user);
    enum chip_status status = CHIP_OK;
    for (size_t i = 0; i < n && status == CHIP_OK; i++) {
        workers[i].model = model;
        workers[i].tokenizer = tokenizer;
        workers[i].embedder = options->embedder;
        workers[i].hotwords = options->hotwords;
        workers[i].pieces = pieces;
        workers[i].delivery = &delivery;
        workers[i].known_ms = options->known_ms;
        workers[i].cancel = options->cancel;
        status = worker_init(&workers[i], options, err);
    }
    if (status == CHIP_OK)
        status = run_workers(workers, n, err);
    else
        chip_pieces_stop(pieces);

    for (size_t i = 0; i < n; i++)
        worker_done(&workers[i]);
    free(workers);
    chip_delivery_done(&delivery);
    return status;
}
