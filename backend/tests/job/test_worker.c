/* Workers that are stopped, killed, robbed of their job, and left alone by the store. */
#include "office.h"

#include <dirent.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "job/link.h"
#include "store/recordings.h"

/* ---- what happens at a piece --------------------------------------------------------------------
 */

struct incident {
    struct office *office;
    char id[CHIP_UUID_TEXT];
    int piece; /* at which it happens */
    bool happened, noticed;
};

/* Is this the moment? It comes once. */
static bool is_time(struct incident *i, int piece)
{
    bool is = !i->happened && piece == i->piece;
    i->happened |= is;
    return is;
}

static void wait_for_cancel(const struct chip_options *options, bool *noticed)
{
    int64_t until = chip_clock_ms() + WAIT_MS;
    while (!*options->cancel && chip_clock_ms() < until)
        poll(NULL, 0, 1);
    *noticed = *options->cancel;
}

static void wait_for_checkpoint(struct incident *i, size_t n)
{
    int64_t until = chip_clock_ms() + WAIT_MS;
    size_t there = 0;
    while (there < n && chip_clock_ms() < until) {
        json_t *list = office_call(i->office, "list_checkpoints", json_pack("{s:s}", "id", i->id));
        there = json_array_size(list);
        json_decref(list);
    }
    assert_true(there >= n);
}

static void stop_worker(void *user, int piece, const struct chip_options *options)
{
    struct incident *i = user;
    if (!is_time(i, piece))
        return;
    i->office->stop = true;
    wait_for_cancel(options, &i->noticed);
}

static void change_job(void *user, int piece, const struct chip_options *options)
{
    struct incident *i = user;
    const char *function = i->office->score.total_ms ? "delete_job" : "cancel_job";
    if (!is_time(i, piece))
        return;
    json_decref(office_call(i->office, function, json_pack("{s:s}", "id", i->id)));
    wait_for_cancel(options, &i->noticed);
}

static void die(void *user, int piece, const struct chip_options *options)
{
    struct incident *i = user;
    (void)options;
    if (i->piece < 0)
        poll(NULL, 0, 4); /* time to be killed from outside */
    if (!is_time(i, piece))
        return;
    if (piece >= 3)
        wait_for_checkpoint(i, 1);
    raise(SIGKILL);
}

/* Reads the token from the worker's own note, ends its lease, and claims the job for another. */
static void steal(void *user, int piece, const struct chip_options *options)
{
    struct incident *i = user;
    if (!is_time(i, piece))
        return;
    char path[200], token[CHIP_UUID_TEXT] = "";
    snprintf(path, sizeof path, "%s/work/%s", i->office->dir, i->id);
    FILE *note = fopen(path, "r");
    assert_non_null(note);
    assert_int_equal(fread(token, 1, sizeof token - 1, note), sizeof token - 1);
    fclose(note);
    json_decref(office_call(
        i->office, "heartbeat_job",
        json_pack("{s:s, s:s, s:i}", "id", i->id, "lease_token", token, "lease_seconds", 0)));
    json_t *job = office_call(
        i->office, "claim_job",
        json_pack("{s:s, s:s, s:i}", "worker", "thief", "node", "there", "lease_seconds", 60));
    assert_true(json_is_object(job));
    json_decref(job);
    wait_for_cancel(options, &i->noticed);
}

static void go_away(void *user, int piece, const struct chip_options *options)
{
    struct incident *i = user;
    (void)options;
    if (is_time(i, piece))
        i->office->away = true;
}

static struct incident *plan(struct office *office, struct incident *incident, int piece,
                             void (*what)(void *, int, const struct chip_options *))
{
    *incident = (struct incident){.office = office, .piece = piece};
    office->score.at_piece = what;
    office->score.user = incident;
    office_enqueue(office, incident->id, NULL);
    return incident;
}

