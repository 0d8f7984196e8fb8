#include "job/link.h"

#include <errno.h>
#include <sys/socket.h>

enum { VERSION = 1 };

bool chip_link_send(int fd, const struct chip_link_message *message)
{
    struct chip_link_message m = *message;
    m.version = VERSION;
    ssize_t n;
    do
        n = fd < 0 ? -1 : send(fd, &m, sizeof m, MSG_NOSIGNAL);
    while (n < 0 && fd >= 0 && errno == EINTR);
    return n == (ssize_t)sizeof m;
}

enum chip_link_got chip_link_receive(int fd, struct chip_link_message *message)
{
    for (;;) {
        ssize_t n = recv(fd, message, sizeof *message, MSG_DONTWAIT);
        if (n == 0)
            return CHIP_LINK_CLOSED;
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return errno == EAGAIN || errno == EWOULDBLOCK ? CHIP_LINK_NOTHING : CHIP_LINK_CLOSED;
        if (n != (ssize_t)sizeof *message || message->version != VERSION)
            continue;
        message->job[sizeof message->job - 1] = '\0';
        message->text[sizeof message->text - 1] = '\0';
        return CHIP_LINK_MESSAGE;
    }
}

enum chip_link_got chip_link_take_wakes(int fd)
{
    char bytes[64];
    for (bool any = false;; any = true) {
        ssize_t n = recv(fd, bytes, sizeof bytes, MSG_DONTWAIT);
        if (n == 0)
            return CHIP_LINK_CLOSED;
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            return any ? CHIP_LINK_MESSAGE : CHIP_LINK_NOTHING;
        if (n < 0)
            return CHIP_LINK_CLOSED;
    }
}
