/** The socket that a server listens on. */
#pragma once

#include <stdbool.h>

#include "base/err.h"

/**
 * @param host an address, or "localhost"
 * @param port 0: a free one
 * @param fd   closed by the caller
 * @param bound the port that it is
 * @return CHIP_OK; CHIP_E_INVAL for what is no address; CHIP_E_IO if it cannot be listened on, with
 *         the reason
 */
CHIP_MUST_CHECK
enum chip_status chip_listen(const char *host, int port, int *fd, int *bound, struct chip_err *err);

/** Whether only this machine itself can reach that address. */
bool chip_is_loopback(const char *host);

/** Raises this process's limit of open files to `n` if it may. @return what it is then */
long chip_open_files(long n);
