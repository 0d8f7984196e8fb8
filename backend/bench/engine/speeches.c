#include "speeches.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { QUEUE_SAMPLES = 120 * 16000 }; /* as in a transcription */

void bench_speeches_done(struct bench_speeches *speeches)
{
    for (size_t i = 0; i < speeches->n; i++)
        chip_speech_done(&speeches->items[i]);
    free(speeches->items);
    *speeches = (struct bench_speeches){0};
}

enum chip_status bench_speeches_add(struct bench_speeches *speeches, struct chip_speech *speech,
                                    struct chip_err *err)
{
    if (speeches->n == speeches->cap) {
        size_t cap = speeches->cap ? 2 * speeches->cap : 64;
        struct chip_speech *items = reallocarray(speeches->items, cap, sizeof *items);
        if (!items) {
            chip_speech_done(speech);
            return chip_fail(err, CHIP_E_NOMEM, "not enough memory for %zu pieces", cap);
        }
        speeches->items = items;
        speeches->cap = cap;
    }
    speeches->items[speeches->n++] = *speech;
    *speech = (struct chip_speech){0};
    return CHIP_OK;
}

/* ---- from a folder ---- */

/* The next piece; all of it counts as speech. */
static enum chip_status read_piece(FILE *samples, int64_t start, size_t n,
                                   struct chip_speech *speech, struct chip_err *err)
{
    *speech = (struct chip_speech){
        .start = start,
        .n_samples = n,
        .pcm = calloc(n, sizeof *speech->pcm),
        .spans = calloc(1, sizeof *speech->spans),
        .n_spans = 1,
        .probability = 1.0f,
    };
    if (!speech->pcm || !speech->spans)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for a piece");
    speech->spans[0] = (struct chip_span){.start = 0, .end = (int64_t)n};
    if (fread(speech->pcm, sizeof *speech->pcm, n, samples) != n)
        return chip_fail(err, CHIP_E_FORMAT, "samples.f32 is shorter than index.tsv says");
    return CHIP_OK;
}

static enum chip_status read_pieces(struct bench_speeches *speeches, FILE *index, FILE *samples,
                                    struct chip_err *err)
{
    size_t source, n;
    long long start;
    int n_read;
    while ((n_read = fscanf(index, "%zu %lld %zu", &source, &start, &n)) == 3) {
        if (n == 0 || n > CHIP_MOONSHINE_MAX_SAMPLES)
            return chip_fail(err, CHIP_E_LIMIT, "a piece of %zu samples", n);
        struct chip_speech speech = {0};
        enum chip_status s = read_piece(samples, start, n, &speech, err);
        if (s == CHIP_OK)
            s = bench_speeches_add(speeches, &speech, err);
        chip_speech_done(&speech);
        if (s != CHIP_OK)
            return s;
    }
    return n_read == EOF ? CHIP_OK
                         : chip_fail(err, CHIP_E_FORMAT, "index.tsv, line %zu is not three numbers",
                                     speeches->n + 1);
}

enum chip_status bench_speeches_read(struct bench_speeches *speeches, const char *folder,
                                     struct chip_err *err)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/index.tsv", folder);
    FILE *index = fopen(path, "re");
    snprintf(path, sizeof path, "%s/samples.f32", folder);
    FILE *samples = fopen(path, "re");
    enum chip_status s = index && samples
                             ? read_pieces(speeches, index, samples, err)
                             : chip_fail(err, CHIP_E_NOT_FOUND, "no pieces in '%s'", folder);
    if (index)
        fclose(index);
    if (samples)
        fclose(samples);
    return s;
}

/* ---- recognising ---- */

struct feeder {
    pthread_t thread;
    const struct bench_speeches *speeches;
    struct chip_pieces *pieces;
    enum chip_status status;
    struct chip_err err;
};

static void *copy_of(const void *from, size_t bytes)
{
    void *to = malloc(bytes);
    return to ? memcpy(to, from, bytes) : NULL;
}

static void *feed(void *arg)
{
    struct feeder *f = arg;
    for (size_t i = 0; i < f->speeches->n && f->status == CHIP_OK; i++) {
        struct chip_speech copy = f->speeches->items[i];
        copy.pcm = copy_of(copy.pcm, copy.n_samples * sizeof *copy.pcm);
        copy.spans = copy_of(copy.spans, copy.n_spans * sizeof *copy.spans);
        copy.pauses = NULL; /* only turns need them */
        copy.n_pauses = 0;
        if (!copy.pcm || !copy.spans) {
            chip_speech_done(&copy);
            f->status = chip_fail(&f->err, CHIP_E_NOMEM, "not enough memory for a piece");
        } else if (!chip_pieces_put(f->pieces, &copy)) {
            break; /* stopped: the recogniser says why */
        }
    }
    chip_pieces_end(f->pieces);
    return NULL;
}

enum chip_status bench_speeches_recognize(const struct bench_speeches *speeches,
                                          const struct chip_model *model, int threads,
                                          chip_recognized_fn *done, void *user,
                                          struct chip_err *err)
{
    struct feeder feeder = {.speeches = speeches};
    enum chip_status s = chip_pieces_new(&feeder.pieces, QUEUE_SAMPLES, err);
    if (s != CHIP_OK)
        return s;
    if (pthread_create(&feeder.thread, NULL, feed, &feeder) == 0) {
        const struct chip_recognizer_options options = {.threads = threads};
        s = chip_recognize(model->asr, model->tokenizer, feeder.pieces, &options, done, user, err);
        pthread_join(feeder.thread, NULL);
        if (s == CHIP_OK && feeder.status != CHIP_OK)
            s = chip_fail(err, feeder.status, "%s", feeder.err.message);
    } else {
        s = chip_fail(err, CHIP_E_NOMEM, "cannot start a thread");
    }
    chip_pieces_free(feeder.pieces);
    return s;
}
