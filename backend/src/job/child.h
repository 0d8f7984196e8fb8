/** Starting a process of this same program, with a socket to it. Any thread that lives as long. */
#pragma once

#include <sys/types.h>

#include "base/err.h"

struct chip_child {
    pid_t pid; /* 0: none */
    int fd;    /* our end of a SOCK_SEQPACKET pair; its end is CHIP_CHILD_FD. -1: none */
};

/**
 * Executes a program. It has the caller's standard output and error, an empty standard input,
 * its end of the socket and nothing else open; all signals as they are by default; a process group
 * of its own; and gets SIGTERM when the calling thread ends.
 *
 * @param program a path
 * @return CHIP_OK; CHIP_E_IO. That the program cannot be executed shows by its exit status 127
 */
CHIP_MUST_CHECK
enum chip_status chip_child_start(struct chip_child *out, const char *program, char *const *argv,
                                  struct chip_err *err);
