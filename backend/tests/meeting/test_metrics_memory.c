#include "failing_memory.h"
#include "metrics_talk.h"

static struct talk *meeting(void)
{
    struct talk *talk = talk_new(4, 200000);
    talk_say(talk, 0, 0, 90000, "How do we begin?");
    talk_say(talk, 1, 90000, 180000, "Um, with the first point.");
    talk_say(talk, 2, 180000, 181000, "Right.");
    talk->turns[1].confidence = 0;
    return talk;
}

static void measuring_without_memory_says_so(void **state)
{
    (void)state;
    struct talk *talk = meeting();
    int n = 0;
    for (has_failed = true; has_failed; n++) {
        struct chip_metrics *m = NULL;
        struct chip_err err = {0};
        has_failed = false;
        until_failure = n;
        enum chip_status st = chip_metrics_compute(&m, &talk->t, NULL, &err);
        until_failure = -1;
        assert_int_equal(st, has_failed ? CHIP_E_NOMEM : CHIP_OK);
        assert_int_equal(m == NULL, has_failed);
        assert_int_equal(err.message[0] != '\0', has_failed);
        chip_metrics_free(m);
    }
    assert_true(n > 20);
    free(talk);
}

static void writing_without_memory_says_so(void **state)
{
    (void)state;
    struct talk *talk = meeting();
    struct chip_metrics *m = talk_measure(talk, NULL);
    for (int format = CHIP_METRICS_JSON; format <= CHIP_METRICS_SVG_SHARES; format++) {
        int n = 0;
        for (has_failed = true; has_failed; n++) {
            char *text = NULL;
            has_failed = false;
            until_failure = n;
            enum chip_status st = chip_metrics_write(m, &talk->t, (enum chip_metrics_format)format,
                                                     NULL, &text, NULL);
            until_failure = -1;
            assert_int_equal(st, has_failed ? CHIP_E_NOMEM : CHIP_OK);
            assert_int_equal(text == NULL, has_failed);
            free(text);
        }
        assert_true(n > 3);
    }
    chip_metrics_free(m);
    free(talk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(measuring_without_memory_says_so),
        cmocka_unit_test(writing_without_memory_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
