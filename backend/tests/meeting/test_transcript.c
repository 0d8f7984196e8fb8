#include "make.h"

#include <math.h>

static const struct chip_segment second = {
    .start_ms = 1000, .end_ms = 2000, .confidence = 0.5f, .text = "one two"};

static enum chip_status add(struct chip_transcript *t, const struct chip_segment *seg,
                            struct chip_word a, struct chip_word b, struct chip_err *err)
{
    return chip_transcript_add_segment(t, seg, (const struct chip_word[]){a, b}, 2, err);
}

static void an_empty_transcript_is_complete(void **state)
{
    (void)state;
    struct chip_transcript *t;
    assert_int_equal(chip_transcript_new(&t, NULL), CHIP_OK);
    assert_string_equal(t->model, "");
    assert_string_equal(t->language, "");
    assert_int_equal(t->n_segments + t->n_words + t->n_audit, 0);
    chip_transcript_free(t);
    chip_transcript_free(NULL);
}

static void segments_own_their_words_in_order(void **state)
{
    (void)state;
    struct chip_transcript *t = make_empty();
    make_segment(t, 0, "Hello there.");
    make_segment(t, 5000, "Yes.");
    assert_int_equal(t->n_segments, 2);
    assert_int_equal(t->n_words, 3);
    assert_string_equal(t->segments[0].text, "Hello there.");
    assert_int_equal(t->segments[1].first_word, 2);
    assert_int_equal(t->segments[1].n_words, 1);
    assert_string_equal(t->words[2].text, "Yes.");
    assert_int_equal(t->words[2].start_ms, 5000);
    chip_transcript_free(t);
}

static void texts_stay_where_they_are_while_it_grows(void **state)
{
    (void)state;
    struct chip_transcript *t = make_empty();
    make_segment(t, 0, "first words");
    const char *text = t->segments[0].text, *word = t->words[1].text, *model = t->model;
    char *huge = malloc(100001);
    memset(huge, 'x', 100000);
    huge[100000] = '\0';
    for (int i = 1; i <= 2000; i++)
        make_segment(t, 1100 * i, "some more");
    make_segment(t, 1100 * 2001, huge);
    assert_ptr_equal(t->segments[0].text, text);
    assert_ptr_equal(t->words[1].text, word);
    assert_string_equal(text, "first words");
    assert_string_equal(word, "words");
    assert_string_equal(model, "moonshine-base");
    assert_string_equal(t->segments[2001].text, huge);
    assert_int_equal(t->n_words, 2 + 2 * 2000 + 1);
    free(huge);
    chip_transcript_free(t);
}

