/**
 * FFmpeg's log, caught: the libraries say the reason of a failure only there.
 *
 * Between enter and leave, what FFmpeg logs on this thread stays off stderr, and the last error is
 * kept. On threads that are not inside, messages go to av_log_default_callback().
 */
#pragma once

struct chip_avlog {
    char text[160];           /* the last error, cleaned; "" none */
    struct chip_avlog *outer; /* who was catching before; a read callback may open another handle */
};

/** Starts catching into `log`, which must stay where it is until chip_avlog_leave(log). */
void chip_avlog_enter(struct chip_avlog *log);
void chip_avlog_leave(struct chip_avlog *log);
