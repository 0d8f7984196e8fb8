#include "../test.h"

#include "meeting/voices.h"

static struct chip_voices *some_voices(size_t n)
{
    struct chip_voices *v = chip_voices_new(n);
    assert_non_null(v);
    for (size_t i = 0; i < n; i++) {
        struct chip_tracklet *t = &v->tracklets[i];
        *t = (struct chip_tracklet){
            (int64_t)i * 6000, (int64_t)i * 6000 + 5999, (int)(i % 255), {0}};
        for (int k = 0; k < CHIP_TRACKLET_DIM; k++)
            t->voice[k] = (int8_t)(k * 2 - 128 + (int)i);
    }
    return v;
}

static char *encoded(const struct chip_voices *v)
{
    struct chip_str s = {0};
    char *text;
    chip_voices_encode(v, &s);
    assert_int_equal(chip_str_finish(&s, &text, NULL), CHIP_OK);
    return text;
}

static void assert_same(const struct chip_voices *a, const struct chip_voices *b)
{
    assert_int_equal(a->n, b->n);
    for (size_t i = 0; i < a->n; i++) {
        assert_int_equal(a->tracklets[i].start_ms, b->tracklets[i].start_ms);
        assert_int_equal(a->tracklets[i].end_ms, b->tracklets[i].end_ms);
        assert_int_equal(a->tracklets[i].speaker, b->tracklets[i].speaker);
        assert_memory_equal(a->tracklets[i].voice, b->tracklets[i].voice, CHIP_TRACKLET_DIM);
    }
}

static void voices_read_back_as_they_were(void **state)
{
    (void)state;
    for (size_t n = 0; n < 8; n++) {
        struct chip_voices *v = some_voices(n), *back = NULL, *copy = chip_voices_copy(v);
        if (n)
            v->tracklets[n - 1].end_ms = UINT32_MAX;
        char *text = encoded(v);
        assert_int_equal(chip_voices_decode(text, &back, NULL), CHIP_OK);
        assert_same(v, back);
        assert_non_null(copy);
        assert_int_equal(copy->n, n);
        free(text);
        chip_voices_free(copy);
        chip_voices_free(back);
        chip_voices_free(v);
    }
}

static void an_hour_takes_less_than_100_kb(void **state)
{
    (void)state;
    struct chip_voices *v = some_voices(540);
    char *text = encoded(v);
    assert_true(strlen(text) <= 100 * 1000);
    free(text);
    chip_voices_free(v);
}

/* Encodes them and expects that nobody reads them. */
static void expect_refused(struct chip_voices *v)
{
    struct chip_voices *back = NULL;
    struct chip_err err = {0};
    char *text = encoded(v);
    assert_int_equal(chip_voices_decode(text, &back, &err), CHIP_E_FORMAT);
    assert_true(*err.message);
    assert_null(back);
    free(text);
}

static void voices_that_make_no_sense_are_refused(void **state)
{
    (void)state;
    struct chip_voices *v = some_voices(3);
    v->tracklets[2].start_ms = v->tracklets[1].start_ms - 1; /* out of order */
    expect_refused(v);
    chip_voices_free(v);

    v = some_voices(3);
    v->tracklets[2].end_ms = v->tracklets[2].start_ms; /* no time */
    expect_refused(v);
    chip_voices_free(v);

    v = some_voices(3);
    memset(v->tracklets[0].voice, 0, CHIP_TRACKLET_DIM); /* no voice */
    expect_refused(v);
    chip_voices_free(v);
}

static void other_texts_are_refused(void **state)
{
    (void)state;
    struct chip_voices *v = some_voices(2), *back = NULL;
    char *text = encoded(v);
    size_t n = strlen(text);
    for (size_t cut = 0; cut < n; cut++) { /* every beginning of it */
        char *part = strndup(text, cut);
        assert_int_equal(chip_voices_decode(part, &back, NULL), CHIP_E_FORMAT);
        free(part);
    }
    static const char *const others[] = {"",     "=",    "==",   "====",     "A===",    "AAAA",
                                         "\xFF", "    ", "!!!!", "AQAAAAAA", "AoAAAAAA"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        assert_int_equal(chip_voices_decode(others[i], &back, NULL), CHIP_E_FORMAT);
    for (size_t at = 0; at < n; at++) { /* no character of base64 */
        char before = text[at];
        text[at] = '*';
        assert_int_equal(chip_voices_decode(text, &back, NULL), CHIP_E_FORMAT);
        text[at] = before;
    }
    assert_null(back);
    free(text);
    chip_voices_free(v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(voices_read_back_as_they_were),
        cmocka_unit_test(an_hour_takes_less_than_100_kb),
        cmocka_unit_test(voices_that_make_no_sense_are_refused),
        cmocka_unit_test(other_texts_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
