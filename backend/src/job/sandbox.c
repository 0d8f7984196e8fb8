#include "job/sandbox.h"

#include <linux/capability.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { HAS_SHADOW = 1 }; /* a sanitizer reserves terabytes of address space */
#else
enum { HAS_SHADOW = 0 };
#endif

static bool limit(__rlimit_resource_t what, rlim_t soft, rlim_t hard)
{
    struct rlimit now;
    if (getrlimit(what, &now) != 0)
        return false;
    if (hard > now.rlim_max) /* somebody was stricter before */
        hard = now.rlim_max;
    const struct rlimit wanted = {.rlim_cur = soft < hard ? soft : hard, .rlim_max = hard};
    return setrlimit(what, &wanted) == 0;
}

/* Address space in use; 0: not known. */
static int64_t used_bytes(void)
{
    long long pages = 0;
    FILE *f = fopen("/proc/self/statm", "re");
    if (!f)
        return 0;
    if (fscanf(f, "%lld", &pages) != 1)
        pages = 0;
    fclose(f);
    return pages * sysconf(_SC_PAGESIZE);
}

static bool limit_memory(int64_t more_bytes)
{
    const int64_t used = used_bytes();
    if (HAS_SHADOW || used <= 0)
        return false;
    return limit(RLIMIT_AS, (rlim_t)(used + more_bytes), (rlim_t)(used + more_bytes));
}

static bool limit_files(int64_t bytes)
{
    const rlim_t n = CHIP_SANDBOX_LAST_FD + 1;
    return limit(RLIMIT_FSIZE, (rlim_t)bytes, (rlim_t)bytes) && limit(RLIMIT_CORE, 0, 0) &&
           limit(RLIMIT_NOFILE, n, n);
}

static bool drop_capabilities(void)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    const struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {{0}};
    return syscall(SYS_capset, &header, none) == 0;
}

unsigned chip_sandbox_enter(const struct chip_sandbox_limits *limits)
{
    bool in_force[CHIP_SANDBOX_N_PARTS];
    in_force[CHIP_SANDBOX_MEMORY] = limit_memory(limits->memory_bytes);
    in_force[CHIP_SANDBOX_CPU] = limit(RLIMIT_CPU, (rlim_t)limits->cpu_s, CHIP_SANDBOX_MAX_CPU_S);
    in_force[CHIP_SANDBOX_FILES] = limit_files(limits->file_bytes);
    in_force[CHIP_SANDBOX_PROCESSES] = limit(RLIMIT_NPROC, 0, 0);
    in_force[CHIP_SANDBOX_CAPABILITIES] = drop_capabilities();
    in_force[CHIP_SANDBOX_PRIVILEGES] = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
    in_force[CHIP_SANDBOX_SYSCALLS] = chip_sandbox_filter_syscalls();
    unsigned parts = 0;
    for (unsigned i = 0; i < CHIP_SANDBOX_N_PARTS; i++)
        parts |= (unsigned)in_force[i] << i;
    return parts;
}

const char *chip_sandbox_part_text(enum chip_sandbox_part part)
{
    switch (part) {
    case CHIP_SANDBOX_PRIVILEGES:
        return "no new privileges (no_new_privs)";
    case CHIP_SANDBOX_CAPABILITIES:
        return "no rights of root (capabilities)";
    case CHIP_SANDBOX_MEMORY:
        return "limited memory (RLIMIT_AS)";
    case CHIP_SANDBOX_CPU:
        return "limited processor time (RLIMIT_CPU)";
    case CHIP_SANDBOX_FILES:
        return "no files written (RLIMIT_FSIZE, RLIMIT_NOFILE)";
    case CHIP_SANDBOX_PROCESSES:
        return "no processes started (RLIMIT_NPROC)";
    case CHIP_SANDBOX_SYSCALLS:
        return "no files opened, no network, no programs (seccomp)";
    case CHIP_SANDBOX_N_PARTS:
        break;
    }
    return "unknown";
}

unsigned chip_sandbox_probe(struct chip_str *out)
{
    const pid_t pid = fork();
    if (pid == 0) {
        const struct chip_sandbox_limits limits = {.memory_bytes = 64 << 20, .cpu_s = 10};
        _exit((int)chip_sandbox_enter(&limits));
    }
    int status = 0;
    const bool ran = pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status);
    const unsigned parts = ran ? (unsigned)WEXITSTATUS(status) : 0;
    for (int i = 0; i < CHIP_SANDBOX_N_PARTS; i++)
        chip_str_addf(out, "%s: %s\n", chip_sandbox_part_text((enum chip_sandbox_part)i),
                      parts & 1U << i ? "in force" : "not in force");
    return parts;
}
