#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include "job/sandbox.h"

/* What computing, reading and writing need, and what libc needs for it. */
static const int allowed[] = {
    SCMP_SYS(read),
    SCMP_SYS(pread64),
    SCMP_SYS(lseek),
    SCMP_SYS(fstat),
    SCMP_SYS(poll),
    SCMP_SYS(ppoll),
    SCMP_SYS(brk),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    SCMP_SYS(futex),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(time),
    SCMP_SYS(getrandom),
    SCMP_SYS(getpid),
    SCMP_SYS(gettid),
    SCMP_SYS(sched_yield),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
};

/* What libraries try for files that are optional: conversion tables, locales. */
static const int refused[] = {
    SCMP_SYS(open),      SCMP_SYS(openat),     SCMP_SYS(openat2), SCMP_SYS(access),
    SCMP_SYS(faccessat), SCMP_SYS(faccessat2), SCMP_SYS(stat),    SCMP_SYS(lstat),
    SCMP_SYS(readlink),  SCMP_SYS(readlinkat), SCMP_SYS(statx),
};

static bool add_list(scmp_filter_ctx filter, uint32_t action, const int *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (seccomp_rule_add(filter, action, list[i], 0) != 0)
            return false;
    return true;
}

/* Writing: to what is open. Memory: none that can be executed. */
static bool add_conditions(scmp_filter_ctx filter)
{
    const struct scmp_arg_cmp ours = SCMP_A0_32(SCMP_CMP_LE, CHIP_SANDBOX_LAST_FD);
    const struct scmp_arg_cmp no_code = SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);
    const struct scmp_arg_cmp self = SCMP_A0_32(SCMP_CMP_EQ, (uint32_t)getpid()); /* abort() */
    return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(write), 1, ours) == 0 &&
           seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(writev), 1, ours) == 0 &&
           seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, no_code) == 0 &&
           seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, no_code) == 0 &&
           seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1, self) == 0;
}

/* Some libc say fstatat(fd, "", ...) for fstat(fd). */
static bool add_fstatat(scmp_filter_ctx filter)
{
    const struct scmp_arg_cmp is_input = SCMP_A0_32(SCMP_CMP_EQ, STDIN_FILENO);
    const struct scmp_arg_cmp is_other = SCMP_A0_32(SCMP_CMP_NE, STDIN_FILENO);
    const struct scmp_arg_cmp by_fd = SCMP_A3_32(SCMP_CMP_EQ, AT_EMPTY_PATH);
    const struct scmp_arg_cmp by_path = SCMP_A3_32(SCMP_CMP_NE, AT_EMPTY_PATH);
    const uint32_t refuse = SCMP_ACT_ERRNO(EACCES);
    return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(newfstatat), 2, is_input, by_fd) ==
               0 &&
           seccomp_rule_add(filter, refuse, SCMP_SYS(newfstatat), 1, is_other) == 0 &&
           seccomp_rule_add(filter, refuse, SCMP_SYS(newfstatat), 2, is_input, by_path) == 0;
}

bool chip_sandbox_filter_syscalls(void)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
    if (!filter)
        return false;
    bool in_force =
        seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS) == 0 &&
        add_list(filter, SCMP_ACT_ALLOW, allowed, sizeof allowed / sizeof allowed[0]) &&
        add_list(filter, SCMP_ACT_ERRNO(EACCES), refused, sizeof refused / sizeof refused[0]) &&
        add_conditions(filter) && add_fstatat(filter) && seccomp_load(filter) == 0;
    seccomp_release(filter);
    return in_force;
}
