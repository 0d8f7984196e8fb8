#include "../test.h"

#include "models/pickle.h"

/* {'state': {'a.b': tensor of 2 x 3, 'n': 7}}, as torch.save() pickles it. */
static const unsigned char PROGRAM[] =
    "\x80\x02}q\x00X\x05\x00\x00\x00stateq\x01}q\x02(X\x03\x00\x00\x00"
    "a.bq\x03"
    "ctorch._utils\n_rebuild_tensor_v2\nq\x04((X\x07\x00\x00\x00storageq\x05"
    "ctorch\nFloatStorage\nq\x06X\x01\x00\x00\x00"
    "5q\x07X\x03\x00\x00\x00"
    "cpuq\x08K\x08tq\x09QK\x02K\x02K\x03\x86q\x0aK\x03K\x01\x86q\x0b\x89"
    "ccollections\nOrderedDict\nq\x0c)Rq\x0dtq\x0eRq\x0fX\x01\x00\x00\x00nq\x10K\x07us.";

enum { N = sizeof PROGRAM - 1 };

static enum chip_status count(void *user, const struct chip_pickle_tensor *t, struct chip_err *err)
{
    (void)err;
    (void)t;
    ++*(int *)user;
    return CHIP_OK;
}

static enum chip_status compare(void *user, const struct chip_pickle_tensor *t,
                                struct chip_err *err)
{
    assert_int_equal(t->name_len, 3);
    assert_memory_equal(t->name, "a.b", 3);
    assert_int_equal(t->storage_len, 1);
    assert_memory_equal(t->storage, "5", 1);
    assert_int_equal(t->type_len, strlen("FloatStorage"));
    assert_memory_equal(t->type, "FloatStorage", t->type_len);
    assert_int_equal(t->offset, 2);
    assert_int_equal(t->rank, 2);
    assert_int_equal(t->shape[0], 2);
    assert_int_equal(t->shape[1], 3);
    assert_int_equal(t->stride[0], 3);
    assert_int_equal(t->stride[1], 1);
    return count(user, t, err);
}

static void a_tensor_is_found_with_its_name_and_place(void **state)
{
    (void)state;
    int found = 0;
    assert_int_equal(chip_pickle_tensors(PROGRAM, N, compare, &found, NULL), CHIP_OK);
    assert_int_equal(found, 1);
}

static void a_program_that_ends_early_is_refused(void **state)
{
    (void)state;
    for (size_t n = 0; n < N; n++) {
        int found = 0;
        /* A copy of exactly its size, so that the sanitizers see every byte read behind it. */
        unsigned char *copy = malloc(n ? n : 1);
        assert_non_null(copy);
        memcpy(copy, PROGRAM, n);
        assert_int_equal(chip_pickle_tensors(copy, n, count, &found, NULL), CHIP_E_FORMAT);
        free(copy);
    }
}

static void every_byte_may_be_any_other(void **state)
{
    (void)state;
    unsigned char copy[N];
    for (size_t i = 0; i < N; i++)
        for (int value = 0; value < 256; value++) {
            int found = 0;
            memcpy(copy, PROGRAM, N);
            copy[i] = (unsigned char)value;
            const enum chip_status s = chip_pickle_tensors(copy, N, count, &found, NULL);
            assert_true(s == CHIP_OK || s == CHIP_E_FORMAT || s == CHIP_E_UNSUPPORTED);
            assert_in_range(found, 0, 2);
        }
}

/* Instructions that would call something else are values of no kind; unknown ones are refused. */
static void calls_are_not_made(void **state)
{
    (void)state;
    static const char system_call[] = "\x80\x02}X\x01\x00\x00\x00xcos\nsystem\n(X\x09\x00\x00\x00"
                                      "rm -rf /wtRs.";
    static const char unknown[] = "\x80\x02Ios\n.";
    int found = 0;
    assert_int_equal(chip_pickle_tensors((const unsigned char *)system_call, sizeof system_call - 1,
                                         count, &found, NULL),
                     CHIP_OK);
    assert_int_equal(found, 0);
    assert_int_equal(chip_pickle_tensors((const unsigned char *)unknown, sizeof unknown - 1, count,
                                         &found, NULL),
                     CHIP_E_UNSUPPORTED);
}

static void a_place_in_memory_beyond_the_programs_size_is_refused(void **state)
{
    (void)state;
    static const char far[] = "\x80\x02Nr\xff\xff\xff\x7f.";
    int found = 0;
    assert_int_equal(
        chip_pickle_tensors((const unsigned char *)far, sizeof far - 1, count, &found, NULL),
        CHIP_E_FORMAT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tensor_is_found_with_its_name_and_place),
        cmocka_unit_test(a_program_that_ends_early_is_refused),
        cmocka_unit_test(every_byte_may_be_any_other),
        cmocka_unit_test(calls_are_not_made),
        cmocka_unit_test(a_place_in_memory_beyond_the_programs_size_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
