/* Forms as real clients send them, in pieces of every size. */
#include "../test.h"

#include "base/str.h"
#include "http/part_head.h"

/* What was found, as "name|file|DATA;". */
struct found {
    struct chip_str text;
    enum chip_status refuse_data;
};

static enum chip_status on_begin(void *user, const struct chip_part *part, struct chip_err *err)
{
    struct found *found = user;
    (void)err;
    chip_str_addf(&found->text, "%s|%s%s|", part->name, part->is_file ? "f:" : "", part->file);
    return CHIP_OK;
}

static enum chip_status on_data(void *user, const char *bytes, size_t n, struct chip_err *err)
{
    struct found *found = user;
    if (found->refuse_data != CHIP_OK)
        return chip_fail(err, found->refuse_data, "not this");
    chip_str_add_n(&found->text, bytes, n);
    return CHIP_OK;
}

static enum chip_status on_end(void *user, struct chip_err *err)
{
    struct found *found = user;
    (void)err;
    chip_str_add(&found->text, ";");
    return CHIP_OK;
}

static const struct chip_part_events events = {on_begin, on_data, on_end};

static enum chip_status read_form(struct found *found, const char *type, const char *body, size_t n,
                                  size_t piece)
{
    struct chip_multipart *mp;
    struct chip_err err;
    enum chip_status st = chip_multipart_new(&mp, type, &events, found, &err);
    if (st != CHIP_OK)
        return st;
    for (size_t i = 0; i < n && st == CHIP_OK; i += piece)
        st = chip_multipart_feed(mp, body + i, n - i < piece ? n - i : piece, &err);
    if (st == CHIP_OK)
        st = chip_multipart_finish(mp, &err);
    chip_multipart_free(mp);
    return st;
}

#define TYPE "multipart/form-data; boundary=XX"
#define PART(disposition) "Content-Disposition: form-data; " disposition "\r\n"

/* Reads it in pieces of 1, 2, 3, ... bytes; each time the same must be found. */
static void assert_found(const char *type, const char *body, const char *expected)
{
    size_t n = strlen(body);
    for (size_t piece = 1; piece <= n; piece++) {
        struct found found = {0};
        assert_int_equal(read_form(&found, type, body, n, piece), CHIP_OK);
        assert_string_equal(found.text.data ? found.text.data : "", expected);
        chip_str_done(&found.text);
    }
}

static void assert_refused(const char *body, enum chip_status status)
{
    size_t n = strlen(body);
    for (size_t piece = 1; piece <= n; piece += 7) {
        struct found found = {0};
        assert_int_equal(read_form(&found, TYPE, body, n, piece), status);
        chip_str_done(&found.text);
    }
}

static void fields_before_and_after_a_file_are_found(void **state)
{
    (void)state;
    assert_found(
        TYPE,
        "--XX\r\n" PART(
            "name=\"model\"") "\r\nwhisper-1\r\n"
                              "--XX\r\n" PART(
                                  "name=\"file\"; filename=\"a.wav\"") "Content-Type: "
                                                                       "application/"
                                                                       "octet-"
                                                                       "stream\r\n\r\nRIFF\r\n--"
                                                                       "X\r\nend\r\n"
                                                                       "--XX\r\n" PART(
                                                                           "name=\"a[]\"") "\r\nwor"
                                                                                           "d\r\n"
                                                                                           "--XX--"
                                                                                           "\r\nand"
                                                                                           " what "
                                                                                           "follows"
                                                                                           " is "
                                                                                           "ignore"
                                                                                           "d",
        "model||whisper-1;file|f:a.wav|RIFF\r\n--X\r\nend;a[]||word;");
}

static void data_that_looks_like_a_delimiter_is_kept(void **state)
{
    (void)state;
    assert_found(TYPE,
                 "--XX\r\n" PART("name=\"a\"") "\r\n\r\r\n\r\n-\r\n--\r\n--X-\r\n--Y\r\n--XX--",
                 "a||\r\r\n\r\n-\r\n--\r\n--X-\r\n--Y;");
}

static void empty_parts_and_preambles_are_fine(void **state)
{
    (void)state;
    assert_found(TYPE,
                 "for old programs\r\n--XX \t\r\n" PART("name=\"a\"") "\r\n\r\n--XX\r\n" PART(
                     "name=b; filename=\"\"") "\r\n\r\n--XX--",
                 "a||;b|f:|;");
    assert_found(TYPE, "--XX--", "");
}

static void nul_bytes_are_data(void **state)
{
    (void)state;
    static const char body[] = "--XX\r\n" PART("name=\"a\"") "\r\n\0\r\0\n\0\r\n--XX--";
    for (size_t piece = 1; piece < sizeof body; piece++) {
        struct found found = {0};
        assert_int_equal(read_form(&found, TYPE, body, sizeof body - 1, piece), CHIP_OK);
        assert_int_equal(found.text.len, strlen("a||") + 5 + 1);
        assert_memory_equal(found.text.data + 3, "\0\r\0\n\0;", 6);
        chip_str_done(&found.text);
    }
}

static void quoted_boundary_and_other_parameters_are_read(void **state)
{
    (void)state;
    assert_found("Multipart/Form-Data; charset=utf-8 ;boundary=\"a b;c\"",
                 "--a b;c\r\n" PART("name=\"x\"") "\r\n1\r\n--a b;c--", "x||1;");
}