/* The result of an undisturbed run. */
static char *undisturbed(struct office *office)
{
    char id[CHIP_UUID_TEXT];
    struct score score = office->score;
    office->score.at_piece = NULL;
    office_enqueue(office, id, NULL);
    office_work_until(office, id, "completed");
    office->score = score;
    return office_result(office, id);
}

static void expect_same_result(struct office *office, const char *id)
{
    char *expected = undisturbed(office), *got = office_result(office, id);
    assert_string_equal(got, expected);
    free(expected);
    free(got);
    char *told = office_told(office, id), *all = office_all_told(office->score.n_pieces);
    assert_string_equal(told, all); /* nothing missing, nothing twice */
    free(told);
    free(all);
}

static int count_notes(struct office *office)
{
    char path[100];
    snprintf(path, sizeof path, "%s/work", office->dir);
    DIR *dir = opendir(path);
    int n = 0;
    while (dir && readdir(dir))
        n++;
    if (dir)
        closedir(dir);
    return n - 2;
}

/* ---- promises -----------------------------------------------------------------------------------
 */

static void a_stopped_worker_puts_its_job_down_and_the_next_goes_on(void **state)
{
    struct office *office = *state;
    struct incident i;
    office->score.n_pieces = 6;
    plan(office, &i, 2, stop_worker);
    office_start_worker(office);
    pthread_join(office->thread, NULL);
    assert_true(i.noticed);
    office_expect_status(office, i.id, "pending");
    json_t *job = office_call(office, "get_job", json_pack("{s:s}", "id", i.id));
    assert_int_equal(json_integer_value(json_object_get(job, "attempts")), 0);
    json_decref(job);
    assert_int_equal(count_notes(office), 0);

    office->score.at_piece = NULL;
    office_work_until(office, i.id, "completed");
    assert_int_equal(office->known_ms, 2 * PIECE_MS);
    assert_int_equal(office->n_pieces, 6);
    expect_same_result(office, i.id);
}

static void a_cancelled_job_is_left_at_once(void **state)
{
    struct office *office = *state;
    struct incident i;
    char next[CHIP_UUID_TEXT];
    plan(office, &i, 1, change_job);
    office_enqueue(office, next, NULL);
    office_work_until(office, next, "completed");
    assert_true(i.noticed);
    office_expect_status(office, i.id, "cancelled");
    assert_int_equal(chip_store_call(office->store, NULL, "get_analysis",
                                     json_pack("{s:s}", "job_id", i.id), NULL, NULL),
                     CHIP_E_NOT_FOUND);
    assert_true(chip_recording_exists(office->dir, i.id)); /* for doing it again */
}

static void a_deleted_job_takes_its_recording_along(void **state)
{
    struct office *office = *state;
    struct incident i;
    char next[CHIP_UUID_TEXT];
    office->score.total_ms = 4 * PIECE_MS;
    plan(office, &i, 1, change_job);
    office_enqueue(office, next, NULL);
    office_work_until(office, next, "completed");
    assert_true(i.noticed);
    assert_false(chip_recording_exists(office->dir, i.id));
    assert_int_equal(count_notes(office), 0);
}

static void a_worker_that_lost_its_lease_changes_nothing(void **state)
{
    struct office *office = *state;
    struct incident i;
    char next[CHIP_UUID_TEXT];
    plan(office, &i, 1, steal);
    office_enqueue(office, next, NULL);
    office_work_until(office, next, "completed");
    assert_true(i.noticed);
    json_t *job = office_call(office, "get_job", json_pack("{s:s}", "id", i.id));
    assert_string_equal(json_string_value(json_object_get(job, "status")), "processing");
    assert_string_equal(json_string_value(json_object_get(job, "worker")), "thief");
    assert_int_equal(json_integer_value(json_object_get(job, "attempts")), 2);
    json_decref(job);
}

