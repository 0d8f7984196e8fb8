#include "metrics_talk.h"

#include <jansson.h>

#include "base/str.h"
#include "meeting/metrics/number.h"
#include "meeting/text.h"

/* Six people, one of them with a name that is hard to write, and some words. */
static struct talk *meeting(size_t n_speakers)
{
    struct talk *talk = talk_new(n_speakers, 0);
    talk->speakers[0].name = "Dana";
    if (n_speakers > 1)
        talk->speakers[1].name = "<Tom & \"J\u00E9r\u00F4me\"> with a long name";
    for (int i = 0; n_speakers && i < 60; i++)
        talk_say(talk, i % (int)n_speakers, i * 5000, i * 5000 + 4500 + i % 3 * 400,
                 i % 4 ? "So this is how we begin, right?" : "um I think that we will see.");
    talk->t.duration_ms = 310000;
    return talk;
}

static char *write_as(const struct talk *talk, enum chip_metrics_format format,
                      const struct chip_metrics_look *look)
{
    struct chip_metrics *m = talk_measure(talk, NULL);
    char *text = NULL;
    struct chip_err err;
    if (chip_metrics_write(m, &talk->t, format, look, &text, &err) != CHIP_OK)
        fail_msg("%s", err.message);
    chip_metrics_free(m);
    return text;
}

static void assert_json_measure(const json_t *json, const struct chip_measure *measure)
{
    assert_int_equal(json_integer_value(json_object_get(json, "evidence")), measure->evidence);
    if (measure->lack != CHIP_LACK_NONE) {
        assert_string_equal(json_string_value(json_object_get(json, "insufficient_evidence")),
                            chip_lack_name(measure->lack));
        assert_null(json_object_get(json, "value"));
        return;
    }
    assert_true(fabs(json_number_value(json_object_get(json, "value")) - measure->value) < 6e-5);
    assert_true(fabs(json_number_value(json_object_get(json, "low")) - measure->low) < 6e-5);
    assert_true(fabs(json_number_value(json_object_get(json, "high")) - measure->high) < 6e-5);
    assert_null(json_object_get(json, "insufficient_evidence"));
}

static void json_holds_every_measure_and_its_definition(void **state)
{
    (void)state;
    struct talk *talk = meeting(3);
    struct chip_metrics *m = talk_measure(talk, NULL);
    char *text = write_as(talk, CHIP_METRICS_JSON, NULL);
    json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(root);
    assert_string_equal(json_string_value(json_object_get(root, "schema")), "chip.metrics/1");
    const json_t *speakers = json_object_get(root, "speakers");
    assert_int_equal(json_array_size(speakers), 3);
    assert_string_equal(json_string_value(json_object_get(json_array_get(speakers, 1), "name")),
                        talk->speakers[1].name);
    for (size_t i = 0; i < m->n_metrics; i++) {
        const struct chip_metric_info *info = chip_metric_info(i);
        const json_t *all = json_object_get(json_object_get(root, "meeting"), info->key);
        assert_int_equal(all != NULL, (info->scope & CHIP_FOR_MEETING) != 0);
        if (all)
            assert_json_measure(all, &m->meeting[i]);
        for (size_t s = 0; s < 3; s++) {
            const json_t *own =
                json_object_get(json_object_get(json_array_get(speakers, s), "metrics"), info->key);
            assert_int_equal(own != NULL, (info->scope & CHIP_FOR_SPEAKERS) != 0);
            if (own)
                assert_json_measure(own, &m->speakers[s * m->n_metrics + i]);
        }
        const json_t *defined = json_object_get(json_object_get(root, "definitions"), info->key);
        assert_string_equal(json_string_value(json_object_get(defined, "definition")),
                            info->definition);
    }
    assert_int_equal(json_array_size(json_object_get(root, "windows")), m->n_windows);
    json_decref(root);
    free(text);
    chip_metrics_free(m);
    free(talk);
}

/* The widest line, in characters; the names here have no wide ones. */
static size_t widest(const char *text)
{
    size_t most = 0;
    for (const char *line = text, *end; (end = strchr(line, '\n')); line = end + 1) {
        size_t n = chip_text_chars(line, (size_t)(end - line));
        most = n > most ? n : most;
    }
    return most;
}

static void the_table_fits_80_columns_and_has_every_metric(void **state)
{
    (void)state;
    for (size_t n = 0; n <= 8; n++) {
        struct talk *talk = meeting(n);
        char *text = write_as(talk, CHIP_METRICS_TEXT, NULL);
        assert_true(widest(text) <= 80);
        for (size_t i = 0; n && i < CHIP_N_METRICS; i++)
            if (!strstr(text, chip_metric_info(i)->title))
                fail_msg("%s is missing for %zu speakers", chip_metric_info(i)->title, n);
        for (size_t s = 2; s < n; s++)
            assert_non_null(strstr(text, talk_labels[s]));
        free(text);
        free(talk);
    }
}

static void bars_are_as_long_as_the_shares(void **state)
{
    (void)state;
    struct talk *talk = talk_new(2, 40000);
    talk_say(talk, 0, 0, 20000, "");
    talk_say(talk, 1, 20000, 30000, "");
    char *text = write_as(talk, CHIP_METRICS_TEXT, &(struct chip_metrics_look){.ascii = true});
    const char *first = strstr(text, "\nS1"), *second = strstr(text, "\nS2");
    assert_non_null(first);
    assert_non_null(second);
    size_t a = strspn(first + strcspn(first, "#"), "#");
    size_t b = strspn(second + strcspn(second, "#"), "#");
    assert_int_equal(a, 37);
    assert_in_range(b, 18, 19);
    assert_non_null(strstr(first, "67 %"));
    free(text);
    free(talk);
}

