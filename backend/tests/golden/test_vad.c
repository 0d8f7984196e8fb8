/* The voice detector against onnxruntime on the original network. */
#include "../test.h"

#include <math.h>
#include <sys/wait.h>
#include <unistd.h>

#include "speech/vad.h"

#include "../speech/given.h"
#include "../speech/plain_vad.h"

enum { SYNTHETIC = 4 * CHIP_VAD_RATE_HZ };

/* Hum, noise and a hard clipped tone, then real speech if there is any: all in one stream. */
static float *make_sound(size_t *n)
{
    static const char *const clips[] = {"asr/jfk.flac", "asr/1688-142285-0003.flac",
                                        "asr/3080-5032-0004.flac", "asr/2414-128291-0001.flac"};
    unsigned random = 1;
    float *pcm = malloc(SYNTHETIC * sizeof *pcm);
    assert_non_null(pcm);
    for (size_t i = 0; i < SYNTHETIC; i++) {
        const float t = (float)i / CHIP_VAD_RATE_HZ, hum = sinf(330.0f * t * (1.0f + t));
        const float tone = 2.0f * sinf(1500.0f * t);
        pcm[i] = i < SYNTHETIC / 2 ? 0.3f * hum + 0.05f * plain_noise(&random)
                                   : fminf(fmaxf(tone, -1.0f), 1.0f);
    }
    *n = SYNTHETIC;
    for (size_t i = 0; i < sizeof clips / sizeof *clips; i++) {
        size_t more;
        float *clip = given_clip_if_any(clips[i], &more);
        if (!clip) {
            print_message("without real speech: there is no ../shared/eval/%s\n", clips[i]);
            break;
        }
        pcm = realloc(pcm, (*n + more) * sizeof *pcm);
        assert_non_null(pcm);
        memcpy(pcm + *n, clip, more * sizeof *pcm);
        *n += more;
        free(clip);
    }
    return pcm;
}

/* What onnxruntime says; skips the test when it is not here. */
static float *reference(const float *pcm, size_t n, size_t n_probs)
{
    char dir[] = "/tmp/chip-golden-XXXXXX", in[64], out[64], command[4096];
    assert_non_null(mkdtemp(dir));
    snprintf(in, sizeof in, "%s/pcm", dir);
    snprintf(out, sizeof out, "%s/probs", dir);
    FILE *f = fopen(in, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(pcm, sizeof *pcm, n, f), n);
    assert_int_equal(fclose(f), 0);
    snprintf(command, sizeof command, "node '%s/backend/tests/golden/vad.mjs' '%s' '%s' '%s'",
             given_root(), given_root(), in, out);
    const int status = system(command);

    float *probs = malloc((n_probs + 1) * sizeof *probs);
    assert_non_null(probs);
    f = status == 0 ? fopen(out, "rb") : NULL;
    const size_t got = f ? fread(probs, sizeof *probs, n_probs + 1, f) : 0;
    if (f)
        fclose(f);
    unlink(in);
    unlink(out);
    rmdir(dir);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 77) {
        free(probs);
        return NULL;
    }
    assert_int_equal(status, 0);
    assert_int_equal(got, n_probs);
    return probs;
}

static void probabilities_are_those_of_onnxruntime(void **state)
{
    (void)state;
    const char *dir = given_model("silero-vad");
    if (system("node --version >/dev/null 2>&1") != 0) {
        print_message("skipped: there is no node\n");
        skip();
    }
    size_t n, n_got;
    float *pcm = make_sound(&n);
    const size_t n_probs = (n + CHIP_VAD_CHUNK - 1) / CHIP_VAD_CHUNK;
    float *want = reference(pcm, n, n_probs);
    if (!want) {
        free(pcm);
        skip();
    }

    struct chip_err err;
    struct chip_vad_model *model;
    if (chip_vad_model_open(&model, dir, &err) != CHIP_OK)
        fail_msg("%s", err.message);
    struct chip_vad *vad = chip_vad_new(model);
    float *got = malloc(n_probs * sizeof *got);
    assert_true(vad && got);
    assert_int_equal(chip_vad_push(vad, pcm, n, got, n_probs, &n_got, &err), CHIP_OK);
    assert_int_equal(n_got + chip_vad_flush(vad, got + n_got), n_probs);
    double worst = 0.0, low = 1.0, high = 0.0;
    for (size_t i = 0; i < n_probs; i++) {
        worst = fmax(worst, fabs((double)got[i] - want[i]));
        low = fmin(low, want[i]);
        high = fmax(high, want[i]);
    }
    print_message("%zu chunks, probabilities %.4f..%.4f, largest difference %.1e\n", n_probs, low,
                  high, worst);
    assert_true(worst < 2e-5);
    chip_vad_free(vad);
    chip_vad_model_close(model);
    free(got);
    free(want);
    free(pcm);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(probabilities_are_those_of_onnxruntime)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
