#include "gen.h"

#include <math.h>

/* Each channel c carries 200 + 100 c Hz at amplitude 0.4, one second at 48 kHz. */
static const char *channels_file(const char *name, int n_channels, const char *codec)
{
    char exprs[4096] = "";
    for (int c = 0; c < n_channels; c++)
        sprintf(exprs + strlen(exprs), "%s0.4*sin(2*PI*%d*t)", c ? "|" : "", 200 + 100 * c);
    return gen_ffmpeg(name, "-f lavfi -i \"aevalsrc=exprs='%s':s=48000:d=1\" -c:a %s", exprs,
                      codec);
}

static void mono_is_the_mean_of_all_channels(void **state)
{
    (void)state;
    const int counts[] = {1, 2, 3, 6, 8, 16, 40, 64};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        char name[32];
        snprintf(name, sizeof name, "mean%d.wav", counts[i]);
        struct chip_media *m = gen_open(channels_file(name, counts[i], "pcm_s24le"), NULL);
        size_t n;
        float *pcm = gen_read_all(m, &n);
        assert_in_range(n, 15999, 16001);
        for (int c = 0; c < counts[i]; c++) {
            double level = gen_tone(pcm + 2000, 8000, 200 + 100 * c);
            if (fabs(level - 0.4 / counts[i]) > 0.002)
                fail_msg("channel %d of %d has level %.4f in the mix", c, counts[i], level);
        }
        free(pcm);
        chip_media_free(m);
    }
}

static void check_each_channel(const char *path, size_t n_channels)
{
    struct chip_media *m = gen_open(path, NULL);
    assert_int_equal(chip_media_channels(m), n_channels);
    float *out[CHIP_MEDIA_MAX_CHANNELS];
    for (size_t c = 0; c < n_channels; c++)
        assert_non_null(out[c] = calloc(16800, sizeof(float)));
    size_t total = 0, n;
    do {
        float *at[CHIP_MEDIA_MAX_CHANNELS];
        for (size_t c = 0; c < n_channels; c++)
            at[c] = out[c] + total;
        size_t want = 16800 - total < 1234 ? 16800 - total : 1234;
        assert_int_equal(chip_media_read_channels(m, at, want, &n, NULL), CHIP_OK);
        total += n;
    } while (n > 0);
    assert_in_range(total, 15999, 16001);
    for (size_t c = 0; c < n_channels; c++) {
        for (size_t other = 0; other < n_channels; other++) {
            double level = gen_tone(out[c] + 2000, 8000, 200 + 100 * (double)other);
            if (fabs(level - (other == c ? 0.4 : 0)) > 0.005)
                fail_msg("tone %zu has level %.4f in channel %zu", other, level, c);
        }
        free(out[c]);
    }
    chip_media_free(m);
}

static void each_channel_can_be_read_by_itself(void **state)
{
    (void)state;
    check_each_channel(channels_file("each1.flac", 1, "flac"), 1);
    check_each_channel(channels_file("each2.flac", 2, "flac"), 2);
    check_each_channel(channels_file("each6.flac", 6, "flac"), 6);
    check_each_channel(channels_file("each9.wav", 9, "pcm_s16le"), 9);
    check_each_channel(channels_file("each64.wav", 64, "pcm_s16le"), 64);
}

static void a_handle_is_read_one_way_only(void **state)
{
    (void)state;
    const char *path = channels_file("ways.wav", 2, "pcm_s16le");
    float a[10], b[10];
    float *out[] = {a, b};
    size_t n;
    struct chip_err err;
    struct chip_media *m = gen_open(path, NULL);
    assert_int_equal(chip_media_read(m, a, 0, &n, &err), CHIP_E_INVAL);
    assert_int_equal(chip_media_read(m, a, 10, &n, &err), CHIP_OK);
    assert_int_equal(chip_media_read_channels(m, out, 10, &n, &err), CHIP_E_INVAL);
    assert_int_equal(chip_media_read(m, a, 10, &n, &err), CHIP_OK);
    chip_media_free(m);
    m = gen_open(path, NULL);
    assert_int_equal(chip_media_read_channels(m, out, 10, &n, &err), CHIP_OK);
    assert_int_equal(chip_media_read(m, a, 10, &n, &err), CHIP_E_INVAL);
    chip_media_free(m);
}

static void opposite_phase_cancels_in_the_mix_but_not_in_the_channels(void **state)
{
    (void)state;
    const char *path = gen_ffmpeg("phase.wav", "-f lavfi -i \"aevalsrc=exprs='0.5*sin(880*PI*t)|"
                                               "-0.5*sin(880*PI*t)':s=16000:d=1\"");
    struct chip_media *m = gen_open(path, NULL);
    size_t n;
    float *pcm = gen_read_all(m, &n);
    assert_true(gen_rms(pcm, n) < 0.001);
    free(pcm);
    chip_media_free(m);
    m = gen_open(path, NULL);
    float left[8000], right[8000];
    assert_int_equal(chip_media_read_channels(m, (float *const[]){left, right}, 8000, &n, NULL),
                     CHIP_OK);
    assert_true(gen_tone(left, 8000, 440) > 0.49 && gen_tone(right, 8000, 440) > 0.49);
    chip_media_free(m);
}

