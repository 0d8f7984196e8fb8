/* The supervisor with this same program as its worker, in several roles. */
#include "../test.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "job/link.h"
#include "job/supervisor.h"

#define JOB "0b5c2c9e-5f0e-4a51-9d3a-6f4f5d1c0a11"

enum { LONG_MS = 10000 };

/* ---- roles of the worker ------------------------------------------------------------------------
 */

static void say(enum chip_link_kind kind, const char *text, int64_t ms)
{
    struct chip_link_message m = {.kind = kind, .ms = ms, .job = JOB};
    snprintf(m.text, sizeof m.text, "%s", text);
    chip_link_send(CHIP_CHILD_FD, &m);
}

/* Tells a number, as a stage that took so many seconds. */
static void say_number(const char *name, int number)
{
    say(CHIP_LINK_STAGE, name, (int64_t)number * 1000);
}

static int count_open_files(void)
{
    int n = 0;
    DIR *dir = opendir("/proc/self/fd");
    while (dir && readdir(dir))
        n++;
    closedir(dir);
    return n - 3; /* ".", ".." and the folder itself */
}

static int play(const char *role)
{
    if (strcmp(role, "unable") == 0) {
        say(CHIP_LINK_FAILED, "there is no model", 0);
        return 3;
    }
    if (strcmp(role, "stubborn") == 0)
        signal(SIGTERM, SIG_IGN);
    say_number("pid", getpid());
    say(CHIP_LINK_READY, "", 0);
    if (strcmp(role, "crashing") == 0) {
        say(CHIP_LINK_JOB, "", 0);
        raise(SIGKILL);
    }
    if (strcmp(role, "curious") == 0) {
        struct stat info;
        say_number("files", count_open_files());
        say_number("null", fstat(STDIN_FILENO, &info) == 0 && S_ISCHR(info.st_mode));
    }
    if (strcmp(role, "deaf") == 0) /* to all but signals */
        for (;;)
            pause();
    struct pollfd fd = {.fd = CHIP_CHILD_FD, .events = POLLIN};
    for (;;) {
        poll(&fd, 1, -1);
        enum chip_link_got got = chip_link_take_wakes(CHIP_CHILD_FD);
        if (got == CHIP_LINK_CLOSED && strcmp(role, "stubborn") != 0)
            return 0;
        if (got == CHIP_LINK_CLOSED)
            pause();
        if (got == CHIP_LINK_MESSAGE)
            say_number("woken", 1);
    }
}

/* ---- looking at the supervisor ------------------------------------------------------------------
 */

static struct chip_supervisor *start(const char *role, int n, int grace_ms)
{
    static char *argv[] = {"worker", NULL, NULL};
    struct chip_supervisor *s;
    struct chip_err err;
    argv[1] = (char *)role;
    const struct chip_supervisor_settings settings = {
        .argv = argv, .n_workers = n, .grace_ms = grace_ms};
    assert_int_equal(chip_supervisor_start(&s, &settings, &err), CHIP_OK);
    return s;
}

static const struct chip_stage_count *number_in(const struct chip_workers_state *state,
                                                const char *name)
{
    for (int i = 0; i < state->n_stages; i++)
        if (strcmp(state->stages[i].stage, name) == 0)
            return &state->stages[i];
    return NULL;
}

typedef bool condition(const struct chip_workers_state *state);

static struct chip_workers_state wait_for(struct chip_supervisor *s, condition *is_so)
{
    struct chip_workers_state state;
    int64_t until = chip_clock_ms() + LONG_MS;
    do {
        chip_supervisor_state(s, &state);
        if (is_so(&state))
            return state;
        poll(NULL, 0, 2);
    } while (chip_clock_ms() < until);
    fail_msg("alive %d, ready %d, restarts %d: not what was waited for", state.alive, state.ready,
             (int)state.restarts);
    return state;
}

static bool one_is_ready(const struct chip_workers_state *state)
{
    return state->ready == 1 && number_in(state, "pid");
}

static bool three_are_ready(const struct chip_workers_state *state)
{
    return state->ready == 3 && state->alive == 3;
}

static bool was_restarted_twice(const struct chip_workers_state *state)
{
    return state->restarts >= 2;
}

