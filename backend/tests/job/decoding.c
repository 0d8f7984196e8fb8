#include "decoding.h"

#include "../test.h"

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "../media/gen.h"

int decoder_if_called(int argc, char **argv)
{
    return argc > 1 && !strcmp(argv[1], "decode-media") ? chip_decoder_main(argc - 1, argv + 1)
                                                        : -1;
}

static enum chip_status start(struct chip_decoder **out, const char *path,
                              struct chip_decoder_settings *settings, struct chip_err *err)
{
    settings->fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(settings->fd >= 0);
    *err = (struct chip_err){.code = CHIP_OK};
    enum chip_status s = chip_decoder_start(out, settings, err);
    assert_int_equal(err->code, s);
    return s;
}

struct chip_decoder *decoder_of(const char *path, struct chip_decoder_settings *settings)
{
    struct chip_err err;
    struct chip_decoder *d = NULL;
    if (start(&d, path, settings, &err) != CHIP_OK)
        fail_msg("%s", err.message);
    return d;
}

enum chip_status decoder_status(const char *path, struct chip_decoder_settings *settings,
                                struct chip_err *err)
{
    struct chip_decoder *d = NULL;
    enum chip_status s = start(&d, path, settings, err);
    assert_true((s == CHIP_OK) == (d != NULL));
    chip_decoder_free(d);
    close(settings->fd);
    return s;
}

enum chip_status sound_read(struct sound *sound, const struct chip_sound_source *source,
                            size_t most, struct chip_err *err)
{
    *sound = (struct sound){.n_channels = source->n_channels};
    size_t cap = 0, n = 1;
    while (n > 0) {
        float *planes[8];
        if (cap < sound->n + most)
            cap = 2 * cap + most;
        for (size_t c = 0; c < sound->n_channels; c++) {
            sound->planes[c] = realloc(sound->planes[c], cap * sizeof(float));
            assert_non_null(sound->planes[c]);
            planes[c] = sound->planes[c] + sound->n;
        }
        enum chip_status s = source->read(source->user, planes, most, &n, err);
        if (s != CHIP_OK)
            return s;
        assert_true(n <= most);
        sound->n += n;
    }
    return CHIP_OK;
}

void sound_done(struct sound *sound)
{
    for (size_t c = 0; c < sound->n_channels; c++)
        free(sound->planes[c]);
    *sound = (struct sound){.n = 0};
}

void assert_same_sound(const struct sound *a, const struct sound *b)
{
    assert_int_equal(a->n_channels, b->n_channels);
    assert_int_equal(a->n, b->n);
    for (size_t c = 0; c < a->n_channels; c++)
        assert_memory_equal(a->planes[c], b->planes[c], a->n * sizeof(float));
}

struct feeder {
    pthread_t thread;
    unsigned char *data;
    size_t n, most;
    int from, to;
};

/* Ends early when nobody reads any more. */
static void *feed(void *arg)
{
    struct feeder *f = arg;
    for (size_t at = 0; at < f->n;) {
        const size_t left = f->n - at;
        const ssize_t put = write(f->to, f->data + at, left < f->most ? left : f->most);
        if (put <= 0)
            break;
        at += (size_t)put;
    }
    close(f->to);
    return NULL;
}

struct feeder *feeder_new(const char *path, size_t most, int *fd)
{
    struct feeder *f = calloc(1, sizeof *f);
    int ends[2];
    assert_non_null(f);
    signal(SIGPIPE, SIG_IGN);
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    f->data = gen_load(path, &f->n);
    f->most = most;
    *fd = f->from = ends[0];
    f->to = ends[1];
    assert_int_equal(pthread_create(&f->thread, NULL, feed, f), 0);
    return f;
}

void feeder_free(struct feeder *f)
{
    close(f->from);
    pthread_join(f->thread, NULL);
    free(f->data);
    free(f);
}

size_t count_fds(void)
{
    size_t n = 0;
    DIR *dir = opendir("/proc/self/fd");
    assert_non_null(dir);
    while (readdir(dir))
        n++;
    closedir(dir);
    return n;
}
