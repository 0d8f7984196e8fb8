#include "gen.h"

#include <unistd.h>

/*
 * Small recordings of many formats, changed at random (fixed seeds): whatever happens, there is an
 * answer, in bounded time and of bounded length. CHIP_FUZZ_CASES=20000 looks longer than the 200
 * cases of a normal run.
 */

static unsigned seed;

static unsigned any(unsigned below)
{
    seed = seed * 1664525 + 1013904223;
    return (unsigned)(((uint64_t)(seed >> 4) * below) >> 28);
}

struct seed_file {
    const char *name, *args;
    unsigned char *data;
    size_t n;
};

#define SHORT(rate) "-f lavfi -i sine=440:r=" #rate ":d=0.4"
static struct seed_file files[] = {
    {"m.wav", SHORT(16000) " -ac 2", NULL, 0},
    {"m.mp3", SHORT(44100), NULL, 0},
    {"m.m4a", SHORT(44100) " -movflags +faststart", NULL, 0},
    {"m.mov", SHORT(8000) " -c:a pcm_s16le", NULL, 0},
    {"m.flac", SHORT(16000), NULL, 0},
    {"m.ogg", SHORT(44100) " -c:a libvorbis", NULL, 0},
    {"m.opus", SHORT(48000) " -c:a libopus", NULL, 0},
    {"m.webm", SHORT(48000) " -c:a libopus", NULL, 0},
    {"m.mkv", "-f lavfi -i color=s=32x32:d=0.4 " SHORT(44100) " -c:v mpeg4 -c:a aac", NULL, 0},
    {"m.wma", SHORT(44100), NULL, 0},
    {"m.aiff", SHORT(8000), NULL, 0},
    {"m.ts", SHORT(44100) " -c:a aac", NULL, 0},
    {"m.avi", SHORT(44100) " -c:a libmp3lame", NULL, 0},
    {"m.caf", SHORT(44100) " -c:a alac", NULL, 0},
    {"m.mp4", SHORT(44100) " -c:a aac -movflags frag_keyframe+empty_moov", NULL, 0},
};
enum { N_FILES = sizeof files / sizeof files[0], ROOM = 4096 };

/* Half of all changes hit the header, where the structure is. */
static size_t any_place(size_t n)
{
    return any((unsigned)(any(2) && n > 512 ? 512 : n));
}

static size_t mutate(unsigned char *data, size_t n)
{
    for (unsigned left = 1 + any(4); left > 0 && n > 16; left--) {
        size_t at = any_place(n), len = 1 + any(64);
        if (len > n - at)
            len = n - at;
        switch (any(8)) {
        case 0: /* flip bits */
        case 1:
            for (unsigned k = 1 + any(16); k > 0; k--)
                data[any_place(n)] ^= (unsigned char)(1u << any(8));
            break;
        case 2: /* extreme values, where sizes and counts are */
            memset(data + at, any(2) ? 0xFF : 0, len < 8 ? len : 8);
            break;
        case 3: /* noise */
            for (size_t k = 0; k < len; k++)
                data[at + k] = (unsigned char)any(256);
            break;
        case 4: /* cut off */
            n = at > 0 ? at : 1;
            break;
        case 5: /* take out */
            memmove(data + at, data + at + len, n - at - len);
            n -= len;
            break;
        case 6: /* put in (the buffer has ROOM) */
            memmove(data + at + len, data + at, n - at);
            for (size_t k = 0; k < len; k++)
                data[at + k] = (unsigned char)any(256);
            n += len;
            break;
        case 7: /* copy from elsewhere */
            memmove(data + at, data + any((unsigned)(n - len + 1)), len);
            break;
        }
    }
    return n;
}

struct memory {
    const unsigned char *data;
    size_t n, at;
};

static int feed(void *user, unsigned char *buf, int size)
{
    struct memory *m = user;
    size_t take = m->n - m->at < (size_t)size ? m->n - m->at : (size_t)size;
    take = take > 1000 ? 1000 : take;
    memcpy(buf, m->data + m->at, take);
    m->at += take;
    return (int)take;
}

