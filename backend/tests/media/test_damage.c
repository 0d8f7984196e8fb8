#include "gen.h"

#include <math.h>

/* Damaged recordings give what can be had; broken headers give an error that helps. */

static struct chip_media *cut_after(const char *path, const char *name, double part)
{
    size_t size;
    unsigned char *data = gen_load(path, &size);
    gen_save(gen_path(name), data, (size_t)((double)size * part));
    free(data);
    return gen_open(gen_path(name), NULL);
}

static void check_half(struct chip_media *m, bool must_tell)
{
    size_t n, n_breaks;
    float *pcm = gen_read_all(m, &n);
    double seconds = (double)n / CHIP_MEDIA_RATE_HZ;
    if (seconds < 0.9 || seconds > 1.8)
        fail_msg("half of 3 s gave %.3f s", seconds);
    if (!(gen_tone(pcm + 1600, n - 3200, 440) > 0.4))
        fail_msg("the tone is damaged");
    const struct chip_media_break *breaks = chip_media_breaks(m, &n_breaks);
    if (must_tell) {
        assert_true(n_breaks >= 1);
        double at = (double)breaks[n_breaks - 1].at_ms / 1000;
        if (fabs(at - seconds) > 0.15)
            fail_msg("the break is at %.3f s, not at the end %.3f s: %s", at, seconds,
                     breaks[n_breaks - 1].message);
        assert_true(breaks[0].message[0] != '\0');
    }
    free(pcm);
    chip_media_free(m);
}

/* One tone from end to end: its bytes are evenly spread in time. */
#define EVEN_TONES "-f lavfi -i \"aevalsrc=exprs='0.5*sin(2*PI*440*t)':s=44100:d=3\""

static void truncated_files_keep_what_decodes_and_say_where_they_end(void **state)
{
    (void)state;
    const char *flac = gen_ffmpeg("t.flac", EVEN_TONES);
    check_half(cut_after(flac, "half.flac", 0.5), true);
    const char *wav = gen_ffmpeg("t.wav", EVEN_TONES);
    check_half(cut_after(wav, "half.wav", 0.5), true);
    const char *mp3 = gen_ffmpeg("t.mp3", EVEN_TONES " -b:a 128k");
    check_half(cut_after(mp3, "half.mp3", 0.5), true);
    const char *m4a = gen_ffmpeg("t.m4a", EVEN_TONES " -c:a alac -movflags +faststart");
    check_half(cut_after(m4a, "half.m4a", 0.5), true);
    const char *mkv = gen_ffmpeg("t.mkv", EVEN_TONES " -c:a flac");
    check_half(cut_after(mkv, "half.mkv", 0.5), true);
    const char *ogg = gen_ffmpeg("t.ogg", EVEN_TONES " -c:a flac");
    check_half(cut_after(ogg, "half.ogg", 0.5), false); /* nothing in ogg tells its length */
}

static void an_mp4_without_its_index_says_that_it_is_incomplete(void **state)
{
    (void)state;
    size_t size;
    unsigned char *data = gen_load(gen_ffmpeg("whole.m4a", GEN_TONES_AT(44100)), &size);
    gen_save(gen_path("headless.m4a"), data, size / 2);
    free(data);
    struct chip_err err;
    assert_int_equal(gen_refused(gen_path("headless.m4a"), &err), CHIP_E_FORMAT);
    assert_non_null(strstr(err.message, "headless.m4a"));
    assert_non_null(strstr(err.message, "moov"));
    assert_non_null(strstr(err.message, "incomplete"));
}

static void damage_in_the_middle_is_passed_over_and_listed(void **state)
{
    (void)state;
    const struct {
        const char *name, *args;
    } files[] = {
        {"mid.mp3", EVEN_TONES " -b:a 128k"},
        {"mid.flac", EVEN_TONES},
        {"mid.mkv", EVEN_TONES " -c:a flac -cluster_time_limit 400"},
        {"mid.m4a", EVEN_TONES " -c:a aac -movflags +faststart"},
    };
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        size_t size, n, n_breaks;
        const char *path = gen_ffmpeg(files[i].name, "%s", files[i].args);
        unsigned char *data = gen_load(path, &size);
        unsigned seed = 7;
        for (size_t k = size / 2; k < size / 2 + size / 15; k++) /* 0.2 s of it */
            data[k] = (unsigned char)((seed = seed * 1664525 + 1013904223) >> 24);
        gen_save(path, data, size);
        free(data);
        struct chip_media *m = gen_open(path, NULL);
        float *pcm = gen_read_all(m, &n);
        double seconds = (double)n / CHIP_MEDIA_RATE_HZ;
        if (seconds < 2.5 || seconds > 3.1)
            fail_msg("%s gave %.3f s", files[i].name, seconds);
        assert_true(gen_tone(pcm + 1600, 16000, 440) > 0.45);
        assert_true(gen_tone(pcm + n - 11200, 9600, 440) > 0.45);
        const struct chip_media_break *breaks = chip_media_breaks(m, &n_breaks);
        if (n_breaks < 1)
            fail_msg("%s: the damage is not listed", files[i].name);
        assert_in_range(breaks[0].at_ms, 1200, 1900);
        free(pcm);
        chip_media_free(m);
    }
}

