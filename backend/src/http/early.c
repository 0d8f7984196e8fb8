#include <sys/socket.h>
#include <time.h>

#include "base/str.h"
#include "http/exchange.h"

/**
 * libmicrohttpd takes no answer while a body arrives. A client that is refused in the middle of
 * one shall not have to send the rest to learn why, nor lose the answer: it is written to the
 * socket here, and the connection closed with care.
 */

static void add_line(void *user, const char *name, const char *value)
{
    chip_str_addf(user, "%s: %s\r\n", name, value);
}

void chip_early_send(struct chip_exchange *x)
{
    const struct chip_answer *a = &x->answer;
    if (!a->response || (a->n != 0 && !a->text))
        return; /* a file or a stream as an early answer: its client sees the connection close */
    x->sent_raw = true;
    x->conn->linger = true;

    char date[40];
    time_t now = time(NULL);
    struct tm utc;
    gmtime_r(&now, &utc);
    strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", &utc);
    struct chip_str out = {0};
    const char *reason = MHD_get_reason_phrase_for((unsigned)a->status);
    chip_str_addf(&out, "HTTP/1.1 %d %s\r\nDate: %s\r\nContent-Length: %lld\r\n", a->status,
                  reason ? reason : "", date, (long long)a->n);
    chip_answer_headers(x, add_line, &out);
    chip_str_add(&out, "\r\n");
    chip_str_add_n(&out, a->text, (size_t)a->n);
    if (!out.failed) {
        /* All of it fits: nothing else was sent on this connection for a while. */
        ssize_t sent = send(x->conn->fd, out.data, out.len, MSG_NOSIGNAL | MSG_DONTWAIT);
        (void)sent; /* or the client has gone, which is found out elsewhere */
    }
    chip_str_done(&out);
}
