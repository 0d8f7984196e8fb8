/*
 * Transcribes a recording with the chip library and prints each segment as soon as it is known.
 *
 *     cc -o transcribe transcribe.c $(pkg-config --cflags --libs chip)
 *     ./transcribe meeting.mp4
 */
#include <chip/chip.h>

#include <signal.h>
#include <stdio.h>

static volatile bool stop; /* set by Ctrl-C, polled by the library */

static void on_interrupt(int signal_number)
{
    (void)signal_number;
    stop = true;
}

static void print_segment(void *user, const struct chip_segment *segment,
                          const struct chip_word *words)
{
    (void)user;
    printf("%7.2f  %s\n", (double)segment->start_ms / 1000, segment->text);
    for (size_t i = 0; i < segment->n_words; i++)
        if (words[i].confidence < 0.5f)
            printf("         unsure of '%s'\n", words[i].text);
}

static void print_progress(void *user, const struct chip_progress *progress)
{
    (void)user;
    if (progress->total_ms > 0)
        fprintf(stderr, "\r%3d%%", (int)(100 * progress->done_ms / progress->total_ms));
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fprintf(stderr, "usage: %s RECORDING [MODEL]\n", argv[0]);
        return 2;
    }
    signal(SIGINT, on_interrupt);

    struct chip_err err;
    struct chip_model *model;
    if (chip_model_open(&model, argc > 2 ? argv[2] : NULL, &err) != CHIP_OK) {
        fprintf(stderr, "%s\n", err.message);
        return 1;
    }

    const struct chip_options options = {
        .on_segment = print_segment,
        .on_progress = print_progress,
        .cancel = &stop,
    };
    struct chip_transcript *transcript = NULL;
    enum chip_status status = chip_transcribe_file(model, argv[1], &options, &transcript, &err);
    if (status != CHIP_OK)
        fprintf(stderr, "%s: %s\n", chip_status_name(status), err.message);

    /* A stopped transcription gives what it has; other failures give nothing. */
    if (transcript)
        printf("%zu words in %.1f s of speech\n", transcript->n_words,
               (double)transcript->speech_ms / 1000);
    chip_transcript_free(transcript);
    chip_model_close(model);
    return status == CHIP_OK ? 0 : 1;
}
