#include "json_text.h"

static struct chip_transcript *sample(void)
{
    struct chip_transcript *t = make_empty();
    make_segment(t, 480, "Good morning, \"all\".");
    make_segment(t, 36000123, "C:\\temp caf\xC3\xA9 \xF0\x9F\x99\x82");
    const struct chip_segment no_words = {
        .start_ms = 36002000, .end_ms = 36002001, .confidence = 0.12345f, .text = "text only"};
    assert_int_equal(chip_transcript_add_segment(t, &no_words, NULL, 0, NULL), CHIP_OK);
    const struct chip_audit note = {CHIP_AUDIT_TOKEN_CAP, 7, 1999, "the the the"};
    assert_int_equal(chip_transcript_add_audit(t, &note, NULL), CHIP_OK);
    assert_int_equal(chip_transcript_set_durations(t, 36003000, 3333, NULL), CHIP_OK);
    return t;
}

static void assert_same(const struct chip_transcript *a, const struct chip_transcript *b)
{
    assert_string_equal(a->model, b->model);
    assert_string_equal(a->language, b->language);
    assert_int_equal(a->duration_ms, b->duration_ms);
    assert_int_equal(a->speech_ms, b->speech_ms);
    assert_int_equal(a->n_segments, b->n_segments);
    assert_int_equal(a->n_words, b->n_words);
    assert_int_equal(a->n_audit, b->n_audit);
    for (size_t i = 0; i < a->n_segments; i++) {
        const struct chip_segment *x = &a->segments[i], *y = &b->segments[i];
        assert_int_equal(x->start_ms, y->start_ms);
        assert_int_equal(x->end_ms, y->end_ms);
        assert_string_equal(x->text, y->text);
        assert_float_equal(x->confidence, y->confidence, 0.00005001);
        assert_int_equal(x->first_word, y->first_word);
        assert_int_equal(x->n_words, y->n_words);
    }
    for (size_t i = 0; i < a->n_words; i++) {
        const struct chip_word *x = &a->words[i], *y = &b->words[i];
        assert_int_equal(x->start_ms, y->start_ms);
        assert_int_equal(x->end_ms, y->end_ms);
        assert_string_equal(x->text, y->text);
        assert_float_equal(x->confidence, y->confidence, 0.00005001);
    }
    for (size_t i = 0; i < a->n_audit; i++) {
        assert_int_equal(a->audit[i].kind, b->audit[i].kind);
        assert_int_equal(a->audit[i].start_ms, b->audit[i].start_ms);
        assert_int_equal(a->audit[i].end_ms, b->audit[i].end_ms);
        assert_string_equal(a->audit[i].detail, b->audit[i].detail);
    }
}

static void what_is_written_reads_back_the_same(void **state)
{
    (void)state;
    struct chip_transcript *t = sample();
    char *json = to_json(t);
    struct chip_transcript *back = from_json(json);
    assert_same(t, back);
    char *again = to_json(back);
    assert_string_equal(again, json);
    free(again);
    free(json);
    chip_transcript_free(back);
    chip_transcript_free(t);
}

static void every_millisecond_survives(void **state)
{
    (void)state;
    struct chip_transcript *t = make_empty();
    uint32_t seed = 7;
    int64_t at = 0;
    for (int i = 0; i < 3000; i++) {
        at += make_random(&seed) % 100000000;
        struct chip_word word = {at, at + (int64_t)(make_random(&seed) % 5000),
                                 (float)(make_random(&seed) % 10001) / 10000, -1, "w"};
        struct chip_segment seg = {
            .start_ms = at, .end_ms = word.end_ms, .confidence = word.confidence};
        assert_int_equal(chip_transcript_add_segment(t, &seg, &word, 1, NULL), CHIP_OK);
    }
    char *json = to_json(t);
    struct chip_transcript *back = from_json(json);
    assert_same(t, back);
    free(json);
    chip_transcript_free(back);
    chip_transcript_free(t);
}

static void members_that_the_schema_does_not_name_are_ignored(void **state)
{
    (void)state;
    struct chip_transcript *t =
        from_json("{\"schema\":\"chip.transcript/1\",\"model\":\"m\",\"language\":\"\","
                  "\"duration\":2,\"speech\":1.5,\"later\":{\"x\":[null]},\"audit\":[],"
                  "\"segments\":[{\"id\":0,\"start\":0,\"end\":1e0,\"text\":\"hi\","
                  "\"confidence\":1,\"speaker\":\"A\",\"words\":[{\"word\":\"hi\",\"start\":0.1,"
                  "\"end\":0.9994,\"confidence\":0,\"tags\":[]}]}]}");
    assert_int_equal(t->duration_ms, 2000);
    assert_int_equal(t->words[0].end_ms, 999);
    chip_transcript_free(t);
}

