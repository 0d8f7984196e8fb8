#include "../test.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "job/sandbox.h"

/* Each test locks a process in and lets it try something. What it returns is its exit code. */

typedef int attempt(void);

enum { DONE = 0, REFUSED = 40, OTHER = 41 };

static unsigned parts_in_force;
static struct chip_sandbox_limits limits = {
    .memory_bytes = 64 << 20, .file_bytes = 4096, .cpu_s = 10};

static int try_in_sandbox(attempt *what)
{
    const pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        chip_sandbox_enter(&limits);
        _exit(what());
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status;
}

static void need(enum chip_sandbox_part part)
{
    if (parts_in_force & 1U << part)
        return;
    print_message("skipped: this kernel or build has not: %s\n", chip_sandbox_part_text(part));
    skip();
}

static void assert_ends_with(int status, int code)
{
    if (!WIFEXITED(status) || WEXITSTATUS(status) != code)
        fail_msg("it ended with status %x", (unsigned)status);
}

static void assert_killed(attempt *what, int signal)
{
    const int status = try_in_sandbox(what);
    if (!WIFSIGNALED(status) || WTERMSIG(status) != signal)
        fail_msg("it ended with status %x", (unsigned)status);
}

/* ---- what still works ---- */

static int compute_and_write(void)
{
    char *memory = malloc(1 << 20);
    if (!memory)
        return OTHER;
    memset(memory, 1, 1 << 20);
    free(memory);
    return write(STDERR_FILENO, "", 0) == 0 ? DONE : OTHER;
}

static void a_locked_in_process_can_compute_and_write(void **state)
{
    (void)state;
    assert_ends_with(try_in_sandbox(compute_and_write), DONE);
}

static int abort_itself(void)
{
    abort();
}

static void a_crash_keeps_its_own_signal(void **state)
{
    (void)state;
    assert_killed(abort_itself, SIGABRT);
}

/* ---- files ---- */

static int open_file(void)
{
    if (open("/etc/passwd", O_RDONLY) >= 0)
        return DONE;
    return errno == EACCES ? REFUSED : OTHER;
}

static int make_file(void)
{
    if (creat("/tmp/chip-sandbox-test", 0600) >= 0)
        return DONE;
    return errno == EACCES ? REFUSED : OTHER;
}

static int look_at_file(void)
{
    struct stat st;
    if (stat("/etc/passwd", &st) == 0 || access("/etc/passwd", R_OK) == 0)
        return DONE;
    return errno == EACCES ? REFUSED : OTHER;
}

static int look_at_input(void)
{
    struct stat st;
    return fstat(STDIN_FILENO, &st) == 0 ? DONE : OTHER;
}

static void files_can_neither_be_opened_nor_looked_at(void **state)
{
    (void)state;
    need(CHIP_SANDBOX_SYSCALLS);
    assert_ends_with(try_in_sandbox(open_file), REFUSED);
    assert_ends_with(try_in_sandbox(look_at_file), REFUSED);
    assert_ends_with(try_in_sandbox(look_at_input), DONE);
}

static int remove_file(void)
{
    return unlink("/tmp/chip-sandbox-no-such-file") == 0 ? DONE : OTHER;
}

static int name_file(void)
{
    return rename("/tmp/chip-sandbox-a", "/tmp/chip-sandbox-b") == 0 ? DONE : OTHER;
}

static void changing_the_file_system_ends_the_process(void **state)
{
    (void)state;
    need(CHIP_SANDBOX_SYSCALLS);
    const int status = try_in_sandbox(make_file); /* libc may say open(..., O_CREAT) for it */
    assert_true(WIFSIGNALED(status) ? WTERMSIG(status) == SIGSYS : WEXITSTATUS(status) == REFUSED);
    assert_int_equal(access("/tmp/chip-sandbox-test", F_OK), -1);
    assert_killed(remove_file, SIGSYS);
    assert_killed(name_file, SIGSYS);
}

/* ---- the rest of the world ---- */

static int open_socket(void)
{
    return socket(AF_INET, SOCK_STREAM, 0) >= 0 ? DONE : OTHER;
}

static int make_pair(void)
{
    int ends[2];
    return socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0 ? DONE : OTHER;
}

static int run_program(void)
{
    char path[] = "/bin/true", *argv[] = {path, NULL};
    return execv(path, argv);
}