static void looks_are_kept_to(void **state)
{
    (void)state;
    struct talk *talk = meeting(2);
    talk->speakers[1].name = "Tom";
    char *plain = write_as(talk, CHIP_METRICS_TEXT, NULL);
    char *ascii = write_as(talk, CHIP_METRICS_TEXT, &(struct chip_metrics_look){.ascii = true});
    char *colour = write_as(talk, CHIP_METRICS_TEXT, &(struct chip_metrics_look){.colour = true});
    assert_null(strchr(plain, '\033'));
    assert_non_null(strstr(plain, "\u2588"));
    for (const char *s = ascii; *s; s++)
        assert_true((unsigned char)*s < 0x80 && *s != '\033');
    assert_non_null(strstr(colour, "\033[34m"));
    /* Taking the colours out gives the plain table. */
    char *to = colour;
    for (const char *from = colour; *from;) {
        if (*from == '\033')
            from += strcspn(from, "m") + 1;
        else
            *to++ = *from++;
    }
    *to = '\0';
    assert_string_equal(colour, plain);
    free(plain);
    free(ascii);
    free(colour);
    free(talk);
}

static size_t count(const char *text, const char *what)
{
    size_t n = 0;
    for (; (text = strstr(text, what)); text++)
        n++;
    return n;
}

static void charts_have_a_bar_for_each_and_say_it_in_words(void **state)
{
    (void)state;
    struct talk *talk = meeting(3);
    char *timeline = write_as(talk, CHIP_METRICS_SVG_TIMELINE, NULL);
    char *shares = write_as(talk, CHIP_METRICS_SVG_SHARES, NULL);
    assert_int_equal(count(timeline, "<rect "), 60);
    assert_int_equal(count(shares, "<rect "), 3);
    const char *const both[] = {timeline, shares};
    for (int i = 0; i < 2; i++) {
        assert_non_null(strstr(both[i], "role=\"img\" aria-labelledby=\"title desc\""));
        assert_non_null(strstr(both[i], "<title id=\"title\">"));
        assert_non_null(strstr(both[i], "Dana: "));
        assert_non_null(strstr(both[i], "&lt;Tom &amp; &quot;J\u00E9r\u00F4me&quot;&gt;"));
        assert_null(strstr(both[i], "<Tom"));
        assert_non_null(strstr(both[i], "prefers-color-scheme: dark"));
        assert_int_equal(count(both[i], "http"), 1); /* the name space, and nothing to load */
    }
    free(timeline);
    free(shares);
    free(talk);
}

static void charts_of_nobody_are_whole(void **state)
{
    (void)state;
    struct talk *talk = talk_new(0, 0);
    for (int format = CHIP_METRICS_JSON; format <= CHIP_METRICS_SVG_SHARES; format++) {
        char *text = write_as(talk, (enum chip_metrics_format)format, NULL);
        assert_null(strstr(text, " nan"));
        assert_null(strstr(text, "\"nan"));
        assert_true(strlen(text) > 100);
        free(text);
    }
    free(talk);
}

static void numbers_are_rounded_and_never_minus_nothing(void **state)
{
    (void)state;
    static const struct {
        double value;
        int decimals;
        const char *text;
    } cases[] = {{0.12345, 4, "0.1235"},    {-0.25, 1, "-0.3"},   {-0.04, 1, "0.0"},
                 {1234567.5, 0, "1234568"}, {0.9999, 3, "1.000"}, {2.005, 0, "2"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct chip_str out = {0};
        chip_number_add(&out, cases[i].value, cases[i].decimals);
        assert_string_equal(out.data, cases[i].text);
        chip_str_done(&out);
    }
}

static void lengths_of_time_are_as_people_say_them(void **state)
{
    (void)state;
    static const struct {
        double seconds;
        const char *text;
    } cases[] = {{0, "0.0"},     {9.94, "9.9"},    {9.96, "10"},        {59.4, "59"},
                 {59.6, "1:00"}, {605.2, "10:05"}, {3599.6, "1:00:00"}, {36125, "10:02:05"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct chip_str out = {0};
        chip_number_add_time(&out, cases[i].seconds);
        assert_string_equal(out.data, cases[i].text);
        chip_str_done(&out);
    }
}

static void metrics_of_another_meeting_are_refused(void **state)
{
    (void)state;
    struct talk *talk = meeting(3);
    struct chip_metrics *m = talk_measure(talk, NULL);
    char *text = NULL;
    talk->t.n_speakers = 2;
    assert_int_equal(chip_metrics_write(m, &talk->t, CHIP_METRICS_JSON, NULL, &text, NULL),
                     CHIP_E_INVAL);
    talk->t.n_speakers = 3;
    assert_int_equal(
        chip_metrics_write(m, &talk->t, (enum chip_metrics_format)4, NULL, &text, NULL),
        CHIP_E_INVAL);
    assert_null(text);
    chip_metrics_free(m);
    free(talk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_holds_every_measure_and_its_definition),
        cmocka_unit_test(the_table_fits_80_columns_and_has_every_metric),
        cmocka_unit_test(bars_are_as_long_as_the_shares),
        cmocka_unit_test(looks_are_kept_to),
        cmocka_unit_test(charts_have_a_bar_for_each_and_say_it_in_words),
        cmocka_unit_test(charts_of_nobody_are_whole),
        cmocka_unit_test(numbers_are_rounded_and_never_minus_nothing),
        cmocka_unit_test(lengths_of_time_are_as_people_say_them),
        cmocka_unit_test(metrics_of_another_meeting_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
