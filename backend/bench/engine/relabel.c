/* `relabel`: how long another number of speakers takes; reading and writing do not count. */
#include <stdlib.h>

#include "base/file.h"
#include "bench.h"
#include "meeting/json.h"

enum { MAX_ROUNDS = 1000 };

static enum chip_status read_transcript(const char *path, struct chip_transcript **out,
                                        struct chip_err *err)
{
    struct chip_file file;
    enum chip_status s = chip_file_map(&file, path, CHIP_TRANSCRIPT_MAX_BYTES, err);
    if (s != CHIP_OK)
        return s;
    s = chip_transcript_from_json(file.data ? (const char *)file.data : "", file.size, out, err);
    chip_file_unmap(&file);
    return s;
}

enum chip_status bench_relabel(int argc, char **argv, struct chip_err *err)
{
    (void)argc;
    int n_speakers = atoi(argv[1]), rounds = atoi(argv[2]);
    if (rounds < 1 || rounds > MAX_ROUNDS)
        return chip_fail(err, CHIP_E_INVAL, "ROUNDS is a number from 1 to %d", MAX_ROUNDS);
    struct chip_transcript *before = NULL;
    enum chip_status s = read_transcript(argv[0], &before, err);
    if (s != CHIP_OK)
        return s;

    json_t *seconds = json_array();
    for (int i = 0; s == CHIP_OK && i < rounds; i++) {
        struct chip_transcript *after = NULL;
        double start = bench_now();
        s = chip_transcript_relabel(before, n_speakers, &after, err);
        json_array_append_new(seconds, json_real(bench_now() - start));
        chip_transcript_free(after);
    }
    chip_transcript_free(before);
    if (s != CHIP_OK) {
        json_decref(seconds);
        return s;
    }
    return bench_print(json_pack("{s:o}", "seconds", seconds), err);
}
