#include "write.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct output {
    char path[512];
    FILE *file;
};

static void output_open(struct output *out, const char *folder, const char *name)
{
    snprintf(out->path, sizeof out->path, "%s/%s", folder, name);
    out->file = fopen(out->path, "wb");
    if (!out->file)
        die("can't write %s", out->path);
}

static void output_close(struct output *out)
{
    int failed = ferror(out->file);
    if (fclose(out->file) || failed)
        die("can't write %s: is the disk full?", out->path);
}

static void put_le(FILE *file, uint32_t value, int n_bytes)
{
    for (int i = 0; i < n_bytes; i++)
        fputc((int)(value >> (8 * i) & 0xff), file);
}

void write_wav(const struct meeting *meeting, const char *folder)
{
    struct output out;
    output_open(&out, folder, "meeting.wav");
    uint32_t n_bytes = (uint32_t)meeting->n_pcm * 2;
    fputs("RIFF", out.file);
    put_le(out.file, 36 + n_bytes, 4);
    fputs("WAVEfmt ", out.file);
    put_le(out.file, 16, 4);
    put_le(out.file, 1, 2); /* PCM */
    put_le(out.file, 1, 2); /* channel */
    put_le(out.file, VOICE_RATE_HZ, 4);
    put_le(out.file, VOICE_RATE_HZ * 2, 4);
    put_le(out.file, 2, 2);
    put_le(out.file, 16, 2);
    fputs("data", out.file);
    put_le(out.file, n_bytes, 4);
    for (size_t i = 0; i < meeting->n_pcm; i++)
        put_le(out.file, (uint32_t)lroundf(meeting->pcm[i] * 32767.0F), 2);
    output_close(&out);
}

static long ms_of(size_t sample)
{
    return lround((double)sample * 1000.0 / VOICE_RATE_HZ);
}

struct placed_word {
    const struct voice_word *word;
    size_t line;
    size_t start; /* sample of the meeting */
};

static int by_start(const void *a, const void *b)
{
    const struct placed_word *left = a;
    const struct placed_word *right = b;
    if (left->start != right->start)
        return left->start < right->start ? -1 : 1;
    return left->line < right->line ? -1 : left->line > right->line;
}

void write_words(const struct meeting *meeting, const struct script *script, const char *folder)
{
    size_t n = 0;
    for (size_t i = 0; i < script->n_lines; i++)
        n += meeting->said[i].n_words;
    struct placed_word *placed = take(n * sizeof *placed);
    n = 0;
    for (size_t i = 0; i < script->n_lines; i++) {
        for (size_t w = 0; w < meeting->said[i].n_words; w++) {
            const struct voice_word *word = &meeting->said[i].words[w];
            placed[n++] = (struct placed_word){word, i, meeting->start[i] + word->start};
        }
    }
    qsort(placed, n, sizeof *placed, by_start);

    struct output out;
    output_open(&out, folder, "words.tsv");
    fputs("speaker\tword\tstart_ms\tend_ms\tline\n", out.file);
    for (size_t i = 0; i < n; i++) {
        const struct script_line *line = &script->lines[placed[i].line];
        size_t length = placed[i].word->end - placed[i].word->start;
        fprintf(out.file, "%s\t%s\t%ld\t%ld\t%d\n", script->people[line->person].name,
                placed[i].word->text, ms_of(placed[i].start), ms_of(placed[i].start + length),
                line->id);
    }
    output_close(&out);
    free(placed);
}

void write_turns(const struct meeting *meeting, const struct script *script, const char *folder)
{
    struct output out;
    output_open(&out, folder, "turns.rttm");
    for (size_t i = 0; i < script->n_lines; i++) {
        const struct voice_line *said = &meeting->said[i];
        long start = ms_of(meeting->start[i] + said->words[0].start);
        long end = ms_of(meeting->start[i] + said->words[said->n_words - 1].end);
        fprintf(out.file, "SPEAKER meeting 1 %ld.%03ld %ld.%03ld <NA> <NA> %s <NA> <NA>\n",
                start / 1000, start % 1000, (end - start) / 1000, (end - start) % 1000,
                script->people[script->lines[i].person].name);
    }
    output_close(&out);
}

void write_transcript(const struct script *script, const char *folder)
{
    struct output out;
    output_open(&out, folder, "transcript.txt");
    for (size_t i = 0; i < script->n_lines; i++) {
        const struct script_line *line = &script->lines[i];
        fprintf(out.file, "%s: %s\n", script->people[line->person].name, line->text);
    }
    output_close(&out);
}
