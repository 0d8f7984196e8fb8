#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "bench.h"

static const struct {
    const char *name, *arguments;
    int min_arguments;
    bench_command_fn *run;
} commands[] = {
    {"machine", "", 0, bench_machine},
    {"cut", "MODEL FOLDER FILE...", 3, bench_cut},
    {"texts", "MODEL FOLDER THREADS", 3, bench_texts},
    {"stages", "MODEL FILE", 2, bench_stages},
    {"products", "ROUNDS", 1, bench_products},
    {"open", "MODEL ROUNDS", 2, bench_open},
    {"relabel", "TRANSCRIPT SPEAKERS ROUNDS", 3, bench_relabel},
    {"queue", "ADDRESS JOBS THREADS", 3, bench_queue},
    {"evict", "FILE...", 1, bench_evict},
};

enum { N_COMMANDS = sizeof commands / sizeof commands[0], EXIT_USAGE = 2 };

double bench_now(void)
{
    return (double)chip_clock_ns() / 1e9;
}

enum chip_status bench_print(json_t *object, struct chip_err *err)
{
    bool ok = object && json_dumpf(object, stdout, JSON_REAL_PRECISION(9)) == 0 &&
              putchar('\n') != EOF && fflush(stdout) == 0;
    json_decref(object);
    return ok ? CHIP_OK : chip_fail(err, CHIP_E_IO, "cannot print the result");
}

static int usage(void)
{
    fprintf(stderr, "usage:\n");
    for (size_t i = 0; i < N_COMMANDS; i++)
        fprintf(stderr, "  bench_engine %s %s\n", commands[i].name, commands[i].arguments);
    return EXIT_USAGE;
}

int main(int argc, char **argv)
{
    for (size_t i = 0; argc > 1 && i < N_COMMANDS; i++) {
        if (strcmp(argv[1], commands[i].name) != 0)
            continue;
        if (argc - 2 < commands[i].min_arguments)
            return usage();
        struct chip_err err = {0};
        if (commands[i].run(argc - 2, argv + 2, &err) == CHIP_OK)
            return 0;
        fprintf(stderr, "bench_engine %s: %s\n", argv[1], err.message);
        return 1;
    }
    return usage();
}