static void read_bounded(struct chip_media *m, bool by_channels)
{
    const int64_t most = CHIP_MEDIA_MAX_GAPS_MS * 16 + 600 * 16000;
    size_t n_channels = by_channels ? chip_media_channels(m) : 1, n, n_breaks;
    assert_in_range(n_channels, 1, CHIP_MEDIA_MAX_CHANNELS);
    static float pcm[CHIP_MEDIA_MAX_CHANNELS][4000];
    float *out[CHIP_MEDIA_MAX_CHANNELS];
    for (size_t c = 0; c < n_channels; c++)
        out[c] = pcm[c];
    int64_t total = 0;
    struct chip_err err = {0};
    for (;;) {
        enum chip_status st = by_channels ? chip_media_read_channels(m, out, 4000, &n, &err)
                                          : chip_media_read(m, pcm[0], 4000, &n, &err);
        assert_int_equal(st, CHIP_OK);
        if (n == 0)
            break;
        for (size_t c = 0; c < n_channels; c++)
            for (size_t i = 0; i < n; i++)
                assert_true(pcm[c][i] >= -1.0f && pcm[c][i] <= 1.0f);
        total += (int64_t)n;
        assert_true(total <= most);
    }
    const struct chip_media_break *breaks = chip_media_breaks(m, &n_breaks);
    assert_true(n_breaks <= CHIP_MEDIA_MAX_BREAKS);
    for (size_t i = 0; i < n_breaks; i++)
        assert_true(breaks[i].message[0] && breaks[i].end_ms >= breaks[i].at_ms);
}

static void probe(const char *path)
{
    struct chip_media_info *info = NULL;
    struct chip_err err = {0};
    if (chip_media_probe(&info, path, NULL, &err) == CHIP_OK)
        chip_media_info_free(info);
    else
        assert_true(err.message[0] != '\0');
}

/* @return whether it was opened */
static bool try_case(unsigned number)
{
    const struct seed_file *f = &files[number % N_FILES];
    seed = number * 2654435761u + 1;
    unsigned char *data = malloc(f->n + ROOM);
    assert_non_null(data);
    memcpy(data, f->data, f->n);
    struct memory memory = {.data = data, .n = mutate(data, f->n)};
    const char *path = gen_path("mutated");
    struct chip_media *m = NULL;
    struct chip_err err = {0};
    enum chip_status st;
    if (any(2)) {
        st = chip_media_open_stream(&m, feed, &memory, NULL, &err);
    } else {
        gen_save(path, data, memory.n);
        probe(path);
        st = chip_media_open(&m, path, NULL, &err);
    }
    if (st == CHIP_OK)
        read_bounded(m, any(3) == 0);
    else
        assert_true(err.code == st && err.message[0] && st != CHIP_E_INTERNAL);
    chip_media_free(m);
    free(data);
    return st == CHIP_OK;
}

static void mutated_recordings_always_get_an_answer(void **state)
{
    (void)state;
    const char *more = getenv("CHIP_FUZZ_CASES");
    unsigned n_cases = more ? (unsigned)strtoul(more, NULL, 10) : 200, n_opened = 0;
    for (size_t i = 0; i < N_FILES; i++)
        files[i].data = gen_load(gen_ffmpeg(files[i].name, "%s", files[i].args), &files[i].n);
    for (unsigned number = 0; number < n_cases; number++) {
        alarm(20); /* a hang ends the test; the last line names the case */
        if (more)
            fprintf(stderr, "\rcase %u (%s) ", number, files[number % N_FILES].name);
        n_opened += try_case(number);
    }
    alarm(0);
    for (size_t i = 0; i < N_FILES; i++)
        free(files[i].data);
    /* Were all refused at the door, nothing would have been tested. */
    assert_true(n_opened > n_cases / 3 && n_opened < n_cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(mutated_recordings_always_get_an_answer)};
    return cmocka_run_group_tests(tests, gen_setup, gen_teardown);
}
