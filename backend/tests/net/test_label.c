#include "../test.h"

#include "net/identity.h"
#include "net/label.h"

static void labels_tell_the_host_and_the_files_name_only(void **state)
{
    (void)state;
    static const char *const cases[][3] = {
        {"https://ref.example/storage/v1/object/sign/b/a.mp3?token=SECRET", "ref.example",
         "ref.example/.../a.mp3"},
        {"http://127.0.0.1:9000/a.mp3", "127.0.0.1:9000", "127.0.0.1:9000/a.mp3"},
        {"https://x.example:443/", "x.example", "x.example"},
        {"https://x.example", "x.example", "x.example"},
        {"https://[::1]:8/y/z.ogg#SECRET", "[::1]:8", "[::1]:8/.../z.ogg"},
        {"https://x.example/dl/SECRET", "x.example", "x.example/..."},
        {"https://x.example/SECRETSECRETSECRETSECRET.SECRETSECRETSECRETSECRET.SECRETSECRETSECRET",
         "x.example", "x.example/..."},
        {"https://u:SECRET@x.example/a.mp3", "x.example", "x.example/a.mp3"},
        {"SECRET SECRET", "(no URL)", "(no URL)"},
        {"", "(no URL)", "(no URL)"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char label[CHIP_LABEL];
        chip_label_host(cases[i][0], label);
        assert_string_equal(label, cases[i][1]);
        chip_label_file(cases[i][0], label);
        assert_string_equal(label, cases[i][2]);
    }
}

static void signatures_do_not_make_another_file(void **state)
{
    (void)state;
    static const char *const same[] = {
        "https://x.example/a.mp3?part=1",
        "HTTPS://x.example:443/a.mp3?part=1#chapter",
        "https://x.example/a.mp3?part=1&token=abc",
        "https://x.example/a.mp3?X-Amz-Signature=1&part=1&X-Amz-Expires=2&x-amz-date=3",
        "https://x.example/a.mp3?X-Goog-Algorithm=A&X-Goog-Date=B&part=1&X-Goog-Signature=C",
        "https://x.example/a.mp3?GoogleAccessId=a&Expires=1&Signature=b&part=1",
        "https://x.example/a.mp3?part=1&sv=1&se=2&sr=b&sp=r&sig=3",
        "https://x.example/a.mp3?&&part=1&Policy=1&Key-Pair-Id=2&Signature=3&",
    };
    static const char *const others[] = {
        "https://x.example/a.mp3",          "https://x.example/a.mp3?part=2",
        "https://x.example/b.mp3?part=1",   "http://x.example/a.mp3?part=1",
        "https://y.example/a.mp3?part=1",   "https://x.example:8443/a.mp3?part=1",
        "https://x.example/A.mp3?part=1",   "https://x.example/a.mp3?part=1&tokens=2",
        "https://x.example/a.mp3?part=1&X", "https://x.example/a.mp3part=1?",
    };
    char first[CHIP_SHA256_HEX], hex[CHIP_SHA256_HEX];
    assert_int_equal(chip_url_identity(same[0], first, NULL), CHIP_OK);
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        assert_int_equal(chip_url_identity(same[i], hex, NULL), CHIP_OK);
        if (strcmp(hex, first) != 0)
            fail_msg("another: %s", same[i]);
    }
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        assert_int_equal(chip_url_identity(others[i], hex, NULL), CHIP_OK);
        if (!strcmp(hex, first))
            fail_msg("the same: %s", others[i]);
    }
    assert_int_equal(chip_url_identity("no url", hex, NULL), CHIP_E_INVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(labels_tell_the_host_and_the_files_name_only),
        cmocka_unit_test(signatures_do_not_make_another_file),
    };
    return cmocka_run_group_tests_name("label", tests, NULL, NULL);
}
