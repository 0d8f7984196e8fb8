#include "../test.h"

#include <pthread.h>

#include "recognized.h"

static void add_words(struct recognized *got, const struct chip_recognized *r)
{
    for (size_t i = 0; i < r->n_words; i++) {
        const struct chip_word *w = &r->words[i];
        chip_str_addf(&got->text, " %s %lld-%lld %a", w->text, (long long)w->start_ms,
                      (long long)w->end_ms, (double)w->confidence);
    }
    for (size_t i = 0; i < r->n_segments; i++) {
        const struct chip_segment *s = &r->segments[i];
        chip_str_addf(&got->text, " [%s %zu+%zu %lld-%lld %a]", s->text, s->first_word, s->n_words,
                      (long long)s->start_ms, (long long)s->end_ms, (double)s->confidence);
    }
}

static void add_voices(struct recognized *got, const struct chip_recognized *r)
{
    got->n_windows += r->n_windows;
    for (size_t i = 0; i < r->n_windows; i++) {
        const struct chip_window *w = &r->windows[i];
        chip_str_addf(&got->text, " <%lld-%lld", (long long)w->start, (long long)w->end);
        for (size_t d = 0; d < CHIP_VOICE_DIM; d++)
            chip_str_addf(&got->text, " %a", (double)w->voice[d]);
        chip_str_add(&got->text, ">");
    }
}

static bool take(void *user, const struct chip_recognized *r)
{
    struct recognized *got = user;
    assert_int_equal(r->piece->index, got->n_pieces); /* in order, none twice, none left out */
    assert_true(!got->stop_after || got->n_pieces < got->stop_after);
    got->n_pieces++;
    got->n_words += r->n_words;
    chip_str_addf(&got->text, "%zu @%lld:", r->piece->index, (long long)r->piece->speech.start);
    add_words(got, r);
    add_voices(got, r);
    for (size_t i = 0; i < r->n_audit; i++) {
        const struct chip_audit *a = &r->audit[i];
        got->n_audit[a->kind]++;
        chip_str_addf(&got->text, " {%d %lld-%lld %s}", (int)a->kind, (long long)a->start_ms,
                      (long long)a->end_ms, a->detail);
    }
    chip_str_add(&got->text, "\n");
    if (got->n_pieces == got->cancel_after)
        __atomic_store_n(&got->cancel, true, __ATOMIC_RELAXED);
    return got->n_pieces != got->stop_after;
}

/* ---- the thread that reads ---- */

struct source {
    struct chip_pieces *pieces;
    const float *pcm;
    const size_t *lengths;
    size_t n;
};

static struct chip_speech piece(const float *pcm, size_t at, size_t n)
{
    struct chip_speech speech = {.start = (int64_t)at, .n_samples = n, .n_spans = 1};
    speech.pcm = malloc((n + 1) * sizeof *speech.pcm);
    speech.spans = malloc(sizeof *speech.spans);
    if (!speech.pcm || !speech.spans)
        abort();
    memcpy(speech.pcm, pcm + at, n * sizeof *pcm);
    speech.spans[0] = (struct chip_span){0, (int64_t)n};
    return speech;
}

static void *put_all(void *arg)
{
    struct source *s = arg;
    size_t at = 0;
    for (size_t i = 0; i < s->n; i++) {
        struct chip_speech speech = piece(s->pcm, at, s->lengths[i]);
        at += s->lengths[i];
        if (!chip_pieces_put(s->pieces, &speech))
            return NULL;
    }
    chip_pieces_end(s->pieces);
    return NULL;
}

enum chip_status recognize(const struct chip_moonshine *model,
                           const struct chip_tokenizer *tokenizer, const float *pcm,
                           const size_t *lengths, size_t n, int threads, int batch,
                           struct recognized *got)
{
    struct source source = {.pcm = pcm, .lengths = lengths, .n = n};
    struct chip_err err = {.code = CHIP_OK};
    CHIP_AUTO(chip_hotwords) hotwords = NULL;
    if (got->hotwords)
        assert_int_equal(chip_hotwords_new(&hotwords, tokenizer, got->hotwords, NULL), CHIP_OK);
    const struct chip_recognizer_options options = {.threads = threads,
                                                    .batch = batch,
                                                    .embedder = got->embedder,
                                                    .hotwords = hotwords,
                                                    .cancel = &got->cancel};
    pthread_t thread;
    assert_int_equal(chip_pieces_new(&source.pieces, 30 * 16000, NULL), CHIP_OK);
    assert_int_equal(pthread_create(&thread, NULL, put_all, &source), 0);
    enum chip_status s = chip_recognize(model, tokenizer, source.pieces, &options, take, got, &err);
    pthread_join(thread, NULL);
    chip_pieces_free(source.pieces);
    if (s != CHIP_OK)
        assert_int_equal(err.code, s);
    assert_false(got->text.failed);
    return s;
}

void recognized_done(struct recognized *got)
{
    chip_str_done(&got->text);
}
