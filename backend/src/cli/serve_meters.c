#include "cli/serve_meters.h"

#include <stdio.h>
#include <unistd.h>

#include "http/meters.h"

static void add_one(struct chip_str *out, enum chip_meter_kind kind, const char *name,
                    const char *help, double value)
{
    chip_meters_head(out, kind, name, help);
    chip_meters_sample(out, name, value, NULL);
}

static void add_stages(struct chip_str *out, const struct chip_workers_state *state)
{
    chip_meters_head(out, CHIP_COUNTER, "chip_stage_runs_total", "Stages that workers have done.");
    for (int i = 0; i < state->n_stages; i++)
        chip_meters_sample(out, "chip_stage_runs_total", (double)state->stages[i].n, "stage",
                           state->stages[i].stage, NULL);
    chip_meters_head(out, CHIP_COUNTER, "chip_stage_seconds_total", "Time that they took.");
    for (int i = 0; i < state->n_stages; i++)
        chip_meters_sample(out, "chip_stage_seconds_total", state->stages[i].seconds, "stage",
                           state->stages[i].stage, NULL);
    chip_meters_head(out, CHIP_COUNTER, "chip_stage_recording_seconds_total",
                     "Length of the recordings; over chip_stage_seconds_total it is x real time.");
    for (int i = 0; i < state->n_stages; i++)
        chip_meters_sample(out, "chip_stage_recording_seconds_total",
                           state->stages[i].recording_seconds, "stage", state->stages[i].stage,
                           NULL);
}

static void collect_workers(void *user, struct chip_str *out)
{
    struct chip_workers_state state;
    chip_supervisor_state(user, &state);
    add_one(out, CHIP_GAUGE, "chip_workers", "Worker processes that are alive.", state.alive);
    add_one(out, CHIP_GAUGE, "chip_workers_ready", "Workers with an open model.", state.ready);
    add_one(out, CHIP_GAUGE, "chip_workers_busy", "Workers with a job.", state.busy);
    add_one(out, CHIP_COUNTER, "chip_worker_restarts_total", "Deaths of workers.",
            (double)state.restarts);
    add_stages(out, &state);
}

static void collect_process(void *user, struct chip_str *out)
{
    (void)user;
    long pages_total, pages;
    FILE *f = fopen("/proc/self/statm", "re");
    if (!f)
        return;
    if (fscanf(f, "%ld %ld", &pages_total, &pages) == 2)
        add_one(out, CHIP_GAUGE, "process_resident_memory_bytes", "Memory of the server process.",
                (double)pages * (double)sysconf(_SC_PAGESIZE));
    fclose(f);
}

enum chip_status chip_serve_meters_add(struct chip_serve *serve, struct chip_err *err)
{
    enum chip_status s = chip_meters_collect(serve->meters, collect_process, NULL);
    if (s == CHIP_OK && serve->workers)
        s = chip_meters_collect(serve->meters, collect_workers, serve->workers);
    return s == CHIP_OK ? s : chip_fail(err, s, "not enough memory for metrics");
}