static void broken_forms_are_refused(void **state)
{
    (void)state;
    assert_refused("--XX\r\n" PART("name=\"a\"") "\r\nno end", CHIP_E_FORMAT);
    assert_refused("--XX\r\nContent-Type: text/plain\r\n\r\n1\r\n--XX--", CHIP_E_FORMAT);
    assert_refused("--XX\r\n" PART("filename=\"a\"") "\r\n1\r\n--XX--", CHIP_E_FORMAT);
    assert_refused("--XX\r\nContent-Disposition: attachment; name=a\r\n\r\n1\r\n--XX--",
                   CHIP_E_FORMAT);
    assert_refused("--XXfoo\r\n" PART("name=\"a\"") "\r\n1\r\n--XX--", CHIP_E_FORMAT);
    assert_refused("--XX\r\n" PART("name=\"a\"") "Content-Transfer-Encoding: base64\r\n\r\n"
                                                 "MQ==\r\n--XX--",
                   CHIP_E_UNSUPPORTED);
    assert_refused("nothing", CHIP_E_FORMAT);
}

static void types_without_a_boundary_are_refused(void **state)
{
    (void)state;
    struct found found = {0};
    assert_int_equal(read_form(&found, "multipart/form-data", "", 0, 1), CHIP_E_INVAL);
    assert_int_equal(read_form(&found, "multipart/form-data; boundary=", "", 0, 1), CHIP_E_INVAL);
    assert_int_equal(read_form(&found, "multipart/form-database; boundary=x", "", 0, 1),
                     CHIP_E_UNSUPPORTED);
    assert_int_equal(read_form(&found, "application/json", "", 0, 1), CHIP_E_UNSUPPORTED);
}

static void endless_heads_and_parts_are_refused(void **state)
{
    (void)state;
    struct chip_str body = {0};
    chip_str_add(&body, "--XX\r\nX: ");
    for (int i = 0; i < 9000; i++)
        chip_str_add(&body, "x");
    assert_refused(body.data, CHIP_E_LIMIT);
    chip_str_reset(&body);
    for (int i = 0; i < 1001; i++)
        chip_str_add(&body, "--XX\r\n" PART("name=\"a\"") "\r\n1\r\n");
    struct found found = {0};
    assert_int_equal(read_form(&found, TYPE, body.data, body.len, 4096), CHIP_E_LIMIT);
    chip_str_done(&found.text);
    chip_str_done(&body);
}

static void refusal_of_an_event_ends_the_reading(void **state)
{
    (void)state;
    const char *body = "--XX\r\n" PART("name=\"a\"") "\r\n12\r\n--XX--";
    struct found found = {.refuse_data = CHIP_E_LIMIT};
    assert_int_equal(read_form(&found, TYPE, body, strlen(body), 1), CHIP_E_LIMIT);
    assert_string_equal(found.text.data, "a||");
    chip_str_done(&found.text);
}

/* ---- heads ---- */

static void file_names_are_read_as_clients_write_them(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"filename=\"Grüße.wav\"", "Grüße.wav"},
        {"filename=\"a%22b.wav\"", "a\"b.wav"},          /* browsers, openai */
        {"filename=\"a\\\"b\\\\c.wav\"", "a\"b\\c.wav"}, /* older ones, curl */
        {"filename=plain.wav", "plain.wav"},
        {"filename=\"a;b.wav\"; x=y", "a;b.wav"},
        {"filename=\"x\"; filename*=UTF-8''na%C3%AFve.wav", "naïve.wav"},
        {"filename*=UTF-8'en'%zz", "%zz"},
        {"filename*=latin1''x; filename=\"y\"", "y"},
        {"filename=\"unclosed", "unclosed"},
        {"filename=\"\"", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct chip_part part;
        char head[256];
        snprintf(head, sizeof head, "content-disposition:form-data; name=\"file\"; %s",
                 cases[i][0]);
        assert_int_equal(chip_part_head(head, &part, NULL), CHIP_OK);
        assert_string_equal(part.name, "file");
        assert_string_equal(part.file, cases[i][1]);
        assert_true(part.is_file);
    }
}

static void long_names_are_cut_between_characters(void **state)
{
    (void)state;
    struct chip_str head = {0};
    struct chip_part part;
    chip_str_add(&head, "Content-Disposition: form-data; name=\"a\"; filename=\"x");
    for (int i = 0; i < 400; i++)
        chip_str_add(&head, "ä");
    chip_str_add(&head, "\"");
    assert_int_equal(chip_part_head(head.data, &part, NULL), CHIP_OK);
    assert_true(strlen(part.file) >= 508 && strlen(part.file) % 2 == 1); /* x and whole ä */
    chip_str_done(&head);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_before_and_after_a_file_are_found),
        cmocka_unit_test(data_that_looks_like_a_delimiter_is_kept),
        cmocka_unit_test(empty_parts_and_preambles_are_fine),
        cmocka_unit_test(nul_bytes_are_data),
        cmocka_unit_test(quoted_boundary_and_other_parameters_are_read),
        cmocka_unit_test(broken_forms_are_refused),
        cmocka_unit_test(types_without_a_boundary_are_refused),
        cmocka_unit_test(endless_heads_and_parts_are_refused),
        cmocka_unit_test(refusal_of_an_event_ends_the_reading),
        cmocka_unit_test(file_names_are_read_as_clients_write_them),
        cmocka_unit_test(long_names_are_cut_between_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