static void broken_promises_are_refused_and_change_nothing(void **state)
{
    (void)state;
    struct chip_transcript *t = make_empty();
    assert_int_equal(add(t, &second, (struct chip_word){1000, 1400, 1, -1, "one"},
                         (struct chip_word){1400, 2000, 1, -1, "two"}, NULL),
                     CHIP_OK);

    const struct {
        struct chip_segment seg;
        struct chip_word a, b;
        const char *why;
    } bad[] = {
        {{.start_ms = 999, .end_ms = 2000},
         {1400, 1500, 1, -1, "x"},
         {1600, 1700, 1, -1, "y"},
         "before"},
        {{.start_ms = 3000, .end_ms = 2999},
         {3000, 3000, 1, -1, "x"},
         {3000, 3000, 1, -1, "y"},
         "after"},
        {{.start_ms = -1, .end_ms = 5}, {0, 1, 1, -1, "x"}, {2, 3, 1, -1, "y"}, "outside"},
        {{.start_ms = 0, .end_ms = INT64_MAX}, {0, 1, 1, -1, "x"}, {2, 3, 1, -1, "y"}, "outside"},
        {{.start_ms = 3000, .end_ms = 4000, .confidence = NAN},
         {3000, 3100, 1, -1, "x"},
         {3200, 3300, 1, -1, "y"},
         "confidence"},
        {{.start_ms = 3000, .end_ms = 4000},
         {2999, 3100, 1, -1, "x"},
         {3200, 3300, 1, -1, "y"},
         "word 0"},
        {{.start_ms = 3000, .end_ms = 4000},
         {3000, 3100, 1, -1, "x"},
         {3200, 4001, 1, -1, "y"},
         "word 1"},
        {{.start_ms = 3000, .end_ms = 4000},
         {3100, 3000, 1, -1, "x"},
         {3200, 3300, 1, -1, "y"},
         "word 0"},
        {{.start_ms = 3000, .end_ms = 4000},
         {3300, 3400, 1, -1, "x"},
         {3200, 3500, 1, -1, "y"},
         "word 1"},
        {{.start_ms = 3000, .end_ms = 4000},
         {3300, 3400, 1, -1, "x"},
         {3300, 3399, 1, -1, "y"},
         "word 1"},
        {{.start_ms = 1000, .end_ms = 4000},
         {1399, 1500, 1, -1, "x"},
         {1600, 1700, 1, -1, "y"},
         "word 0"},
        {{.start_ms = 3000, .end_ms = 4000},
         {3000, 3100, NAN, -1, "x"},
         {3200, 3300, 1, -1, "y"},
         "word 0"},
        {{.start_ms = 3000, .end_ms = 4000},
         {3000, 3100, 1, -1, "x"},
         {3200, 3300, 1, -1, NULL},
         "word 1"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct chip_err err = {0};
        assert_int_equal(add(t, &bad[i].seg, bad[i].a, bad[i].b, &err), CHIP_E_INVAL);
        assert_non_null(strstr(err.message, bad[i].why));
        assert_int_equal(t->n_segments, 1);
        assert_int_equal(t->n_words, 2);
    }
    assert_int_equal(chip_transcript_set_durations(t, -1, 0, NULL), CHIP_E_INVAL);
    assert_int_equal(chip_transcript_set_durations(t, 0, INT64_MAX, NULL), CHIP_E_INVAL);
    chip_transcript_free(t);
}

static void segments_and_words_may_touch_and_overlap(void **state)
{
    (void)state;
    struct chip_transcript *t = make_empty();
    assert_int_equal(add(t, &second, (struct chip_word){1000, 1500, 1, -1, "one"},
                         (struct chip_word){1500, 2000, 1, -1, "two"}, NULL),
                     CHIP_OK);
    const struct chip_segment third = {.start_ms = 1500, .end_ms = 2600};
    assert_int_equal(add(t, &third, (struct chip_word){1500, 1500, 1, -1, "a"},
                         (struct chip_word){1500, 2600, 1, -1, "b"}, NULL),
                     CHIP_OK);
    assert_string_equal(t->segments[1].text, "a b"); /* made from the words */
    chip_transcript_free(t);
}

static void texts_are_cleaned_and_words_without_any_left_out(void **state)
{
    (void)state;
    struct chip_transcript *t = make_empty();
    const struct chip_segment seg = {
        .start_ms = 1000, .end_ms = 2000, .confidence = 1.00001f, .text = " a\nb\xFF "};
    assert_int_equal(add(t, &seg, (struct chip_word){1000, 1100, -0.001f, -1, "\t\n"},
                         (struct chip_word){1200, 1300, 7, -1, "b\xFF"}, NULL),
                     CHIP_OK);
    assert_string_equal(t->segments[0].text, "a b\xEF\xBF\xBD");
    assert_true(t->segments[0].confidence == 1.0f);
    assert_int_equal(t->n_words, 1);
    assert_int_equal(t->segments[0].n_words, 1);
    assert_string_equal(t->words[0].text, "b\xEF\xBF\xBD");
    assert_true(t->words[0].confidence == 1.0f);

    const struct chip_segment nothing = {.start_ms = 3000, .end_ms = 4000, .text = " "};
    assert_int_equal(chip_transcript_add_segment(t, &nothing, NULL, 0, NULL), CHIP_OK);
    assert_int_equal(t->n_segments, 1);

    const struct chip_segment no_words = {.start_ms = 3000, .end_ms = 4000, .text = "text only"};
    assert_int_equal(chip_transcript_add_segment(t, &no_words, NULL, 0, NULL), CHIP_OK);
    assert_int_equal(t->n_segments, 2);
    assert_int_equal(t->segments[1].n_words, 0);
    chip_transcript_free(t);
}

static void audit_notes_are_kept_in_order_of_time(void **state)
{
    (void)state;
    struct chip_transcript *t = make_empty();
    const struct chip_audit notes[] = {
        {CHIP_AUDIT_REPETITION, 5000, 6000, "la la"},
        {CHIP_AUDIT_MEDIA_BREAK, 1000, 1000, NULL},
        {CHIP_AUDIT_EMPTY, 5000, 5500, "\n"},
        {CHIP_AUDIT_TOKEN_CAP, 3000, 4000, "x"},
    };
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(chip_transcript_add_audit(t, &notes[i], NULL), CHIP_OK);
    assert_int_equal(t->n_audit, 4);
    assert_int_equal(t->audit[0].kind, CHIP_AUDIT_MEDIA_BREAK);
    assert_string_equal(t->audit[0].detail, "");
    assert_int_equal(t->audit[1].kind, CHIP_AUDIT_TOKEN_CAP);
    assert_int_equal(t->audit[2].kind, CHIP_AUDIT_REPETITION);
    assert_int_equal(t->audit[3].kind, CHIP_AUDIT_EMPTY);

    const struct chip_audit bad = {CHIP_AUDIT_EMPTY, 2, 1, "x"};
    assert_int_equal(chip_transcript_add_audit(t, &bad, NULL), CHIP_E_INVAL);
    assert_int_equal(t->n_audit, 4);
    chip_transcript_free(t);
}

static void kinds_have_names_that_lead_back_to_them(void **state)
{
    (void)state;
    for (int i = CHIP_AUDIT_REPETITION; i <= CHIP_AUDIT_MEDIA_BREAK; i++) {
        enum chip_audit_kind kind;
        assert_true(chip_audit_kind_by_name(chip_audit_kind_name((enum chip_audit_kind)i), &kind));
        assert_int_equal(kind, i);
    }
    enum chip_audit_kind kind;
    assert_false(chip_audit_kind_by_name("unknown", &kind));
}

static void speakers_are_set_once_and_labelled(void **state)
{
    (void)state;
    struct chip_transcript *t = make_empty();
    const struct chip_speaker speakers[] = {{.name = " Ann\n"}, {.label = "chair"}};
    assert_int_equal(chip_transcript_set_speakers(t, speakers, 2, NULL), CHIP_OK);
    assert_string_equal(t->speakers[0].label, "S1");
    assert_string_equal(t->speakers[0].name, "Ann");
    assert_string_equal(t->speakers[1].label, "chair");
    assert_string_equal(t->speakers[1].name, "");
    assert_int_equal(chip_transcript_set_speakers(t, speakers, 2, NULL), CHIP_E_INVAL);

    assert_int_equal(chip_transcript_name_speaker(t, 1, "Bob", NULL), CHIP_OK);
    assert_int_equal(chip_transcript_suggest_name(t, 1, "Rob", 0.5f, NULL), CHIP_OK);
    assert_string_equal(t->speakers[1].name, "Bob");
    assert_string_equal(t->speakers[1].suggestion, "Rob");
    assert_int_equal(chip_transcript_name_speaker(t, 2, "Bob", NULL), CHIP_E_INVAL);
    assert_int_equal(chip_transcript_suggest_name(t, 2, "Rob", 1, NULL), CHIP_E_INVAL);
    chip_transcript_free(t);
}

static void labels_that_cannot_be_told_apart_are_refused(void **state)
{
    (void)state;
    const struct chip_speaker wrong[][2] = {{{.label = "a"}, {.label = "a"}},
                                            {{.label = "a"}, {.label = " a\t"}},
                                            {{.label = "S2"}, {.label = NULL}},
                                            {{.label = "a"}, {.label = ""}}};
    struct chip_transcript *t = make_empty();
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(chip_transcript_set_speakers(t, wrong[i], 2, NULL), CHIP_E_INVAL);
    assert_int_equal(t->n_speakers, 0);
    chip_transcript_free(t);
}

static void who_does_not_take_part_says_nothing(void **state)
{
    (void)state;
    struct chip_transcript *t = make_empty();
    make_said(t, 0, 0, "before anybody is known");
    const struct chip_speaker ann = {.name = "Ann"};
    assert_int_equal(chip_transcript_set_speakers(t, &ann, 1, NULL), CHIP_OK);
    make_said(t, 0, 5000, "hers");
    make_said(t, 1, 6000, "nobody's");
    make_said(t, -7, 7000, "nobody's");
    const int who[] = {-1, 0, -1, -1};
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(t->segments[i].speaker, who[i]);
        assert_int_equal(t->words[t->segments[i].first_word].speaker, who[i]);
    }
    chip_transcript_free(t);
}

