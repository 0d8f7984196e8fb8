#include "failing_memory.h"
#include "json_text.h"

#include "meeting/assign.h"
#include "meeting/voices.h"

static const struct chip_turn turns[] = {{0, 1200, 0, 1}, {1200, 2600, 1, 1}, {3000, 5000, 0, 1}};

static struct chip_transcript *spoken(void)
{
    struct chip_transcript *t = make_spoken("aaaaaa bbbbbb ccccccc ddddddd");
    make_segment(t, 3000, "eeeee fffff ggggg");
    return t;
}

/* Two speakers and their voices. */
static struct chip_transcript *told(void)
{
    struct chip_transcript *t = spoken(), *told;
    assert_int_equal(chip_transcript_with_turns(t, turns, 3, 2, &told, NULL), CHIP_OK);
    chip_transcript_free(t);
    assert_int_equal(chip_transcript_name_speaker(told, 0, "Ann", NULL), CHIP_OK);
    struct chip_voices *voices = chip_voices_new(1);
    assert_non_null(voices);
    voices->tracklets[0] = (struct chip_tracklet){0, 1200, 1, {1}};
    chip_transcript_set_voices(told, voices);
    return told;
}

static void telling_apart_without_memory_says_so(void **state)
{
    (void)state;
    struct chip_transcript *t = spoken();
    int n = 0;
    for (has_failed = true; has_failed; n++) {
        struct chip_transcript *out = NULL;
        struct chip_err err = {0};
        has_failed = false;
        until_failure = n;
        enum chip_status st = chip_transcript_with_turns(t, turns, 3, 2, &out, &err);
        until_failure = -1;
        assert_int_equal(st, has_failed ? CHIP_E_NOMEM : CHIP_OK);
        assert_int_equal(out == NULL, has_failed);
        assert_int_equal(*err.message != '\0', has_failed);
        chip_transcript_free(out);
    }
    assert_true(n > 8);
    chip_transcript_free(t);
}

static void writing_without_memory_says_so(void **state)
{
    (void)state;
    struct chip_transcript *t = told();
    for (int format = CHIP_FORMAT_JSON; format <= CHIP_FORMAT_RTTM; format++) {
        int n = 0;
        for (has_failed = true; has_failed; n++) {
            char *text = NULL;
            has_failed = false;
            until_failure = n;
            enum chip_status st =
                chip_format_transcript(t, (enum chip_format)format, NULL, &text, NULL);
            until_failure = -1;
            assert_int_equal(st, has_failed ? CHIP_E_NOMEM : CHIP_OK);
            assert_int_equal(text == NULL, has_failed);
            free(text);
        }
        assert_true(n > 1);
    }
    chip_transcript_free(t);
}

static void reading_without_memory_says_so(void **state)
{
    (void)state;
    struct chip_transcript *t = told();
    char *json = to_json(t);
    int n = 0;
    for (has_failed = true; has_failed; n++) {
        struct chip_transcript *back = NULL;
        has_failed = false;
        until_failure = n;
        enum chip_status st = chip_transcript_from_json(json, strlen(json), &back, NULL);
        until_failure = -1;
        assert_int_equal(st, has_failed ? CHIP_E_NOMEM : CHIP_OK);
        assert_int_equal(back == NULL, has_failed);
        chip_transcript_free(back);
    }
    assert_true(n > 10);
    free(json);
    chip_transcript_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(telling_apart_without_memory_says_so),
        cmocka_unit_test(writing_without_memory_says_so),
        cmocka_unit_test(reading_without_memory_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
