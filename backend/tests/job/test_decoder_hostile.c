#include "../test.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../media/gen.h"
#include "api/source.h"
#include "decoding.h"
#include "job/sandbox.h"

/* Decoders that were taken over by their file, played by fake_decoder.c, and files that try it. */

static const char *fake(void)
{
    static char path[512];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 20);
    assert_true(n > 0);
    path[n] = '\0';
    strcpy(strrchr(path, '/'), "/fake_decoder");
    return path;
}

/* Decodes to the end; the status of the start or of the reading. */
static enum chip_status decode(const char *path, struct chip_decoder_settings *settings,
                               struct sound *sound, struct chip_err *err)
{
    struct chip_decoder *d = NULL;
    *sound = (struct sound){.n = 0};
    *err = (struct chip_err){.code = CHIP_OK};
    settings->fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(settings->fd >= 0);
    enum chip_status s = chip_decoder_start(&d, settings, err);
    if (s == CHIP_OK) {
        const struct chip_sound_source source = chip_decoder_source(d);
        s = sound_read(sound, &source, 16000, err);
        if (s != CHIP_OK) { /* and it stays so */
            float pcm[8][16], *planes[8];
            size_t n = 1;
            for (size_t c = 0; c < 8; c++)
                planes[c] = pcm[c];
            assert_int_equal(source.read(source.user, planes, 16, &n, NULL), s);
        }
    }
    assert_int_equal(err->code, s);
    chip_decoder_free(d);
    close(settings->fd);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* nothing is left of it */
    assert_int_equal(errno, ECHILD);
    return s;
}

static void ends(const char *word, enum chip_status status, const char *why)
{
    const char *path = gen_path("word");
    gen_save(path, word, strlen(word));
    struct chip_decoder_settings settings = {
        .program = fake(),
        .memory_bytes = 32 << 20,
        .cpu_s = 1,
        .patience_s = strcmp(word, "say-nothing") == 0 ? 1 : 60,
    };
    struct chip_err err;
    struct sound sound;
    const enum chip_status s = decode(path, &settings, &sound, &err);
    if (s != status || !strstr(err.message, why))
        fail_msg("%s: %d, '%s'", word, s, err.message);
    sound_done(&sound);
}

static bool is_in_force(enum chip_sandbox_part part)
{
    struct chip_str text = {0};
    const unsigned parts = chip_sandbox_probe(&text);
    chip_str_done(&text);
    return parts & 1U << part;
}

static void a_decoder_that_dies_is_an_error_in_words(void **state)
{
    (void)state;
    ends("crash", CHIP_E_FORMAT, "its decoder crashed (Segmentation fault), which a damaged or");
    ends("crash-at-once", CHIP_E_FORMAT, "its decoder crashed (Bus error)");
    ends("be-killed", CHIP_E_UNAVAILABLE, "killed from outside");
    ends("stop-early", CHIP_E_FORMAT, "stopped half way");
    ends("stop-in-frame", CHIP_E_FORMAT, "stopped half way");
    ends("live-on", CHIP_E_UNAVAILABLE, "killed");
    ends("no-such-word", CHIP_E_FORMAT, "stopped half way");
}

static void a_decoder_that_takes_too_much_is_ended(void **state)
{
    (void)state;
    if (is_in_force(CHIP_SANDBOX_CPU))
        ends("spin", CHIP_E_LIMIT, "processor time");
    if (is_in_force(CHIP_SANDBOX_MEMORY))
        ends("allocate", CHIP_E_LIMIT, "more memory");
    ends("say-nothing", CHIP_E_LIMIT, "said nothing for 1 seconds");
}

static void a_decoder_that_tries_what_it_may_not_is_ended(void **state)
{
    (void)state;
    if (!is_in_force(CHIP_SANDBOX_SYSCALLS))
        skip();
    ends("connect", CHIP_E_FORMAT, "tried something that it may not");
}

