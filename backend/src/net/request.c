#include "net/request.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"

#define ROOM_STEP ((uint64_t)32 << 20)

/* ---- what comes in --------------------------------------------------------------------------- */

/* "Name: value\r\n" -> value without blanks around it; false for another header. */
static bool header_value(const char *line, size_t n, const char *name, char *out, size_t size)
{
    size_t name_len = strlen(name);
    if (n <= name_len || strncasecmp(line, name, name_len) != 0 || line[name_len] != ':')
        return false;
    const char *from = line + name_len + 1, *to = line + n;
    while (from < to && (*from == ' ' || *from == '\t'))
        from++;
    while (from < to && strchr("\r\n \t", to[-1]))
        to--;
    if ((size_t)(to - from) >= size)
        return false;
    memcpy(out, from, (size_t)(to - from));
    out[to - from] = '\0';
    return true;
}

static size_t on_header(char *line, size_t size, size_t count, void *user)
{
    struct chip_request_state *r = user;
    size_t n = size * count;
    char value[CHIP_VALIDATOR_BYTES] = "";
    if (n > 5 && !strncmp(line, "HTTP/", 5)) {
        r->validator[0] = '\0';
        r->range_start = UINT64_MAX;
    } else if (header_value(line, n, "ETag", value, sizeof value)) {
        /* If-Range takes strong validators only. */
        if (strncmp(value, "W/", 2) != 0)
            memcpy(r->validator, value, sizeof value);
    } else if (header_value(line, n, "Last-Modified", value, sizeof value)) {
        if (!r->validator[0])
            memcpy(r->validator, value, sizeof value);
    } else if (header_value(line, n, "Content-Range", value, sizeof value)) {
        uint64_t start, total;
        if (sscanf(value, "bytes */%" SCNu64, &total) == 1)
            r->range_total = total;
        int n_read = sscanf(value, "bytes %" SCNu64 "-%*[0-9]/%" SCNu64, &start, &total);
        if (n_read >= 1)
            r->range_start = start;
        if (n_read == 2)
            r->range_total = total;
    }
    return n;
}