static void work_goes_on_while_the_store_is_away(void **state)
{
    struct office *office = *state;
    struct incident i;
    office->score.n_pieces = 8;
    plan(office, &i, 1, go_away);
    office_start_worker(office);
    int64_t until = chip_clock_ms() + WAIT_MS;
    while ((office->n_pieces < 8 || office->n_refused < 2) && chip_clock_ms() < until)
        poll(NULL, 0, 2);
    assert_int_equal(office->n_pieces, 8);
    office->away = false;
    office_wait(office, i.id, "completed");
    office_stop_worker(office);
    assert_int_equal(office->n_runs, 1);
    expect_same_result(office, i.id);
}

static void patience_with_the_store_ends(void **state)
{
    struct office *office = *state;
    struct incident i;
    office->settings.patience_seconds = 1;
    plan(office, &i, 1, go_away);
    office_start_worker(office);
    int64_t until = chip_clock_ms() + WAIT_MS;
    while (office->n_refused < 3 && chip_clock_ms() < until)
        poll(NULL, 0, 2);
    office_stop_worker(office); /* which does not hang */
    office->away = false;
    office_expect_status(office, i.id, "processing"); /* until its lease ends */
}

/* ---- killed -------------------------------------------------------------------------------------
 */

/* The other process: a worker of the directory `argv[1]` with `argv[2]` pieces, at piece `argv[3]`
 * of which it dies over job `argv[4]`. */
static int work_elsewhere(char **argv)
{
    struct office office = {0};
    struct incident i = {.office = &office, .piece = atoi(argv[3])};
    alarm(60);
    snprintf(office.dir, sizeof office.dir, "%s", argv[1]);
    snprintf(i.id, sizeof i.id, "%s", argv[4]);
    office_enter(&office);
    office.score.n_pieces = atoi(argv[2]);
    office.score.at_piece = die;
    office.score.user = &i;
    office.settings.lease_seconds = i.piece < 0 ? 2 : 0;
    return chip_worker_run(&office.settings, &office.stop, NULL) != CHIP_OK;
}

static pid_t start_elsewhere(struct office *office, int piece, const char *id)
{
    char n_pieces[16], at[16];
    snprintf(n_pieces, sizeof n_pieces, "%d", office->score.n_pieces);
    snprintf(at, sizeof at, "%d", piece);
    char *argv[] = {"worker", office->dir, n_pieces, at, (char *)id, NULL};
    pid_t pid = fork();
    if (pid == 0) {
        execv("/proc/self/exe", argv);
        _exit(127);
    }
    return pid;
}

