#include "../test.h"

#include "net/base64.h"

static void bytes_come_back_in_both_alphabets(void **state)
{
    (void)state;
    unsigned char bytes[300];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)(i * 37 + i / 7);
    for (int kind = CHIP_BASE64; kind <= CHIP_BASE64_URL; kind++)
        for (size_t n = 0; n <= sizeof bytes; n++) {
            unsigned char *back;
            size_t n_back;
            char *text = chip_base64_encode((enum chip_base64)kind, bytes, n);
            assert_non_null(text);
            assert_int_equal(chip_base64_decode((enum chip_base64)kind, text, strlen(text), &back,
                                                &n_back, NULL),
                             CHIP_OK);
            assert_int_equal(n_back, n);
            assert_memory_equal(back, bytes, n);
            assert_int_equal(back[n], 0);
            free(back);
            free(text);
        }
}

static void the_vectors_of_the_standard_hold(void **state)
{
    (void)state;
    static const char *const vectors[][2] = {
        {"", ""},        {"f", "Zg=="},        {"fo", "Zm8="},
        {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"foobar", "Zm9vYmFy"}};
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        char *text = chip_base64_encode(CHIP_BASE64, vectors[i][0], strlen(vectors[i][0]));
        assert_string_equal(text, vectors[i][1]);
        free(text);
    }
    char *url = chip_base64_encode(CHIP_BASE64_URL, "\xfb\xff\xfe", 3);
    assert_string_equal(url, "-__-");
    free(url);
}

static void nothing_else_is_read(void **state)
{
    (void)state;
    static const struct {
        enum chip_base64 kind;
        const char *text;
    } bad[] = {
        {CHIP_BASE64, "Zg"},          {CHIP_BASE64, "Zg="},       {CHIP_BASE64, "Zg==="},
        {CHIP_BASE64, "Zh=="},        {CHIP_BASE64, "Zm9="},      {CHIP_BASE64, "===="},
        {CHIP_BASE64, "Z==="},        {CHIP_BASE64, "-__-"},      {CHIP_BASE64, " Zm9v"},
        {CHIP_BASE64, "Zm9v\n"},      {CHIP_BASE64, "Zm\n9v"},    {CHIP_BASE64, "Zg==Zg=="},
        {CHIP_BASE64_URL, "Zg=="},    {CHIP_BASE64_URL, "Zh"},    {CHIP_BASE64_URL, "Z"},
        {CHIP_BASE64_URL, "+//+"},    {CHIP_BASE64_URL, "Zm9v "}, {CHIP_BASE64_URL, "Zm9v."},
        {CHIP_BASE64_URL, "Zm9\xff"}, {CHIP_BASE64_URL, "===="},  {CHIP_BASE64_URL, "="},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        unsigned char *bytes;
        size_t n;
        if (chip_base64_decode(bad[i].kind, bad[i].text, strlen(bad[i].text), &bytes, &n, NULL) !=
            CHIP_E_FORMAT)
            fail_msg("read: '%s'", bad[i].text);
    }
    unsigned char *bytes;
    size_t n;
    assert_int_equal(chip_base64_decode(CHIP_BASE64, "Zm9v\0Zm9", 8, &bytes, &n, NULL),
                     CHIP_E_FORMAT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_come_back_in_both_alphabets),
        cmocka_unit_test(the_vectors_of_the_standard_hold),
        cmocka_unit_test(nothing_else_is_read),
    };
    return cmocka_run_group_tests_name("base64", tests, NULL, NULL);
}
