/* `texts`: what chip reads in the pieces of a folder, one line for each. */
#include <stdio.h>
#include <stdlib.h>

#include "bench.h"
#include "speeches.h"

static bool print_text(void *user, const struct chip_recognized *result)
{
    (void)user;
    for (size_t i = 0; i < result->n_words; i++)
        printf(i ? " %s" : "%s", result->words[i].text);
    return putchar('\n') != EOF;
}

enum chip_status bench_texts(int argc, char **argv, struct chip_err *err)
{
    (void)argc;
    int threads = atoi(argv[2]);
    if (threads < 1 || threads > 64)
        return chip_fail(err, CHIP_E_INVAL, "THREADS is a number from 1 to 64");
    struct chip_model *model = NULL;
    struct bench_speeches speeches = {0};
    enum chip_status s = chip_model_open(&model, argv[0], err);
    if (s == CHIP_OK)
        s = bench_speeches_read(&speeches, argv[1], err);
    if (s == CHIP_OK)
        s = bench_speeches_recognize(&speeches, model, threads, print_text, NULL, err);
    bench_speeches_done(&speeches);
    chip_model_close(model);
    if (s == CHIP_OK && fflush(stdout) != 0)
        s = chip_fail(err, CHIP_E_IO, "cannot print the texts");
    return s;
}