static bool is_at_rest(const struct chip_workers_state *state)
{
    return state->at_rest && state->alive == 0;
}

static bool says_why(const struct chip_workers_state *state)
{
    return state->why[0] != '\0';
}

static bool was_woken(const struct chip_workers_state *state)
{
    return number_in(state, "woken");
}

static bool has_looked(const struct chip_workers_state *state)
{
    return number_in(state, "files") && number_in(state, "null");
}

static pid_t pid_of_worker(struct chip_supervisor *s)
{
    struct chip_workers_state state = wait_for(s, one_is_ready);
    return (pid_t)number_in(&state, "pid")->seconds;
}

/* ---- promises -----------------------------------------------------------------------------------
 */

static void as_many_as_asked_for_become_ready(void **unused)
{
    (void)unused;
    struct chip_supervisor *s = start("steady", 3, 0);
    struct chip_workers_state state = wait_for(s, three_are_ready);
    assert_int_equal(state.n_workers, 3);
    assert_int_equal(state.busy, 0);
    assert_int_equal(state.restarts, 0);
    chip_supervisor_stop(s);
}

static void a_number_of_workers_that_makes_no_sense_is_refused(void **unused)
{
    (void)unused;
    struct chip_supervisor *s;
    for (int i = 0; i < 2; i++) {
        const struct chip_supervisor_settings settings = {
            .argv = (char *[]){"worker", NULL}, .n_workers = i ? CHIP_MAX_WORKERS + 1 : 0};
        assert_int_equal(chip_supervisor_start(&s, &settings, NULL), CHIP_E_INVAL);
    }
}

static void a_worker_that_crashes_is_replaced_and_logged_with_its_job(void **unused)
{
    (void)unused;
    char name[] = "/tmp/chip-supervisor-XXXXXX", text[4096];
    int log = mkstemp(name), stderr_before = dup(STDERR_FILENO);
    unlink(name);
    dup2(log, STDERR_FILENO);
    struct chip_supervisor *s = start("crashing", 1, 0);
    wait_for(s, was_restarted_twice);
    chip_supervisor_stop(s);
    dup2(stderr_before, STDERR_FILENO);
    close(stderr_before);
    ssize_t n = pread(log, text, sizeof text - 1, 0);
    close(log);
    assert_true(n > 0);
    text[n] = '\0';
    assert_non_null(strstr(text, "\"job\":\"" JOB "\""));
    assert_non_null(strstr(text, "killed by signal 9"));
}

static void what_cannot_start_says_why_and_is_not_tried_in_a_hurry(void **unused)
{
    (void)unused;
    struct chip_supervisor *s = start("unable", 1, 0);
    struct chip_workers_state state = wait_for(s, says_why);
    assert_string_equal(state.why, "there is no model");
    assert_int_equal(state.ready, 0);
    int64_t until = chip_clock_ms() + 1000;
    while (chip_clock_ms() < until) {
        chip_supervisor_state(s, &state);
        poll(NULL, 0, 20);
    }
    /* At 0, 100, 300, 700 ms and not before 1,500. */
    assert_in_range(state.restarts, 1, 5);
    chip_supervisor_stop(s);
}

static void a_wake_reaches_a_worker_that_waits(void **unused)
{
    (void)unused;
    struct chip_supervisor *s = start("steady", 1, 0);
    wait_for(s, one_is_ready);
    chip_supervisor_wake(s);
    wait_for(s, was_woken);
    chip_supervisor_stop(s);
}

static void a_worker_has_nothing_open_but_what_it_needs(void **unused)
{
    (void)unused;
    int leak = open("/dev/null", O_RDONLY); /* without O_CLOEXEC */
    struct chip_supervisor *s = start("curious", 1, 0);
    struct chip_workers_state state = wait_for(s, has_looked);
    assert_int_equal((int)number_in(&state, "files")->seconds, 4);
    assert_int_equal((int)number_in(&state, "null")->seconds, 1);
    chip_supervisor_stop(s);
    close(leak);
}

static void stopping_ends_all_workers(void **unused)
{
    (void)unused;
    struct chip_supervisor *s = start("deaf", 1, 0);
    pid_t pid = pid_of_worker(s);
    int64_t before = chip_clock_ms();
    chip_supervisor_stop(s);
    assert_true(chip_clock_ms() - before < 4000);
    assert_int_equal(kill(pid, 0), -1);
}

