#include "net/fetch.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/clock.h"
#include "net/identity.h"
#include "net/transfer.h"

#define DEFAULT_MAX_BYTES ((uint64_t)8 << 30)
#define DEFAULT_KEEP_FREE ((uint64_t)256 << 20)

enum { DEFAULT_TIMEOUT_S = 4 * 3600, DEFAULT_WAIT_MS = 1000 };

struct state {
    const struct chip_fetch *fetch;
    struct chip_guard_hop hop;
};

/* ---- rules of users' files ------------------------------------------------------------------- */

static enum chip_status check(void *user, const char *url, const char *redirected_from,
                              struct chip_err *err)
{
    const struct state *state = user;
    enum chip_status status = chip_guard_check(state->fetch->guard, url, redirected_from, err);
    if (status == CHIP_OK || !redirected_from)
        return status;
    char from[CHIP_LABEL];
    chip_label_host(redirected_from, from);
    return chip_fail_in(err, "'%s' redirects to a URL that is refused: ", from);
}

static void prepare(void *user, CURL *curl, const char *url)
{
    struct state *state = user;
    chip_guard_apply(state->fetch->guard, &state->hop, curl, url);
}

static enum chip_status unreachable(void *user, const char *label, struct chip_err *err)
{
    const struct state *state = user;
    return chip_guard_explain(&state->hop, label, err);
}

static enum chip_status refused(void *user, const char *label, long http, struct chip_err *err)
{
    (void)user;
    if (http == 404 || http == 410)
        return chip_fail(err, CHIP_E_NOT_FOUND,
                         "'%s' does not exist (the server says %ld); check the link", label, http);
    /* Supabase says 400 when a link's token is wrong or has expired. */
    if (http == 400 || http == 401 || http == 403)
        return chip_fail(err, CHIP_E_DENIED,
                         "'%s': the server says %ld: the link may have expired; make a new one",
                         label, http);
    return chip_fail(err, CHIP_E_NETWORK, "'%s': the server says %ld", label, http);
}

static enum chip_status room(void *user, const struct chip_part *part, uint64_t more,
                             struct chip_err *err)
{
    const struct state *state = user;
    uint64_t keep =
        state->fetch->keep_free_bytes ? state->fetch->keep_free_bytes : DEFAULT_KEEP_FREE;
    struct statvfs disk;
    if (fstatvfs(part->fd, &disk) < 0)
        return chip_fail(err, CHIP_E_IO, "read '%s': %s", part->part_path, strerror(errno));
    uint64_t free_bytes = (uint64_t)disk.f_bavail * disk.f_frsize;
    if (free_bytes >= keep && free_bytes - keep >= more)
        return CHIP_OK;
    return chip_fail(err, CHIP_E_IO,
                     "not enough room on the disk: %" PRIu64 " MiB are needed, %" PRIu64
                     " MiB are free, of which %" PRIu64 " MiB stay free",
                     more >> 20, free_bytes >> 20, keep >> 20);
}

static const struct chip_transfer_rules rules = {
    .check = check,
    .prepare = prepare,
    .label = chip_label_file,
    .refused = refused,
    .unreachable = unreachable,
    .room = room,
};

/* ---- the fetch ------------------------------------------------------------------------------- */

static enum chip_status transfer(const struct chip_fetch *f, const char *identity,
                                 struct chip_part *part, struct chip_err *err)
{
    struct state state = {.fetch = f};
    int timeout_s = f->timeout_s ? f->timeout_s : DEFAULT_TIMEOUT_S;
    struct chip_transfer t = {
        .url = f->url,
        .identity = identity,
        .rules = &rules,
        .rules_user = &state,
        .max_bytes = f->max_bytes ? f->max_bytes : DEFAULT_MAX_BYTES,
        .connect_timeout_s = f->connect_timeout_s,
        .stall_timeout_s = f->stall_timeout_s,
        .deadline_ms = chip_clock_ms() + timeout_s * (int64_t)1000,
        .attempts = f->attempts,
        .retry_wait_ms = f->retry_wait_ms ? f->retry_wait_ms : DEFAULT_WAIT_MS,
        .on_progress = f->on_progress,
        .user = f->user,
        .cancel = f->cancel,
    };
    return chip_transfer_run(&t, part, err);
}

enum chip_status chip_fetch(const struct chip_fetch *fetch, struct chip_err *err)
{
    char identity[CHIP_SHA256_HEX];
    struct chip_part part;
    enum chip_status status = chip_guard_check(fetch->guard, fetch->url, NULL, err);
    if (status == CHIP_OK)
        status = chip_url_identity(fetch->url, identity, err);
    if (status == CHIP_OK)
        status = chip_part_open(&part, fetch->path, identity, false, err);
    if (status != CHIP_OK)
        return status;
    if (fchmod(part.fd, 0600) < 0)
        status = chip_fail(err, CHIP_E_IO, "protect '%s': %s", part.part_path, strerror(errno));
    else
        status = transfer(fetch, identity, &part, err);
    if (status == CHIP_OK)
        return chip_part_finish(&part, err);
    if (status == CHIP_E_LIMIT || status == CHIP_E_NOT_FOUND)
        chip_part_discard(&part);
    else
        chip_part_close(&part);
    return status;
}

void chip_fetch_forget(const char *path)
{
    char name[4096];
    if (snprintf(name, sizeof name, "%s.part", path) < (int)sizeof name)
        unlink(name);
    if (snprintf(name, sizeof name, "%s.part.from", path) < (int)sizeof name)
        unlink(name);
}
