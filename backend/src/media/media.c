#include "media/media.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "media/demux.h"
#include "media/reader.h"

struct chip_media {
    struct chip_avlog log;
    struct chip_demux demux;
    struct chip_reader reader;
    bool is_read; /* reader.is_mix is decided */
};

static enum chip_status check_options(const struct chip_media_options *options,
                                      struct chip_err *err)
{
    if (options->track < 0)
        return chip_fail(err, CHIP_E_INVAL, "audio tracks are numbered from 1: %d is none",
                         options->track);
    if (options->spool_limit_bytes < 0)
        return chip_fail(err, CHIP_E_INVAL, "the limit for buffering cannot be negative");
    return CHIP_OK;
}

/* Opens path, or the callback when path is NULL, up to the list of tracks. */
static enum chip_status open_container(struct chip_media *m, const char *path, chip_read_fn *read,
                                       void *user, const struct chip_media_options *options,
                                       struct chip_err *err)
{
    enum chip_status st = check_options(options, err);
    if (st != CHIP_OK)
        return st;
    if (path)
        st = chip_source_open_path(&m->demux.source, path, options->cancel, err);
    else
        chip_source_open_callback(&m->demux.source, read, user, options->cancel);
    if (st == CHIP_OK)
        st = chip_demux_open(&m->demux, path && strcmp(path, "-") != 0 ? path : "", options,
                             &m->log, err);
    return st;
}

static const struct chip_media_options defaults = {0};

static struct chip_media *media_new(void)
{
    struct chip_media *m = calloc(1, sizeof *m);
    if (m)
        m->demux.source.fd = -1;
    return m;
}

static enum chip_status open_track(struct chip_media *m, struct chip_err *err)
{
    const struct chip_demux *d = &m->demux;
    if (!d->stream)
        return chip_fail(err, CHIP_E_NO_AUDIO, "%s has no audio track%s: give a file with sound",
                         d->source.name, d->info->has_video ? ", only video" : "");
    return chip_reader_open(&m->reader, &m->demux, &m->log, err);
}

static enum chip_status open_any(struct chip_media **out, const char *path, chip_read_fn *read,
                                 void *user, const struct chip_media_options *options,
                                 struct chip_err *err)
{
    CHIP_AUTO(chip_media) m = media_new();
    if (!m)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory to open a recording");
    chip_avlog_enter(&m->log);
    enum chip_status st = open_container(m, path, read, user, options ? options : &defaults, err);
    if (st == CHIP_OK)
        st = open_track(m, err);
    chip_avlog_leave(&m->log);
    if (st != CHIP_OK)
        return st;
    *out = m;
    m = NULL;
    return CHIP_OK;
}

enum chip_status chip_media_open(struct chip_media **out, const char *path,
                                 const struct chip_media_options *options, struct chip_err *err)
{
    assert(path);
    return open_any(out, path, NULL, NULL, options, err);
}

enum chip_status chip_media_open_stream(struct chip_media **out, chip_read_fn *read, void *user,
                                        const struct chip_media_options *options,
                                        struct chip_err *err)
{
    assert(read);
    return open_any(out, NULL, read, user, options, err);
}

enum chip_status chip_media_probe(struct chip_media_info **out, const char *path,
                                  const struct chip_media_options *options, struct chip_err *err)
{
    assert(path);
    CHIP_AUTO(chip_media) m = media_new();
    if (!m)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory to open a recording");
    chip_avlog_enter(&m->log);
    enum chip_status st = open_container(m, path, NULL, NULL, options ? options : &defaults, err);
    chip_avlog_leave(&m->log);
    if (st != CHIP_OK)
        return st;
    *out = m->demux.info;
    m->demux.info = NULL;
    return CHIP_OK;
}

void chip_media_free(struct chip_media *m)
{
    if (!m)
        return;
    chip_avlog_enter(&m->log);
    chip_reader_done(&m->reader);
    chip_demux_done(&m->demux);
    chip_avlog_leave(&m->log);
    free(m);
}

const struct chip_media_info *chip_media_info(const struct chip_media *m)
{
    return m->demux.info;
}

size_t chip_media_channels(const struct chip_media *m)
{
    return m->reader.n_channels;
}

const struct chip_media_break *chip_media_breaks(const struct chip_media *m, size_t *n)
{
    *n = m->reader.breaks.n;
    return m->reader.breaks.list;
}

static enum chip_status read_as(struct chip_media *m, bool is_mix, float *const *out, size_t n,
                                size_t *n_read, struct chip_err *err)
{
    if (n == 0)
        return chip_fail(err, CHIP_E_INVAL, "reading no samples makes no sense");
    if (m->is_read && m->reader.is_mix != is_mix)
        return chip_fail(err, CHIP_E_INVAL,
                         "a recording is read either as one mix or by channels, not both");
    m->is_read = true;
    m->reader.is_mix = is_mix;
    m->reader.n_out = is_mix ? 1 : m->reader.n_channels;
    chip_avlog_enter(&m->log);
    enum chip_status st = chip_reader_read(&m->reader, out, n, n_read, err);
    chip_avlog_leave(&m->log);
    return st;
}

enum chip_status chip_media_read(struct chip_media *m, float *out, size_t n, size_t *n_read,
                                 struct chip_err *err)
{
    return read_as(m, true, (float *const[]){out}, n, n_read, err);
}

enum chip_status chip_media_read_channels(struct chip_media *m, float *const *out, size_t n,
                                          size_t *n_read, struct chip_err *err)
{
    return read_as(m, false, out, n, n_read, err);
}