static void expect_killed(pid_t pid)
{
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static void after_a_kill_the_next_worker_goes_on_at_once(void **state)
{
    struct office *office = *state;
    struct incident i;
    office->score.n_pieces = 6;
    plan(office, &i, 4, NULL);
    expect_killed(start_elsewhere(office, 4, i.id));
    assert_int_equal(count_notes(office), 1);
    int64_t before = chip_clock_ms();
    office_work_until(office, i.id, "completed"); /* the lease would last a minute */
    assert_true(chip_clock_ms() - before < 10000);
    assert_int_equal(office->known_ms, 3 * PIECE_MS); /* the slice that was kept */
    assert_int_equal(count_notes(office), 0);
    expect_same_result(office, i.id);
}

static void a_job_that_kills_three_workers_fails_and_others_do_not(void **state)
{
    struct office *office = *state;
    struct incident i;
    char other[CHIP_UUID_TEXT];
    plan(office, &i, 0, NULL);
    for (int n = 0; n < 3; n++)
        expect_killed(start_elsewhere(office, 0, i.id));
    office_enqueue(office, other, NULL);
    office_start_worker(office);
    office_wait(office, other, "completed");
    office_wait(office, i.id, "failed");
    office_stop_worker(office);
    json_t *job = office_call(office, "get_job", json_pack("{s:s}", "id", i.id));
    assert_string_equal(json_string_value(json_object_get(json_object_get(job, "error"), "code")),
                        "worker_lost");
    json_decref(job);
}

/* Wherever it hits: claiming, fetching, transcribing, writing. Between claiming and the note of it,
 * only the end of the lease helps. */
static void twenty_kills_at_any_moment_change_no_result(void **state)
{
    struct office *office = *state;
    char id[CHIP_UUID_TEXT];
    unsigned random = 12345;
    office->score.n_pieces = 30;
    office->max_attempts = 100;
    office->settings.lease_seconds = 2;
    office_enqueue(office, id, NULL);
    int status, kills = 0;
    for (int round = 0; round < 20; round++) {
        pid_t pid = start_elsewhere(office, -1, id);
        random = random * 1664525U + 1013904223U;
        poll(NULL, 0, 5 + (int)(random >> 24) % 150);
        kill(pid, SIGKILL);
        kills += waitpid(pid, &status, 0) == pid && WIFSIGNALED(status);
    }
    assert_int_equal(kills, 20);
    office_work_until(office, id, "completed");
    json_t *row = office_call(office, "get_analysis", json_pack("{s:s}", "job_id", id));
    assert_int_equal(json_integer_value(json_object_get(row, "version")), 1);
    json_decref(row);
    expect_same_result(office, id);
}

/* ---- under a supervisor -------------------------------------------------------------------------
 */

static void a_wake_ends_the_wait_for_work(void **state)
{
    struct office *office = *state;
    char id[CHIP_UUID_TEXT];
    int pair[2];
    struct chip_link_message m = {0};
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
    office->settings.child_fd = pair[1];
    office_start_worker(office);
    while (m.kind != CHIP_LINK_READY)
        chip_link_receive(pair[0], &m);
    poll(NULL, 0, 1700); /* by now it looks once a second */
    office_enqueue(office, id, NULL);
    int64_t before = chip_clock_ms();
    assert_int_equal(send(pair[0], "w", 1, 0), 1);
    while (m.kind != CHIP_LINK_IDLE) {
        chip_link_receive(pair[0], &m);
        assert_true(chip_clock_ms() - before < 500);
    }
    assert_string_equal(m.job, id);
    office_expect_status(office, id, "completed");

    close(pair[0]); /* the supervisor is gone, and so is the worker */
    pthread_join(office->thread, NULL);
    assert_int_equal(office->ended, CHIP_OK);
    close(pair[1]);
}

static enum chip_status no_model(void *user, struct chip_err *err)
{
    (void)user;
    return chip_fail(err, CHIP_E_NOT_FOUND, "there is no model");
}

static void a_worker_without_a_model_says_so_and_ends(void **state)
{
    struct office *office = *state;
    struct chip_link_message m;
    struct chip_err err;
    int pair[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
    office->settings.child_fd = pair[1];
    office->engine.prepare = no_model;
    assert_int_equal(chip_worker_run(&office->settings, &office->stop, &err), CHIP_E_NOT_FOUND);
    assert_int_equal(chip_link_receive(pair[0], &m), CHIP_LINK_MESSAGE);
    assert_int_equal(m.kind, CHIP_LINK_FAILED);
    assert_string_equal(m.text, "there is no model");
    close(pair[0]);
    close(pair[1]);
}

int main(int argc, char **argv)
{
    if (argc > 1)
        return work_elsewhere(argv);
    alarm(300);
    const struct CMUnitTest tests[] = {
        IN_OFFICE(a_stopped_worker_puts_its_job_down_and_the_next_goes_on),
        IN_OFFICE(a_cancelled_job_is_left_at_once),
        IN_OFFICE(a_deleted_job_takes_its_recording_along),
        IN_OFFICE(a_worker_that_lost_its_lease_changes_nothing),
        IN_OFFICE(work_goes_on_while_the_store_is_away),
        IN_OFFICE(patience_with_the_store_ends),
        IN_OFFICE(after_a_kill_the_next_worker_goes_on_at_once),
        IN_OFFICE(a_job_that_kills_three_workers_fails_and_others_do_not),
        IN_OFFICE(twenty_kills_at_any_moment_change_no_result),
        IN_OFFICE(a_wake_ends_the_wait_for_work),
        IN_OFFICE(a_worker_without_a_model_says_so_and_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
