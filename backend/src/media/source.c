#include "media/source.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <libavutil/error.h>
#include <libavutil/mem.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "media/text.h"

enum {
    AVIO_BYTES = 64 * 1024,
    POLL_MS = 100,
    PEEK_PADDING = 64, /* FFmpeg's probes read past the end: AVPROBE_PADDING_SIZE (32) zeros */
};

/* A long path is shown by its end, where the file's name is. */
static void set_name(struct chip_source *s, const char *path)
{
    const size_t room = sizeof s->name - sizeof "'...'";
    size_t len = strlen(path);
    const char *tail = len > room ? path + len - room : path;
    while (((unsigned char)*tail & 0xC0) == 0x80)
        tail++;
    char clean[sizeof s->name - 5];
    chip_media_clean(clean, sizeof clean, tail);
    snprintf(s->name, sizeof s->name, "'%s%s'", tail == path ? "" : "...", clean);
}

static enum chip_status fail_open(const struct chip_source *s, int error, struct chip_err *err)
{
    if (error == ENOENT || error == ENOTDIR)
        return chip_fail(err, CHIP_E_NOT_FOUND, "there is no file %s: check the path", s->name);
    if (error == EACCES || error == EPERM)
        return chip_fail(err, CHIP_E_IO,
                         "%s may not be read by this user (%s): change its permissions", s->name,
                         strerror(error));
    return chip_fail(err, CHIP_E_IO, "cannot open %s: %s", s->name, strerror(error));
}

enum chip_status chip_source_open_path(struct chip_source *s, const char *path,
                                       const volatile bool *cancel, struct chip_err *err)
{
    s->cancel = cancel;
    s->fd = -1;
    if (!strcmp(path, "-")) {
        snprintf(s->name, sizeof s->name, "standard input");
        s->fd = STDIN_FILENO;
    } else {
        set_name(s, path);
        /* A FIFO without a writer yet is waited for in poll(), where the cancel flag is seen. */
        s->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
        if (s->fd < 0)
            return fail_open(s, errno, err);
        s->owns_fd = true;
    }

    struct stat st;
    if (fstat(s->fd, &st) != 0)
        return chip_fail(err, CHIP_E_IO, "cannot read %s: %s", s->name, strerror(errno));
    if (S_ISDIR(st.st_mode))
        return chip_fail(err, CHIP_E_INVAL, "%s is a directory: name the recordings in it",
                         s->name);
    if (S_ISREG(st.st_mode)) {
        s->seekable = true;
        off_t here = lseek(s->fd, 0, SEEK_CUR); /* standard input may be half read already */
        s->base = here > 0 ? here : 0;
        s->size = st.st_size > s->base ? st.st_size - s->base : 0;
    }
    return CHIP_OK;
}

void chip_source_open_callback(struct chip_source *s, chip_read_fn *read, void *user,
                               const volatile bool *cancel)
{
    snprintf(s->name, sizeof s->name, "the stream");
    s->cancel = cancel;
    s->fd = -1;
    s->read = read;
    s->read_user = user;
}

static void drop_head(struct chip_source *s)
{
    free(s->head);
    s->head = NULL;
    s->head_len = s->head_cap = s->head_pos = 0;
}

void chip_source_done(struct chip_source *s)
{
    if (s->avio)
        av_freep(&s->avio->buffer);
    avio_context_free(&s->avio);
    drop_head(s);
    if (s->owns_fd)
        close(s->fd);
    s->owns_fd = false;
    s->fd = -1;
}

bool chip_source_cancelled(const struct chip_source *s)
{
    return s->cancel && *s->cancel;
}

enum chip_status chip_source_fail(const struct chip_source *s, struct chip_err *err)
{
    if (chip_source_cancelled(s))
        return chip_fail(err, CHIP_E_CANCELLED, "reading %s was cancelled", s->name);
    if (s->fd >= 0)
        return chip_fail(err, CHIP_E_IO, "reading %s failed: %s", s->name,
                         strerror(s->failure ? s->failure : EIO));
    return chip_fail(err, CHIP_E_IO, "%s broke off: its sender reported a failure", s->name);
}

