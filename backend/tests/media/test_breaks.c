#include "../test.h"

#include "media/breaks.h"

static void close_neighbours_become_one(void **state)
{
    (void)state;
    struct chip_breaks b = {0};
    chip_breaks_add(&b, 5000, 5000, "first");
    chip_breaks_add(&b, 5900, 5950, "second");
    chip_breaks_add(&b, 6950, 6950, "third");
    assert_int_equal(b.n, 1);
    assert_int_equal(b.list[0].at_ms, 5000);
    assert_int_equal(b.list[0].end_ms, 6950);
    assert_string_equal(b.list[0].message, "first");
    chip_breaks_add(&b, 7951, 7951, "far");
    assert_int_equal(b.n, 2);
}

static void a_full_list_grows_its_last_entry(void **state)
{
    (void)state;
    struct chip_breaks b = {0};
    for (int i = 0; i < 1000; i++)
        chip_breaks_add(&b, i * 5000, i * 5000 + 100, "x");
    assert_int_equal(b.n, CHIP_MEDIA_MAX_BREAKS);
    assert_int_equal(b.list[b.n - 1].at_ms, (CHIP_MEDIA_MAX_BREAKS - 1) * 5000);
    assert_int_equal(b.list[b.n - 1].end_ms, 999 * 5000 + 100);
}

static void messages_are_cut_and_cleaned(void **state)
{
    (void)state;
    struct chip_breaks b = {0};
    char text[1000];
    memset(text, 'a', sizeof text);
    text[0] = '\x1B';
    text[sizeof text - 1] = '\0';
    chip_breaks_add(&b, 0, 0, text);
    assert_int_equal(b.list[0].message[0], '?');
    assert_int_equal(strlen(b.list[0].message), sizeof b.list[0].message - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(close_neighbours_become_one),
        cmocka_unit_test(a_full_list_grows_its_last_entry),
        cmocka_unit_test(messages_are_cut_and_cleaned),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
