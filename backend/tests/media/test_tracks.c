#include "gen.h"

/* A meeting with pictures and three tracks: 300 Hz stereo, 600 Hz mono (default), 900 Hz stereo. */
static const char *three_tracks(const char *name, const char *default_options)
{
    return gen_ffmpeg(name,
                      "-f lavfi -i color=s=64x64:d=1 -f lavfi -i sine=300:r=48000:d=1"
                      " -f lavfi -i sine=600:r=48000:d=1 -f lavfi -i sine=900:r=48000:d=1"
                      " -map 0 -map 1 -map 2 -map 3 -c:a aac -ac:a:0 2 -ac:a:1 1 -ac:a:2 2"
                      " -metadata title='Weekly' -metadata:s:a:0 language=eng"
                      " -metadata:s:a:1 language=deu -metadata:s:a:1 title='Dolmetscherin'"
                      " %s",
                      default_options);
}

static void check_track(const char *path, int track, int chosen, double hz)
{
    const struct chip_media_options options = {.track = track};
    struct chip_media *m = gen_open(path, &options);
    assert_int_equal(chip_media_info(m)->track, chosen);
    size_t n;
    float *pcm = gen_read_all(m, &n);
    assert_in_range(n, 15000, 17100);
    assert_true(gen_tone(pcm + 4000, 8000, hz) > 0.05);
    for (double other = 300; other < 1000; other += 300)
        if (other != hz)
            assert_true(gen_tone(pcm + 4000, 8000, other) < 0.01);
    free(pcm);
    chip_media_free(m);
}

static void the_default_track_is_chosen_before_wider_ones(void **state)
{
    (void)state;
    const char *path = three_tracks("default.mkv", "-disposition:a:0 0 -disposition:a:1 default"
                                                   " -disposition:a:2 0");
    check_track(path, 0, 2, 600);
}

static void without_a_default_the_widest_track_is_chosen(void **state)
{
    (void)state;
    const char *path = gen_ffmpeg("widest.mkv", "-f lavfi -i sine=300:d=1 -f lavfi -i sine=600:d=1"
                                                " -map 0 -map 1 -c:a flac -ac:a:0 1 -ac:a:1 2"
                                                " -disposition:a 0 -default_mode passthrough");
    check_track(path, 0, 2, 600);
}

static void between_equals_the_first_track_is_chosen(void **state)
{
    (void)state;
    const char *path = gen_ffmpeg("equal.mp4", "-f lavfi -i sine=300:d=1 -f lavfi -i sine=600:d=1"
                                               " -map 0 -map 1 -c:a aac -disposition:a default");
    check_track(path, 0, 1, 300);
}

static void a_wanted_track_wins_over_the_default(void **state)
{
    (void)state;
    const char *path = three_tracks("wanted.mp4", "-disposition:a:1 default");
    check_track(path, 1, 1, 300);
    check_track(path, 2, 2, 600);
    check_track(path, 3, 3, 900);
}

static void a_track_that_does_not_exist_lists_those_that_do(void **state)
{
    (void)state;
    const char *path = three_tracks("missing.mkv", "");
    const struct chip_media_options options = {.track = 4};
    struct chip_media *m = NULL;
    struct chip_err err;
    assert_int_equal(chip_media_open(&m, path, &options, &err), CHIP_E_NOT_FOUND);
    assert_non_null(strstr(err.message, "no audio track 4"));
    assert_non_null(strstr(err.message, "1: aac 2 channels eng"));
    assert_non_null(strstr(err.message, "2: aac 1 channel deu 'Dolmetscherin'"));
    assert_non_null(strstr(err.message, "3: aac 2 channels"));
    const struct chip_media_options negative = {.track = -1};
    assert_int_equal(chip_media_open(&m, path, &negative, &err), CHIP_E_INVAL);
}

static void probing_tells_tracks_tags_and_duration(void **state)
{
    (void)state;
    const char *path = three_tracks("probe.mkv", "-disposition:a:1 default");
    struct chip_media_info *info = NULL;
    assert_int_equal(chip_media_probe(&info, path, NULL, NULL), CHIP_OK);
    assert_string_equal(info->container, "matroska");
    assert_true(info->has_video);
    assert_int_equal(info->n_tracks, 3);
    assert_int_equal(info->tracks[1].number, 2);
    assert_string_equal(info->tracks[1].codec, "aac");
    assert_int_equal(info->tracks[0].channels, 2);
    assert_int_equal(info->tracks[1].channels, 1);
    assert_int_equal(info->tracks[1].rate_hz, 48000);
    assert_string_equal(info->tracks[1].language, "deu");
    assert_string_equal(info->tracks[1].title, "Dolmetscherin");
    assert_true(info->tracks[1].is_default && info->tracks[1].is_decodable);
    assert_in_range(info->duration_ms, 950, 1100);
    assert_false(info->duration_is_estimate);
    bool has_title = false;
    for (size_t i = 0; i < info->n_tags; i++)
        has_title |= !strcmp(info->tags[i].key, "title") && !strcmp(info->tags[i].value, "Weekly");
    assert_true(has_title);
    chip_media_info_free(info);
}

