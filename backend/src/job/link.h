/**
 * What a worker tells its supervisor: messages of one fixed size over a SOCK_SEQPACKET pair. Both
 * ends are the same program; a message of another size or version is not believed. What the
 * supervisor sends is any byte, and means: look for work.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/uuid.h"

enum chip_link_kind {
    CHIP_LINK_READY = 1, /* the model is open */
    CHIP_LINK_FAILED,    /* cannot start; `text` says why */
    CHIP_LINK_JOB,       /* has `job` now */
    CHIP_LINK_STAGE,     /* stage `text` of it took `ms`, of a recording of `recording_ms` */
    CHIP_LINK_IDLE,      /* has put its job down */
};

struct chip_link_message {
    uint32_t version; /* set and checked here */
    uint32_t kind;
    int64_t ms, recording_ms;
    char job[CHIP_UUID_TEXT];
    char text[240];
};

/** @return false when nobody listens any more; fd -1 is nobody */
bool chip_link_send(int fd, const struct chip_link_message *message);

enum chip_link_got { CHIP_LINK_MESSAGE, CHIP_LINK_NOTHING, CHIP_LINK_CLOSED };

/** Reads a message if one is there; texts are terminated, whatever came. */
enum chip_link_got chip_link_receive(int fd, struct chip_link_message *message);

/** Takes all wakes that are there. @return CLOSED when the supervisor is gone */
enum chip_link_got chip_link_take_wakes(int fd);
