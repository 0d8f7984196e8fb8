/* What tus says in header fields. */
#include "../test.h"

#include "http/tus_head.h"

static void numbers_are_digits_only(void **state)
{
    (void)state;
    int64_t n = -1;
    assert_true(chip_tus_number("0", &n));
    assert_int_equal(n, 0);
    assert_true(chip_tus_number("999999999999999999", &n));
    assert_true(n == INT64_C(999999999999999999));
    static const char *const wrong[] = {"",     "-1",  "+1",  " 1", "1 ",
                                        "0x10", "1.0", "1e3", "a",  "9999999999999999999"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(chip_tus_number(wrong[i], &n));
    assert_false(chip_tus_number(NULL, &n));
}

static void names_are_found_in_metadata(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {NULL, ""},
        {"", ""},
        {"filename d29ybGQ=", "world"},
        {"name eA==,filename d29ybGQ=", "world"},
        {"filename d29ybGQ=,name eA==", "world"},
        {"name eA==", "x"},
        {"is_confidential,filename d29ybGQ=", "world"},
        {"is_confidential , filename d29ybGQ=", "world"},
        {"filename YQ0KYg==", "a\r\nb"}, /* cleaned by whoever uses it */
        {"filename YQBi", "a b"},        /* a NUL does not end it */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char name[CHIP_UPLOAD_NAME];
        assert_int_equal(chip_tus_metadata(cases[i][0], name, NULL), CHIP_OK);
        assert_string_equal(name, cases[i][1]);
    }
}

static void broken_metadata_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {" ",      ",",       "a,,b",        "a b",
                                        "a YQ=",  "a =YQ=",  "a YQ== YQ==", "a\tYQ==",
                                        "ä YQ==", "a YQ==,", "a Y===",      "a \x01\x02\x03\x04",
                                        "a YQ-_"};
    char name[CHIP_UPLOAD_NAME], longer[CHIP_UPLOAD_METADATA + 1];
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(chip_tus_metadata(wrong[i], name, NULL), CHIP_E_INVAL);
    memset(longer, 'a', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    assert_int_equal(chip_tus_metadata(longer, name, NULL), CHIP_E_LIMIT);
}

static void long_names_fit(void **state)
{
    (void)state;
    char text[2048] = "filename ", name[CHIP_UPLOAD_NAME];
    for (int i = 0; i < 200; i++)
        strcat(text, "YWFh"); /* aaa */
    assert_int_equal(chip_tus_metadata(text, name, NULL), CHIP_OK);
    assert_int_equal(strlen(name), CHIP_UPLOAD_NAME - 1);
}

static void checksums_are_read(void **state)
{
    (void)state;
    struct chip_upload_check check;
    assert_int_equal(chip_tus_checksum("sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=", &check, NULL), CHIP_OK);
    assert_int_equal(check.hash, CHIP_UPLOAD_HASH_SHA1);
    assert_int_equal(check.digest[0], 0x2a);
    assert_int_equal(
        chip_tus_checksum("sha256 uU0nuZNNPgilLlLX2n2r+sSE7+N6U4DukIj3rOLvzek=", &check, NULL),
        CHIP_OK);
    assert_int_equal(check.hash, CHIP_UPLOAD_HASH_SHA256);
    assert_int_equal(chip_tus_checksum("md5 XrY7u+Ae7tCTyyK7j1rNww==", &check, NULL),
                     CHIP_E_UNSUPPORTED);
    assert_int_equal(chip_tus_checksum("", &check, NULL), CHIP_E_UNSUPPORTED);
    assert_int_equal(chip_tus_checksum("sha1", &check, NULL), CHIP_E_INVAL);
    assert_int_equal(chip_tus_checksum("sha1 YQ==", &check, NULL), CHIP_E_INVAL);
    assert_int_equal(chip_tus_checksum("sha1 !q5sNclPz7QV2+lfQIuc6R7oRu0=", &check, NULL),
                     CHIP_E_INVAL);
}

static void dates_are_as_http_has_them(void **state)
{
    (void)state;
    char date[CHIP_TUS_DATE];
    chip_tus_date(INT64_C(784111777000), date);
    assert_string_equal(date, "Sun, 06 Nov 1994 08:49:37 GMT");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_digits_only),    cmocka_unit_test(names_are_found_in_metadata),
        cmocka_unit_test(broken_metadata_is_refused), cmocka_unit_test(long_names_fit),
        cmocka_unit_test(checksums_are_read),         cmocka_unit_test(dates_are_as_http_has_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