static void nonsense_on_the_pipe_is_an_error(void **state)
{
    (void)state;
    static const char *const words[] = {
        "garbage",        "no-channels",          "many-channels",
        "two-headers",    "too-many-samples",     "endless-frame",
        "half-samples",   "no-samples",           "not-a-number",
        "too-loud",       "breaks-backwards",     "too-many-breaks",
        "unknown-status", "samples-after-breaks",
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        ends(words[i], CHIP_E_FORMAT, "answered with nonsense");
}

static void texts_of_a_decoder_are_made_clean(void **state)
{
    (void)state;
    ends("rude-error", CHIP_E_FORMAT, "[2Jlook \xef\xbf\xbd here yyy");
    const char *path = gen_path("word");
    gen_save(path, "rude-break", 10);
    struct chip_decoder_settings settings = {.program = fake()};
    struct chip_decoder *d = decoder_of(path, &settings);
    const struct chip_sound_source source = chip_decoder_source(d);
    struct chip_sound_break at;
    struct sound sound;
    assert_int_equal(sound_read(&sound, &source, 16000, NULL), CHIP_OK);
    assert_int_equal(sound.n, 1000);
    assert_true(source.get_break(source.user, 0, &at));
    assert_int_equal(strspn(at.message, "x"), 159);
    assert_int_equal(strlen(at.message), 159);
    sound_done(&sound);
    chip_decoder_free(d);
    close(settings.fd);
}

/* ---- files that were changed at random ---- */

static unsigned next_random(unsigned *state)
{
    *state = *state * 1664525U + 1013904223U;
    return *state >> 8;
}

static void mutate(unsigned char *data, size_t n, unsigned seed)
{
    const size_t changes = 1 + next_random(&seed) % 12;
    for (size_t i = 0; i < changes; i++) {
        /* Half of them in the first bytes, where the structure is. */
        const size_t range = i % 2 && n > 600 ? 600 : n;
        const size_t at = next_random(&seed) % range;
        data[at] = i % 3 ? (unsigned char)next_random(&seed) : 0xff;
    }
}

static enum chip_status decode_here(const char *path, struct sound *sound)
{
    struct chip_media *media = NULL;
    *sound = (struct sound){.n = 0};
    enum chip_status s = chip_media_open(&media, path, NULL, NULL);
    if (s == CHIP_OK) {
        const struct chip_sound_source source = chip_source_of_media(media, true);
        s = sound_read(sound, &source, 16000, NULL);
    }
    chip_media_free(media);
    return s;
}

/* With and without a process between, the same comes out. */
static void changed_files_do_what_they_do_without_a_sandbox(void **state)
{
    (void)state;
    static const char *const names[] = {"x.m4a", "x.mp3", "x.webm", "x.ts", "x.flac", "x.wav"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *path = gen_ffmpeg(names[i], "-f lavfi -i anoisesrc=d=1:a=0.1 -ac 2 -ar 48000");
        size_t n, n_decoded = 0;
        unsigned char *good = gen_load(path, &n), *bad = malloc(n);
        assert_non_null(bad);
        for (unsigned seed = 0; seed < 12; seed++) {
            memcpy(bad, good, n);
            mutate(bad, n, seed * 977 + (unsigned)i);
            gen_save(path, bad, n);
            struct chip_decoder_settings settings = {.fd = -1};
            struct chip_err err;
            struct sound here, there;
            const enum chip_status want = decode_here(path, &here);
            const enum chip_status got = decode(path, &settings, &there, &err);
            if (got != want && !(want == CHIP_E_NOMEM && got == CHIP_E_LIMIT))
                fail_msg("%s, seed %u: %d, not %d: %s", names[i], seed, got, want, err.message);
            if (got == CHIP_OK)
                assert_same_sound(&here, &there);
            n_decoded += got == CHIP_OK;
            sound_done(&here);
            sound_done(&there);
        }
        assert_true(n_decoded > 0); /* they were not all refused at the door */
        free(good);
        free(bad);
    }
}

int main(int argc, char **argv)
{
    const int code = decoder_if_called(argc, argv);
    if (code >= 0)
        return code;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_decoder_that_dies_is_an_error_in_words),
        cmocka_unit_test(a_decoder_that_takes_too_much_is_ended),
        cmocka_unit_test(a_decoder_that_tries_what_it_may_not_is_ended),
        cmocka_unit_test(nonsense_on_the_pipe_is_an_error),
        cmocka_unit_test(texts_of_a_decoder_are_made_clean),
        cmocka_unit_test(changed_files_do_what_they_do_without_a_sandbox),
    };
    return cmocka_run_group_tests(tests, gen_setup, gen_teardown);
}
