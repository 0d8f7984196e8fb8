/**
 * A web server for tests: a thread on 127.0.0.1 that answers as the test says, one request after
 * the other, each on its own connection.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct test_server;

struct test_request {
    const char *path; /* "/model/file" */
    const char *head; /* all of it, from "GET " to the empty line */
    const char *body; /* [n_body], NUL-terminated; of a request with Content-Length */
    size_t n_body;
    int64_t range_from; /* of "Range: bytes=N-"; -1: none */
    char if_range[128]; /* "": none */
};

/** Answers one request by writing to fd; called on the server's thread. */
typedef void test_respond_fn(void *user, int fd, const struct test_request *request);

/** Starts; fails the test on error. Stop it with test_server_stop(), which joins the thread. */
struct test_server *test_server_start(test_respond_fn *respond, void *user);
void test_server_stop(struct test_server *server);

/** "http://127.0.0.1:PORT" + path, in a buffer of the server's that the next call overwrites. */
const char *test_server_url(struct test_server *server, const char *path);

/** A header of the request, copied into `value`; "" if it was not sent. */
void test_header(const struct test_request *request, const char *name, char *value, size_t size);

/** Requests so far. */
int test_server_count(const struct test_server *server);

/** Writes headers and a body to fd. @param headers further lines, each ending in \r\n */
void test_send(int fd, const char *status, const char *headers, const void *body, size_t n);

/**
 * Serves bytes as a good server does, with ranges and If-Range.
 *
 * @param etag   with its quotes; NULL: none
 * @param cut_at sends at most that many bytes of the body and then hangs up
 */
void test_send_file(int fd, const struct test_request *request, const void *data, size_t n,
                    const char *etag, size_t cut_at);
