#include "../test.h"

#include "media/heads.h"

#define LATE(bytes) chip_mov_index_is_late((const unsigned char *)(bytes), sizeof(bytes) - 1)

static void the_index_is_late_when_samples_come_first(void **state)
{
    (void)state;
    assert_false(LATE("\0\0\0\x0C"
                      "ftypabcd"
                      "\0\0\1\0moov"));
    assert_true(LATE("\0\0\0\x0C"
                     "ftypabcd"
                     "\0\0\0\x08"
                     "wide"
                     "\0\1\0\0mdat"));
    assert_false(LATE("\0\0\0\x0C"
                      "ftypabcd"
                      "\0\0\1\0moof"));
    assert_true(LATE("\0\0\0\1mdat\0\0\0\1\0\0\0\0"));
}

static void an_index_that_cannot_be_seen_counts_as_late(void **state)
{
    (void)state;
    assert_true(LATE("\0\0\0\x0C"
                     "ftypabcd"));
    assert_true(LATE("\0\1\0\0free\0\0\0\0\0\0\0\0"));
    assert_true(LATE("\0\0\0\7free\0\0\0\0moov"));
    assert_true(LATE("\0\0\0\1free\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFFmoov\0\0\0\0"));
    assert_true(LATE("\0\0"));
}

static int64_t claim(const char *bytes, size_t n)
{
    return chip_wav_claimed_bytes((const unsigned char *)bytes, n);
}
#define CLAIM(bytes) claim(bytes, sizeof(bytes) - 1)
#define FMT "RIFF\0\0\0\0WAVEfmt \4\0\0\0abcd"

static void a_wav_claims_its_header_and_its_samples(void **state)
{
    (void)state;
    assert_int_equal(CLAIM(FMT "data\0\1\0\0"), 24 + 8 + 256);
    assert_int_equal(CLAIM(FMT "LIST\3\0\0\0abc\0"
                               "data\0\1\0\0"),
                     24 + 12 + 8 + 256);
}

static void sizes_that_are_not_known_yet_claim_nothing(void **state)
{
    (void)state;
    assert_int_equal(CLAIM(FMT "data\0\0\0\0"), -1);
    assert_int_equal(CLAIM(FMT "data\xFF\xFF\xFF\xFF"), -1);
    assert_int_equal(CLAIM(FMT "data\xFF\xFF\xFF\x7F"), -1);
    assert_int_equal(CLAIM(FMT "LIST\xFF\xFF\xFF\xFF"
                               "data\0\1\0\0"),
                     -1);
    assert_int_equal(CLAIM("RIFF\0\0\0\0AVI data\0\1\0\0"), -1);
    assert_int_equal(CLAIM("RIFF"), -1);
}

static void a_webm_calls_itself_so_in_its_first_bytes(void **state)
{
    (void)state;
    const unsigned char webm[] = "\x1A\x45\xDF\xA3\x9F\x42\x82\x84webm";
    assert_true(chip_matroska_is_webm(webm, sizeof webm - 1));
    assert_false(chip_matroska_is_webm(webm, sizeof webm - 2));
    assert_false(chip_matroska_is_webm(webm, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_index_is_late_when_samples_come_first),
        cmocka_unit_test(an_index_that_cannot_be_seen_counts_as_late),
        cmocka_unit_test(a_wav_claims_its_header_and_its_samples),
        cmocka_unit_test(sizes_that_are_not_known_yet_claim_nothing),
        cmocka_unit_test(a_webm_calls_itself_so_in_its_first_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
