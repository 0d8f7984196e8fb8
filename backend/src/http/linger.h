/**
 * Closes connections in a way that lets the last answer through.
 *
 * Closing a socket that has unread bytes resets the connection, and a client that is still sending
 * may lose an answer that was on its way. So our side is closed first, and what the client still
 * sends is read past for a while: two seconds, 64 MiB, 64 connections at once.
 */
#pragma once

#include "base/err.h"

struct chip_linger;

CHIP_MUST_CHECK
enum chip_status chip_linger_new(struct chip_linger **out, struct chip_err *err);
void chip_linger_free(struct chip_linger *linger);

/** Keeps the connection of `fd` open beyond close(fd); with no room for it, does nothing. */
void chip_linger_add(struct chip_linger *linger, int fd);
