#include "gen.h"

#include <math.h>

/* Sample times are the container's times. */

static void check_near(double got, double want, double slack)
{
    if (fabs(got - want) > slack)
        fail_msg("%.4f is not %.4f within %.4f", got, want, slack);
}

static double onset_of(const char *path, size_t *n)
{
    struct chip_media *m = gen_open(path, NULL);
    float *pcm = gen_read_all(m, n);
    double onset = gen_onset(pcm, *n);
    size_t n_breaks;
    (void)chip_media_breaks(m, &n_breaks);
    assert_int_equal(n_breaks, 0); /* a late start is no damage */
    free(pcm);
    chip_media_free(m);
    return onset;
}

static void a_track_that_starts_late_begins_with_silence(void **state)
{
    (void)state;
    const char *late = "-itsoffset 2 -f lavfi -i sine=440:r=48000:d=1";
    const char *with_video = "-f lavfi -i color=s=64x64:d=3 -itsoffset 2"
                             " -f lavfi -i sine=440:r=48000:d=1";
    size_t n;
    check_near(onset_of(gen_ffmpeg("late.mkv", "%s -c:a flac", late), &n), 2.0, 0.002);
    check_near((double)n / CHIP_MEDIA_RATE_HZ, 3.0, 0.01);
    check_near(onset_of(gen_ffmpeg("late.mp4", "%s -c:a aac", late), &n), 2.0, 0.005);
    check_near(onset_of(gen_ffmpeg("late.webm", "%s -c:a libopus", late), &n), 2.0, 0.01);
    check_near(onset_of(gen_ffmpeg("latev.mp4", "%s -c:a aac", with_video), &n), 2.0, 0.005);
    check_near(onset_of(gen_ffmpeg("latev.mkv", "%s -c:a flac", with_video), &n), 2.0, 0.002);
    /* A broadcast clock starts anywhere; what counts is the picture's start. */
    check_near(
        onset_of(gen_ffmpeg("latev.ts", "%s -c:a aac -output_ts_offset 12345", with_video), &n),
        2.0, 0.03);
    check_near(onset_of(gen_ffmpeg("latev.mpg", "%s -c:a mp2", with_video), &n), 2.0, 0.03);
}

static void a_file_cut_from_a_live_stream_starts_at_its_own_beginning(void **state)
{
    (void)state;
    size_t n;
    const char *path = gen_ffmpeg("live.mkv", "-itsoffset 3000 -f lavfi -i sine=r=48000:d=1"
                                              " -c:a flac");
    check_near(onset_of(path, &n), 0, 0.002);
    check_near((double)n / CHIP_MEDIA_RATE_HZ, 1.0, 0.01);
}

/* A webm whose packets after the 50th (1 s) are moved; time stamps there are milliseconds. */
static const char *moved_webm(const char *name, int by_ms)
{
    const char *source = gen_ffmpeg("source.opus", "-f lavfi -i \"aevalsrc=exprs="
                                                   "'0.3*sin(2*PI*t*if(lt(t,1),400,1000))'"
                                                   ":s=48000:d=3\" -c:a libopus");
    return gen_ffmpeg(name, "-i '%s' -c copy -bsf:a \"setts=ts='PTS+if(gte(N,50),%d,0)'\"", source,
                      by_ms);
}

static void holes_are_filled_with_silence_and_listed_when_long(void **state)
{
    (void)state;
    struct chip_media *m = gen_open(moved_webm("hole.webm", 2000), NULL);
    size_t n, n_breaks;
    float *pcm = gen_read_all(m, &n);
    check_near((double)n / CHIP_MEDIA_RATE_HZ, 5.0, 0.03);
    assert_true(gen_tone(pcm + 8000, 4000, 400) > 0.28);
    assert_true(gen_rms(pcm + 17000, 30000) < 0.001);
    assert_true(gen_tone(pcm + 3 * 16000 + 800, 16000, 1000) > 0.28);
    const struct chip_media_break *breaks = chip_media_breaks(m, &n_breaks);
    assert_int_equal(n_breaks, 1);
    assert_in_range(breaks[0].at_ms, 980, 1020);
    assert_in_range(breaks[0].end_ms, 2980, 3020);
    assert_string_equal(breaks[0].message, "no sound is stored for 2.0 s");
    free(pcm);
    chip_media_free(m);

    m = gen_open(moved_webm("short.webm", 300), NULL);
    pcm = gen_read_all(m, &n);
    check_near((double)n / CHIP_MEDIA_RATE_HZ, 3.3, 0.03);
    (void)chip_media_breaks(m, &n_breaks);
    assert_int_equal(n_breaks, 0); /* recorders leave silence out: no damage */
    free(pcm);
    chip_media_free(m);
}

static void holes_are_filled_in_every_channel(void **state)
{
    (void)state;
    struct chip_media *m = gen_open(moved_webm("holes.webm", 1000), NULL);
    static float a[5 * 16000];
    size_t n;
    assert_int_equal(chip_media_channels(m), 1);
    assert_int_equal(chip_media_read_channels(m, (float *const[]){a}, 5 * 16000, &n, NULL),
                     CHIP_OK);
    check_near((double)n / CHIP_MEDIA_RATE_HZ, 4.0, 0.03);
    assert_true(gen_rms(a + 17000, 14000) < 0.001);
    chip_media_free(m);
}

