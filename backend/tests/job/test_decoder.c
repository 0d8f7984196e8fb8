#include "../test.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../media/gen.h"
#include "api/source.h"
#include "decoding.h"
#include "job/sandbox.h"

/* The real decoder, on recordings as people make them. */

static const struct format {
    const char *name, *encoder, *arguments;
} formats[] = {
    {"a.wav", "", "-ac 2 -ar 44100"},
    {"a.m4a", "", "-c:a aac -ac 2 -ar 48000"},
    {"b.m4a", "", "-c:a aac -ac 1 -movflags +faststart"},
    {"a.mp3", "libmp3lame", "-c:a libmp3lame -ac 2 -ar 44100"},
    {"a.opus", "libopus", "-c:a libopus -ac 2"},
    {"a.webm", "libopus", "-c:a libopus -ac 1"},
    {"a.flac", "", "-c:a flac -ac 2 -ar 22050"},
    {"a.ts", "", "-c:a aac -ac 1"},
    {"a.mkv", "", "-c:a pcm_s16le -ac 6"},
};

enum { N_FORMATS = sizeof formats / sizeof formats[0] };

static bool has_encoder(const char *name)
{
    char command[256];
    snprintf(command, sizeof command, "ffmpeg -v quiet -encoders | grep -q ' %s '", name);
    return !*name || system(command) == 0;
}

/* Two seconds that differ from channel to channel; made when it is first asked for. */
static const char *recording(const struct format *f)
{
    if (access(gen_path(f->name), R_OK) == 0)
        return gen_path(f->name);
    return gen_ffmpeg(f->name,
                      "-f lavfi -i \"aevalsrc=exprs='0.4*sin(2*PI*440*t)|0.3*sin(2*PI*700*t)':"
                      "s=48000:d=2.3\" %s",
                      f->arguments);
}

static void read_here(struct sound *sound, const char *path, bool mix)
{
    struct chip_err err;
    struct chip_media *media = gen_open(path, NULL);
    const struct chip_sound_source source = chip_source_of_media(media, !mix);
    assert_int_equal(sound_read(sound, &source, 16000, &err), CHIP_OK);
    chip_media_free(media);
}

static int read_file(void *user, unsigned char *buf, int size)
{
    return (int)fread(buf, 1, (size_t)size, user);
}

/* As it arrives; some formats end a little later then. */
static void read_stream_here(struct sound *sound, const char *path)
{
    struct chip_err err;
    struct chip_media *media;
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    if (chip_media_open_stream(&media, read_file, f, NULL, &err) != CHIP_OK)
        fail_msg("%s", err.message);
    const struct chip_sound_source source = chip_source_of_media(media, true);
    assert_int_equal(sound_read(sound, &source, 16000, &err), CHIP_OK);
    chip_media_free(media);
    fclose(f);
}

static void read_there(struct sound *sound, struct chip_decoder *d, size_t most)
{
    struct chip_err err = {.message = ""};
    const struct chip_sound_source source = chip_decoder_source(d);
    if (sound_read(sound, &source, most, &err) != CHIP_OK)
        fail_msg("%s", err.message);
}

static void samples_are_those_of_decoding_here(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_FORMATS; i++) {
        if (!has_encoder(formats[i].encoder))
            continue;
        const char *path = recording(&formats[i]);
        for (int mix = 0; mix < 2; mix++) {
            struct chip_decoder_settings settings = {.mix = mix};
            struct chip_decoder *d = decoder_of(path, &settings);
            struct sound here, there;
            read_here(&here, path, mix);
            read_there(&there, d, 777 + 20000 * i);
            assert_same_sound(&here, &there);
            sound_done(&here);
            sound_done(&there);
            chip_decoder_free(d);
            close(settings.fd);
        }
    }
}

static void samples_from_a_pipe_are_the_same(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_FORMATS; i++) {
        if (!has_encoder(formats[i].encoder))
            continue;
        const char *path = recording(&formats[i]);
        struct chip_decoder_settings settings = {.fd = -1};
        struct feeder *feeder = feeder_new(path, 1000, &settings.fd);
        struct chip_decoder *d;
        struct chip_err err;
        if (chip_decoder_start(&d, &settings, &err) != CHIP_OK)
            fail_msg("%s: %s", path, err.message);
        struct sound here, there;
        read_stream_here(&here, path);
        read_there(&there, d, 16000);
        assert_same_sound(&here, &there);
        sound_done(&here);
        sound_done(&there);
        chip_decoder_free(d);
        feeder_free(feeder);
    }
}