static int read_fd(struct chip_source *s, unsigned char *buf, size_t n)
{
    for (;;) {
        if (chip_source_cancelled(s))
            return AVERROR_EXIT;
        ssize_t got;
        if (s->seekable) {
            got = pread(s->fd, buf, n, s->base + s->pos);
        } else {
            struct pollfd wait = {.fd = s->fd, .events = POLLIN};
            if (poll(&wait, 1, POLL_MS) <= 0) /* nothing yet, or a signal: look at the flag */
                continue;
            got = read(s->fd, buf, n);
        }
        if (got >= 0) {
            s->pos += got;
            return (int)got;
        }
        if (errno == EINTR || errno == EAGAIN)
            continue;
        s->failure = errno;
        return AVERROR(s->failure);
    }
}

int chip_source_read(struct chip_source *s, unsigned char *buf, int n)
{
    if (s->failure)
        return AVERROR(s->failure);
    if (!s->seekable && s->head_pos < s->head_len) {
        size_t left = s->head_len - s->head_pos;
        size_t take = left < (size_t)n ? left : (size_t)n;
        memcpy(buf, s->head + s->head_pos, take);
        s->head_pos += take;
        if (s->head_pos == s->head_len)
            drop_head(s);
        return (int)take;
    }
    if (s->fd >= 0)
        return read_fd(s, buf, (size_t)n);
    if (s->at_end)
        return 0;
    if (chip_source_cancelled(s))
        return AVERROR_EXIT;
    int got = s->read(s->read_user, buf, n);
    if (got < 0 || got > n) {
        s->failure = EIO;
        return AVERROR(EIO);
    }
    s->at_end = got == 0;
    return got;
}

enum chip_status chip_source_peek(struct chip_source *s, size_t want, struct chip_err *err)
{
    assert(!s->avio && s->head_pos == 0);
    if (want > s->head_cap) {
        unsigned char *head = realloc(s->head, want + PEEK_PADDING);
        if (!head)
            return chip_fail(err, CHIP_E_NOMEM, "not enough memory to look at %s", s->name);
        s->head = head;
        s->head_cap = want;
    }
    s->head_pos = s->head_len; /* what is read now comes after the head, not out of it */
    int got = 1;
    while (s->head_len < want && got > 0) {
        size_t n = want - s->head_len;
        got = chip_source_read(s, s->head + s->head_len, n < AVIO_BYTES ? (int)n : AVIO_BYTES);
        s->head_len += got > 0 ? (size_t)got : 0;
        s->head_pos = s->head_len;
    }
    s->head_pos = 0;
    memset(s->head + s->head_len, 0, s->head_cap + PEEK_PADDING - s->head_len);
    /* A source that fails later is for the decoder to find: it keeps what came before. */
    if (got < 0 && (s->head_len == 0 || chip_source_cancelled(s)))
        return chip_source_fail(s, err);
    return CHIP_OK;
}

static int avio_fill(void *opaque, uint8_t *buf, int n)
{
    int got = chip_source_read(opaque, buf, n);
    return got == 0 ? AVERROR_EOF : got;
}

static int64_t avio_move(void *opaque, int64_t offset, int whence)
{
    struct chip_source *s = opaque;
    if (whence & AVSEEK_SIZE)
        return s->size;
    whence &= ~AVSEEK_FORCE;
    int64_t from = whence == SEEK_CUR ? s->pos : whence == SEEK_END ? s->size : 0;
    int64_t to;
    if (__builtin_add_overflow(from, offset, &to) || to < 0 || to > INT64_MAX - s->base)
        return AVERROR(EINVAL);
    s->pos = to;
    return to;
}

/* FFmpeg 5.1 takes the error for a size that is not known, as a huge number, for the size of an
 * mp3: it then no longer trusts the header and keeps the padding at the end. 0 is "not known" to
 * it. */
static int64_t avio_tell_size(void *opaque, int64_t offset, int whence)
{
    (void)opaque;
    (void)offset;
    return whence & AVSEEK_SIZE ? 0 : AVERROR(EPIPE);
}

enum chip_status chip_source_avio(struct chip_source *s, struct chip_err *err)
{
    s->pos = 0;
    if (s->seekable)
        drop_head(s);
    unsigned char *buf = av_malloc(AVIO_BYTES);
    if (buf)
        s->avio = avio_alloc_context(buf, AVIO_BYTES, 0, s, avio_fill, NULL,
                                     s->seekable ? avio_move : avio_tell_size);
    if (!s->avio) {
        av_free(buf);
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory to read %s", s->name);
    }
    if (!s->seekable)
        s->avio->seekable = 0;
    return CHIP_OK;
}
