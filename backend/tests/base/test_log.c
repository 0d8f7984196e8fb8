#include "base/log.h"

#include <unistd.h>

#include "../test.h"

/* Runs chip_log() with standard error going into a pipe. @return what came out, parsed; or NULL */
static json_t *logged(enum chip_log_level level, json_t *fields, const char *message)
{
    int ends[2], kept = dup(STDERR_FILENO);
    assert_int_equal(pipe(ends), 0);
    dup2(ends[1], STDERR_FILENO);
    close(ends[1]);
    chip_log(level, fields, "%s", message);
    dup2(kept, STDERR_FILENO);
    close(kept);
    char text[4096];
    ssize_t n = read(ends[0], text, sizeof text);
    close(ends[0]);
    if (n <= 0)
        return NULL;
    assert_int_equal(text[n - 1], '\n');
    json_t *line = json_loadb(text, (size_t)n - 1, 0, NULL);
    assert_non_null(line);
    return line;
}

static const char *text_of(const json_t *line, const char *key)
{
    return json_string_value(json_object_get(line, key));
}

static void a_line_has_severity_time_message_and_fields(void **state)
{
    (void)state;
    json_t *line =
        logged(CHIP_LOG_WARNING, json_pack("{s:s, s:i}", "job", "a\"b", "n", 3), "two\nlines");
    assert_string_equal(text_of(line, "severity"), "WARNING");
    assert_string_equal(text_of(line, "message"), "two\nlines");
    assert_string_equal(text_of(line, "job"), "a\"b");
    assert_int_equal(json_integer_value(json_object_get(line, "n")), 3);
    assert_int_equal(strlen(text_of(line, "time")), strlen("2026-11-24T12:00:00.123Z"));
    json_decref(line);
}

static void fields_do_not_replace_the_message(void **state)
{
    (void)state;
    json_t *line = logged(CHIP_LOG_ERROR, json_pack("{s:s}", "message", "forged"), "true");
    assert_string_equal(text_of(line, "message"), "true");
    json_decref(line);
}

static void lower_levels_are_left_out(void **state)
{
    (void)state;
    assert_null(logged(CHIP_LOG_DEBUG, json_object(), "hidden"));
    chip_log_set_level(CHIP_LOG_DEBUG);
    json_t *line = logged(CHIP_LOG_DEBUG, NULL, "shown");
    assert_non_null(line);
    json_decref(line);
    chip_log_set_level(CHIP_LOG_INFO);
}

static void what_is_not_utf8_still_gives_a_line(void **state)
{
    (void)state;
    json_t *line = logged(CHIP_LOG_INFO, NULL, "\xff\xfe");
    assert_string_equal(text_of(line, "severity"), "INFO");
    json_decref(line);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_has_severity_time_message_and_fields),
        cmocka_unit_test(fields_do_not_replace_the_message),
        cmocka_unit_test(lower_levels_are_left_out),
        cmocka_unit_test(what_is_not_utf8_still_gives_a_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
