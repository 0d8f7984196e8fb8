#include "server.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

struct test_server {
    int fd, port;
    int stop[2]; /* a pipe: closing its end wakes the thread */
    pthread_t thread;
    test_respond_fn *respond;
    void *user;
    atomic_int count;
    char url[512];
};

static void die(const char *what)
{
    perror(what);
    abort();
}

static void send_all(int fd, const void *data, size_t n)
{
    const char *at = data;
    while (n > 0) {
        ssize_t sent = send(fd, at, n, MSG_NOSIGNAL);
        if (sent <= 0)
            return; /* the client hung up */
        at += sent;
        n -= (size_t)sent;
    }
}

/* Reads up to the empty line and the body that is announced; requests of tests are short. */
static bool read_request(int fd, char *buf, size_t size)
{
    size_t n = 0, wanted = 1;
    buf[0] = '\0';
    while (n < wanted) {
        ssize_t got = n + 1 < size ? recv(fd, buf + n, size - n - 1, 0) : 0;
        if (got <= 0)
            return false;
        n += (size_t)got;
        buf[n] = '\0';
        const char *end = strstr(buf, "\r\n\r\n"), *length = strcasestr(buf, "\r\nContent-Length:");
        wanted = n + 1;
        if (end)
            wanted = (size_t)(end + 4 - buf) +
                     (length && length < end ? strtoul(length + 17, NULL, 10) : 0);
    }
    return true;
}

void test_header(const struct test_request *request, const char *name, char *value, size_t size)
{
    char start[128];
    snprintf(start, sizeof start, "\r\n%s:", name);
    const char *at = strcasestr(request->head, start), *end = strstr(request->head, "\r\n\r\n");
    value[0] = '\0';
    if (!at || at >= end)
        return;
    at += strlen(start);
    at += strspn(at, " ");
    snprintf(value, size, "%.*s", (int)strcspn(at, "\r"), at);
}

static void answer(struct test_server *server, int fd)
{
    char text[32768], path[4096], range[128];
    if (!read_request(fd, text, sizeof text) || sscanf(text, "%*s %4095s", path) != 1)
        return;
    const char *body = strstr(text, "\r\n\r\n") + 4;
    struct test_request request = {
        .path = path, .head = text, .body = body, .n_body = strlen(body), .range_from = -1};
    test_header(&request, "Range", range, sizeof range);
    sscanf(range, "bytes=%" SCNd64, &request.range_from);
    test_header(&request, "If-Range", request.if_range, sizeof request.if_range);
    atomic_fetch_add(&server->count, 1);
    server->respond(server->user, fd, &request);
}

static void *serve(void *user)
{
    struct test_server *server = user;
    for (;;) {
        struct pollfd wait[] = {{.fd = server->fd, .events = POLLIN}, {.fd = server->stop[0]}};
        if (poll(wait, 2, -1) < 0)
            continue;
        if (wait[1].revents)
            return NULL;
        int fd = accept(server->fd, NULL, NULL);
        if (fd < 0)
            continue;
        answer(server, fd);
        shutdown(fd, SHUT_RDWR);
        close(fd);
    }
}

struct test_server *test_server_start(test_respond_fn *respond, void *user)
{
    struct test_server *server = calloc(1, sizeof *server);
    if (!server)
        die("calloc");
    server->respond = respond;
    server->user = user;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    server->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (server->fd < 0 || bind(server->fd, (struct sockaddr *)&address, size) < 0 ||
        listen(server->fd, 16) < 0 ||
        getsockname(server->fd, (struct sockaddr *)&address, &size) < 0 || pipe(server->stop) < 0)
        die("test server");
    server->port = ntohs(address.sin_port);
    if (pthread_create(&server->thread, NULL, serve, server) != 0)
        die("pthread_create");
    return server;
}

void test_server_stop(struct test_server *server)
{
    close(server->stop[1]);
    pthread_join(server->thread, NULL);
    close(server->stop[0]);
    close(server->fd);
    free(server);
}

const char *test_server_url(struct test_server *server, const char *path)
{
    snprintf(server->url, sizeof server->url, "http://127.0.0.1:%d%s", server->port, path);
    return server->url;
}

int test_server_count(const struct test_server *server)
{
    return atomic_load(&server->count);
}

void test_send(int fd, const char *status, const char *headers, const void *body, size_t n)
{
    char head[2048];
    int len =
        snprintf(head, sizeof head, "HTTP/1.1 %s\r\nConnection: close\r\n%s\r\n", status, headers);
    send_all(fd, head, (size_t)len);
    send_all(fd, body, n);
}

void test_send_file(int fd, const struct test_request *request, const void *data, size_t n,
                    const char *etag, size_t cut_at)
{
    char headers[512], validator[128] = "";
    if (etag)
        snprintf(validator, sizeof validator, "ETag: %s\r\n", etag);
    bool same = !request->if_range[0] || (etag && !strcmp(request->if_range, etag));
    size_t from = request->range_from > 0 && same ? (size_t)request->range_from : 0;
    if (from >= n && n > 0) {
        snprintf(headers, sizeof headers, "Content-Length: 0\r\nContent-Range: bytes */%zu\r\n%s",
                 n, validator);
        test_send(fd, "416 Range Not Satisfiable", headers, "", 0);
        return;
    }
    if (from > 0)
        snprintf(headers, sizeof headers,
                 "Content-Length: %zu\r\nContent-Range: bytes %zu-%zu/%zu\r\n%s", n - from, from,
                 n - 1, n, validator);
    else
        snprintf(headers, sizeof headers, "Content-Length: %zu\r\n%s", n, validator);
    size_t send_n = n - from < cut_at ? n - from : cut_at;
    test_send(fd, from > 0 ? "206 Partial Content" : "200 OK", headers, (const char *)data + from,
              send_n);
}
