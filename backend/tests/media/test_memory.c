#include "gen.h"

#include <unistd.h>

/* Memory does not depend on the length of the recording. */

#if defined(__has_feature)
#define HAS_FEATURE(name) __has_feature(name)
#else
#define HAS_FEATURE(name) 0
#endif

#if defined(__SANITIZE_ADDRESS__) || HAS_FEATURE(address_sanitizer)
/* AddressSanitizer keeps freed memory resident for a while, but counts what is in use. */
size_t __sanitizer_get_current_allocated_bytes(void);

static long used_kib(void)
{
    return (long)(__sanitizer_get_current_allocated_bytes() >> 10);
}
#else
static long used_kib(void)
{
    long pages = 0, resident = 0;
    FILE *f = fopen("/proc/self/statm", "r");
    assert_non_null(f);
    assert_int_equal(fscanf(f, "%ld %ld", &pages, &resident), 2);
    fclose(f);
    return resident * (sysconf(_SC_PAGESIZE) >> 10);
}
#endif

static void read_through(struct chip_media *m, int64_t seconds)
{
    static float pcm[16000];
    size_t n;
    int64_t total = 0;
    long early = 0;
    for (;;) {
        assert_int_equal(chip_media_read(m, pcm, 16000, &n, NULL), CHIP_OK);
        if (n == 0)
            break;
        total += (int64_t)n;
        if (total == 60 * 16000)
            early = used_kib();
    }
    assert_int_equal(total / 16000, seconds);
    long grown = used_kib() - early;
    if (early == 0 || grown > 1024)
        fail_msg("%ld KiB were added after the first minute's %ld", grown, early);
}

static void an_hour_of_flac_takes_no_more_than_a_minute(void **state)
{
    (void)state;
    const char *path = gen_ffmpeg("long.flac", "-f lavfi -i sine=r=8000:d=3600"
                                               " -compression_level 0");
    struct chip_media *m = gen_open(path, NULL);
    assert_int_equal(chip_media_info(m)->duration_ms, 3600000);
    read_through(m, 3600);
    chip_media_free(m);
}

/* Twelve hours of 16 kHz wav, made up while they are read. */
struct endless {
    int64_t at, n;
};

static int invent(void *user, unsigned char *buf, int size)
{
    struct endless *e = user;
    unsigned char header[44];
    gen_wav_header(header, 1, 16000, 16, (unsigned)(e->n - 44));
    int n = e->n - e->at < size ? (int)(e->n - e->at) : size;
    memset(buf, (int)(e->at >> 12 & 0x1F), (size_t)n);
    for (int i = 0; e->at + i < 44 && i < n; i++)
        buf[i] = header[e->at + i];
    e->at += n;
    return n;
}

static void twelve_hours_from_a_callback_take_no_more_than_a_minute(void **state)
{
    (void)state;
    struct endless e = {.n = 44 + INT64_C(12) * 3600 * 32000};
    struct chip_media *m = NULL;
    assert_int_equal(chip_media_open_stream(&m, invent, &e, NULL, NULL), CHIP_OK);
    read_through(m, 12 * 3600);
    chip_media_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_hour_of_flac_takes_no_more_than_a_minute),
        cmocka_unit_test(twelve_hours_from_a_callback_take_no_more_than_a_minute),
    };
    return cmocka_run_group_tests(tests, gen_setup, gen_teardown);
}
