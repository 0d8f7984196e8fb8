#include "gen.h"

#include <unistd.h>

/* Every format that people record in, made by ffmpeg and read back: length, time, pitch, level. */

struct format {
    const char *name, *args, *encoder, *container, *codec;
    double slack_s; /* formats that do not say how much the encoder put in front */
};

static const struct format formats[] = {
    {"a.wav", GEN_TONES_AT(44100), "", "wav", "pcm_s16le", 0},
    {"b.wav", GEN_TONES_AT(8000) " -c:a pcm_mulaw", "", "wav", "pcm_mulaw", 0},
    {"c.wav", GEN_TONES_AT(96000) " -c:a pcm_s24le", "", "wav", "pcm_s24le", 0},
    {"d.mp3", GEN_TONES_AT(44100), "libmp3lame", "mp3", "mp3", 0},
    {"e.mp3", GEN_TONES_AT(16000) " -b:a 32k", "libmp3lame", "mp3", "mp3", 0},
    {"f.m4a", GEN_TONES_AT(44100), "aac", "m4a", "aac", 0},
    {"g.flac", GEN_TONES_AT(48000), "flac", "flac", "flac", 0},
    {"h.ogg", GEN_TONES_AT(44100) " -c:a libvorbis", "libvorbis", "ogg", "vorbis", 0},
    {"i.opus", GEN_TONES_AT(48000) " -c:a libopus", "libopus", "ogg", "opus", 0},
    {"j.webm", GEN_TONES_AT(48000) " -c:a libopus", "libopus", "webm", "opus", 0},
    {"k.mkv", GEN_TONES_AT(44100) " -c:a flac", "flac", "matroska", "flac", 0},
    {"l.mov", GEN_TONES_AT(48000) " -c:a aac", "aac", "mov", "aac", 0},
    {"m.mp4", GEN_TONES_AT(48000) " -c:a aac -movflags +faststart", "aac", "mp4", "aac", 0},
    {"n.mp4", GEN_TONES_AT(48000) " -c:a aac -movflags frag_keyframe+empty_moov", "aac", "mp4",
     "aac", 0.03},
    {"o.wma", GEN_TONES_AT(44100), "wmav2", "asf", "wmav2", 0.06},
    {"p.aiff", GEN_TONES_AT(22050), "", "aiff", "pcm_s16be", 0},
    {"q.aac", GEN_TONES_AT(44100), "aac", "aac", "aac", 0.03},
    {"r.ts", GEN_TONES_AT(48000) " -c:a aac", "aac", "mpeg-ts", "aac", 0.03},
    {"s.avi", GEN_TONES_AT(44100) " -c:a libmp3lame", "libmp3lame", "avi", "mp3", 0.03},
    {"t.flv", GEN_TONES_AT(44100) " -c:a aac", "aac", "flv", "aac", 0.03},
    {"u.caf", GEN_TONES_AT(44100) " -c:a alac", "alac", "caf", "alac", 0},
    {"v.3gp", GEN_TONES_AT(32000) " -c:a aac", "aac", "3gp", "aac", 0.01},
    {"w.mka", GEN_TONES_AT(48000) " -c:a aac", "aac", "matroska", "aac", 0.03},
};

static void format_reads_back_with_its_times_tones_and_levels(void **state)
{
    const struct format *f = *state;
    gen_need_encoder(f->encoder);
    const char *path = gen_ffmpeg(f->name, "%s", f->args);
    struct chip_media *m = gen_open(path, NULL);
    const struct chip_media_info *info = chip_media_info(m);
    assert_string_equal(info->container, f->container);
    assert_int_equal(info->n_tracks, 1);
    assert_string_equal(info->tracks[0].codec, f->codec);
    if (!info->duration_is_estimate)
        assert_in_range(info->duration_ms, 2900, 3100);

    size_t n;
    float *pcm = gen_read_all(m, &n);
    gen_check_tones(pcm, n, f->slack_s);
    size_t n_breaks;
    (void)chip_media_breaks(m, &n_breaks);
    assert_int_equal(n_breaks, 0);
    free(pcm);
    chip_media_free(m);
}

/* No encoder for AMR in Debian: its frames are made by hand, 20 ms each of any 244 (or 477) bits.
 */