static void a_worker_that_will_not_end_is_killed_after_its_grace(void **unused)
{
    (void)unused;
    struct chip_supervisor *s = start("stubborn", 1, 200);
    pid_t pid = pid_of_worker(s);
    int64_t before = chip_clock_ms();
    chip_supervisor_stop(s);
    assert_true(chip_clock_ms() - before >= 200);
    assert_int_equal(kill(pid, 0), -1);
}

static void while_it_is_held_there_are_no_workers(void **unused)
{
    (void)unused;
    struct chip_supervisor *s = start("deaf", 1, 0);
    pid_t pid = pid_of_worker(s);
    chip_supervisor_hold(s, true);
    struct chip_workers_state state = wait_for(s, is_at_rest);
    assert_int_equal(kill(pid, 0), -1);
    assert_int_equal(state.restarts, 0); /* it was asked for */
    chip_supervisor_hold(s, false);
    chip_supervisor_state(s, &state);
    assert_false(state.at_rest);
    assert_int_not_equal(pid_of_worker(s), pid);
    chip_supervisor_halt(s);
    chip_supervisor_state(s, &state); /* others may still look at it */
    assert_int_equal(state.alive, 0);
    chip_supervisor_stop(s);
}

static void one_that_is_held_and_will_not_end_is_killed_after_its_grace(void **unused)
{
    (void)unused;
    struct chip_supervisor *s = start("stubborn", 1, 200);
    wait_for(s, one_is_ready);
    chip_supervisor_hold(s, true);
    wait_for(s, is_at_rest);
    chip_supervisor_stop(s);
}

static void it_may_be_held_from_the_start(void **unused)
{
    (void)unused;
    struct chip_supervisor *s;
    const struct chip_supervisor_settings settings = {
        .argv = (char *[]){"worker", "steady", NULL}, .n_workers = 1, .is_held = true};
    assert_int_equal(chip_supervisor_start(&s, &settings, NULL), CHIP_OK);
    wait_for(s, is_at_rest);
    chip_supervisor_hold(s, false);
    wait_for(s, one_is_ready);
    chip_supervisor_stop(s);
}

static void workers_end_with_a_supervisor_that_is_killed(void **unused)
{
    (void)unused;
    int pipe_fds[2], status;
    pid_t worker;
    assert_int_equal(pipe(pipe_fds), 0);
    prctl(PR_SET_CHILD_SUBREAPER, 1); /* so that the orphan can be waited for here */
    pid_t server = fork();
    if (server == 0) {
        worker = pid_of_worker(start("deaf", 1, 0));
        if (write(pipe_fds[1], &worker, sizeof worker) < 0)
            _exit(1);
        raise(SIGKILL);
    }
    assert_int_equal(read(pipe_fds[0], &worker, sizeof worker), sizeof worker);
    assert_int_equal(waitpid(server, &status, 0), server);
    assert_int_equal(waitpid(worker, &status, 0), worker);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
    close(pipe_fds[0]);
    close(pipe_fds[1]);
}

int main(int argc, char **argv)
{
    if (argc > 1)
        return play(argv[1]);
    alarm(120);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_many_as_asked_for_become_ready),
        cmocka_unit_test(a_number_of_workers_that_makes_no_sense_is_refused),
        cmocka_unit_test(a_worker_that_crashes_is_replaced_and_logged_with_its_job),
        cmocka_unit_test(what_cannot_start_says_why_and_is_not_tried_in_a_hurry),
        cmocka_unit_test(a_wake_reaches_a_worker_that_waits),
        cmocka_unit_test(a_worker_has_nothing_open_but_what_it_needs),
        cmocka_unit_test(stopping_ends_all_workers),
        cmocka_unit_test(a_worker_that_will_not_end_is_killed_after_its_grace),
        cmocka_unit_test(while_it_is_held_there_are_no_workers),
        cmocka_unit_test(one_that_is_held_and_will_not_end_is_killed_after_its_grace),
        cmocka_unit_test(it_may_be_held_from_the_start),
        cmocka_unit_test(workers_end_with_a_supervisor_that_is_killed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