static void what_the_recording_is_is_told(void **state)
{
    (void)state;
    const char *path = gen_ffmpeg("two.m4a", "-f lavfi -i anoisesrc=d=3:a=0.1 -ac 2 -ar 44100");
    struct chip_decoder_settings settings = {.fd = -1};
    struct chip_decoder *d = decoder_of(path, &settings);
    const struct chip_decoder_info *info = chip_decoder_info(d);
    assert_string_equal(info->container, "m4a");
    assert_string_equal(info->codec, "aac");
    assert_int_equal(info->n_channels, 2);
    assert_int_equal(info->source_channels, 2);
    assert_int_equal(info->source_rate_hz, 44100);
    assert_int_equal(info->track, 1);
    assert_false(info->has_video);
    assert_in_range(info->duration_ms, 2950, 3050);
    assert_int_equal(chip_decoder_source(d).duration_ms, info->duration_ms);
    struct chip_str text = {0};
    assert_int_equal(info->sandbox, chip_sandbox_probe(&text));
    chip_str_done(&text);
    chip_decoder_free(d);
    close(settings.fd);
}

static void damage_is_told_after_the_samples(void **state)
{
    (void)state;
    const char *path = gen_ffmpeg("cut.wav", "-f lavfi -i anoisesrc=d=3:a=0.1 -ar 16000");
    assert_int_equal(truncate(path, 50000), 0);
    struct chip_decoder_settings settings = {.fd = -1};
    struct chip_decoder *d = decoder_of(path, &settings);
    struct sound sound;
    read_there(&sound, d, 16000);
    const struct chip_sound_source source = chip_decoder_source(d);
    struct chip_media *media = gen_open(path, NULL);
    size_t n;
    free(gen_read_all(media, &n));
    const struct chip_media_break *breaks = chip_media_breaks(media, &n);
    assert_int_equal(n, 1);
    struct chip_sound_break at;
    assert_true(source.get_break(source.user, 0, &at));
    assert_int_equal(at.at_ms, breaks[0].at_ms);
    assert_string_equal(at.message, breaks[0].message);
    assert_false(source.get_break(source.user, 1, &at));
    chip_media_free(media);
    sound_done(&sound);
    chip_decoder_free(d);
    close(settings.fd);
}

static void says(const char *path, struct chip_decoder_settings settings, enum chip_status status,
                 const char *why)
{
    struct chip_err err;
    assert_int_equal(decoder_status(path, &settings, &err), status);
    if (!strstr(err.message, why) || strstr(err.message, "standard input"))
        fail_msg("'%s' does not say '%s'", err.message, why);
}

static void what_cannot_be_decoded_is_said_in_words(void **state)
{
    (void)state;
    const struct chip_decoder_settings settings = {.fd = -1};
    const char *path = gen_path("what");
    gen_save(path, "", 0);
    says(path, settings, CHIP_E_FORMAT, "the recording is empty");
    gen_save(path, "Dear diary, nothing was said today, and so on.", 46);
    says(path, settings, CHIP_E_FORMAT, "the recording");
    says(gen_ffmpeg("mute.mp4", "-f lavfi -i color=c=red:s=64x64:d=1"), settings, CHIP_E_NO_AUDIO,
         "the recording has no audio track");
    const char *wav = gen_ffmpeg("one.wav", "-f lavfi -i anoisesrc=d=1 -ar 16000");
    says(wav, (struct chip_decoder_settings){.track = 3}, CHIP_E_NOT_FOUND, "track");
    says(wav, (struct chip_decoder_settings){.track = -1}, CHIP_E_INVAL, "negative");
    says(wav, (struct chip_decoder_settings){.program = "/nowhere/chip"}, CHIP_E_IO,
         "/nowhere/chip");
}

static void an_index_at_the_end_is_spooled_but_not_without_limit(void **state)
{
    (void)state;
    const char *path = gen_ffmpeg("late.m4a", "-f lavfi -i anoisesrc=d=5:a=0.1 -b:a 96k");
    struct sound here, there;
    read_here(&here, path, false);
    const char *const dirs[] = {NULL, gen_path(".")};
    for (size_t i = 0; i < 2; i++) {
        struct chip_decoder_settings settings = {.spool_dir = dirs[i]};
        struct feeder *feeder = feeder_new(path, 5000, &settings.fd);
        struct chip_decoder *d;
        assert_int_equal(chip_decoder_start(&d, &settings, NULL), CHIP_OK);
        read_there(&there, d, 16000);
        assert_same_sound(&here, &there);
        sound_done(&there);
        chip_decoder_free(d);
        feeder_free(feeder);

        struct chip_err err;
        settings.spool_bytes = 20000;
        feeder = feeder_new(path, 5000, &settings.fd);
        assert_int_equal(chip_decoder_start(&d, &settings, &err), CHIP_E_LIMIT);
        assert_non_null(strstr(err.message, "index at the end"));
        feeder_free(feeder);
    }
    sound_done(&here);
}