static size_t make_amr(unsigned char *out, const char *magic, int toc, size_t frame, size_t count)
{
    size_t at = strlen(magic);
    memcpy(out, magic, at);
    unsigned seed = 1;
    for (size_t i = 0; i < count; i++) {
        out[at++] = (unsigned char)toc;
        for (size_t k = 1; k < frame; k++)
            out[at++] = (unsigned char)((seed = seed * 1664525 + 1013904223) >> 24);
    }
    return at;
}

static void check_amr(const char *name, const char *magic, int toc, size_t frame, const char *codec)
{
    unsigned char data[16 + 100 * 64];
    size_t size = make_amr(data, magic, toc, frame, 100);
    gen_save(gen_path(name), data, size);
    struct chip_media *m = gen_open(gen_path(name), NULL);
    assert_string_equal(chip_media_info(m)->container, "amr");
    assert_string_equal(chip_media_info(m)->tracks[0].codec, codec);
    size_t n;
    float *pcm = gen_read_all(m, &n);
    assert_in_range(n, 32000 - 160, 32000 + 160); /* 100 frames of 20 ms */
    assert_true(gen_rms(pcm, n) > 0.001);
    free(pcm);
    chip_media_free(m);
}

static void amr_narrow_band_reads_at_20_ms_a_frame(void **state)
{
    (void)state;
    check_amr("a.amr", "#!AMR\n", 0x3C, 32, "amr_nb");
}

static void amr_wide_band_reads_at_20_ms_a_frame(void **state)
{
    (void)state;
    check_amr("b.amr", "#!AMR-WB\n", 0x44, 61, "amr_wb");
}

static void a_name_does_not_decide_the_format(void **state)
{
    (void)state;
    const char *wav = gen_ffmpeg("true.wav", GEN_TONES_AT(16000));
    assert_int_equal(rename(wav, gen_path("false.mp3")), 0);
    struct chip_media *m = gen_open(gen_path("false.mp3"), NULL);
    assert_string_equal(chip_media_info(m)->container, "wav");
    size_t n;
    float *pcm = gen_read_all(m, &n);
    gen_check_tones(pcm, n, 0);
    free(pcm);
    chip_media_free(m);
}

static void music_behind_two_megabytes_of_cover_art_is_found(void **state)
{
    (void)state;
    gen_need_encoder("libmp3lame");
    size_t n_mp3, n_tag = 2 << 20;
    unsigned char *mp3 =
        gen_load(gen_ffmpeg("plain.mp3", GEN_TONES_AT(16000) " -id3v2_version 0"), &n_mp3);
    unsigned char *all = calloc(1, n_tag + 10 + n_mp3);
    assert_non_null(all);
    memcpy(all, "ID3\3\0\0", 6);
    for (int i = 0; i < 4; i++)
        all[6 + i] = (n_tag >> (7 * (3 - i))) & 0x7F;
    memcpy(all + 10 + n_tag, mp3, n_mp3);
    gen_save(gen_path("cover"), all, n_tag + 10 + n_mp3);
    struct chip_media *m = gen_open(gen_path("cover"), NULL);
    size_t n;
    float *pcm = gen_read_all(m, &n);
    gen_check_tones(pcm, n, 0);
    free(pcm);
    free(mp3);
    free(all);
    chip_media_free(m);
}

int main(void)
{
    enum { N_FORMATS = sizeof formats / sizeof formats[0], N_MORE = 4 };
    struct CMUnitTest tests[N_FORMATS + N_MORE] = {
        cmocka_unit_test(amr_narrow_band_reads_at_20_ms_a_frame),
        cmocka_unit_test(amr_wide_band_reads_at_20_ms_a_frame),
        cmocka_unit_test(a_name_does_not_decide_the_format),
        cmocka_unit_test(music_behind_two_megabytes_of_cover_art_is_found),
    };
    for (size_t i = 0; i < N_FORMATS; i++)
        tests[N_MORE + i] = (struct CMUnitTest){
            .name = formats[i].name,
            .test_func = format_reads_back_with_its_times_tones_and_levels,
            .initial_state = (void *)&formats[i],
        };
    return cmocka_run_group_tests(tests, gen_setup, gen_teardown);
}
