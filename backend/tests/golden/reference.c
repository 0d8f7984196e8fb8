#include "../test.h"

#include <sys/wait.h>
#include <unistd.h>

#include "../speech/given.h"
#include "media/media.h"
#include "reference.h"

#define DEBIAN "/usr/share/pocketsphinx/test/data/librivox/sense_and_sensibility_01_austen_64kb-"

/* From the shared recordings, else from Debian's pocketsphinx-testdata; NULL if there are none. */
static float *find_clip(size_t i, size_t *n)
{
    static const char *const shared[REFERENCE_MAX] = {"asr/jfk.flac", "asr/1688-142285-0003.flac",
                                                      "asr/2414-128291-0001.flac",
                                                      "asr/3080-5032-0004.flac"};
    static const char *const debian[REFERENCE_MAX] = {DEBIAN "0870.wav", DEBIAN "0880.wav",
                                                      DEBIAN "0890.wav", DEBIAN "0930.wav"};
    float *pcm = given_clip_if_any(shared[i], n);
    struct chip_media *media;
    struct chip_err err;
    if (pcm || access(debian[i], R_OK) != 0)
        return pcm;
    enum { MOST = 30 * 16000 };
    pcm = malloc(MOST * sizeof *pcm);
    assert_non_null(pcm);
    if (chip_media_open(&media, debian[i], NULL, &err) != CHIP_OK)
        fail_msg("%s", err.message);
    *n = 0;
    for (size_t got = 1; got > 0 && *n < MOST; *n += got)
        assert_int_equal(chip_media_read(media, pcm + *n, MOST - *n, &got, NULL), CHIP_OK);
    chip_media_free(media);
    return pcm;
}

static void path_of(char *path, size_t size, const char *dir, size_t i, const char *kind)
{
    snprintf(path, size, "%s/%zu.%s", dir, i, kind);
}

static void write_pcm(const char *dir, size_t i, const struct reference_clip *clip)
{
    char path[128];
    path_of(path, sizeof path, dir, i, "pcm");
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(clip->pcm, sizeof *clip->pcm, clip->n_samples, f), clip->n_samples);
    assert_int_equal(fclose(f), 0);
}

/* All values of four bytes in a file, */
static void *read_values(const char *dir, size_t i, const char *kind, size_t *n)
{
    char path[128];
    path_of(path, sizeof path, dir, i, kind);
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    assert_int_equal(fseek(f, 0, SEEK_END), 0);
    *n = (size_t)ftell(f) / 4;
    rewind(f);
    void *values = malloc(*n ? *n * 4 : 1);
    assert_non_null(values);
    assert_int_equal(fread(values, 4, *n, f), *n);
    fclose(f);
    return values;
}

void reference_run(struct reference *r, const char *name)
{
    char dir[] = "/tmp/chip-golden-XXXXXX", command[4096];
    *r = (struct reference){.n = 0};
    if (system("node --version >/dev/null 2>&1") != 0) {
        print_message("skipped: there is no node\n");
        skip();
    }
    for (size_t i = 0; i < REFERENCE_MAX; i++) {
        r->clips[i].pcm = find_clip(i, &r->clips[i].n_samples);
        if (!r->clips[i].pcm) {
            print_message("skipped: there is no real speech, neither in ../shared/eval nor from "
                          "Debian's pocketsphinx-testdata\n");
            reference_done(r);
            skip();
        }
        r->n++;
    }
    assert_non_null(mkdtemp(dir));
    for (size_t i = 0; i < r->n; i++)
        write_pcm(dir, i, &r->clips[i]);
    snprintf(command, sizeof command, "node '%s/backend/tests/golden/moonshine.mjs' '%s' '%s' '%s'",
             given_root(), given_root(), name, dir);
    int status = system(command);
    for (size_t i = 0; i < r->n && status == 0; i++) {
        struct reference_clip *c = &r->clips[i];
        c->frames = read_values(dir, i, "frames", &c->n_frame_values);
        c->logits = read_values(dir, i, "logits", &c->n_logits);
        c->tokens = read_values(dir, i, "tokens", &c->n_tokens);
    }
    snprintf(command, sizeof command, "rm -rf '%s'", dir);
    assert_int_equal(system(command), 0);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 77) {
        reference_done(r);
        skip();
    }
    assert_int_equal(status, 0);
}

void reference_done(struct reference *r)
{
    for (size_t i = 0; i < r->n; i++) {
        free(r->clips[i].pcm);
        free(r->clips[i].frames);
        free(r->clips[i].logits);
        free(r->clips[i].tokens);
    }
    *r = (struct reference){.n = 0};
}
