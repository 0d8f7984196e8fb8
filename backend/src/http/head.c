#include "http/head.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

struct check {
    size_t bytes, max_bytes;
    int n_lengths, n_codings, n_hosts;
    const char *length, *coding;
    const char *wrong;
    int status;
};

static bool is_token(const char *s)
{
    if (!*s)
        return false;
    for (; *s; s++)
        if (!isalnum((unsigned char)*s) && !strchr("!#$%&'*+-.^_`|~", *s))
            return false;
    return true;
}

static bool is_clean(const char *s)
{
    for (; *s; s++)
        if (((unsigned char)*s < 0x20 && *s != '\t') || *s == 0x7f)
            return false;
    return true;
}

static enum MHD_Result check_header(void *user, enum MHD_ValueKind kind, const char *name,
                                    const char *value)
{
    (void)kind;
    struct check *c = user;
    value = value ? value : "";
    c->bytes += strlen(name) + strlen(value) + 4;
    if (!is_token(name) || !is_clean(value))
        c->wrong = "a header has a name or a value with characters that are not allowed there";
    if (strcasecmp(name, "Content-Length") == 0) {
        c->n_lengths++;
        c->length = value;
    } else if (strcasecmp(name, "Transfer-Encoding") == 0) {
        c->n_codings++;
        c->coding = value;
    } else if (strcasecmp(name, "Host") == 0) {
        c->n_hosts++;
    }
    return MHD_YES;
}

static const char *refuse(int *status, int with, const char *why)
{
    *status = with;
    return why;
}

const char *chip_head_check(struct MHD_Connection *connection, const char *version,
                            size_t max_bytes, struct chip_head *head, int *status)
{
    struct check c = {0};
    MHD_get_connection_values(connection, MHD_HEADER_KIND, check_header, &c);
    *head = (struct chip_head){0};
    if (c.wrong)
        return refuse(status, 400, c.wrong);
    if (c.bytes > max_bytes)
        return refuse(status, 431, "the headers of the request are too large");
    if (c.n_lengths > 1 || (c.n_lengths && c.n_codings) || c.n_codings > 1 || c.n_hosts > 1)
        return refuse(status, 400,
                      "Content-Length, Transfer-Encoding and Host may be there once, and only one "
                      "of the first two");
    if (c.n_codings) {
        if (strcasecmp(c.coding, "chunked") != 0 || strcmp(version, "HTTP/1.1") != 0)
            return refuse(status, 501, "the only Transfer-Encoding is 'chunked', in HTTP/1.1");
        head->length = -1;
    } else if (c.n_lengths) {
        size_t n = strlen(c.length);
        if (n == 0 || n > 18 || strspn(c.length, "0123456789") != n)
            return refuse(status, 400, "Content-Length has to be a number");
        for (const char *digit = c.length; *digit; digit++)
            head->length = head->length * 10 + (*digit - '0');
    }
    const char *expect =
        MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_EXPECT);
    head->expect = expect && strcasecmp(expect, "100-continue") == 0;
    return NULL;
}

void chip_head_request_id(struct MHD_Connection *connection, const char *fallback,
                          char id[CHIP_REQUEST_ID])
{
    const char *sent = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "X-Request-Id");
    size_t n = sent ? strlen(sent) : 0;
    bool modest = n > 0 && n < CHIP_REQUEST_ID;
    for (size_t i = 0; modest && i < n; i++)
        modest = isalnum((unsigned char)sent[i]) || strchr("-_.", sent[i]);
    snprintf(id, CHIP_REQUEST_ID, "%s", modest ? sent : fallback);
}

/** Takes 32 hex digits that are followed by `end`; not all of them zero. */
static bool take_trace(const char *text, char end, char trace[CHIP_TRACE_ID])
{
    bool any = false;
    for (int i = 0; i < 32; i++) {
        if (!isxdigit((unsigned char)text[i]))
            return false;
        any |= text[i] != '0';
        trace[i] = (char)tolower((unsigned char)text[i]);
    }
    trace[32] = '\0';
    return any && (text[32] == end || text[32] == '\0');
}

