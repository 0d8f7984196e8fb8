#include "http/multipart.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "http/part_head.h"

enum {
    MAX_BOUNDARY = 200, /* RFC 2046 says 70; some send more */
    MAX_HEAD = 8 << 10,
    MAX_PARTS = 1000,
};

enum state {
    BEFORE, /* the first delimiter; what stands there is skipped */
    DATA,
    AFTER_DELIMITER, /* the rest of its line */
    HEAD,
    OVER,
};

struct chip_multipart {
    const struct chip_part_events *events;
    void *user;
    char delimiter[MAX_BOUNDARY + 5]; /* CR LF - - boundary */
    size_t n_delimiter;
    enum state state;
    size_t matched; /* bytes of the delimiter that were seen last */
    char tail[3];   /* [n_tail] what followed the delimiter: "--" or CR LF, blanks left out */
    size_t n_tail;
    char head[MAX_HEAD + 1];
    size_t n_head;
    int n_parts;
};

/* ---- opening ---- */

static const char form_type[] = "multipart/form-data";

bool chip_multipart_is(const char *content_type)
{
    if (!content_type || strncasecmp(content_type, form_type, sizeof form_type - 1) != 0)
        return false;
    char next = content_type[sizeof form_type - 1];
    return next == '\0' || next == ';' || next == ' ' || next == '\t';
}

enum chip_status chip_multipart_new(struct chip_multipart **out, const char *content_type,
                                    const struct chip_part_events *events, void *user,
                                    struct chip_err *err)
{
    char boundary[MAX_BOUNDARY + 2];
    if (!chip_multipart_is(content_type))
        return chip_fail(err, CHIP_E_UNSUPPORTED, "the body must be multipart/form-data");
    if (!chip_parameter(content_type, "boundary", boundary, sizeof boundary) || !boundary[0] ||
        strlen(boundary) > MAX_BOUNDARY || strpbrk(boundary, "\r\n"))
        return chip_fail(err, CHIP_E_INVAL, "Content-Type has no usable boundary");
    struct chip_multipart *mp = calloc(1, sizeof *mp);
    if (!mp)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for a form");
    mp->events = events;
    mp->user = user;
    mp->n_delimiter = (size_t)snprintf(mp->delimiter, sizeof mp->delimiter, "\r\n--%s", boundary);
    mp->matched = 2; /* the first one needs no line end before it */
    *out = mp;
    return CHIP_OK;
}

void chip_multipart_free(struct chip_multipart *mp)
{
    free(mp);
}

/* ---- data ---- */

static enum chip_status give(struct chip_multipart *mp, const char *bytes, size_t n,
                             struct chip_err *err)
{
    if (mp->state != DATA || n == 0)
        return CHIP_OK;
    return mp->events->data(mp->user, bytes, n, err);
}

static enum chip_status found_delimiter(struct chip_multipart *mp, struct chip_err *err)
{
    enum chip_status st = mp->state == DATA ? mp->events->end(mp->user, err) : CHIP_OK;
    mp->state = AFTER_DELIMITER;
    mp->matched = 0;
    mp->n_tail = 0;
    return st;
}

/*
 * Takes bytes of a part up to the delimiter or the end of the piece. CR stands only at the
 * delimiter's start, so after a mismatch matching begins anew with the present byte.
 */
static enum chip_status take_data(struct chip_multipart *mp, const char *bytes, size_t n,
                                  size_t *taken, struct chip_err *err)
{
    size_t i = 0;
    enum chip_status st = CHIP_OK;
    while (i < n && st == CHIP_OK) {
        if (mp->matched == 0) {
            const char *cr = memchr(bytes + i, '\r', n - i);
            size_t plain = cr ? (size_t)(cr - bytes) - i : n - i;
            st = give(mp, bytes + i, plain, err);
            i += plain;
            if (cr) {
                mp->matched = 1;
                i++;
            }
        } else if (bytes[i] == mp->delimiter[mp->matched]) {
            i++;
            if (++mp->matched == mp->n_delimiter) {
                *taken = i;
                return found_delimiter(mp, err);
            }
        } else {
            st = give(mp, mp->delimiter, mp->matched, err);
            mp->matched = 0;
        }
    }
    *taken = i;
    return st;
}

/* ---- between parts ---- */

static enum chip_status after_delimiter(struct chip_multipart *mp, char c, struct chip_err *err)
{
    if (mp->n_tail == 0 && (c == ' ' || c == '\t'))
        return CHIP_OK;
    mp->tail[mp->n_tail++] = c;
    if (mp->n_tail < 2)
        return CHIP_OK;
    if (memcmp(mp->tail, "--", 2) == 0) {
        mp->state = OVER;
        return CHIP_OK;
    }
    if (memcmp(mp->tail, "\r\n", 2) != 0)
        return chip_fail(err, CHIP_E_FORMAT, "the form has a broken delimiter");
    if (++mp->n_parts > MAX_PARTS)
        return chip_fail(err, CHIP_E_LIMIT, "the form has more than %d parts", MAX_PARTS);
    mp->state = HEAD;
    mp->n_head = 0;
    return CHIP_OK;
}

static enum chip_status take_head(struct chip_multipart *mp, char c, struct chip_err *err)
{
    if (c == '\0')
        return chip_fail(err, CHIP_E_FORMAT, "the head of a part holds a NUL byte");
    if (mp->n_head == MAX_HEAD)
        return chip_fail(err, CHIP_E_LIMIT, "the head of a part is longer than %d bytes", MAX_HEAD);
    mp->head[mp->n_head++] = c;
    if (mp->n_head < 4 || memcmp(mp->head + mp->n_head - 4, "\r\n\r\n", 4) != 0)
        return CHIP_OK;
    struct chip_part part;
    mp->head[mp->n_head - 4] = '\0';
    enum chip_status st = chip_part_head(mp->head, &part, err);
    if (st != CHIP_OK)
        return st;
    mp->state = DATA;
    return mp->events->begin(mp->user, &part, err);
}

enum chip_status chip_multipart_feed(struct chip_multipart *mp, const char *bytes, size_t n,
                                     struct chip_err *err)
{
    enum chip_status st = CHIP_OK;
    for (size_t i = 0; i < n && st == CHIP_OK && mp->state != OVER;) {
        size_t taken = 1;
        switch (mp->state) {
        case BEFORE:
        case DATA:
            st = take_data(mp, bytes + i, n - i, &taken, err);
            break;
        case AFTER_DELIMITER:
            st = after_delimiter(mp, bytes[i], err);
            break;
        case HEAD:
            st = take_head(mp, bytes[i], err);
            break;
        case OVER: /* what follows the end is ignored */
            break;
        }
        i += taken;
    }
    return st;
}

enum chip_status chip_multipart_finish(const struct chip_multipart *mp, struct chip_err *err)
{
    if (mp->state == OVER)
        return CHIP_OK;
    return chip_fail(err, CHIP_E_FORMAT, "the form ends before its last delimiter");
}