static void turns_replace_those_from_before_and_are_kept_as_they_are_on_failure(void **state)
{
    (void)state;
    struct chip_transcript *t = make_empty();
    const struct chip_speaker ann = {.name = "Ann"};
    assert_int_equal(chip_transcript_set_speakers(t, &ann, 1, NULL), CHIP_OK);
    const struct chip_turn turns[] = {{0, 10, 0, 1.5f}, {11, 20, 0, -1}}, touching = {20, 30, 0, 1};
    assert_int_equal(chip_transcript_set_turns(t, &touching, 1, NULL), CHIP_OK);
    assert_int_equal(chip_transcript_set_turns(t, turns, 2, NULL), CHIP_OK);
    const struct chip_turn wrong[] = {turns[0], {10, 20, 0, 1}};
    assert_int_equal(chip_transcript_set_turns(t, wrong, 2, NULL), CHIP_E_INVAL);
    assert_int_equal(t->n_turns, 2);
    assert_int_equal(t->turns[1].end_ms, 20);
    assert_float_equal(t->turns[0].confidence, 1, 0);
    assert_float_equal(t->turns[1].confidence, 0, 0);
    assert_int_equal(chip_transcript_set_turns(t, NULL, 0, NULL), CHIP_OK);
    assert_int_equal(t->n_turns, 0);
    chip_transcript_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_transcript_is_complete),
        cmocka_unit_test(segments_own_their_words_in_order),
        cmocka_unit_test(texts_stay_where_they_are_while_it_grows),
        cmocka_unit_test(broken_promises_are_refused_and_change_nothing),
        cmocka_unit_test(segments_and_words_may_touch_and_overlap),
        cmocka_unit_test(texts_are_cleaned_and_words_without_any_left_out),
        cmocka_unit_test(audit_notes_are_kept_in_order_of_time),
        cmocka_unit_test(kinds_have_names_that_lead_back_to_them),
        cmocka_unit_test(speakers_are_set_once_and_labelled),
        cmocka_unit_test(labels_that_cannot_be_told_apart_are_refused),
        cmocka_unit_test(who_does_not_take_part_says_nothing),
        cmocka_unit_test(turns_replace_those_from_before_and_are_kept_as_they_are_on_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
