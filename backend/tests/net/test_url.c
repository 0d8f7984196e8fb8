#include "../test.h"

#include "net/url.h"

static void https_goes_anywhere_http_only_to_this_machine(void **state)
{
    (void)state;
    static const char *const good[] = {
        "https://example.org/a/b?c=d", "https://example.org:8443/", "http://127.0.0.1:8080/x",
        "http://127.9.9.9/",           "http://[::1]:80/",          "http://LOCALHOST/",
        "https://10.0.0.1/",
    };
    static const char *const bad[] = {
        "http://example.org/",
        "http://127.0.0.1.example.org/",
        "http://localhost.example.org/",
        "http://10.0.0.1/",
        "http://0.0.0.0/",
        "http://128.0.0.1/",
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
        "https://user:secret@example.org/",
        "http://127.0.0.1@example.org/",
        "example.org/a",
        "https://",
        "https://example.org/a b",
        "",
    };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        if (chip_url_check(good[i], NULL, NULL) != CHIP_OK)
            fail_msg("refused: %s", good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (chip_url_check(bad[i], NULL, NULL) != CHIP_E_INVAL)
            fail_msg("accepted: %s", bad[i]);
}

static void a_redirect_may_not_leave_https_or_come_home(void **state)
{
    (void)state;
    const char *outside = "https://example.org/a";
    assert_int_equal(chip_url_check("https://cdn.example.org/a", outside, NULL), CHIP_OK);
    assert_int_equal(chip_url_check("http://example.org/a", outside, NULL), CHIP_E_NETWORK);
    assert_int_equal(chip_url_check("http://127.0.0.1/a", outside, NULL), CHIP_E_NETWORK);
    assert_int_equal(chip_url_check("https://localhost/a", outside, NULL), CHIP_E_NETWORK);
    assert_int_equal(chip_url_check("http://127.0.0.1/b", "http://127.0.0.1/a", NULL), CHIP_OK);
    assert_int_equal(chip_url_check("https://example.org/b", "http://127.0.0.1/a", NULL), CHIP_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(https_goes_anywhere_http_only_to_this_machine),
        cmocka_unit_test(a_redirect_may_not_leave_https_or_come_home),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