static int start_process(void)
{
    return fork() >= 0 ? DONE : OTHER;
}

static void *do_nothing(void *arg)
{
    return arg;
}

static int start_thread(void)
{
    pthread_t thread;
    return pthread_create(&thread, NULL, do_nothing, NULL) == 0 ? DONE : OTHER;
}

static int signal_parent(void)
{
    return kill(getppid(), 0) == 0 ? DONE : OTHER;
}

static int trace_parent(void)
{
    return ptrace(PTRACE_ATTACH, 1, NULL, NULL) == 0 ? DONE : OTHER;
}

static int raise_limit(void)
{
    const struct rlimit more = {RLIM_INFINITY, RLIM_INFINITY};
    return setrlimit(RLIMIT_CPU, &more) == 0 ? DONE : OTHER;
}

static int make_code(void)
{
    void *p =
        mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return p != MAP_FAILED ? DONE : OTHER;
}

static int turn_into_code(void)
{
    void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return mprotect(p, 4096, PROT_READ | PROT_EXEC) == 0 ? DONE : OTHER;
}

static void reaching_anything_else_ends_the_process(void **state)
{
    (void)state;
    need(CHIP_SANDBOX_SYSCALLS);
    attempt *const all[] = {open_socket,  make_pair,     run_program,  start_process,
                            start_thread, signal_parent, trace_parent, raise_limit,
                            make_code,    turn_into_code};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        assert_killed(all[i], SIGSYS);
    }
}

/* ---- limits, which hold where the kernel has no seccomp too ---- */

static int take_memory(void)
{
    return malloc(128 << 20) ? DONE : REFUSED;
}

static void memory_is_limited(void **state)
{
    (void)state;
    need(CHIP_SANDBOX_MEMORY);
    assert_ends_with(try_in_sandbox(take_memory), REFUSED);
}

static int spin(void)
{
    volatile bool forever = true;
    while (forever) {
    }
    return DONE;
}

static void processor_time_is_limited(void **state)
{
    (void)state;
    need(CHIP_SANDBOX_CPU);
    limits.cpu_s = 1;
    assert_killed(spin, SIGXCPU);
    limits.cpu_s = 10;
}

static void a_file_grows_no_further_than_allowed(void **state)
{
    (void)state;
    need(CHIP_SANDBOX_FILES);
    const int spool = memfd_create("spool", 0);
    assert_true(spool >= 0);
    const pid_t pid = fork();
    if (pid == 0) {
        static const char page[4096];
        dup2(spool, CHIP_SANDBOX_LAST_FD);
        chip_sandbox_enter(&limits);
        if (write(CHIP_SANDBOX_LAST_FD, page, sizeof page) != sizeof page)
            _exit(OTHER);
        _exit(write(CHIP_SANDBOX_LAST_FD, page, sizeof page) > 0 ? DONE : REFUSED);
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGXFSZ);
    close(spool);
}

/* ---- what is said ---- */

static void the_probe_says_what_is_in_force(void **state)
{
    (void)state;
    struct chip_str text = {0};
    assert_int_equal(chip_sandbox_probe(&text), parts_in_force);
    size_t n_lines = 0;
    for (const char *at = text.data; (at = strchr(at, '\n')); at++)
        n_lines++;
    assert_int_equal(n_lines, CHIP_SANDBOX_N_PARTS);
    assert_non_null(strstr(text.data, "no new privileges (no_new_privs): in force"));
    chip_str_done(&text);
    assert_int_equal(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), 0); /* only tried, not here */
}

int main(void)
{
    struct chip_str text = {0};
    parts_in_force = chip_sandbox_probe(&text);
    chip_str_done(&text);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_locked_in_process_can_compute_and_write),
        cmocka_unit_test(a_crash_keeps_its_own_signal),
        cmocka_unit_test(files_can_neither_be_opened_nor_looked_at),
        cmocka_unit_test(changing_the_file_system_ends_the_process),
        cmocka_unit_test(reaching_anything_else_ends_the_process),
        cmocka_unit_test(memory_is_limited),
        cmocka_unit_test(processor_time_is_limited),
        cmocka_unit_test(a_file_grows_no_further_than_allowed),
        cmocka_unit_test(the_probe_says_what_is_in_force),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
