#include "gen.h"

/* A recording is only ever itself: what it points to is never opened. */

static void check_playlist(const char *name, const char *text)
{
    struct chip_err err;
    gen_save(gen_path(name), text, strlen(text));
    assert_int_equal(gen_refused(gen_path(name), &err), CHIP_E_UNSUPPORTED);
    assert_non_null(strstr(err.message, "playlist"));
    assert_non_null(strstr(err.message, name));
}

static void playlists_are_refused_and_not_followed(void **state)
{
    (void)state;
    char text[2048];
    const char *wav = gen_ffmpeg("private.wav", GEN_TONES_AT(16000));
    snprintf(text, sizeof text,
             "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:3\n#EXTINF:3,\n%s\n"
             "#EXT-X-ENDLIST\n",
             wav);
    check_playlist("list.m3u8", text);
    check_playlist("list.mp3", text);
    snprintf(text, sizeof text, "ffconcat version 1.0\nfile '%s'\n", wav);
    check_playlist("list.ffconcat", text);
    check_playlist("list.mp4", text);
    check_playlist("list.sdp", "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\n"
                               "t=0 0\nm=audio 5004 RTP/AVP 0\n");
    check_playlist("list.mpd",
                   "<?xml version=\"1.0\"?>\n<MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\""
                   " profiles=\"urn:mpeg:dash:profile:isoff-live:2011\""
                   " type=\"static\"><Period></Period></MPD>\n");
}

static unsigned read32(const unsigned char *p)
{
    return (unsigned)p[0] << 24 | (unsigned)p[1] << 16 | (unsigned)p[2] << 8 | p[3];
}

static void write32(unsigned char *p, unsigned value)
{
    for (int i = 0; i < 4; i++)
        p[i] = (unsigned char)(value >> (24 - 8 * i));
}

/* Finds a box by its path of names, adds `more` to the size of each box on the way. */
static size_t grow_box(unsigned char *mov, size_t n, const char *path, unsigned more)
{
    size_t at = 0, end = n;
    for (; *path; path += 4) {
        while (at + 8 <= end && memcmp(mov + at + 4, path, 4) != 0)
            at += read32(mov + at) >= 8 ? read32(mov + at) : end;
        assert_true(at + 8 <= end);
        end = at + read32(mov + at);
        write32(mov + at, read32(mov + at) + more);
        at += path[4] ? 8 : 0;
    }
    return at;
}

static void a_quicktime_file_that_keeps_its_samples_elsewhere_is_not_followed(void **state)
{
    (void)state;
    /* The target is the same file, so that following the reference would play it perfectly. */
    const char *target = gen_ffmpeg("target.mov", GEN_TONES_AT(16000) " -c:a pcm_s16le");
    size_t n;
    unsigned char *mov = gen_load(target, &n);

    /* An alias record, as QuickTime writes it: of all fields only the absolute path counts. */
    unsigned char alias[12 + 150 + 512] = {0};
    size_t len = strlen(target), size = 12 + 150;
    memcpy(alias + 4, "alis", 4);
    alias[size - 19] = 1; /* directory levels between here and there, any but -1 */
    alias[size - 17] = 1;
    alias[size + 1] = 2; /* field 2: the path */
    alias[size + 2] = (unsigned char)(len >> 8);
    alias[size + 3] = (unsigned char)len;
    memcpy(alias + size + 4, target, len);
    size += 4 + len + (len & 1);
    alias[size] = alias[size + 1] = 0xFF; /* the end */
    size += 4;
    write32(alias, (unsigned)size);

    unsigned char *changed = malloc(n + size);
    assert_non_null(changed);
    memcpy(changed, mov, n);
    size_t dref = grow_box(changed, n, "moovtrakmdiaminfdinfdref", (unsigned)(size - 12));
    size_t entry = dref + 16; /* one entry of 12 bytes: "in this file" */
    assert_int_equal(read32(mov + entry), 12);
    memcpy(changed + entry, alias, size);
    memcpy(changed + entry + size, mov + entry + 12, n - entry - 12);
    gen_save(gen_path("pointer.mov"), changed, n + size - 12);
    struct chip_err err;
    /* The header is sound, so it gets as far as looking for samples, and finds none. */
    assert_int_equal(gen_refused(gen_path("pointer.mov"), &err), CHIP_E_NO_AUDIO);
    assert_non_null(strstr(err.message, "pointer.mov"));
    free(changed);
    free(mov);
}

static void urls_are_file_names(void **state)
{
    (void)state;
    const char *const names[] = {"http://127.0.0.1:9/a.wav", "concat:a.wav|b.wav", "pipe:0",
                                 "data:audio/wav;base64,UklGRg==", "subfile,,start,0,end,9,,:a"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct chip_err err;
        assert_int_equal(gen_refused(names[i], &err), CHIP_E_NOT_FOUND);
    }
    const char *colon = gen_ffmpeg("a.wav", GEN_TONES_AT(16000));
    assert_int_equal(rename(colon, gen_path("pipe:0")), 0);
    chip_media_free(gen_open(gen_path("pipe:0"), NULL));
}

static void messages_carry_no_control_characters(void **state)
{
    (void)state;
    struct chip_err err;
    const char *name = gen_path("evil\x1B]0;title\x07\n.wav");
    gen_save(name, "x", 1);
    assert_int_equal(gen_refused(name, &err), CHIP_E_FORMAT);
    for (const char *c = err.message; *c; c++)
        assert_true((unsigned char)*c >= 0x20 || *c == '\n' || *c == '\t');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(playlists_are_refused_and_not_followed),
        cmocka_unit_test(a_quicktime_file_that_keeps_its_samples_elsewhere_is_not_followed),
        cmocka_unit_test(urls_are_file_names),
        cmocka_unit_test(messages_carry_no_control_characters),
    };
    return cmocka_run_group_tests(tests, gen_setup, gen_teardown);
}
