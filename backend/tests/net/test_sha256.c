#include "../test.h"

#include <unistd.h>

#include "net/sha256.h"

/* Values of FIPS 180-4's examples. */
#define ABC "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define EMPTY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static void known_answers(void **state)
{
    (void)state;
    char hex[CHIP_SHA256_HEX];
    assert_int_equal(chip_sha256_bytes("abc", 3, hex, NULL), CHIP_OK);
    assert_string_equal(hex, ABC);
    assert_int_equal(chip_sha256_bytes("", 0, hex, NULL), CHIP_OK);
    assert_string_equal(hex, EMPTY);
}

static void a_file_has_the_hash_of_its_bytes(void **state)
{
    (void)state;
    char path[] = "/tmp/chip-sha256-XXXXXX", hex[CHIP_SHA256_HEX];
    int fd = mkstemp(path);
    assert_int_equal(write(fd, "abc", 3), 3);
    close(fd);
    assert_int_equal(chip_sha256_file(path, hex, NULL), CHIP_OK);
    assert_string_equal(hex, ABC);
    unlink(path);
    assert_int_equal(chip_sha256_file(path, hex, NULL), CHIP_E_NOT_FOUND);
    assert_int_equal(chip_sha256_file("/tmp", hex, NULL), CHIP_E_IO);
}

static void only_64_lower_case_digits_are_a_hash(void **state)
{
    (void)state;
    assert_true(chip_sha256_valid(ABC));
    assert_false(chip_sha256_valid(NULL));
    assert_false(chip_sha256_valid(""));
    assert_false(chip_sha256_valid(ABC "0"));
    assert_false(chip_sha256_valid(&ABC[1]));
    assert_false(
        chip_sha256_valid("BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD"));
    assert_false(
        chip_sha256_valid("ga7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_answers),
        cmocka_unit_test(a_file_has_the_hash_of_its_bytes),
        cmocka_unit_test(only_64_lower_case_digits_are_a_hash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
