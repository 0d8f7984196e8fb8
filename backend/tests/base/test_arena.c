#include "../test.h"

#include "base/arena.h"

static void takes_are_aligned_and_released_in_order(void **state)
{
    (void)state;
    struct chip_arena a;
    assert_int_equal(chip_arena_init(&a, 1000, NULL), CHIP_OK);
    char *p = chip_arena_take(&a, 1);
    size_t mark = chip_arena_mark(&a);
    char *q = chip_arena_take(&a, 100);
    assert_int_equal((uintptr_t)p % 64, 0);
    assert_int_equal(q - p, 64);
    chip_arena_release(&a, mark);
    assert_ptr_equal(chip_arena_take(&a, 1), q);
    assert_int_equal(a.peak, 64 + 128);
    chip_arena_done(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(takes_are_aligned_and_released_in_order)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
