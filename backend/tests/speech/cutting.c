#include "../test.h"

#include "cutting.h"

void add(struct recording *r, size_t chunks, float prob)
{
    if (r->n_probs + chunks > r->max_probs) {
        r->max_probs = 2 * (r->n_probs + chunks);
        r->pcm = realloc(r->pcm, r->max_probs * CHUNK * sizeof *r->pcm);
        r->probs = realloc(r->probs, r->max_probs * sizeof *r->probs);
        assert_true(r->pcm && r->probs);
    }
    for (size_t i = 0; i < chunks * CHUNK; i++, r->n++)
        r->pcm[r->n] = (float)r->n / 16777216.0f;
    for (size_t i = 0; i < chunks; i++)
        r->probs[r->n_probs++] = prob;
}

void recording_done(struct recording *r)
{
    free(r->pcm);
    free(r->probs);
    *r = (struct recording){0};
}

struct pieces *pieces_new(void)
{
    struct pieces *p = calloc(1, sizeof *p);
    assert_non_null(p);
    return p;
}

void pieces_done(struct pieces *p)
{
    for (size_t i = 0; i < p->n; i++)
        chip_speech_done(&p->list[i]);
    free(p);
}

enum chip_status collect(void *user, struct chip_speech *speech, struct chip_err *err)
{
    (void)err;
    struct pieces *p = user;
    assert_true(p->n < MAX_PIECES);
    p->list[p->n++] = *speech;
    return CHIP_OK;
}

struct chip_segmenter_options cutting_options(void)
{
    struct chip_segmenter_options o = chip_segmenter_defaults();
    o.pad_ms = 160;
    o.join_gap_ms = 600;
    return o;
}

struct chip_segmenter *open_segmenter(const struct chip_segmenter_options *options,
                                      chip_speech_fn *emit, void *user)
{
    struct chip_segmenter *seg;
    struct chip_err err;
    const struct chip_segmenter_options o = options ? *options : cutting_options();
    if (chip_segmenter_new(&seg, &o, emit, user, &err) != CHIP_OK)
        fail_msg("%s", err.message);
    return seg;
}

/* What no piece may violate. */
static void check(const struct pieces *p, const struct recording *r,
                  const struct chip_segmenter_options *o)
{
    int64_t last = 0, speech = 0;
    for (size_t i = 0; i < p->n; i++) {
        const struct chip_speech *s = &p->list[i];
        const int64_t n = (int64_t)s->n_samples;
        assert_true(s->start >= last);
        last = s->start + n;
        assert_true(last <= (int64_t)r->n);
        assert_true(n > 0 && n <= (int64_t)o->max_ms * MS);
        assert_memory_equal(s->pcm, r->pcm + s->start, s->n_samples * sizeof *s->pcm);
        assert_true(s->n_spans > 0);
        for (size_t k = 0; k < s->n_spans; k++) {
            assert_true(s->spans[k].start >= (k ? s->spans[k - 1].end : 0));
            assert_true(s->spans[k].end > s->spans[k].start && s->spans[k].end <= n);
            speech += s->spans[k].end - s->spans[k].start;
        }
        assert_true(s->spans[0].start <= (int64_t)o->pad_ms * MS);
        assert_true(n - s->spans[s->n_spans - 1].end <= (int64_t)o->pad_ms * MS);
    }
    assert_true(p->speech == speech);
}

struct pieces *cut(const struct recording *r, const struct chip_segmenter_options *options)
{
    const struct chip_segmenter_options o = options ? *options : cutting_options();
    struct pieces *p = pieces_new();
    struct chip_segmenter *seg = open_segmenter(&o, collect, p);
    assert_int_equal(chip_segmenter_push(seg, r->pcm, r->n, r->probs, r->n_probs, NULL), CHIP_OK);
    assert_int_equal(chip_segmenter_flush(seg, NULL), CHIP_OK);
    p->speech = chip_segmenter_speech(seg);
    chip_segmenter_free(seg);
    check(p, r, &o);
    return p;
}