/* Finds the block of the 60th packet (time 1.18 to 1.22 s) and gives it another relative time. */
static void set_one_stamp(unsigned char *webm, size_t n, int to)
{
    int count = 0, last = -1;
    for (size_t i = 0; i + 6 < n; i++) {
        size_t vint = webm[i + 1] >= 0x80 ? 1 : 2;
        if (webm[i] != 0xA3 || webm[i + 1 + vint] != 0x81)
            continue;
        unsigned char *stamp = webm + i + 2 + vint;
        int ms = (int16_t)(stamp[0] << 8 | stamp[1]);
        if (ms < last || ms > last + 25)
            continue;
        last = ms;
        if (++count == 60) {
            stamp[0] = (unsigned char)(to >> 8);
            stamp[1] = (unsigned char)to;
            return;
        }
    }
    fail_msg("there are only %d blocks", count);
}

static void a_single_wrong_stamp_moves_nothing(void **state)
{
    (void)state;
    size_t size, n;
    unsigned char *webm = gen_load(moved_webm("right.webm", 0), &size);
    const int wrong[] = {0, 300, 1600, 2600, 32000};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        set_one_stamp(webm, size, wrong[i]);
        gen_save(gen_path("wrong.webm"), webm, size);
        struct chip_media *m = gen_open(gen_path("wrong.webm"), NULL);
        float *pcm = gen_read_all(m, &n);
        check_near((double)n / CHIP_MEDIA_RATE_HZ, 3.0, 0.01);
        assert_true(gen_tone(pcm + 17000, 8000, 1000) > 0.28);
        free(pcm);
        chip_media_free(m);
        free(webm);
        webm = gen_load(moved_webm("right.webm", 0), &size);
    }
    free(webm);
}

static void overlaps_are_squeezed_without_losing_sound(void **state)
{
    (void)state;
    /* Sixty seconds of a chirp whose clock lacks 300 ms after the first ten. */
    const char *source = gen_ffmpeg("long.opus", "-f lavfi -i \"aevalsrc=exprs="
                                                 "'if(lt(mod(t,1),0.1),0.5*sin(2*PI*1000*t),0)'"
                                                 ":s=48000:d=60\" -c:a libopus -b:a 24k");
    struct chip_media *m = gen_open(
        gen_ffmpeg("over.mkv", "-i '%s' -c copy -bsf:a \"setts=ts='PTS-if(gte(N,500),300,0)'\"",
                   source),
        NULL);
    size_t n, beeps = 0;
    float *pcm = gen_read_all(m, &n);
    check_near((double)n / CHIP_MEDIA_RATE_HZ, 59.7, 0.05);
    double last = 0;
    for (size_t i = 0; i + 160 <= n; i += 160)
        if (gen_rms(pcm + i, 160) > 0.2 && (beeps == 0 || (double)i / 16000 - last > 0.5)) {
            last = (double)i / CHIP_MEDIA_RATE_HZ;
            beeps++;
        }
    assert_int_equal(beeps, 60);  /* every beep is there */
    check_near(last, 58.7, 0.03); /* and the last one where the container says */
    free(pcm);
    chip_media_free(m);
}

static void two_recordings_in_one_ogg_follow_each_other(void **state)
{
    (void)state;
    size_t n_a, n_b, n;
    unsigned char *a =
        gen_load(gen_ffmpeg("one.ogg", "-f lavfi -i sine=400:r=48000:d=6 -c:a libopus"), &n_a);
    unsigned char *b =
        gen_load(gen_ffmpeg("two.ogg", "-f lavfi -i sine=1000:r=48000:d=6 -c:a libopus"), &n_b);
    unsigned char *both = malloc(n_a + n_b);
    assert_non_null(both);
    memcpy(both, a, n_a);
    memcpy(both + n_a, b, n_b);
    gen_save(gen_path("chain.ogg"), both, n_a + n_b);
    struct chip_media *m = gen_open(gen_path("chain.ogg"), NULL);
    float *pcm = gen_read_all(m, &n);
    check_near((double)n / CHIP_MEDIA_RATE_HZ, 12.0, 0.1);
    assert_true(gen_tone(pcm + 16000, 64000, 400) > 0.1);
    assert_true(gen_tone(pcm + 7 * 16000, 64000, 1000) > 0.1);
    free(pcm);
    chip_media_free(m);
    free(a);
    free(b);
    free(both);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_track_that_starts_late_begins_with_silence),
        cmocka_unit_test(a_file_cut_from_a_live_stream_starts_at_its_own_beginning),
        cmocka_unit_test(holes_are_filled_with_silence_and_listed_when_long),
        cmocka_unit_test(holes_are_filled_in_every_channel),
        cmocka_unit_test(a_single_wrong_stamp_moves_nothing),
        cmocka_unit_test(overlaps_are_squeezed_without_losing_sound),
        cmocka_unit_test(two_recordings_in_one_ogg_follow_each_other),
    };
    return cmocka_run_group_tests(tests, gen_setup, gen_teardown);
}
