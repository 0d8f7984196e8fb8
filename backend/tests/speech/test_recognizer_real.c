#include "../test.h"

#include "given.h"
#include "recognized.h"

/* The recogniser with its real networks on real speech. */

enum { PIECES = 12 };

static const char *const clips[PIECES] = {
    "asr/jfk.flac",
    "asr/1688-142285-0000.flac",
    "asr/1688-142285-0002.flac",
    "asr/1688-142285-0003.flac",
    "asr/1998-15444-0000.flac",
    "asr/1998-15444-0001.flac",
    "asr/2414-128291-0000.flac",
    "asr/2414-128291-0001.flac",
    "asr/3080-5032-0000.flac",
    "asr/3080-5032-0001.flac",
    "asr/3331-159605-0000.flac",
    "asr/3331-159605-0001.flac",
};

/* All clips one after the other. */
static float *make_pcm(size_t *lengths)
{
    float *pcm = NULL;
    size_t n = 0;
    for (size_t i = 0; i < PIECES; i++) {
        float *clip = given_clip(clips[i], &lengths[i]);
        pcm = realloc(pcm, (n + lengths[i]) * sizeof *pcm);
        assert_non_null(pcm);
        memcpy(pcm + n, clip, lengths[i] * sizeof *pcm);
        n += lengths[i];
        free(clip);
    }
    print_message("%.1f s of speech\n", (double)n / 16000.0);
    return pcm;
}

struct way {
    int threads, batch;
};

/* All ways give the same. */
static void check_model(const char *name, const struct way *ways, size_t n_ways)
{
    struct chip_err err;
    struct chip_moonshine *model;
    struct chip_tokenizer *tokenizer;
    const char *dir = given_model(name);
    size_t lengths[PIECES];
    float *pcm = make_pcm(lengths);
    if (chip_moonshine_open(&model, dir, &err) != CHIP_OK ||
        chip_tokenizer_open(&tokenizer, dir, &err) != CHIP_OK)
        fail_msg("%s", err.message);
    struct recognized first = {.n_pieces = 0};
    for (size_t i = 0; i < n_ways; i++) {
        struct recognized got = {.n_pieces = 0};
        assert_int_equal(
            recognize(model, tokenizer, pcm, lengths, PIECES, ways[i].threads, ways[i].batch, &got),
            CHIP_OK);
        assert_int_equal(got.n_pieces, PIECES);
        if (i == 0) {
            first = got;
            continue;
        }
        if (strcmp(got.text.data, first.text.data) != 0)
            fail_msg("%d threads, batches of %d:\n%s---\n%s", ways[i].threads, ways[i].batch,
                     got.text.data, first.text.data);
        recognized_done(&got);
    }
    print_message("%zu words, the same in %zu runs\n", first.n_words, n_ways);
    assert_true(first.n_words > 150);
    assert_non_null(strstr(first.text.data, "country"));
    recognized_done(&first);
    chip_moonshine_close(model);
    chip_tokenizer_close(tokenizer);
    free(pcm);
}

static void tiny_gives_the_same_words_and_times_for_all_threads_and_batches(void **state)
{
    (void)state;
    static const struct way ways[] = {{1, 32}, {1, 3},  {1, 1}, {2, 32}, {2, 3},
                                      {2, 1},  {4, 32}, {4, 3}, {4, 1}};
    check_model("moonshine-tiny", ways, 9);
}

static void base_gives_the_same_words_and_times_for_all_threads_and_batches(void **state)
{
    (void)state;
    static const struct way ways[] = {{2, 32}, {1, 3}, {4, 1}};
    check_model("moonshine-base", ways, 3);
}

/* "Helstone" is heard as "Helston" without, and as what else was said. */
static void a_name_is_written_as_its_hotword_and_other_words_stay(void **state)
{
    (void)state;
    static const char *const names[] = {"Kubernetes", "Helstone", "Siobhan", "Acme", NULL};
    const char *dir = given_model("moonshine-base");
    struct chip_moonshine *model;
    struct chip_tokenizer *tokenizer;
    size_t n;
    float *pcm = given_clip("asr/1688-142285-0005.flac", &n);
    assert_int_equal(chip_moonshine_open(&model, dir, NULL), CHIP_OK);
    assert_int_equal(chip_tokenizer_open(&tokenizer, dir, NULL), CHIP_OK);
    struct recognized plain = {.n_pieces = 0}, named = {.hotwords = names};
    assert_int_equal(recognize(model, tokenizer, pcm, &n, 1, 1, 1, &plain), CHIP_OK);
    assert_int_equal(recognize(model, tokenizer, pcm, &n, 1, 1, 1, &named), CHIP_OK);
    assert_null(strstr(plain.text.data, "Helstone"));
    assert_non_null(strstr(named.text.data, "Helstone"));
    assert_int_equal(named.n_words, plain.n_words);
    assert_null(strstr(named.text.data, "Kubernetes"));
    recognized_done(&plain);
    recognized_done(&named);
    chip_moonshine_close(model);
    chip_tokenizer_close(tokenizer);
    free(pcm);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tiny_gives_the_same_words_and_times_for_all_threads_and_batches),
        cmocka_unit_test(base_gives_the_same_words_and_times_for_all_threads_and_batches),
        cmocka_unit_test(a_name_is_written_as_its_hotword_and_other_words_stay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
