/* Any recording, any options, any cuts. */
#include "../test.h"

#include <stdbool.h>

#include "cutting.h"
#include "plain_vad.h"

/* Marks the samples that are speech by the rules of the header, without cutting and joining. */
static void mark_speech(const struct recording *r, const struct chip_segmenter_options *o,
                        unsigned char *mark)
{
    memset(mark, 0, r->n);
    for (size_t i = 0; i < r->n_probs;) {
        if (r->probs[i] < o->on) {
            i++;
            continue;
        }
        const size_t first = i;
        size_t end = r->n, quiet = 0; /* quiet: samples since `end` */
        bool talking = true;
        for (; i < r->n_probs; i++) {
            const size_t start = i * CHUNK, n = start + CHUNK < r->n ? CHUNK : r->n - start;
            if (r->probs[i] >= o->on) {
                talking = true;
                end = r->n;
            } else if (talking && r->probs[i] < o->off) {
                talking = false;
                end = start;
                quiet = 0;
            }
            quiet += n;
            if (!talking && quiet >= (size_t)o->min_silence_ms * MS) {
                i++;
                break;
            }
        }
        if (end - first * CHUNK >= (size_t)o->min_speech_ms * MS)
            memset(mark + first * CHUNK, 1, end - first * CHUNK);
    }
}

static size_t below(unsigned *state, size_t n)
{
    (void)plain_noise(state);
    return (*state >> 10) % n;
}

static void make_random(struct recording *r, unsigned *state)
{
    static const float levels[] = {0.0f, 0.2f, 0.36f, 0.45f, 0.55f, 0.9f, 1.0f};
    const size_t longest = below(state, 3) == 0 ? 500 : 40;
    for (size_t total = 0, n; total < 1000; total += n) {
        n = 1 + below(state, longest);
        add(r, n, levels[below(state, 7)]);
    }
    r->n -= below(state, CHUNK); /* the last chunk need not be whole */
}

static struct chip_segmenter_options random_options(unsigned *state)
{
    struct chip_segmenter_options o = cutting_options();
    if (below(state, 4) == 0)
        return o;
    o.max_ms = 1000 + (int)below(state, 30000);
    o.pad_ms = (int)below(state, (size_t)(o.max_ms < 2000 ? o.max_ms / 4 : 500));
    o.min_speech_ms = (int)below(state, 500);
    o.min_silence_ms = (int)below(state, below(state, 8) == 0 ? 10000 : 800);
    o.join_gap_ms = (int)below(state, 2000);
    o.target_ms = (int)below(state, 40000);
    return o;
}

/* Pushes samples and probabilities in portions of their own. */
static void push_in_parts(struct chip_segmenter *seg, const struct recording *r, unsigned *state)
{
    const size_t largest = below(state, 2) ? 1500 : 60000;
    size_t n = 0, n_probs = 0;
    while (n < r->n || n_probs < r->n_probs) {
        size_t m = below(state, largest);
        m = m < r->n - n ? m : r->n - n;
        size_t due = n + m == r->n ? r->n_probs - n_probs : (n + m) / CHUNK - n_probs;
        if (below(state, 3) == 0 && due < 10)
            due = 0; /* they may come later */
        assert_int_equal(chip_segmenter_push(seg, r->pcm + n, m, r->probs + n_probs, due, NULL),
                         CHIP_OK);
        n += m;
        n_probs += due;
    }
}

static void assert_same(const struct pieces *a, const struct pieces *b)
{
    assert_int_equal(a->n, b->n);
    for (size_t i = 0; i < a->n; i++) {
        const struct chip_speech *s = &a->list[i], *t = &b->list[i];
        assert_int_equal(s->start, t->start);
        assert_int_equal(s->n_samples, t->n_samples);
        assert_memory_equal(s->pcm, t->pcm, s->n_samples * sizeof *s->pcm);
        assert_int_equal(s->n_spans, t->n_spans);
        assert_memory_equal(s->spans, t->spans, s->n_spans * sizeof *s->spans);
        assert_memory_equal(&s->probability, &t->probability, sizeof s->probability);
    }
}

static void every_sample_of_speech_comes_once_whatever_the_cuts(void **state)
{
    (void)state;
    unsigned random = 5;
    for (int round = 0; round < 100; round++) {
        struct recording r = {0};
        make_random(&r, &random);
        const struct chip_segmenter_options o = random_options(&random);
        struct pieces *whole = cut(&r, &o);

        unsigned char *want = malloc(r.n), *got = calloc(r.n, 1);
        assert_true(want && got);
        mark_speech(&r, &o, want);
        for (size_t i = 0; i < whole->n; i++)
            for (size_t k = 0; k < whole->list[i].n_spans; k++) {
                const struct chip_span *s = &whole->list[i].spans[k];
                memset(got + whole->list[i].start + s->start, 1, (size_t)(s->end - s->start));
            }
        assert_memory_equal(got, want, r.n);
        free(want);
        free(got);

        struct pieces *parts = pieces_new();
        struct chip_segmenter *seg = open_segmenter(&o, collect, parts);
        push_in_parts(seg, &r, &random);
        assert_int_equal(chip_segmenter_flush(seg, NULL), CHIP_OK);
        assert_same(whole, parts);

        chip_segmenter_free(seg);
        pieces_done(parts);
        pieces_done(whole);
        recording_done(&r);
    }
}

static void a_flushed_segmenter_takes_another_recording(void **state)
{
    (void)state;
    unsigned random = 17;
    struct recording first = {0}, second = {0};
    make_random(&first, &random);
    make_random(&second, &random);
    struct pieces *want = cut(&second, NULL), *got = pieces_new();
    struct chip_segmenter *seg = open_segmenter(NULL, collect, got);
    push_in_parts(seg, &first, &random);
    assert_int_equal(chip_segmenter_flush(seg, NULL), CHIP_OK);
    const int64_t speech = chip_segmenter_speech(seg);
    for (size_t i = 0; i < got->n; i++)
        chip_speech_done(&got->list[i]);
    got->n = 0;
    push_in_parts(seg, &second, &random);
    assert_int_equal(chip_segmenter_flush(seg, NULL), CHIP_OK);
    assert_same(want, got);
    assert_int_equal(chip_segmenter_speech(seg), speech + want->speech);
    chip_segmenter_reset(seg);
    assert_int_equal(chip_segmenter_speech(seg), 0);
    chip_segmenter_free(seg);
    pieces_done(want);
    pieces_done(got);
    recording_done(&first);
    recording_done(&second);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_sample_of_speech_comes_once_whatever_the_cuts),
        cmocka_unit_test(a_flushed_segmenter_takes_another_recording),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
