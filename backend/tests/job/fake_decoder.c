/*
 * Plays `chip decode-media`, badly: the recording is one word that says how. Started by
 * test_decoder_hostile.c through the real parent.
 */
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "job/decoder_frames.h"
#include "job/sandbox.h"

enum { OUT = STDOUT_FILENO };

static void good_header(uint32_t n_channels)
{
    const struct chip_frame_header header = {
        .version = CHIP_FRAME_VERSION, .n_channels = n_channels, .duration_ms = -1};
    chip_frame_write(OUT, CHIP_FRAME_HEADER, &header, sizeof header);
}

static void samples(size_t n, float value)
{
    static float pcm[CHIP_FRAME_SAMPLES_MAX + 1];
    for (size_t i = 0; i < n; i++)
        pcm[i] = value;
    chip_frame_write(OUT, CHIP_FRAME_SAMPLES, pcm, n * sizeof pcm[0]);
}

static void good_start(void)
{
    good_header(1);
    samples(1000, 0.5f);
}

static void add_break(int64_t at_ms, int64_t end_ms)
{
    struct chip_frame_break frame = {.at_ms = at_ms, .end_ms = end_ms};
    memset(frame.message, 'x', sizeof frame.message); /* no NUL */
    chip_frame_write(OUT, CHIP_FRAME_BREAK, &frame, sizeof frame);
}

static void send_error(int32_t status, const char *message)
{
    struct chip_frame_error frame = {.status = status};
    memset(frame.message, 'y', sizeof frame.message);
    memcpy(frame.message, message, strlen(message));
    chip_frame_write(OUT, CHIP_FRAME_ERROR, &frame, sizeof frame);
}

static void lock_in(char **argv)
{
    const struct chip_sandbox_limits limits = {.memory_bytes = atoll(argv[4]),
                                               .cpu_s = atoll(argv[6])};
    chip_sandbox_enter(&limits);
}

/* ---- ends ---- */

static void die_of(int number)
{
    signal(number, SIG_DFL); /* sanitizers have their own ideas */
    raise(number);
}

static void crash(char **argv)
{
    (void)argv;
    good_start();
    die_of(SIGSEGV);
}

static void crash_at_once(char **argv)
{
    (void)argv;
    die_of(SIGBUS);
}

static void spin(char **argv)
{
    good_start();
    lock_in(argv);
    for (volatile bool forever = true; forever;) {
    }
}

static void allocate(char **argv)
{
    good_start();
    lock_in(argv);
    char *p;
    while ((p = malloc(1 << 20)))
        memset(p, 1, 1 << 20);
    send_error(CHIP_E_NOMEM, "no more");
}

static void connect_out(char **argv)
{
    good_start();
    lock_in(argv);
    (void)!socket(AF_INET, SOCK_STREAM, 0);
}

static void be_killed(char **argv)
{
    (void)argv;
    good_start();
    raise(SIGKILL);
}

static void stop_early(char **argv)
{
    (void)argv;
    good_start();
}

static void stop_in_frame(char **argv)
{
    (void)argv;
    const struct chip_frame frame = {.kind = CHIP_FRAME_SAMPLES, .n_bytes = 4000};
    good_start();
    chip_frame_write_bytes(OUT, &frame, sizeof frame);
    chip_frame_write_bytes(OUT, "abc", 3);
}

static void live_on(char **argv)
{
    (void)argv;
    good_start();
    close(OUT);
    for (;;)
        pause();
}

static void say_nothing(char **argv)
{
    (void)argv;
    for (;;)
        pause();
}

/* ---- nonsense ---- */

static void garbage(char **argv)
{
    (void)argv;
    for (int i = 0; i < 1000; i++)
        chip_frame_write_bytes(OUT, "\xff\xfe garbage \x01", 12);
}

static void no_channels(char **argv)
{
    (void)argv;
    good_header(0);
    samples(1000, 0.5f);
}

static void many_channels(char **argv)
{
    (void)argv;
    good_header(100000);
    samples(1000, 0.5f);
}

static void two_headers(char **argv)
{
    (void)argv;
    good_start();
    good_header(1);
}

static void too_many_samples(char **argv)
{
    (void)argv;
    good_start();
    samples(CHIP_FRAME_SAMPLES_MAX + 1, 0.5f);
}

static void endless_frame(char **argv)
{
    (void)argv;
    const struct chip_frame frame = {.kind = CHIP_FRAME_SAMPLES, .n_bytes = UINT32_MAX - 3};
    good_start();
    chip_frame_write_bytes(OUT, &frame, sizeof frame);
}

static void half_samples(char **argv)
{
    (void)argv;
    good_start();
    chip_frame_write(OUT, CHIP_FRAME_SAMPLES, "abcdef", 6);
}

static void no_samples(char **argv)
{
    (void)argv;
    good_start();
    chip_frame_write(OUT, CHIP_FRAME_SAMPLES, NULL, 0);
}

static void not_a_number(char **argv)
{
    (void)argv;
    good_start();
    samples(10, NAN);
}

static void too_loud(char **argv)
{
    (void)argv;
    good_start();
    samples(10, 1e30f);
}

static void breaks_backwards(char **argv)
{
    (void)argv;
    good_start();
    add_break(50, 60);
    add_break(10, 20);
}

static void too_many_breaks(char **argv)
{
    (void)argv;
    good_start();
    for (int i = 0; i <= CHIP_FRAME_BREAKS_MAX; i++)
        add_break(i, i);
}

static void samples_after_breaks(char **argv)
{
    (void)argv;
    good_start();
    add_break(1, 1);
    samples(10, 0.5f);
}

static void unknown_status(char **argv)
{
    (void)argv;
    good_start();
    send_error(-7, "?");
}

static void rude_error(char **argv)
{
    (void)argv;
    good_start();
    send_error(CHIP_E_FORMAT, "\x1b[2Jlook\n\xff here ");
}

static void rude_break(char **argv)
{
    (void)argv;
    good_start();
    add_break(1, 2);
    chip_frame_write(OUT, CHIP_FRAME_END, NULL, 0);
}

static const struct {
    const char *word;
    void (*act)(char **argv);
} acts[] = {
    {"crash", crash},
    {"crash-at-once", crash_at_once},
    {"spin", spin},
    {"allocate", allocate},
    {"connect", connect_out},
    {"be-killed", be_killed},
    {"stop-early", stop_early},
    {"stop-in-frame", stop_in_frame},
    {"live-on", live_on},
    {"say-nothing", say_nothing},
    {"garbage", garbage},
    {"no-channels", no_channels},
    {"many-channels", many_channels},
    {"two-headers", two_headers},
    {"too-many-samples", too_many_samples},
    {"endless-frame", endless_frame},
    {"half-samples", half_samples},
    {"no-samples", no_samples},
    {"not-a-number", not_a_number},
    {"too-loud", too_loud},
    {"breaks-backwards", breaks_backwards},
    {"too-many-breaks", too_many_breaks},
    {"samples-after-breaks", samples_after_breaks},
    {"unknown-status", unknown_status},
    {"rude-error", rude_error},
    {"rude-break", rude_break},
};

int main(int argc, char **argv)
{
    char word[64] = "";
    if (argc != 7 || read(STDIN_FILENO, word, sizeof word - 1) < 1)
        return 2;
    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++)
        if (!strcmp(word, acts[i].word)) {
            acts[i].act(argv);
            return 0;
        }
    return 2;
}
