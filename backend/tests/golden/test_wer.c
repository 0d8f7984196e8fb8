/* How many words are wrong on real recordings, by the script that scores every recogniser alike. */
#include "../test.h"

#include <unistd.h>

#include "../speech/given.h"
#include "base/str.h"
#include "nn/cpu.h"
#include "speech/recognizer.h"

enum { MAX_CLIPS = 100, PATH = 512 };

struct clip {
    char key[PATH];
    float *pcm;
    size_t n;
    char *text;
};

struct clips {
    struct clip list[MAX_CLIPS];
    size_t n;
};

/* The file of the evaluation set, or NULL. */
static const char *eval_file(const char *name)
{
    static char path[PATH];
    const char *dir = getenv("CHIP_SHARED");
    if (dir && *dir)
        snprintf(path, sizeof path, "%s/eval/%s", dir, name);
    else
        snprintf(path, sizeof path, "%s/../shared/eval/%s", given_root(), name);
    return access(path, R_OK) == 0 ? path : NULL;
}

/* All that asr.tsv lists. */
static void load(struct clips *clips)
{
    const char *list = eval_file("asr.tsv");
    FILE *f = list ? fopen(list, "r") : NULL;
    if (!f) {
        print_message("skipped: there is no ../shared/eval/asr.tsv\n");
        skip();
    }
    char line[4096];
    assert_non_null(fgets(line, sizeof line, f)); /* the header */
    clips->n = 0;
    while (fgets(line, sizeof line, f)) {
        assert_true(clips->n < MAX_CLIPS);
        struct clip *c = &clips->list[clips->n++];
        *c = (struct clip){.pcm = NULL};
        assert_int_equal(sscanf(line, "%511[^\t]", c->key), 1);
        c->pcm = given_clip(c->key, &c->n);
    }
    fclose(f);
    assert_int_equal(clips->n, 56);
}

static void unload(struct clips *clips)
{
    for (size_t i = 0; i < clips->n; i++) {
        free(clips->list[i].pcm);
        free(clips->list[i].text);
    }
}

static bool keep_text(void *user, const struct chip_recognized *r)
{
    struct clips *clips = user;
    struct chip_str text = {0};
    for (size_t i = 0; i < r->n_segments; i++)
        chip_str_addf(&text, "%s%s", i ? " " : "", r->segments[i].text);
    assert_int_equal(chip_str_finish(&text, &clips->list[r->piece->index].text, NULL), CHIP_OK);
    return true;
}

/* Each clip as one piece. */
static void transcribe(struct clips *clips, const char *dir)
{
    struct chip_err err;
    struct chip_moonshine *model;
    struct chip_tokenizer *tokenizer;
    struct chip_pieces *pieces;
    if (chip_moonshine_open(&model, dir, &err) != CHIP_OK ||
        chip_tokenizer_open(&tokenizer, dir, &err) != CHIP_OK)
        fail_msg("%s", err.message);
    assert_int_equal(chip_pieces_new(&pieces, 3600 * 16000, NULL), CHIP_OK);
    for (size_t i = 0; i < clips->n; i++) {
        struct clip *c = &clips->list[i];
        struct chip_speech speech = {.n_samples = c->n, .pcm = c->pcm, .n_spans = 1};
        speech.spans = malloc(sizeof *speech.spans);
        assert_non_null(speech.spans);
        speech.spans[0] = (struct chip_span){0, (int64_t)c->n};
        c->pcm = NULL;
        assert_true(chip_pieces_put(pieces, &speech));
    }
    chip_pieces_end(pieces);
    const struct chip_recognizer_options options = {.threads = chip_cpu_count()};
    if (chip_recognize(model, tokenizer, pieces, &options, keep_text, clips, &err) != CHIP_OK)
        fail_msg("%s", err.message);
    chip_pieces_free(pieces);
    chip_moonshine_close(model);
    chip_tokenizer_close(tokenizer);
}

/* Runs score_wer.py on the texts. @return per cent */
static double score(const struct clips *clips)
{
    char path[] = "/tmp/chip-wer-XXXXXX", script[PATH], command[3 * PATH], line[256] = "";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    FILE *f = fdopen(fd, "w");
    assert_non_null(f);
    for (size_t i = 0; i < clips->n; i++)
        fprintf(f, "%s\t%s\n", clips->list[i].key, clips->list[i].text);
    assert_int_equal(fclose(f), 0);
    snprintf(script, sizeof script, "%s", eval_file("score_wer.py"));
    snprintf(command, sizeof command, "python3 '%s' '%s' '%s'", script, eval_file("asr.tsv"), path);
    FILE *output = popen(command, "r");
    assert_non_null(output);
    double wer = -1.0;
    assert_non_null(fgets(line, sizeof line, output));
    assert_int_equal(pclose(output), 0);
    unlink(path);
    assert_int_equal(sscanf(line, "WER %lf%%", &wer), 1);
    print_message("%s", line);
    return wer;
}

static void check(const char *model, double most)
{
    static struct clips clips;
    const char *dir = given_model(model);
    load(&clips);
    transcribe(&clips, dir);
    print_message("%s: ", model);
    double wer = score(&clips);
    unload(&clips);
    assert_true(wer >= 0.0 && wer <= most);
}

/*
 * onnxruntime has 6.94 % and 11.56 % on the same networks. A few words hang on rounding alone: here
 * it is 7.49 and 11.38 % with 7-bit activations (AVX2), 7.96 and 11.10 % with 8 (VNNI, plain C),
 * 7.49 and 11.93 % with none. One word is 0.09 %.
 */
static void base_gets_few_words_wrong(void **state)
{
    (void)state;
    check("moonshine-base", 8.2);
}

static void tiny_gets_some_words_wrong(void **state)
{
    (void)state;
    check("moonshine-tiny", 12.5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(base_gets_few_words_wrong),
        cmocka_unit_test(tiny_gets_some_words_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
