/*
 * `stages`: one transcription taken apart, on one thread: what decoding, the voice detector, the
 * segmenter, the encoder and the decoder take, each run over the whole recording before the next.
 */
#include <stdlib.h>

#include "bench.h"
#include "media/media.h"
#include "nn/threads.h"
#include "probe.h"
#include "speeches.h"

enum { READ = 16000, MAX_PROBS = READ / CHIP_VAD_CHUNK + 2 }; /* samples at a time */

/* A recording, and what was heard in it; grows as stages run. */
struct recording {
    float *pcm;
    size_t n_pcm, cap_pcm;
    float *probs; /* one for each CHIP_VAD_CHUNK */
    size_t n_probs;
    struct bench_speeches speeches;
    int64_t n_speech;
    double decode_s, vad_s, segment_s, recognize_s;
};

static void recording_done(struct recording *r)
{
    free(r->pcm);
    free(r->probs);
    bench_speeches_done(&r->speeches);
}

static enum chip_status reserve(struct recording *r, struct chip_err *err)
{
    if (r->n_pcm + READ <= r->cap_pcm)
        return CHIP_OK;
    size_t cap = r->cap_pcm ? 2 * r->cap_pcm : (size_t)READ * 600;
    float *pcm = reallocarray(r->pcm, cap, sizeof *pcm);
    if (!pcm)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for %zu samples", cap);
    r->pcm = pcm;
    r->cap_pcm = cap;
    return CHIP_OK;
}

static enum chip_status decode(struct recording *r, const char *path, struct chip_err *err)
{
    double start = bench_now();
    CHIP_AUTO(chip_media) media = NULL;
    enum chip_status s = chip_media_open(&media, path, NULL, err);
    for (size_t n = 1; s == CHIP_OK && n > 0;) {
        s = reserve(r, err);
        if (s == CHIP_OK)
            s = chip_media_read(media, r->pcm + r->n_pcm, READ, &n, err);
        r->n_pcm += s == CHIP_OK ? n : 0;
    }
    r->decode_s = bench_now() - start;
    return s;
}

static size_t second_at(const struct recording *r, size_t at)
{
    return r->n_pcm - at < READ ? r->n_pcm - at : READ;
}

static enum chip_status hear(struct recording *r, const struct chip_vad_model *model,
                             struct chip_err *err)
{
    CHIP_AUTO(chip_vad) vad = chip_vad_new(model);
    size_t max = r->n_pcm / CHIP_VAD_CHUNK + 2;
    r->probs = malloc(max * sizeof *r->probs);
    if (!vad || !r->probs)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for voice detection");
    double start = bench_now();
    for (size_t at = 0; at < r->n_pcm; at += READ) {
        size_t n;
        enum chip_status s = chip_vad_push(vad, r->pcm + at, second_at(r, at),
                                           r->probs + r->n_probs, max - r->n_probs, &n, err);
        if (s != CHIP_OK)
            return s;
        r->n_probs += n;
    }
    r->n_probs += chip_vad_flush(vad, r->probs + r->n_probs);
    r->vad_s = bench_now() - start;
    return CHIP_OK;
}

static enum chip_status keep(void *user, struct chip_speech *speech, struct chip_err *err)
{
    return bench_speeches_add(user, speech, err);
}

static enum chip_status segment(struct recording *r, struct chip_err *err)
{
    CHIP_AUTO(chip_segmenter) segmenter = NULL;
    enum chip_status s = chip_segmenter_new(&segmenter, NULL, keep, &r->speeches, err);
    double start = bench_now();
    size_t n_heard = 0;
    for (size_t at = 0; s == CHIP_OK && at < r->n_pcm; at += READ) {
        size_t n = second_at(r, at), end = (at + n) / CHIP_VAD_CHUNK;
        s = chip_segmenter_push(segmenter, r->pcm + at, n, r->probs + n_heard, end - n_heard, err);
        n_heard = end;
    }
    if (s == CHIP_OK)
        s = chip_segmenter_push(segmenter, r->pcm, 0, r->probs + n_heard, r->n_probs - n_heard,
                                err);
    if (s == CHIP_OK)
        s = chip_segmenter_flush(segmenter, err);
    r->segment_s = bench_now() - start;
    if (s == CHIP_OK)
        r->n_speech = chip_segmenter_speech(segmenter);
    return s;
}

static bool go_on(void *user, const struct chip_recognized *result)
{
    (void)user;
    (void)result;
    return true;
}

static enum chip_status recognize(struct recording *r, const struct chip_model *model,
                                  struct chip_err *err)
{
    bench_probe_reset();
    double start = bench_now();
    enum chip_status s = bench_speeches_recognize(&r->speeches, model, 1, go_on, NULL, err);
    r->recognize_s = bench_now() - start;
    return s;
}

/* ---- the result ---- */

static json_t *products(const struct bench_products_seen *p)
{
    return json_pack("{s:f, s:f}", "seconds", p->seconds, "gmac", p->macs / 1e9);
}

static json_t *part(const struct bench_seen *seen, enum bench_part which)
{
    return json_pack("{s:f, s:o, s:o, s:o, s:f, s:f}", "seconds", seen->seconds[which], "int8",
                     products(&seen->int8[which]), "wide", products(&seen->wide[which]), "float32",
                     products(&seen->float32[which]), "prepare_s", seen->prepare_s[which],
                     "attention_s", seen->attention_s[which]);
}

static json_t *report(const struct recording *r)
{
    const struct bench_seen seen = bench_probe_seen();
    return json_pack("{s:f, s:f, s:I, s:f, s:f, s:f, s:f, s:o, s:o, s:I, s:I}", "audio_s",
                     (double)r->n_pcm / 16000, "speech_s", (double)r->n_speech / 16000, "segments",
                     (json_int_t)seen.n_segments, "decode_s", r->decode_s, "vad_s", r->vad_s,
                     "segment_s", r->segment_s, "recognize_s", r->recognize_s, "encoder",
                     part(&seen, BENCH_ENCODER), "decoder", part(&seen, BENCH_DECODER), "steps",
                     (json_int_t)seen.n_steps, "tokens", (json_int_t)seen.n_tokens);
}

enum chip_status bench_stages(int argc, char **argv, struct chip_err *err)
{
    (void)argc;
    chip_threads_single();
    struct chip_model *model;
    enum chip_status s = chip_model_open(&model, argv[0], err);
    if (s != CHIP_OK)
        return s;
    struct recording r = {0};
    s = decode(&r, argv[1], err);
    if (s == CHIP_OK)
        s = hear(&r, model->vad, err);
    if (s == CHIP_OK)
        s = segment(&r, err);
    if (s == CHIP_OK)
        s = recognize(&r, model, err);
    if (s == CHIP_OK)
        s = bench_print(report(&r), err);
    recording_done(&r);
    chip_model_close(model);
    return s;
}