static void much_damage_makes_a_short_list(void **state)
{
    (void)state;
    /* 400 s of mp3 at 32 kbit/s with a hole every 2 s: more places than the list may have. */
    size_t size, n, n_breaks;
    const char *path = gen_ffmpeg("holes.mp3", "-f lavfi -i sine=r=16000:d=400 -b:a 32k");
    unsigned char *data = gen_load(path, &size);
    for (size_t at = 8000; at + 600 < size; at += 8000)
        memset(data + at, 0, 600);
    gen_save(path, data, size);
    free(data);
    struct chip_media *m = gen_open(path, NULL);
    float *pcm = gen_read_all(m, &n);
    const struct chip_media_break *breaks = chip_media_breaks(m, &n_breaks);
    assert_int_equal(n_breaks, CHIP_MEDIA_MAX_BREAKS);
    for (size_t i = 1; i < n_breaks; i++)
        assert_true(breaks[i].at_ms > breaks[i - 1].end_ms);
    assert_true(breaks[n_breaks - 1].end_ms > 300000); /* the last one covers the rest */
    free(pcm);
    chip_media_free(m);
}

static void what_is_no_recording_is_refused(void **state)
{
    (void)state;
    struct chip_err err;
    gen_save(gen_path("empty.wav"), "", 0);
    assert_int_equal(gen_refused(gen_path("empty.wav"), &err), CHIP_E_FORMAT);
    assert_non_null(strstr(err.message, "empty.wav"));
    assert_non_null(strstr(err.message, "empty (0 bytes)"));

    const char *prose = "These are minutes, not a recording.\n";
    char text[8192] = "";
    for (int i = 0; i < 100; i++)
        strcat(text, prose);
    const char *names[] = {"text.txt", "text.mp3", "text.wav", "text.mp4", "text.aac"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        gen_save(gen_path(names[i]), text, strlen(text));
        int st = gen_refused(gen_path(names[i]), &err);
        assert_true(st == CHIP_E_FORMAT || st == CHIP_E_UNSUPPORTED);
        assert_non_null(strstr(err.message, names[i]));
    }

    unsigned char noise[100000];
    unsigned seed = 3;
    for (size_t i = 0; i < sizeof noise; i++)
        noise[i] = (unsigned char)((seed = seed * 1664525 + 1013904223) >> 24);
    gen_save(gen_path("noise.bin"), noise, sizeof noise);
    assert_int_equal(gen_refused(gen_path("noise.bin"), &err), CHIP_E_FORMAT);
    gen_save(gen_path("noise.mp3"), noise, sizeof noise);
    assert_int_equal(gen_refused(gen_path("noise.mp3"), &err), CHIP_E_FORMAT);

    gen_save(gen_path("picture.png"), "", 0);
    assert_int_equal(
        gen_refused(gen_ffmpeg("p.png", "-f lavfi -i color=s=32x32 -frames:v 1"), &err),
        CHIP_E_UNSUPPORTED);
}

static void a_recording_without_a_sample_is_no_audio(void **state)
{
    (void)state;
    unsigned char wav[44];
    struct chip_err err;
    gen_wav_header(wav, 1, 16000, 16, 0);
    gen_save(gen_path("zero.wav"), wav, 44);
    assert_int_equal(gen_refused(gen_path("zero.wav"), &err), CHIP_E_NO_AUDIO);
    assert_non_null(strstr(err.message, "zero.wav"));
    const char *none = "-f lavfi -i sine=d=1 -t 0";
    assert_int_equal(gen_refused(gen_ffmpeg("zero.flac", "%s", none), &err), CHIP_E_NO_AUDIO);
    int st = gen_refused(gen_ffmpeg("zero.mkv", "%s -c:a pcm_s16le", none), &err);
    assert_true(st == CHIP_E_NO_AUDIO || st == CHIP_E_FORMAT);
}

