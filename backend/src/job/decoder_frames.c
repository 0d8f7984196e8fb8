#include "job/decoder_frames.h"

#include <errno.h>
#include <unistd.h>

bool chip_frame_write_bytes(int fd, const void *data, size_t n)
{
    const unsigned char *at = data;
    while (n > 0) {
        const ssize_t put = write(fd, at, n);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return false;
        at += put;
        n -= (size_t)put;
    }
    return true;
}

bool chip_frame_write(int fd, enum chip_frame_kind kind, const void *data, size_t n_bytes)
{
    const struct chip_frame frame = {.kind = kind, .n_bytes = (uint32_t)n_bytes};
    return chip_frame_write_bytes(fd, &frame, sizeof frame) &&
           chip_frame_write_bytes(fd, data, n_bytes);
}