/* @param more what is to come; 0: not known */
static enum chip_status check_length(struct chip_request_state *r, uint64_t *more)
{
    curl_off_t length = -1;
    curl_easy_getinfo(r->curl, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
    if (length < 0)
        return CHIP_OK;
    uint64_t total = r->part->size + (uint64_t)length;
    *more = (uint64_t)length;
    if (total > r->transfer->max_bytes)
        return chip_fail(r->err, CHIP_E_LIMIT,
                         "'%s' has %" PRIu64 " bytes, more than the limit of %" PRIu64, r->label,
                         total, r->transfer->max_bytes);
    if (r->transfer->size && total != r->transfer->size)
        return chip_fail(r->err, CHIP_E_CHECKSUM, "'%s' has %" PRIu64 " bytes instead of %" PRIu64,
                         r->label, total, r->transfer->size);
    return CHIP_OK;
}

static enum chip_status ask_for_room(struct chip_request_state *r, uint64_t more)
{
    const struct chip_transfer *t = r->transfer;
    r->next_room = r->part->size + ROOM_STEP;
    return t->rules->room ? t->rules->room(t->rules_user, r->part, more, r->err) : CHIP_OK;
}

/* A server that sends the rest of another version than the part is of does not honour If-Range. */
static bool is_other_version(const struct chip_request_state *r)
{
    return r->validator[0] && r->part->validator[0] &&
           strcmp(r->validator, r->part->validator) != 0;
}

static enum chip_status check_range(struct chip_request_state *r)
{
    if (r->range_start != r->part->size)
        return chip_fail(r->err, CHIP_E_NETWORK, "'%s': the server sent another range than asked",
                         r->label);
    if (!is_other_version(r))
        return CHIP_OK;
    enum chip_status status = chip_part_restart(r->part, r->err);
    if (status != CHIP_OK)
        return status;
    r->again = true;
    return chip_fail(r->err, CHIP_E_NETWORK, "'%s' has changed while it was fetched", r->label);
}

enum chip_status chip_request_start_body(struct chip_request_state *r, long http)
{
    enum chip_status status = http == 206 ? check_range(r) : chip_part_restart(r->part, r->err);
    uint64_t more = 0;
    if (status == CHIP_OK)
        status = check_length(r, &more);
    if (status == CHIP_OK)
        status = ask_for_room(r, more);
    if (status == CHIP_OK && (http != 206 || r->validator[0]))
        chip_part_remember(r->part, r->transfer->identity, r->validator);
    return status;
}

static size_t on_body(char *data, size_t size, size_t count, void *user)
{
    struct chip_request_state *r = user;
    size_t n = size * count;
    long code = 0;
    r->last_byte_ms = chip_clock_ms();
    curl_easy_getinfo(r->curl, CURLINFO_RESPONSE_CODE, &code);
    if (code != 200 && code != 206)
        return n; /* the text of an error or a redirect */
    if (!r->started) {
        r->started = true;
        r->status = chip_request_start_body(r, code);
    }
    if (r->status == CHIP_OK && r->part->size >= r->next_room)
        r->status = ask_for_room(r, n);
    if (r->status == CHIP_OK && r->part->size + n > r->transfer->max_bytes)
        r->status = chip_fail(r->err, CHIP_E_LIMIT, "'%s' is larger than %" PRIu64 " bytes",
                              r->label, r->transfer->max_bytes);
    if (r->status == CHIP_OK && !chip_part_append(r->part, data, n))
        r->status =
            chip_fail(r->err, CHIP_E_IO, "write '%s': %s", r->part->part_path, strerror(errno));
    return r->status == CHIP_OK ? n : CURL_WRITEFUNC_ERROR;
}

int chip_request_stall_s(const struct chip_request_state *r)
{
    return r->transfer->stall_timeout_s ? r->transfer->stall_timeout_s : 30;
}

static enum chip_status check_deadline(struct chip_request_state *r)
{
    int64_t deadline_ms = r->transfer->deadline_ms;
    if (!deadline_ms || chip_clock_ms() < deadline_ms)
        return CHIP_OK;
    return chip_fail(r->err, CHIP_E_LIMIT, "'%s' takes too long to arrive", r->label);
}

/* curl calls this at least once a second. */
static int on_tick(void *user, curl_off_t total, curl_off_t now, curl_off_t up_total, curl_off_t up)
{
    struct chip_request_state *r = user;
    (void)up_total;
    (void)up;
    const struct chip_transfer *t = r->transfer;
    if (t->cancel && *t->cancel) {
        r->status = chip_fail(r->err, CHIP_E_CANCELLED, "cancelled");
        return 1;
    }
    if (r->status == CHIP_OK)
        r->status = check_deadline(r);
    if (r->status != CHIP_OK)
        return 1;
    /* curl's own limit is a mean over five seconds; ours starts with the request. */
    r->stalled = chip_clock_ms() - r->last_byte_ms > chip_request_stall_s(r) * (int64_t)1000;
    if (r->stalled)
        return 1;
    if (t->on_progress && r->started) {
        uint64_t rest = total > now ? (uint64_t)(total - now) : 0;
        t->on_progress(t->user, r->part->size,
                       t->size ? t->size : (total > 0 ? r->part->size + rest : 0));
    }
    return 0;
}

/* ---- one request ----------------------------------------------------------------------------- */

static struct curl_slist *if_range(const struct chip_request_state *r)
{
    if (!r->part->validator[0])
        return NULL;
    char header[CHIP_VALIDATOR_BYTES + 16];
    snprintf(header, sizeof header, "If-Range: %s", r->part->validator);
    return curl_slist_append(NULL, header);
}

static void set_options(struct chip_request_state *r, struct curl_slist *headers, const char *range)
{
    const struct chip_transfer *t = r->transfer;
    CURL *c = r->curl;
    curl_easy_reset(c);
    curl_easy_setopt(c, CURLOPT_URL, r->url);
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L); /* every hop is checked by us */
    curl_easy_setopt(c, CURLOPT_USERAGENT, "chip/" CHIP_VERSION);
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, t->connect_timeout_s ? t->connect_timeout_s : 20L);
    curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(c, CURLOPT_RANGE, range);
    curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(c, CURLOPT_HEADERDATA, r);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, r);
    curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, on_tick);
    curl_easy_setopt(c, CURLOPT_XFERINFODATA, r);
    curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
    t->rules->prepare(t->rules_user, c, r->url);
}

CURLcode chip_request_send(struct chip_request_state *r)
{
    char range[32];
    /* Bytes of two versions of a file must not be mixed, unless a hash will tell. */
    bool resume = r->part->size > 0 && (r->part->validator[0] || r->transfer->resume_any);
    struct curl_slist *headers = resume ? if_range(r) : NULL;
    snprintf(range, sizeof range, "%" PRIu64 "-", r->part->size);
    set_options(r, headers, resume ? range : NULL);
    r->started = r->stalled = r->again = false;
    r->range_total = 0;
    r->last_byte_ms = chip_clock_ms();
    r->status = CHIP_OK;
    CURLcode code = curl_easy_perform(r->curl);
    curl_slist_free_all(headers);
    return code;
}
