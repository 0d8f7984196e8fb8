#include "../test.h"

#include <unistd.h>

#include "../speech/given.h"
#include "heard.h"

static void on_progress(void *user, const struct chip_progress *p)
{
    struct heard *h = user;
    h->n_progress++;
    assert_true(p->done_ms >= h->last_done_ms); /* it never goes back */
    assert_true(p->worked_ms >= p->done_ms);
    assert_true(p->total_ms == -1 || p->worked_ms <= p->total_ms);
    assert_true(p->total_ms == -1 || p->done_ms <= p->total_ms);
    assert_true(p->elapsed_s >= h->last.elapsed_s && p->speed >= 0.0);
    assert_true(p->remaining_s >= 0.0 || p->remaining_s == -1.0);
    h->last_done_ms = p->done_ms;
    h->last = *p;
}

static void on_segment(void *user, const struct chip_segment *s, const struct chip_word *words)
{
    struct heard *h = user;
    assert_true(s->start_ms >= h->last_start_ms && s->end_ms >= s->start_ms);
    assert_true(s->n_words > 0 && strlen(s->text) > 0);
    assert_true(words[0].start_ms >= s->start_ms);
    assert_true(words[s->n_words - 1].end_ms <= s->end_ms);
    h->last_start_ms = s->start_ms;
    h->n_segments++;
    h->n_words += s->n_words;
    if (h->n_segments == h->cancel_after)
        __atomic_store_n(&h->cancel, true, __ATOMIC_RELAXED);
}

struct chip_options heard_options(struct heard *heard)
{
    return (struct chip_options){.on_progress = on_progress,
                                 .on_segment = on_segment,
                                 .user = heard,
                                 .cancel = &heard->cancel};
}

float *speech_of(double seconds, size_t *n)
{
    static const char *const clips[] = {"asr/1688-142285-%04d.flac", "asr/1998-15444-%04d.flac",
                                        "asr/2414-128291-%04d.flac", "asr/3080-5032-%04d.flac",
                                        "asr/3331-159605-%04d.flac"};
    float *pcm = given_clip("asr/jfk.flac", n);
    for (int i = 0; i < 50 && (double)*n < seconds * 16000.0; i++) {
        char name[64];
        size_t more;
        snprintf(name, sizeof name, clips[i % 5], i / 5);
        float *clip = given_clip_if_any(name, &more);
        if (!clip)
            continue;
        pcm = realloc(pcm, (*n + more + 8000) * sizeof *pcm);
        assert_non_null(pcm);
        memset(pcm + *n, 0, 8000 * sizeof *pcm); /* half a second between */
        memcpy(pcm + *n + 8000, clip, more * sizeof *pcm);
        *n += more + 8000;
        free(clip);
    }
    return pcm;
}

static void put32(unsigned char *p, size_t value)
{
    for (int i = 0; i < 4; i++)
        p[i] = (unsigned char)(value >> (8 * i));
}

unsigned char *wav_of(const float *pcm, size_t n, size_t *n_bytes)
{
    static const unsigned char head[44] = "RIFF____WAVEfmt \x10\0\0\0\x01\0\x01\0\x80\x3e\0\0"
                                          "\0\x7d\0\0\x02\0\x10\0data____";
    unsigned char *wav = malloc(44 + 2 * n);
    assert_non_null(wav);
    memcpy(wav, head, 44);
    put32(wav + 4, 36 + 2 * n);
    put32(wav + 40, 2 * n);
    for (size_t i = 0; i < n; i++) {
        int v = (int)(pcm[i] * 32767.0f);
        wav[44 + 2 * i] = (unsigned char)(v & 255);
        wav[45 + 2 * i] = (unsigned char)(v >> 8 & 255);
    }
    *n_bytes = 44 + 2 * n;
    return wav;
}

void need_model(const char *name)
{
    (void)given_model("silero-vad");
    (void)given_model(name);
}

struct chip_model *open_model(const char *name)
{
    struct chip_err err;
    struct chip_model *model;
    char dir[1024];
    need_model(name);
    snprintf(dir, sizeof dir, "%s", given_model(name));
    *strrchr(dir, '/') = '\0';
    setenv("CHIP_MODELS_DIR", dir, 1);
    if (chip_model_open(&model, name, &err) != CHIP_OK)
        fail_msg("%s", err.message);
    return model;
}

void assert_same(const struct chip_transcript *a, const struct chip_transcript *b)
{
    assert_int_equal(a->n_segments, b->n_segments);
    assert_int_equal(a->n_words, b->n_words);
    for (size_t i = 0; i < a->n_words; i++) {
        assert_string_equal(a->words[i].text, b->words[i].text);
        assert_int_equal(a->words[i].start_ms, b->words[i].start_ms);
        assert_int_equal(a->words[i].end_ms, b->words[i].end_ms);
        assert_true(a->words[i].confidence == b->words[i].confidence);
    }
    for (size_t i = 0; i < a->n_segments; i++)
        assert_string_equal(a->segments[i].text, b->segments[i].text);
}

void assert_sound(const struct chip_transcript *t)
{
    size_t next = 0;
    for (size_t s = 0; s < t->n_segments; s++) {
        const struct chip_segment *seg = &t->segments[s];
        assert_int_equal(seg->first_word, next);
        assert_true(seg->confidence >= 0.0f && seg->confidence <= 1.0f);
        assert_true(s == 0 || seg->start_ms >= t->segments[s - 1].start_ms);
        for (size_t i = next; i < next + seg->n_words; i++) {
            const struct chip_word *w = &t->words[i];
            assert_true(w->start_ms >= seg->start_ms && w->end_ms <= seg->end_ms);
            assert_true(w->start_ms <= w->end_ms);
            assert_true(i == 0 || w->start_ms >= t->words[i - 1].start_ms);
            assert_true(w->confidence >= 0.0f && w->confidence <= 1.0f);
            assert_true(strlen(w->text) > 0 && !strchr(w->text, ' '));
        }
        next += seg->n_words;
    }
    assert_int_equal(next, t->n_words);
    assert_true(t->speech_ms >= 0 && t->speech_ms <= t->duration_ms);
    assert_string_equal(t->language, "en");
}
