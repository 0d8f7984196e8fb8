#include "job/worker.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "job/failure.h"
#include "job/link.h"
#include "job/pipeline.h"
#include "job/sweep.h"

enum {
    LEASE_S = 60,
    PATIENCE_S = 900,
    STALL_S = 600,
    UPLOAD_S = 24 * 60 * 60,
    SHORTEST_WAIT_MS = 50, /* between two looks for work, then twice as long each time */
    LONGEST_WAIT_MS = 1000,
    AWAY_WAIT_MS = 2000, /* between two tries at a store that does not answer */
    SWEEP_MS = 5000,     /* between two looks for dead workers, while idle */
};

struct loop {
    struct chip_worker_settings settings; /* with its defaults filled in */
    const volatile bool *stop;
    char name[128];
    bool orphan; /* the supervisor is gone */
    bool away;   /* the store did not answer the last time */
    int64_t swept_ms;
};

static bool is_over(const struct loop *loop)
{
    return *loop->stop || loop->orphan;
}

static void tell(const struct loop *loop, enum chip_link_kind kind, const char *job,
                 const char *text)
{
    struct chip_link_message m = {.kind = kind};
    snprintf(m.job, sizeof m.job, "%s", job);
    snprintf(m.text, sizeof m.text, "%s", text);
    chip_link_send(loop->settings.child_fd, &m);
}

/* Until then, a wake, a signal, or the supervisor's end. @return true: there is work, it is said */
static bool wait_for_work(struct loop *loop, int ms)
{
    struct pollfd fd = {.fd = loop->settings.child_fd, .events = POLLIN};
    if (poll(&fd, 1, ms) <= 0)
        return false;
    enum chip_link_got got = chip_link_take_wakes(fd.fd);
    loop->orphan = got == CHIP_LINK_CLOSED;
    return got == CHIP_LINK_MESSAGE;
}

/* ---- claiming ---- */

static enum chip_status claim(struct loop *loop, json_t **job, struct chip_err *err)
{
    const struct chip_worker_settings *s = &loop->settings;
    enum chip_status status =
        chip_store_call(s->store, NULL, "claim_job",
                        json_pack("{s:s, s:s, s:i}", "worker", loop->name, "node", s->node,
                                  "lease_seconds", s->lease_seconds),
                        job, err);
    if (status != CHIP_OK && !loop->away)
        chip_log(CHIP_LOG_WARNING, NULL, "cannot ask for work: %s; trying again", err->message);
    if (status == CHIP_OK && loop->away)
        chip_log(CHIP_LOG_NOTICE, NULL, "the store answers again");
    loop->away = status != CHIP_OK;
    return status;
}

static void do_job(struct loop *loop, const json_t *job)
{
    const char *id = json_string_value(json_object_get(job, "id"));
    tell(loop, CHIP_LINK_JOB, id, "");
    chip_pipeline_run(&loop->settings, job, loop->stop);
    tell(loop, CHIP_LINK_IDLE, id, "");
}

static void sweep_now_and_then(struct loop *loop)
{
    int64_t now = chip_clock_ms();
    if (now - loop->swept_ms < SWEEP_MS)
        return;
    loop->swept_ms = now;
    chip_sweep_leases(&loop->settings);
}

static void work(struct loop *loop)
{
    int wait = SHORTEST_WAIT_MS;
    while (!is_over(loop)) {
        json_t *job = NULL;
        struct chip_err err;
        enum chip_status status = claim(loop, &job, &err);
        if (status == CHIP_OK && json_is_object(job)) {
            do_job(loop, job);
            wait = SHORTEST_WAIT_MS;
        } else {
            sweep_now_and_then(loop);
            if (wait_for_work(loop, status == CHIP_OK ? wait : AWAY_WAIT_MS))
                wait = SHORTEST_WAIT_MS;
            else
                wait = wait * 2 < LONGEST_WAIT_MS ? wait * 2 : LONGEST_WAIT_MS;
        }
        json_decref(job);
    }
}

/* ---- the whole ---- */

static void fill_in(struct loop *loop, const struct chip_worker_settings *settings)
{
    loop->settings = *settings;
    struct chip_worker_settings *s = &loop->settings;
    s->lease_seconds = s->lease_seconds > 0 ? s->lease_seconds : LEASE_S;
    s->patience_seconds = s->patience_seconds > 0 ? s->patience_seconds : PATIENCE_S;
    s->stall_seconds = s->stall_seconds > 0 ? s->stall_seconds : STALL_S;
    s->upload_seconds = s->upload_seconds > 0 ? s->upload_seconds : UPLOAD_S;
    snprintf(loop->name, sizeof loop->name, "%.100s/%d", s->node, (int)getpid());
}

enum chip_status chip_worker_run(const struct chip_worker_settings *settings,
                                 const volatile bool *stop, struct chip_err *err)
{
    struct loop loop = {.stop = stop};
    fill_in(&loop, settings);
    if (mkdir(settings->data_dir, 0700) < 0 && errno != EEXIST)
        return chip_fail(err, CHIP_E_IO, "make '%s': %s", settings->data_dir, strerror(errno));
    loop.swept_ms = chip_clock_ms();
    chip_sweep_leases(&loop.settings);
    enum chip_status status = settings->engine->prepare(settings->engine->user, err);
    if (status != CHIP_OK) {
        tell(&loop, CHIP_LINK_FAILED, "", err ? err->message : "");
        return status;
    }
    tell(&loop, CHIP_LINK_READY, "", "");
    chip_sweep_files(&loop.settings);
    work(&loop);
    return CHIP_OK;
}
