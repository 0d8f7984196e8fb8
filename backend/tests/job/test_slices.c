/* Slices of a transcription: what was kept is what was found, or nothing. */
#include "../test.h"

#include "base/clock.h"
#include "job/document.h"
#include "job/slices.h"

static void add(struct chip_slices *slices, int64_t from_ms, int64_t done_ms, const char *text)
{
    CHIP_AUTO(chip_transcript) piece = NULL;
    const struct chip_segment segment = {.start_ms = from_ms,
                                         .end_ms = done_ms,
                                         .confidence = 0.12345678F,
                                         .speaker = -1,
                                         .text = text};
    const struct chip_word word = {
        .start_ms = from_ms, .end_ms = done_ms, .confidence = 0.5F, .speaker = -1, .text = text};
    const struct chip_audit note = {
        .kind = CHIP_AUDIT_EMPTY, .start_ms = from_ms, .end_ms = done_ms, .detail = "x"};
    assert_int_equal(chip_transcript_new(&piece, NULL), CHIP_OK);
    assert_int_equal(chip_transcript_add_segment(piece, &segment, &word, 1, NULL), CHIP_OK);
    assert_int_equal(chip_transcript_add_audit(piece, &note, NULL), CHIP_OK);
    assert_int_equal(chip_slices_add(slices, piece, done_ms, NULL), CHIP_OK);
}

static void begin(struct chip_slices *slices, const char *key, const json_t *checkpoints)
{
    assert_int_equal(chip_slices_begin(slices, key, checkpoints, NULL), CHIP_OK);
}

static void keep(struct chip_slices *slices, json_t *checkpoints)
{
    int n = -1;
    json_t *data = chip_slices_take(slices, chip_clock_ms(), &n);
    assert_non_null(data);
    json_array_append_new(
        checkpoints, json_pack("{s:s, s:i, s:o}", "stage", "transcribe", "slice", n, "data", data));
}

/* Three slices of a minute and a half each. */
static json_t *three_slices(const char *key)
{
    struct chip_slices slices;
    json_t *checkpoints = json_array();
    begin(&slices, key, NULL);
    add(&slices, 0, 40000, "one");
    add(&slices, 40000, 90000, "two");
    keep(&slices, checkpoints);
    add(&slices, 90000, 180000, "three");
    keep(&slices, checkpoints);
    add(&slices, 180000, 270000, "four");
    keep(&slices, checkpoints);
    chip_slices_done(&slices);
    return checkpoints;
}

static void what_was_kept_comes_back_whole(void **unused)
{
    (void)unused;
    static const char *const texts[] = {"one", "two", "three", "four"};
    struct chip_slices slices;
    json_t *checkpoints = three_slices("k");
    begin(&slices, "k", checkpoints);
    assert_int_equal(slices.done_ms, 270000);
    assert_int_equal(slices.n, 3);
    assert_int_equal(slices.all->n_segments, 4);
    assert_int_equal(slices.all->n_audit, 4);
    for (size_t i = 0; i < 4; i++) {
        assert_string_equal(slices.all->segments[i].text, texts[i]);
        assert_string_equal(slices.all->words[i].text, texts[i]);
        assert_int_equal(slices.all->audit[i].end_ms, slices.all->segments[i].end_ms);
    }
    chip_slices_done(&slices);
    json_decref(checkpoints);
}

static void nothing_of_another_key_is_taken_up(void **unused)
{
    (void)unused;
    struct chip_slices slices;
    json_t *checkpoints = three_slices("tiny");
    begin(&slices, "base", checkpoints);
    assert_int_equal(slices.done_ms, 0);
    assert_int_equal(slices.all->n_segments, 0);
    chip_slices_done(&slices);
    json_decref(checkpoints);
}

static void after_a_missing_slice_nothing_is_taken_up(void **unused)
{
    (void)unused;
    struct chip_slices slices;
    json_t *checkpoints = three_slices("k");
    json_array_remove(checkpoints, 1);
    begin(&slices, "k", checkpoints);
    assert_int_equal(slices.done_ms, 90000);
    assert_int_equal(slices.n, 1);
    chip_slices_done(&slices);
    json_decref(checkpoints);
}

static void a_slice_that_cannot_be_read_makes_it_begin_anew(void **unused)
{
    (void)unused;
    struct chip_slices slices;
    json_t *checkpoints = three_slices("k");
    json_t *data = json_object_get(json_array_get(checkpoints, 1), "data");
    json_object_set_new(data, "transcript", json_string("rubbish"));
    begin(&slices, "k", checkpoints);
    assert_int_equal(slices.done_ms, 0);
    assert_int_equal(slices.n, 0);
    assert_int_equal(slices.all->n_segments, 0);
    chip_slices_done(&slices);
    json_decref(checkpoints);
}

static void slices_are_numbered_on_after_an_interruption(void **unused)
{
    (void)unused;
    struct chip_slices slices;
    json_t *checkpoints = three_slices("k");
    begin(&slices, "k", checkpoints);
    add(&slices, 270000, 300000, "five");
    keep(&slices, checkpoints);
    chip_slices_done(&slices);
    assert_int_equal(json_integer_value(json_object_get(json_array_get(checkpoints, 3), "slice")),
                     3);
    begin(&slices, "k", checkpoints);
    assert_int_equal(slices.done_ms, 300000);
    assert_int_equal(slices.all->n_segments, 5);
    chip_slices_done(&slices);
    json_decref(checkpoints);
}

static void a_slice_is_due_after_a_minute_of_recording_or_20_s_of_work(void **unused)
{
    (void)unused;
    struct chip_slices slices;
    int n;
    begin(&slices, "k", NULL);
    int64_t now = slices.since_ms;
    assert_false(chip_slices_due(&slices, now + 60000)); /* there is nothing */
    add(&slices, 0, 59999, "one");
    assert_false(chip_slices_due(&slices, now + 19999));
    assert_true(chip_slices_due(&slices, now + 20000));
    add(&slices, 59999, 60000, "two");
    assert_true(chip_slices_due(&slices, now));
    json_decref(chip_slices_take(&slices, now, &n));
    assert_false(chip_slices_due(&slices, now + 60000));
    assert_null(chip_slices_take(&slices, now, &n));
    chip_slices_done(&slices);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_kept_comes_back_whole),
        cmocka_unit_test(nothing_of_another_key_is_taken_up),
        cmocka_unit_test(after_a_missing_slice_nothing_is_taken_up),
        cmocka_unit_test(a_slice_that_cannot_be_read_makes_it_begin_anew),
        cmocka_unit_test(slices_are_numbered_on_after_an_interruption),
        cmocka_unit_test(a_slice_is_due_after_a_minute_of_recording_or_20_s_of_work),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