static void tags_of_ogg_tracks_are_found_and_cleaned(void **state)
{
    (void)state;
    const char *path = gen_ffmpeg("tags.ogg", "-f lavfi -i sine=d=0.2 -c:a libvorbis"
                                              " -metadata artist=\"$(printf 'A\\033[31mB')\"");
    struct chip_media_info *info = NULL;
    assert_int_equal(chip_media_probe(&info, path, NULL, NULL), CHIP_OK);
    const char *artist = NULL;
    for (size_t i = 0; i < info->n_tags; i++)
        if (!strcasecmp(info->tags[i].key, "artist"))
            artist = info->tags[i].value;
    assert_non_null(artist);
    assert_string_equal(artist, "A?[31mB");
    chip_media_info_free(info);
}

static void probing_a_silent_film_succeeds_and_opening_it_says_no_audio(void **state)
{
    (void)state;
    const char *path = gen_ffmpeg("silent.mp4", "-f lavfi -i color=s=64x64:d=1 -c:v mpeg4");
    struct chip_media_info *info = NULL;
    assert_int_equal(chip_media_probe(&info, path, NULL, NULL), CHIP_OK);
    assert_int_equal(info->n_tracks, 0);
    assert_int_equal(info->track, 0);
    assert_true(info->has_video);
    assert_in_range(info->duration_ms, 900, 1100);
    chip_media_info_free(info);
    struct chip_err err;
    assert_int_equal(gen_refused(path, &err), CHIP_E_NO_AUDIO);
    assert_non_null(strstr(err.message, "silent.mp4"));
    assert_non_null(strstr(err.message, "only video"));
}

static void cover_art_is_no_video(void **state)
{
    (void)state;
    gen_need_encoder("libmp3lame");
    const char *picture = gen_ffmpeg("cover.png", "-f lavfi -i color=s=16x16 -frames:v 1");
    const char *path = gen_ffmpeg("art.mp3",
                                  "-f lavfi -i sine=d=0.5 -i '%s' -map 0 -map 1"
                                  " -c:v copy -disposition:v attached_pic",
                                  picture);
    struct chip_media_info *info = NULL;
    assert_int_equal(chip_media_probe(&info, path, NULL, NULL), CHIP_OK);
    assert_false(info->has_video);
    assert_int_equal(info->n_tracks, 1);
    chip_media_info_free(info);
}

static void fifty_tracks_are_fine(void **state)
{
    (void)state;
    char maps[50 * 8 + 1] = "";
    for (int i = 0; i < 50; i++)
        strcat(maps, " -map 0");
    const char *path =
        gen_ffmpeg("fifty.mka", "-f lavfi -i sine=r=8000:d=0.2 %s -c:a pcm_s16le", maps);
    struct chip_media_info *info = NULL;
    assert_int_equal(chip_media_probe(&info, path, NULL, NULL), CHIP_OK);
    assert_int_equal(info->n_tracks, 50);
    chip_media_info_free(info);
    const struct chip_media_options options = {.track = 50};
    struct chip_media *m = gen_open(path, &options);
    assert_int_equal(chip_media_info(m)->track, 50);
    chip_media_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_default_track_is_chosen_before_wider_ones),
        cmocka_unit_test(without_a_default_the_widest_track_is_chosen),
        cmocka_unit_test(between_equals_the_first_track_is_chosen),
        cmocka_unit_test(a_wanted_track_wins_over_the_default),
        cmocka_unit_test(a_track_that_does_not_exist_lists_those_that_do),
        cmocka_unit_test(probing_tells_tracks_tags_and_duration),
        cmocka_unit_test(tags_of_ogg_tracks_are_found_and_cleaned),
        cmocka_unit_test(probing_a_silent_film_succeeds_and_opening_it_says_no_audio),
        cmocka_unit_test(cover_art_is_no_video),
        cmocka_unit_test(fifty_tracks_are_fine),
    };
    return cmocka_run_group_tests(tests, gen_setup, gen_teardown);
}