void chip_head_trace(struct MHD_Connection *connection, char trace[CHIP_TRACE_ID])
{
    const char *parent = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "traceparent");
    if (parent && strlen(parent) >= 55 && isxdigit((unsigned char)parent[0]) &&
        isxdigit((unsigned char)parent[1]) && strncasecmp(parent, "ff", 2) != 0 &&
        parent[2] == '-' && take_trace(parent + 3, '-', trace))
        return;
    const char *cloud =
        MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "X-Cloud-Trace-Context");
    if (cloud && take_trace(cloud, '/', trace))
        return;
    trace[0] = '\0';
}

static void peer_address(struct MHD_Connection *connection, char address[CHIP_ADDRESS])
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const struct sockaddr *sa = info ? info->client_addr : NULL;
    address[0] = '\0';
    if (sa && sa->sa_family == AF_INET) {
        inet_ntop(AF_INET, &((const struct sockaddr_in *)sa)->sin_addr, address, CHIP_ADDRESS);
    } else if (sa && sa->sa_family == AF_INET6) {
        const struct in6_addr *in6 = &((const struct sockaddr_in6 *)sa)->sin6_addr;
        if (IN6_IS_ADDR_V4MAPPED(in6))
            inet_ntop(AF_INET, in6->s6_addr + 12, address, CHIP_ADDRESS);
        else
            inet_ntop(AF_INET6, in6, address, CHIP_ADDRESS);
    }
}

/** Reads "1.2.3.4", "1.2.3.4:80", "::1", "[::1]:80". */
static bool read_address(const char *text, size_t n, char address[CHIP_ADDRESS])
{
    char copy[CHIP_ADDRESS + 8];
    unsigned char binary[sizeof(struct in6_addr)];
    while (n > 0 && (*text == ' ' || *text == '\t')) {
        text++;
        n--;
    }
    while (n > 0 && (text[n - 1] == ' ' || text[n - 1] == '\t'))
        n--;
    if (n == 0 || n >= sizeof copy)
        return false;
    memcpy(copy, text, n);
    copy[n] = '\0';
    char *start = copy, *colon = strchr(copy, ':');
    if (copy[0] == '[') {
        start++;
        start[strcspn(start, "]")] = '\0';
    } else if (colon && !strchr(colon + 1, ':')) {
        *colon = '\0';
    }
    int family = strchr(start, ':') ? AF_INET6 : AF_INET;
    if (inet_pton(family, start, binary) != 1)
        return false;
    return inet_ntop(family, binary, address, CHIP_ADDRESS) != NULL;
}

/** The values of all X-Forwarded-For headers, in order, as one list. */
struct forwarded {
    char list[2048];
    size_t n;
};

static enum MHD_Result add_forwarded(void *user, enum MHD_ValueKind kind, const char *name,
                                     const char *value)
{
    (void)kind;
    struct forwarded *f = user;
    size_t n = value ? strlen(value) : 0;
    if (strcasecmp(name, "X-Forwarded-For") != 0 || n == 0)
        return MHD_YES;
    if (n > sizeof f->list - 2) { /* only its end matters */
        value += n - (sizeof f->list - 2);
        n = sizeof f->list - 2;
    }
    if (f->n + n + 2 > sizeof f->list)
        f->n = 0;
    if (f->n)
        f->list[f->n++] = ',';
    memcpy(f->list + f->n, value, n);
    f->n += n;
    return MHD_YES;
}

void chip_head_address(struct MHD_Connection *connection, int proxies, char address[CHIP_ADDRESS])
{
    peer_address(connection, address);
    if (proxies <= 0)
        return;
    struct forwarded f = {.n = 0};
    MHD_get_connection_values(connection, MHD_HEADER_KIND, add_forwarded, &f);
    size_t end = f.n;
    for (int i = 1; end > 0; i++) {
        size_t start = end;
        while (start > 0 && f.list[start - 1] != ',')
            start--;
        if (i == proxies) {
            char said[CHIP_ADDRESS];
            if (read_address(f.list + start, end - start, said))
                memcpy(address, said, sizeof said);
            return;
        }
        end = start > 0 ? start - 1 : 0;
    }
}