/* ---- its process ---- */

static void nothing_is_left_of_a_decoder(void **state)
{
    (void)state;
    const char *path = recording(&formats[0]);
    const size_t n_fds = count_fds();
    for (int i = 0; i < 3; i++) {
        struct chip_decoder_settings settings = {.fd = -1};
        struct chip_decoder *d = decoder_of(path, &settings);
        const pid_t pid = chip_decoder_pid(d);
        struct sound sound = {.n = 0};
        if (i == 2)
            read_there(&sound, d, 16000);
        sound_done(&sound);
        chip_decoder_free(d); /* at the start, or at the end */
        assert_int_equal(kill(pid, 0), -1);
        assert_int_equal(errno, ESRCH);
        close(settings.fd);
    }
    assert_int_equal(count_fds(), n_fds);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* no zombies */
    assert_int_equal(errno, ECHILD);
}

static void *raise_flag(void *arg)
{
    __atomic_store_n((volatile bool *)arg, true, __ATOMIC_RELAXED);
    return NULL;
}

static void cancelling_ends_it_though_nothing_arrives(void **state)
{
    (void)state;
    volatile bool cancel = false;
    int ends[2];
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    const struct chip_decoder_settings settings = {.fd = ends[0], .cancel = &cancel};
    struct chip_decoder *d;
    struct chip_err err;
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, raise_flag, (void *)&cancel), 0);
    assert_int_equal(chip_decoder_start(&d, &settings, &err), CHIP_E_CANCELLED);
    pthread_join(thread, NULL);
    close(ends[0]);
    close(ends[1]);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

static void it_dies_with_its_parent(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    const pid_t parent = fork();
    if (parent == 0) { /* starts a decoder, which waits for bytes that never come */
        close(ends[1]);
        const struct chip_decoder_settings settings = {.fd = ends[0]};
        struct chip_decoder *d;
        _exit(chip_decoder_start(&d, &settings, NULL));
    }
    char dir[64], self[256], target[256];
    snprintf(dir, sizeof dir, "/proc/%d/task/%d/children", parent, parent);
    int child = 0;
    while (!child) { /* until there is one */
        FILE *f = fopen(dir, "re");
        if (f && fscanf(f, "%d", &child) != 1)
            child = 0;
        if (f)
            fclose(f);
        snprintf(self, sizeof self, "/proc/%d/cmdline", child);
        FILE *g = child ? fopen(self, "re") : NULL;
        if (!g || !fread(target, 1, sizeof target, g) || strcmp(target, "chip") != 0)
            child = 0; /* not executed yet */
        if (g)
            fclose(g);
    }
    close(ends[0]);
    kill(parent, SIGKILL);
    assert_int_equal(waitpid(parent, NULL, 0), parent);
    /* When the last reader is gone, writing says so. */
    signal(SIGPIPE, SIG_IGN);
    static const char zeros[4096];
    while (write(ends[1], zeros, sizeof zeros) > 0) {
    }
    assert_int_equal(errno, EPIPE);
    close(ends[1]);
}

int main(int argc, char **argv)
{
    const int code = decoder_if_called(argc, argv);
    if (code >= 0)
        return code;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(samples_are_those_of_decoding_here),
        cmocka_unit_test(samples_from_a_pipe_are_the_same),
        cmocka_unit_test(what_the_recording_is_is_told),
        cmocka_unit_test(damage_is_told_after_the_samples),
        cmocka_unit_test(what_cannot_be_decoded_is_said_in_words),
        cmocka_unit_test(an_index_at_the_end_is_spooled_but_not_without_limit),
        cmocka_unit_test(nothing_is_left_of_a_decoder),
        cmocka_unit_test(cancelling_ends_it_though_nothing_arrives),
        cmocka_unit_test(it_dies_with_its_parent),
    };
    return cmocka_run_group_tests(tests, gen_setup, gen_teardown);
}
