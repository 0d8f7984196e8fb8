#include "../test.h"

#include <fcntl.h>
#include <unistd.h>

#include "../media/gen.h"
#include "../speech/given.h"
#include "api/tracks.h"
#include "decoding.h"
#include "job/decoders.h"

/* Recordings with a track for each microphone, of real speech. */

enum { SECONDS = 40, N = SECONDS * 16000, TURN = 5 * 16000 };

static struct chip_vad_model *vad;

static const char *save_wav(const char *name, const float *pcm)
{
    static unsigned char bytes[44 + 2 * N];
    const size_t at = gen_wav_header(bytes, 1, 16000, 16, 2 * N);
    for (size_t i = 0; i < N; i++) {
        const int v = (int)(pcm[i] * 32767.0f);
        bytes[at + 2 * i] = (unsigned char)(v & 255);
        bytes[at + 2 * i + 1] = (unsigned char)(v >> 8 & 255);
    }
    const char *path = gen_path(name);
    gen_save(path, bytes, at + 2 * N);
    return path;
}

/* Two tracks: persons in turns of five seconds, or the same mix twice. */
static const char *two_tracks(const char *name, bool people)
{
    static float left[N], right[N];
    size_t n;
    float *speech = given_clip("asr/jfk.flac", &n);
    for (size_t i = 0; i < N; i++) {
        const float x = speech[i % n];
        const bool is_right = i / TURN % 2;
        left[i] = people && is_right ? 0.0f : x;
        right[i] = people && !is_right ? 0.0f : x;
    }
    free(speech);
    const char *a = save_wav("left.wav", left), *b = save_wav("right.wav", right);
    return gen_ffmpeg(name, "-i '%s' -i '%s' -map 0 -map 1 -c:a flac", a, b);
}

static struct chip_decoders *open_decoders(const char *path, struct chip_decoder_settings *settings)
{
    struct chip_err err;
    struct chip_decoders *d;
    settings->fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(settings->fd >= 0);
    if (chip_decoders_start(&d, settings, vad, &err) != CHIP_OK)
        fail_msg("%s", err.message);
    return d;
}

static void read_all(struct sound *sound, const struct chip_sound_source *source)
{
    struct chip_err err = {.message = ""};
    if (sound_read(sound, source, 16000, &err) != CHIP_OK)
        fail_msg("%s", err.message);
}

static void set_up(void)
{
    assert_int_equal(chip_vad_model_open(&vad, given_model("silero-vad"), NULL), CHIP_OK);
}

static void tracks_that_are_people_are_read_as_channels(void **state)
{
    (void)state;
    set_up();
    const char *path = two_tracks("people.mkv", true);
    struct chip_decoder_settings settings = {.fd = -1};
    struct chip_decoders *d = open_decoders(path, &settings);
    assert_int_equal(chip_decoders_info(d)->n_tracks, 2);
    assert_true(chip_decoders_info(d)->tracks_could_be_people);
    const struct chip_sound_source there = chip_decoders_source(d);
    assert_int_equal(there.n_channels, 2);
    assert_in_range(there.duration_ms, 1000 * SECONDS - 100, 1000 * SECONDS + 100);

    struct chip_media *media = gen_open(path, NULL);
    struct chip_tracks *tracks;
    assert_int_equal(chip_tracks_open(&tracks, path, media, vad, NULL, NULL), CHIP_OK);
    assert_non_null(tracks);
    const struct chip_sound_source here = chip_source_of_tracks(tracks);
    struct sound a, b;
    read_all(&a, &here);
    read_all(&b, &there);
    assert_same_sound(&a, &b);
    assert_int_equal(a.n, N);
    sound_done(&a);
    sound_done(&b);
    chip_tracks_free(tracks);
    chip_media_free(media);
    chip_decoders_free(d);
    close(settings.fd);
    chip_vad_model_close(vad);
}

static void is_read_alone(const char *path, struct chip_decoder_settings settings)
{
    struct chip_decoders *d = open_decoders(path, &settings);
    const struct chip_sound_source source = chip_decoders_source(d);
    assert_int_equal(source.n_channels, 1);
    struct sound sound;
    read_all(&sound, &source);
    assert_int_equal(sound.n, N);
    sound_done(&sound);
    chip_decoders_free(d);
    close(settings.fd);
}

static void other_tracks_are_not_taken_together(void **state)
{
    (void)state;
    set_up();
    const size_t n_fds = count_fds();
    is_read_alone(two_tracks("twice.mkv", false), (struct chip_decoder_settings){.fd = -1});
    const char *people = two_tracks("people.mkv", true);
    is_read_alone(people, (struct chip_decoder_settings){.track = 2});
    is_read_alone(people, (struct chip_decoder_settings){.mix = true});
    assert_int_equal(count_fds(), n_fds);
    chip_vad_model_close(vad);
}

int main(int argc, char **argv)
{
    const int code = decoder_if_called(argc, argv);
    if (code >= 0)
        return code;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tracks_that_are_people_are_read_as_channels),
        cmocka_unit_test(other_tracks_are_not_taken_together),
    };
    return cmocka_run_group_tests(tests, gen_setup, gen_teardown);
}