/* One second of 440 Hz at 16 kHz behind a header that claims what it likes. */
static const char *claim(const char *name, unsigned channels, unsigned rate, unsigned bytes)
{
    static unsigned char file[44 + 32000];
    gen_wav_header(file, channels, rate, 16, bytes);
    for (int i = 0; i < 16000; i++) {
        int v = (int)(16000 * sin(2 * M_PI * 440 * i / 16000));
        file[44 + 2 * i] = (unsigned char)v;
        file[45 + 2 * i] = (unsigned char)(v >> 8);
    }
    gen_save(gen_path(name), file, sizeof file);
    return gen_path(name);
}

static void absurd_headers_are_refused_by_kind(void **state)
{
    (void)state;
    struct chip_err err;
    assert_int_equal(gen_refused(claim("0hz.wav", 1, 0, 32000), &err), CHIP_E_FORMAT);
    assert_non_null(strstr(err.message, "0hz.wav"));
    assert_int_equal(gen_refused(claim("0ch.wav", 0, 16000, 32000), &err), CHIP_E_FORMAT);
    assert_int_equal(gen_refused(claim("1000ch.wav", 1000, 16000, 32000), &err), CHIP_E_LIMIT);
    assert_non_null(strstr(err.message, "1000 channels"));
    assert_int_equal(gen_refused(claim("65ch.wav", 65, 16000, 32000), &err), CHIP_E_LIMIT);
    assert_int_equal(gen_refused(claim("7hz.wav", 1, 7, 32000), &err), CHIP_E_LIMIT);
    assert_int_equal(gen_refused(claim("fast.wav", 1, 2000000000, 32000), &err), CHIP_E_LIMIT);
    assert_non_null(strstr(err.message, "768000"));
}

static void a_wav_that_claims_gigabytes_plays_what_is_there(void **state)
{
    (void)state;
    const struct {
        unsigned bytes;
        size_t breaks;
    } claims[] = {
        {0xFFFFFFFF, 0}, {0x7FFFFFFF, 0}, {0xFFFFF000, 0}, /* "not known yet": no damage */
        {0, 0},                                            /* a recorder that never came back */
        {320000, 1},                                       /* ten seconds, of which one is there */
    };
    for (size_t i = 0; i < sizeof claims / sizeof claims[0]; i++) {
        struct chip_media *m = gen_open(claim("claim.wav", 1, 16000, claims[i].bytes), NULL);
        int64_t ms = chip_media_info(m)->duration_ms;
        assert_true(ms == -1 || (ms >= 1000 && ms <= 1002));
        size_t n, n_breaks;
        float *pcm = gen_read_all(m, &n);
        assert_int_equal(n, 16000);
        assert_true(gen_tone(pcm, n, 440) > 0.48);
        (void)chip_media_breaks(m, &n_breaks);
        if (n_breaks != claims[i].breaks)
            fail_msg("a claim of %u bytes gave %zu breaks", claims[i].bytes, n_breaks);
        free(pcm);
        chip_media_free(m);
    }
}

static void a_shorter_track_beside_a_longer_one_is_no_damage(void **state)
{
    (void)state;
    const char *names[] = {"sv.mkv", "sv.mp4", "sv.wmv", "sv.webm", "sv.flv"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct chip_media *m = gen_open(gen_ffmpeg(names[i], "-f lavfi -i color=s=64x64:d=6"
                                                             " -f lavfi -i sine=r=44100:d=3"),
                                        NULL);
        size_t n, n_breaks;
        float *pcm = gen_read_all(m, &n);
        (void)chip_media_breaks(m, &n_breaks);
        if (n_breaks != 0)
            fail_msg("%s: %s", names[i], chip_media_breaks(m, &n_breaks)->message);
        free(pcm);
        chip_media_free(m);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(truncated_files_keep_what_decodes_and_say_where_they_end),
        cmocka_unit_test(an_mp4_without_its_index_says_that_it_is_incomplete),
        cmocka_unit_test(damage_in_the_middle_is_passed_over_and_listed),
        cmocka_unit_test(much_damage_makes_a_short_list),
        cmocka_unit_test(what_is_no_recording_is_refused),
        cmocka_unit_test(a_recording_without_a_sample_is_no_audio),
        cmocka_unit_test(absurd_headers_are_refused_by_kind),
        cmocka_unit_test(a_wav_that_claims_gigabytes_plays_what_is_there),
        cmocka_unit_test(a_shorter_track_beside_a_longer_one_is_no_damage),
    };
    return cmocka_run_group_tests(tests, gen_setup, gen_teardown);
}
