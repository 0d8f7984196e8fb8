#include "job/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "job/supervisor.h"

enum { EXIT_NOT_STARTED = 127 };

/* In the child of a process with threads: nothing but system calls until the program runs. */
static void become(const char *program, char *const *argv, int fd, int null, pid_t parent)
{
    static const int signals[] = {SIGTERM, SIGINT, SIGHUP, SIGPIPE, SIGCHLD, SIGUSR1, SIGUSR2};
    struct sigaction plain = {.sa_handler = SIG_DFL};
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        sigaction(signals[i], &plain, NULL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);

    setpgid(0, 0);
    if (prctl(PR_SET_PDEATHSIG, SIGTERM) < 0 || getppid() != parent)
        return; /* the parent died before it could be told to us */
    if (dup2(null, STDIN_FILENO) < 0)
        return;
    if (fd == CHIP_CHILD_FD ? fcntl(fd, F_SETFD, 0) < 0 : dup2(fd, CHIP_CHILD_FD) < 0)
        return;
    close_range(CHIP_CHILD_FD + 1, ~0U, 0);
    execv(program, argv);
}

enum chip_status chip_child_start(struct chip_child *out, const char *program, char *const *argv,
                                  struct chip_err *err)
{
    int pair[2], null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (null < 0 || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0) {
        int cause = errno;
        if (null >= 0)
            close(null);
        return chip_fail(err, CHIP_E_IO, "open a socket for a process: %s", strerror(cause));
    }
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid == 0) {
        become(program, argv, pair[1], null, parent);
        _exit(EXIT_NOT_STARTED);
    }
    int cause = errno;
    close(null);
    close(pair[1]);
    if (pid < 0) {
        close(pair[0]);
        return chip_fail(err, CHIP_E_IO, "start a process: %s", strerror(cause));
    }
    *out = (struct chip_child){.pid = pid, .fd = pair[0]};
    return CHIP_OK;
}
