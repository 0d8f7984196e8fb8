#include "http/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BACKLOG = 1024 };

static enum chip_status bind_to(int fd, const struct addrinfo *at, const char *host, int port,
                                struct chip_err *err)
{
    int yes = 1, no = 0;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (at->ai_family == AF_INET6) /* "::" is for IPv4 as well */
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof no);
    if (bind(fd, at->ai_addr, at->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0)
        return CHIP_OK;
    if (errno == EADDRINUSE)
        return chip_fail(err, CHIP_E_IO,
                         "port %d is taken: stop what listens there, or choose another by PORT",
                         port);
    return chip_fail(err, CHIP_E_IO, "cannot listen on %s, port %d: %s", host, port,
                     strerror(errno));
}

enum chip_status chip_listen(const char *host, int port, int *fd, int *bound, struct chip_err *err)
{
    char service[16];
    struct addrinfo hints = {.ai_family = AF_UNSPEC,
                             .ai_socktype = SOCK_STREAM,
                             .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV},
                    *at = NULL;
    if (port < 0 || port > 65535)
        return chip_fail(err, CHIP_E_INVAL, "PORT has to be from 0 to 65535, not %d", port);
    if (strcmp(host, "localhost") == 0)
        host = "127.0.0.1";
    snprintf(service, sizeof service, "%d", port);
    if (getaddrinfo(host, service, &hints, &at) != 0)
        return chip_fail(err, CHIP_E_INVAL,
                         "HOST has to be an address, such as 127.0.0.1, 0.0.0.0 or ::, not '%s'",
                         host);
    int s = socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    enum chip_status st = s >= 0 ? bind_to(s, at, host, port, err)
                                 : chip_fail(err, CHIP_E_IO, "no socket: %s", strerror(errno));
    freeaddrinfo(at);
    if (st != CHIP_OK) {
        if (s >= 0)
            close(s);
        return st;
    }
    struct sockaddr_storage own = {0};
    socklen_t n = sizeof own;
    getsockname(s, (struct sockaddr *)&own, &n);
    *bound = ntohs(own.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&own)->sin6_port
                                             : ((struct sockaddr_in *)&own)->sin_port);
    *fd = s;
    return CHIP_OK;
}

bool chip_is_loopback(const char *host)
{
    struct in_addr v4;
    struct in6_addr v6;
    if (strcmp(host, "localhost") == 0)
        return true;
    if (inet_pton(AF_INET, host, &v4) == 1)
        return ntohl(v4.s_addr) >> 24 == 127;
    return inet_pton(AF_INET6, host, &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

long chip_open_files(long n)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return n;
    if (limit.rlim_cur < (rlim_t)n) {
        limit.rlim_cur = limit.rlim_max < (rlim_t)n ? limit.rlim_max : (rlim_t)n;
        setrlimit(RLIMIT_NOFILE, &limit);
        getrlimit(RLIMIT_NOFILE, &limit);
    }
    return limit.rlim_cur > (rlim_t)n ? n : (long)limit.rlim_cur;
}