static void what_is_not_finite_becomes_silence_and_what_is_loud_is_clipped(void **state)
{
    (void)state;
    enum { N = 4000 };
    unsigned char file[44 + N * 4];
    gen_wav_header(file, 1, 16000, 32, N * 4);
    float x[N];
    for (int i = 0; i < N; i++)
        x[i] = 0.25f;
    x[1000] = NAN;
    x[1001] = INFINITY;
    x[1002] = -INFINITY;
    x[1003] = 3e38f;
    x[1004] = -7.0f;
    memcpy(file + 44, x, sizeof x);
    gen_save(gen_path("wild.wav"), file, sizeof file);
    struct chip_media *m = gen_open(gen_path("wild.wav"), NULL);
    size_t n;
    float *pcm = gen_read_all(m, &n);
    assert_int_equal(n, N);
    assert_true(pcm[999] == 0.25f && pcm[1005] == 0.25f);
    assert_true(pcm[1000] == 0 && pcm[1001] == 0 && pcm[1002] == 0);
    assert_true(pcm[1003] == 1.0f && pcm[1004] == -1.0f);
    free(pcm);
    chip_media_free(m);
}

static void a_few_samples_are_not_lost_in_the_resampler(void **state)
{
    (void)state;
    const unsigned rates[] = {8000, 11025, 44100, 48000, 192000};
    for (size_t i = 0; i < sizeof rates / sizeof rates[0]; i++) {
        unsigned char file[44 + 2 * 1000];
        for (unsigned count = 3; count <= 1000; count = count * 3 + 1) {
            gen_wav_header(file, 1, rates[i], 16, count * 2);
            for (unsigned k = 0; k < count; k++)
                file[44 + 2 * k] = 0, file[45 + 2 * k] = 0x20;
            gen_save(gen_path("few.wav"), file, 44 + 2 * count);
            struct chip_media *m = gen_open(gen_path("few.wav"), NULL);
            size_t n;
            float *pcm = gen_read_all(m, &n);
            double want = (double)count * CHIP_MEDIA_RATE_HZ / rates[i];
            if (fabs((double)n - want) > 2)
                fail_msg("%u samples at %u Hz became %zu, not %.1f", count, rates[i], n, want);
            free(pcm);
            chip_media_free(m);
        }
    }
}

static void a_change_of_rate_and_channels_half_way_is_followed(void **state)
{
    (void)state;
    /* Two ADTS files in one: AAC says its format in every frame. */
    size_t n_a, n_b, n;
    unsigned char *a =
        gen_load(gen_ffmpeg("a.aac", "-f lavfi -i sine=440:r=44100:d=1 -ac 1"), &n_a);
    unsigned char *b =
        gen_load(gen_ffmpeg("b.aac", "-f lavfi -i sine=880:r=24000:d=1 -ac 2"), &n_b);
    unsigned char *both = malloc(n_a + n_b);
    assert_non_null(both);
    memcpy(both, a, n_a);
    memcpy(both + n_a, b, n_b);
    gen_save(gen_path("both.aac"), both, n_a + n_b);
    struct chip_media *m = gen_open(gen_path("both.aac"), NULL);
    float *pcm = gen_read_all(m, &n);
    assert_in_range(n, 2 * 16000 - 1000, 2 * 16000 + 3000);
    assert_true(gen_tone(pcm + 4000, 8000, 440) > 0.08);
    assert_true(gen_tone(pcm + 20000, 8000, 880) > 0.08);
    free(pcm);
    chip_media_free(m);

    m = gen_open(gen_path("both.aac"), NULL);
    assert_int_equal(chip_media_channels(m), 1); /* as it began */
    chip_media_free(m);
    free(a);
    free(b);
    free(both);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mono_is_the_mean_of_all_channels),
        cmocka_unit_test(each_channel_can_be_read_by_itself),
        cmocka_unit_test(a_handle_is_read_one_way_only),
        cmocka_unit_test(opposite_phase_cancels_in_the_mix_but_not_in_the_channels),
        cmocka_unit_test(what_is_not_finite_becomes_silence_and_what_is_loud_is_clipped),
        cmocka_unit_test(a_few_samples_are_not_lost_in_the_resampler),
        cmocka_unit_test(a_change_of_rate_and_channels_half_way_is_followed),
    };
    return cmocka_run_group_tests(tests, gen_setup, gen_teardown);
}
