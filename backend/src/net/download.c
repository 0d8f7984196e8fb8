#include "net/download.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "net/part.h"
#include "net/sha256.h"
#include "net/transfer.h"
#include "net/url.h"

#define DEFAULT_MAX_BYTES ((uint64_t)8 << 30)

/* ---- rules of our own files ------------------------------------------------------------------ */

static enum chip_status check(void *user, const char *url, const char *redirected_from,
                              struct chip_err *err)
{
    (void)user;
    return chip_url_check(url, redirected_from, err);
}

static void prepare(void *user, CURL *curl, const char *url)
{
    (void)user;
    if (chip_url_is_loopback(url))
        curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
}

/* Models are public: who reads the message wants to see the whole of it. */
static void label_whole(const char *url, char label[CHIP_LABEL])
{
    snprintf(label, CHIP_LABEL, "%s", url);
}

static enum chip_status refused(void *user, const char *label, long http, struct chip_err *err)
{
    (void)user;
    if (http == 404 || http == 410)
        return chip_fail(err, CHIP_E_NOT_FOUND, "'%s' does not exist (%ld)", label, http);
    return chip_fail(err, CHIP_E_NETWORK, "'%s': the server answers %ld", label, http);
}

static const struct chip_transfer_rules rules = {
    .check = check, .prepare = prepare, .label = label_whole, .refused = refused};

/* ---- until it is there and right ------------------------------------------------------------- */

static enum chip_status check_content(const struct chip_download *d, const struct chip_part *part,
                                      struct chip_err *err)
{
    if (d->size && part->size != d->size)
        return chip_fail(err, CHIP_E_CHECKSUM, "'%s' has %" PRIu64 " bytes instead of %" PRIu64,
                         d->url, part->size, d->size);
    if (!d->sha256)
        return CHIP_OK;
    char hex[CHIP_SHA256_HEX];
    enum chip_status status = chip_sha256_file(part->part_path, hex, err);
    if (status == CHIP_OK && strcmp(hex, d->sha256) != 0)
        status = chip_fail(err, CHIP_E_CHECKSUM, "'%s' has SHA-256 %s instead of %s", d->url, hex,
                           d->sha256);
    return status;
}

static enum chip_status transfer(const struct chip_download *d, struct chip_part *part,
                                 struct chip_err *err)
{
    struct chip_transfer t = {.url = d->url,
                              .identity = d->url,
                              .rules = &rules,
                              .size = d->size,
                              .max_bytes = d->max_bytes ? d->max_bytes
                                           : d->size    ? d->size
                                                        : DEFAULT_MAX_BYTES,
                              .resume_any = d->sha256 != NULL,
                              .connect_timeout_s = d->connect_timeout_s,
                              .stall_timeout_s = d->stall_timeout_s,
                              .attempts = d->attempts,
                              .retry_wait_ms = d->retry_wait_ms,
                              .on_progress = d->on_progress,
                              .user = d->user,
                              .cancel = d->cancel};
    enum chip_status status = chip_transfer_run(&t, part, err);
    return status == CHIP_OK ? check_content(d, part, err) : status;
}

static enum chip_status download_part(const struct chip_download *d, struct chip_part *part,
                                      struct chip_err *err)
{
    bool resumed = part->size > 0;
    if (resumed && d->sha256 && part->size == d->size && check_content(d, part, err) == CHIP_OK)
        return CHIP_OK; /* everything was there but the name */
    enum chip_status status = transfer(d, part, err);
    if (status == CHIP_E_CHECKSUM && resumed) {
        /* The old bytes may have been the wrong ones: once more from the start. */
        status = chip_part_restart(part, err);
        if (status == CHIP_OK)
            status = transfer(d, part, err);
    }
    return status;
}

enum chip_status chip_download(const struct chip_download *download, struct chip_err *err)
{
    enum chip_status status = chip_url_check(download->url, NULL, err);
    if (status != CHIP_OK)
        return status;
    if (download->sha256 && !chip_sha256_valid(download->sha256))
        return chip_fail(err, CHIP_E_INVAL, "'%.80s' is not a SHA-256", download->sha256);

    struct chip_part part;
    status = chip_part_open(&part, download->path, download->url, download->sha256 != NULL, err);
    if (status != CHIP_OK)
        return status;
    status = download_part(download, &part, err);
    if (status == CHIP_OK)
        return chip_part_finish(&part, err);
    if (status == CHIP_E_CHECKSUM || status == CHIP_E_LIMIT)
        chip_part_discard(&part);
    else
        chip_part_close(&part);
    return status;
}
