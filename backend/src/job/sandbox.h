/**
 * Locks this process in, before it looks at bytes of strangers: from then on it can compute, read
 * and write the descriptors that it has, and nothing else. What the kernel refuses is left out, and
 * said.
 *
 * For a process of its own with one thread: there is no way back.
 */
#pragma once

#include "base/str.h"

enum chip_sandbox_part {
    CHIP_SANDBOX_PRIVILEGES,   /* no_new_privs: nothing that is executed gains any */
    CHIP_SANDBOX_CAPABILITIES, /* none left, also for root */
    CHIP_SANDBOX_MEMORY,       /* RLIMIT_AS */
    CHIP_SANDBOX_CPU,          /* RLIMIT_CPU */
    CHIP_SANDBOX_FILES,        /* RLIMIT_FSIZE, RLIMIT_NOFILE, RLIMIT_CORE */
    CHIP_SANDBOX_PROCESSES,    /* RLIMIT_NPROC */
    CHIP_SANDBOX_SYSCALLS,     /* seccomp: an allow-list of system calls */
    CHIP_SANDBOX_N_PARTS,
};

struct chip_sandbox_limits {
    int64_t memory_bytes; /* address space beyond what is used now */
    int64_t file_bytes;   /* where a file that is open may grow to; 0: none may */
    int64_t cpu_s;        /* processor time; the parent may raise it up to CHIP_SANDBOX_MAX_CPU_S */
};

enum { CHIP_SANDBOX_MAX_CPU_S = 24 * 3600 };

/** The highest descriptor that stays usable: standard input and output, errors, one more file. */
enum { CHIP_SANDBOX_LAST_FD = 3 };

/**
 * Locks this process in.
 *
 * After it, opening a file fails with EACCES (libraries that look for optional files go on
 * without); any other call that is not needed for decoding ends the process with SIGSYS: sockets,
 * programs, processes, threads, signals to others, tracing, memory that can be executed. What is
 * left to a process that was taken over: whether a path exists, if its libc asks fstatat() for
 * fstat().
 *
 * @return the parts in force, bit 1 << part each. Built with a sanitizer, memory is not limited
 */
unsigned chip_sandbox_enter(const struct chip_sandbox_limits *limits);

/** Only the system calls of chip_sandbox_enter(). @return false when the kernel refuses */
bool chip_sandbox_filter_syscalls(void);

/** What a part is, in words: "system calls: those of decoding only (seccomp)". Never NULL. */
const char *chip_sandbox_part_text(enum chip_sandbox_part part);

/**
 * Tries the sandbox in a process of its own; appends one line for each part that says whether it is
 * in force here. For a program with one thread.
 *
 * @return the parts in force
 */
unsigned chip_sandbox_probe(struct chip_str *out);
