/* Every allocation fails once: the analyst and the check say so and leak nothing. */
#include "../meeting/failing_memory.h"
#include "talks.h"

#include "minutes/ask/ask.h"

static const char *const lines[] = {"Ann: Let us start with the garden.",
                                    "Ben: The garden needs water in the summer.",
                                    "Ann: Cleo, could you write the offer for the museum?",
                                    "Cleo: Sure, I will do it by Friday.",
                                    "Ben: Let us drop the paper version of the report.",
                                    "Ann: Agreed.",
                                    "Ann: Who pays for the new locks in Austin?",
                                    "Ben: I do not know yet.",
                                    "Ben: My worry is that we lose fourteen thousand dollars."};

static void the_analyst_survives_every_failure(void **state)
{
    (void)state;
    struct chip_transcript *t = TALK(lines);
    int n = 0;
    for (has_failed = true; has_failed; n++) {
        json_t *minutes = NULL;
        struct chip_err err;
        has_failed = false;
        until_failure = n;
        enum chip_status status = chip_minutes_analyse(t, NULL, &minutes, &err);
        until_failure = -1;
        assert_int_equal(status, has_failed ? CHIP_E_NOMEM : CHIP_OK);
        assert_int_equal(minutes == NULL, has_failed);
        json_decref(minutes);
    }
    assert_true(n > 30);
    chip_transcript_free(t);
}

static void the_check_survives_every_failure(void **state)
{
    (void)state;
    struct chip_transcript *t = TALK(lines);
    int n = 0;
    for (has_failed = true; has_failed; n++) {
        json_t *minutes = json_pack("{s:[{s:s, s:[{s:i, s:s}]}]}", "decisions", "text",
                                    "The paper version is dropped", "evidence", "segment", 4,
                                    "quote", "drop the paper versions of that report");
        struct chip_err err;
        has_failed = false;
        until_failure = n;
        enum chip_status status = chip_minutes_verify(minutes, t, &err);
        until_failure = -1;
        assert_int_equal(status, has_failed ? CHIP_E_NOMEM : CHIP_OK);
        json_decref(minutes);
    }
    assert_true(n > 5);
    chip_transcript_free(t);
}

static void answers_survive_every_failure(void **state)
{
    (void)state;
    static const char *const questions[] = {"What was decided about the report?",
                                            "What has Cleo to do?",
                                            "Who pays for the locks in Austin?",
                                            "What does the garden need?",
                                            "Who talked most?",
                                            "What was it about?",
                                            "Where is the king of Spain?"};
    struct chip_transcript *t = TALK(lines);
    for (size_t q = 0; q < sizeof questions / sizeof *questions; q++) {
        int n = 0;
        for (has_failed = true; has_failed; n++) {
            json_t *answer = NULL;
            struct chip_err err;
            has_failed = false;
            until_failure = n;
            enum chip_status status = chip_ask_builtin(t, questions[q], NULL, &answer, &err);
            until_failure = -1;
            if (status != (has_failed ? CHIP_E_NOMEM : CHIP_OK))
                fail_msg("%s: allocation %d", questions[q], n);
            assert_int_equal(answer == NULL, has_failed);
            json_decref(answer);
        }
        assert_true(n > 15);
    }
    chip_transcript_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_analyst_survives_every_failure),
        cmocka_unit_test(the_check_survives_every_failure),
        cmocka_unit_test(answers_survive_every_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
