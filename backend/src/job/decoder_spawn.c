#include "job/decoder_spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "job/sandbox.h"
#include "media/media.h"

enum {
    FIRST_FREE = CHIP_SANDBOX_LAST_FD + 1,
    PIPE_BYTES = 1 << 20,
    LAST_WORDS_MS = 2000, /* between the end of the pipe and that of the process */
    DEFAULT_MEMORY = 256 << 20,
    DEFAULT_SPOOL_IN_MEMORY = 512 << 20,
    DEFAULT_CPU_S = 30,
    ARGUMENT = 24,
};

/* What the child shall have; all beyond the numbers that it has there, so that none is in the way
 * of another. -1: none. */
struct files {
    int recording, frames, spool;
};

static void files_done(const struct files *f)
{
    const int all[] = {f->recording, f->frames, f->spool};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (all[i] >= 0)
            close(all[i]);
}

/* Moves fd out of the way; fd is closed in any case. */
static int move_up(int fd)
{
    if (fd < 0 || fd >= FIRST_FREE)
        return fd;
    const int moved = fcntl(fd, F_DUPFD_CLOEXEC, FIRST_FREE);
    close(fd);
    return moved;
}

static int open_spool(const char *dir)
{
    if (!dir)
        return move_up(memfd_create("recording", MFD_CLOEXEC));
    return move_up(open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
}

static enum chip_status open_files(struct files *f, int *out,
                                   const struct chip_decoder_settings *settings, bool is_file,
                                   struct chip_err *err)
{
    int ends[2];
    *f = (struct files){-1, -1, -1};
    if (pipe2(ends, O_CLOEXEC) != 0)
        return chip_fail(err, CHIP_E_IO, "a decoder cannot be started: %s", strerror(errno));
    *out = ends[0];
    (void)fcntl(*out, F_SETPIPE_SZ, PIPE_BYTES); /* fewer changes of process; it works without */
    f->frames = move_up(ends[1]);
    f->recording = fcntl(settings->fd, F_DUPFD_CLOEXEC, FIRST_FREE);
    if (f->frames < 0 || f->recording < 0)
        return chip_fail(err, CHIP_E_IO, "a decoder cannot be started: %s", strerror(errno));
    if (is_file)
        return CHIP_OK;
    f->spool = open_spool(settings->spool_dir);
    if (f->spool < 0)
        return chip_fail(err, CHIP_E_IO, "no file can be made to buffer a recording in%s%s: %s",
                         settings->spool_dir ? " " : "",
                         settings->spool_dir ? settings->spool_dir : "", strerror(errno));
    return CHIP_OK;
}

static int64_t spool_bytes(const struct chip_decoder_settings *settings)
{
    if (settings->spool_bytes)
        return settings->spool_bytes;
    return settings->spool_dir ? CHIP_MEDIA_SPOOL_BYTES : DEFAULT_SPOOL_IN_MEMORY;
}

/* Files, signals and group of the child. Returns an errno. */
static int describe(posix_spawn_file_actions_t *actions, posix_spawnattr_t *attributes,
                    const struct files *f)
{
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    int code = posix_spawn_file_actions_adddup2(actions, f->recording, STDIN_FILENO);
    if (!code)
        code = posix_spawn_file_actions_adddup2(actions, f->frames, STDOUT_FILENO);
    if (!code)
        code = posix_spawn_file_actions_addopen(actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    if (!code && f->spool >= 0)
        code = posix_spawn_file_actions_adddup2(actions, f->spool, CHIP_SANDBOX_LAST_FD);
    if (!code)
        code = posix_spawn_file_actions_addclosefrom_np(
            actions, f->spool >= 0 ? FIRST_FREE : CHIP_SANDBOX_LAST_FD);
    if (!code)
        code = posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
                                                        POSIX_SPAWN_SETPGROUP);
    if (!code)
        code = posix_spawnattr_setsigmask(attributes, &none);
    return code ? code : posix_spawnattr_setsigdefault(attributes, &all);
}

static int spawn(pid_t *pid, const struct chip_decoder_settings *settings, const struct files *f)
{
    char track[ARGUMENT], memory[ARGUMENT], spool[ARGUMENT], cpu[ARGUMENT];
    char name[] = "chip", command[] = "decode-media", mix[] = "1", apart[] = "0";
    snprintf(track, sizeof track, "%d", settings->track);
    snprintf(memory, sizeof memory, "%" PRId64,
             settings->memory_bytes ? settings->memory_bytes : DEFAULT_MEMORY);
    snprintf(spool, sizeof spool, "%" PRId64, f->spool >= 0 ? spool_bytes(settings) : 0);
    snprintf(cpu, sizeof cpu, "%d", settings->cpu_s ? settings->cpu_s : DEFAULT_CPU_S);
    char *const argv[] = {name,   command, track, settings->mix ? mix : apart,
                          memory, spool,   cpu,   NULL};
    char *const environment[] = {NULL};

    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    int code = describe(&actions, &attributes, f);
    if (!code)
        code = posix_spawn(pid, settings->program ? settings->program : "/proc/self/exe", &actions,
                           &attributes, argv, environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return code;
}

enum chip_status chip_decoder_spawn(struct chip_decoder_process *out,
                                    const struct chip_decoder_settings *settings, bool is_file,
                                    struct chip_err *err)
{
    struct chip_decoder_process p = {.pidfd = -1, .out = -1};
    struct files files;
    enum chip_status s = open_files(&files, &p.out, settings, is_file, err);
    if (s == CHIP_OK) {
        const int code = spawn(&p.pid, settings, &files);
        if (code)
            s = chip_fail(err, code == ENOMEM ? CHIP_E_NOMEM : CHIP_E_IO,
                          "the decoder '%s' cannot be started: %s",
                          settings->program ? settings->program : "chip", strerror(code));
    }
    files_done(&files);
    if (s != CHIP_OK) {
        if (p.out >= 0)
            close(p.out);
        return s;
    }
    p.pidfd = pidfd_open(p.pid, 0);
    *out = p;
    return CHIP_OK;
}

static int reap(struct chip_decoder_process *p)
{
    int status = 0;
    while (waitpid(p->pid, &status, 0) < 0 && errno == EINTR) {
    }
    p->pid = 0;
    return status;
}

int chip_decoder_process_wait(struct chip_decoder_process *p)
{
    struct pollfd end = {.fd = p->pidfd, .events = POLLIN};
    if (p->pidfd < 0 || poll(&end, 1, LAST_WORDS_MS) <= 0)
        (void)kill(p->pid, SIGKILL);
    return reap(p);
}

void chip_decoder_process_kill(struct chip_decoder_process *p)
{
    if (p->pid) {
        (void)kill(p->pid, SIGKILL);
        (void)reap(p);
    }
    if (p->pidfd >= 0)
        close(p->pidfd);
    if (p->out >= 0)
        close(p->out);
    p->pidfd = p->out = -1;
}
