#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "http/exchange.h"
#include "http/ranges.h"

struct facts {
    int fd;
    int64_t size;
    time_t changed;
    char tag[64], date[40];
};

static bool get_facts(struct facts *f, const char *path)
{
    struct stat st;
    f->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (f->fd < 0)
        return false;
    if (fstat(f->fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        close(f->fd);
        return false;
    }
    struct tm utc;
    f->size = st.st_size;
    f->changed = st.st_mtime;
    snprintf(f->tag, sizeof f->tag, "\"%" PRIx64 "-%" PRIx64 "-%lx\"", (uint64_t)st.st_size,
             (uint64_t)st.st_mtim.tv_sec, (unsigned long)st.st_mtim.tv_nsec);
    gmtime_r(&f->changed, &utc);
    strftime(f->date, sizeof f->date, "%a, %d %b %Y %H:%M:%S GMT", &utc);
    return true;
}

static bool is_unchanged(const struct chip_request *req, const struct facts *f)
{
    const char *known = chip_request_header(req, "If-None-Match");
    if (known)
        return strcmp(known, "*") == 0 || strstr(known, f->tag);
    const char *since = chip_request_header(req, "If-Modified-Since");
    struct tm utc = {0};
    return since && strptime(since, "%a, %d %b %Y %H:%M:%S GMT", &utc) &&
           f->changed <= timegm(&utc);
}

/** A range of what has changed since would not fit what the client has. */
static const char *wanted_range(const struct chip_request *req, const struct facts *f)
{
    const char *only_if = chip_request_header(req, "If-Range");
    if (only_if && strcmp(only_if, f->tag) != 0 && strcmp(only_if, f->date) != 0)
        return NULL;
    return chip_request_header(req, "Range");
}

void chip_reply_file(struct chip_request *req, const char *path, const char *type)
{
    struct facts f;
    if (!get_facts(&f, path)) {
        if (errno == EMFILE || errno == ENFILE)
            chip_reply_error(req, 503, "busy", "too many files are open; try again", NULL);
        else
            chip_reply_error(req, 404, "not_found", "the file is not there any more", NULL);
        return;
    }
    struct chip_exchange *x = chip_exchange_of(req);
    int64_t first = 0, last = f.size - 1;
    enum chip_range range = chip_range_parse(wanted_range(req, &f), f.size, &first, &last);
    char text[96];
    chip_reply_header(req, "Accept-Ranges", "bytes");
    if (is_unchanged(req, &f)) {
        close(f.fd);
        chip_reply_header(req, "ETag", f.tag);
        chip_reply_empty(req, 304);
        return;
    }
    if (range == CHIP_RANGE_NONE) {
        close(f.fd);
        snprintf(text, sizeof text, "bytes */%" PRId64, f.size);
        chip_reply_header(req, "Content-Range", text);
        chip_reply_error(req, 416, "bad_range", "nothing of the file lies in that range", NULL);
        return;
    }
    chip_reply_header(req, "ETag", f.tag);
    chip_reply_header(req, "Last-Modified", f.date);
    if (range == CHIP_RANGE_PART) {
        snprintf(text, sizeof text, "bytes %" PRId64 "-%" PRId64 "/%" PRId64, first, last, f.size);
        chip_reply_header(req, "Content-Range", text);
    }
    int64_t n = last - first + 1;
    struct MHD_Response *response =
        MHD_create_response_from_fd_at_offset64((uint64_t)n, f.fd, (uint64_t)first);
    if (!response)
        close(f.fd);
    chip_answer_set(x, range == CHIP_RANGE_PART ? 206 : 200, type, response, NULL, n);
}
