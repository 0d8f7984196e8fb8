/*
 * `cut`: the pieces that chip recognises of some recordings, as files that the reference runtime
 * reads too: samples.f32 has their samples one after the other, index.tsv a line for each with
 * the recording (0, 1, ...), the first sample's place in it, and the number of samples. With "-"
 * for MODEL each recording is one piece, whole.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/model.h"
#include "api/reader.h"
#include "api/source.h"
#include "bench.h"
#include "speeches.h"

enum { QUEUE_SAMPLES = 120 * 16000 };

struct cut {
    const struct chip_model *model; /* NULL: recordings stay whole */
    FILE *index, *samples;
    size_t source, n_pieces;
    int64_t n_samples; /* of the recordings */
    int64_t n_written; /* of the pieces */
};

static enum chip_status write_piece(struct cut *cut, int64_t start, const float *pcm, size_t n,
                                    struct chip_err *err)
{
    if (fprintf(cut->index, "%zu\t%" PRId64 "\t%zu\n", cut->source, start, n) < 0 ||
        fwrite(pcm, sizeof *pcm, n, cut->samples) != n)
        return chip_fail(err, CHIP_E_IO, "cannot write the pieces");
    cut->n_pieces++;
    cut->n_written += (int64_t)n;
    return CHIP_OK;
}

static enum chip_status take_pieces(struct cut *cut, struct chip_pieces *pieces,
                                    struct chip_err *err)
{
    struct chip_piece piece;
    enum chip_status s = CHIP_OK;
    while (s == CHIP_OK && chip_pieces_take(pieces, -1, &piece) == CHIP_PIECES_GOT) {
        s = write_piece(cut, piece.speech.start, piece.speech.pcm, piece.speech.n_samples, err);
        chip_speech_done(&piece.speech);
    }
    if (s != CHIP_OK)
        chip_pieces_stop(pieces);
    return s;
}

/* Through the reader of a transcription: its thread hears, this one writes. */
static enum chip_status cut_speech(struct cut *cut, struct chip_media *media, struct chip_err *err)
{
    const struct chip_sound_source source = chip_source_of_media(media, false);
    struct chip_reader reader = {.source = &source, .vad = cut->model->vad};
    enum chip_status s = chip_pieces_new(&reader.pieces, QUEUE_SAMPLES, err);
    if (s != CHIP_OK)
        return s;
    s = chip_reader_start(&reader, err);
    if (s == CHIP_OK) {
        s = take_pieces(cut, reader.pieces, err);
        if (chip_reader_join(&reader) != CHIP_OK && s == CHIP_OK)
            s = chip_fail(err, reader.status, "%s", reader.err.message);
        cut->n_samples += reader.n_read;
    }
    chip_pieces_free(reader.pieces);
    return s;
}

static enum chip_status cut_whole(struct cut *cut, struct chip_media *media, struct chip_err *err)
{
    size_t max = CHIP_MOONSHINE_MAX_SAMPLES + 1, n = 0, n_read = 1;
    float *pcm = malloc(max * sizeof *pcm);
    enum chip_status s = pcm ? CHIP_OK : chip_fail(err, CHIP_E_NOMEM, "not enough memory");
    while (s == CHIP_OK && n_read && n < max) {
        s = chip_media_read(media, pcm + n, max - n, &n_read, err);
        n += s == CHIP_OK ? n_read : 0;
    }
    if (s == CHIP_OK && n == max)
        s = chip_fail(err, CHIP_E_LIMIT, "longer than one piece can be (%d s)",
                      CHIP_MOONSHINE_MAX_SAMPLES / 16000);
    if (s == CHIP_OK)
        s = write_piece(cut, 0, pcm, n, err);
    cut->n_samples += (int64_t)n;
    free(pcm);
    return s;
}

static enum chip_status cut_files(struct cut *cut, int n_files, char **files, struct chip_err *err)
{
    for (int i = 0; i < n_files; i++) {
        CHIP_AUTO(chip_media) media = NULL;
        cut->source = (size_t)i;
        enum chip_status s = chip_media_open(&media, files[i], NULL, err);
        if (s == CHIP_OK)
            s = cut->model ? cut_speech(cut, media, err) : cut_whole(cut, media, err);
        if (s != CHIP_OK) {
            chip_fail_in(err, "'%s': ", files[i]);
            return s;
        }
    }
    return CHIP_OK;
}

static FILE *create(const char *folder, const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return fopen(path, "we");
}

/* Closes both; CHIP_E_IO if what was written did not get there. */
static enum chip_status finish(struct cut *cut, enum chip_status s, const char *folder,
                               struct chip_err *err)
{
    bool ok = cut->index && cut->samples;
    if (cut->index)
        ok = fclose(cut->index) == 0 && ok;
    if (cut->samples)
        ok = fclose(cut->samples) == 0 && ok;
    return s == CHIP_OK && !ok ? chip_fail(err, CHIP_E_IO, "cannot write in '%s'", folder) : s;
}

enum chip_status bench_cut(int argc, char **argv, struct chip_err *err)
{
    const char *name = argv[0], *folder = argv[1];
    struct chip_model *model = NULL;
    enum chip_status s = strcmp(name, "-") == 0 ? CHIP_OK : chip_model_open(&model, name, err);
    if (s != CHIP_OK)
        return s;
    struct cut cut = {.model = model,
                      .index = create(folder, "index.tsv"),
                      .samples = create(folder, "samples.f32")};
    if (cut.index && cut.samples)
        s = cut_files(&cut, argc - 2, argv + 2, err);
    s = finish(&cut, s, folder, err);
    chip_model_close(model);
    if (s != CHIP_OK)
        return s;
    return bench_print(json_pack("{s:I, s:f, s:f}", "pieces", (json_int_t)cut.n_pieces, "audio_s",
                                 (double)cut.n_samples / 16000, "pieces_s",
                                 (double)cut.n_written / 16000),
                       err);
}