static void expect_refused(const char *from, const char *to, enum chip_status status,
                           const char *place)
{
    struct chip_transcript *t = sample();
    expect_changed_refused(t, from, to, status, place);
    chip_transcript_free(t);
}

static void wrong_documents_are_refused_with_the_place(void **state)
{
    (void)state;
    const enum chip_status format = CHIP_E_FORMAT;
    expect_refused("chip.transcript/1", "chip.transcript/2", CHIP_E_UNSUPPORTED, "newer");
    expect_refused("chip.transcript/1", "other", format, "schema");
    expect_refused("\"schema\"", "\"shema\"", format, "schema");
    expect_refused("\"moonshine-base\"", "3", format, "model");
    expect_refused("\"language\"", "\"lang\"", format, "language");
    expect_refused("\"duration\": 36003.000", "\"duration\": -1", format, "duration");
    expect_refused("\"speech\": 3.333", "\"speech\": \"3\"", format, "speech");
    expect_refused("\"segments\": [", "\"segments\": 1, \"x\": [", format, "segments");
    expect_refused("\"segments\": [", "\"segments\": [7, ", format, "segments[0]");
    expect_refused("\"id\": 1", "\"id\": 2", format, "segments[1].id");
    expect_refused("\"start\": 0.480", "\"start\": 1e300", format, "segments[0].start");
    expect_refused("\"start\": 0.480", "\"start\": 0.481", format, "segments[0]: word 0");
    expect_refused("\"start\": 36000.123", "\"start\": 0.479", format, "segments[1]: the segment");
    expect_refused("\"text\": \"text only\"", "\"text\": \" \\n\"", format, "segments[2].text");
    expect_refused("\"confidence\": 0.5000", "\"confidence\": 1.1", format,
                   "segments[0].confidence");
    expect_refused("\"words\": []", "\"words\": {}", format, "segments[2].words");
    expect_refused("\"words\": [", "\"words\": [[], ", format, "segments[0].words[0]");
    expect_refused("\"word\": \"Good\"", "\"word\": \"\"", format, "segments[0].words[0].word");
    expect_refused("\"confidence\": 0.7500", "\"confidence\": null", format,
                   "segments[0].words[0].confidence");
    expect_refused("\"token-cap\"", "\"aliens\"", format, "audit[0].kind");
    expect_refused("\"detail\"", "\"details\"", format, "audit[0].detail");
    expect_refused("\"audit\": [", "\"audit\": [true, ", format, "audit[0]");
    expect_refused(
        "\"audit\": [",
        "\"audit\": [{\"kind\": \"empty\", \"start\": 9, \"end\": 9, \"detail\": \"\"}, ", format,
        "audit[1].start");
    expect_refused("\"model\"", "\"model\": \"x\", \"model\"", format, "line");
    expect_refused("{", "[", format, "line");
    expect_refused("moonshine", "moon\\u0000shine", format, "line");
    expect_refused("moonshine", "moon\xFFshine", format, "line");
    expect_refused("0.480", "00.480", format, "line");
}

static void texts_that_are_no_transcript_are_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {"",     " ",  "null",
                                        "[]",   "{}", "{\"schema\":1}",
                                        "\x00", "1e", "{\"schema\":\"chip.transcript/1\"}"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct chip_transcript *t = NULL;
        struct chip_err err = {0};
        assert_int_equal(chip_transcript_from_json(texts[i], strlen(texts[i]), &t, &err),
                         CHIP_E_FORMAT);
        assert_true(*err.message);
        assert_null(t);
    }
}

static void deep_nesting_and_huge_texts_are_refused(void **state)
{
    (void)state;
    struct chip_transcript *t = NULL;
    size_t n = 1000000;
    char *deep = malloc(n);
    assert_non_null(deep);
    memset(deep, '[', n);
    assert_int_equal(chip_transcript_from_json(deep, n, &t, NULL), CHIP_E_FORMAT);
    free(deep);
    assert_int_equal(
        chip_transcript_from_json("{}", (size_t)CHIP_TRANSCRIPT_MAX_BYTES + 1, &t, NULL),
        CHIP_E_LIMIT);
}

static void mutated_documents_are_read_or_refused_but_never_crash(void **state)
{
    (void)state;
    struct chip_transcript *t = sample();
    char *json = to_json(t);
    expect_sound_when_mutated(json, 2000);
    free(json);
    chip_transcript_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_reads_back_the_same),
        cmocka_unit_test(every_millisecond_survives),
        cmocka_unit_test(members_that_the_schema_does_not_name_are_ignored),
        cmocka_unit_test(wrong_documents_are_refused_with_the_place),
        cmocka_unit_test(texts_that_are_no_transcript_are_refused),
        cmocka_unit_test(deep_nesting_and_huge_texts_are_refused),
        cmocka_unit_test(mutated_documents_are_read_or_refused_but_never_crash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
