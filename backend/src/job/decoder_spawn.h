/** Starting and ending the process of a decoder. Private to the decoder. */
#pragma once

#include "job/decoder.h"

struct chip_decoder_process {
    pid_t pid; /* 0: none, or already waited for */
    int pidfd; /* -1: this kernel has none */
    int out;   /* where its frames come from */
};

/**
 * Starts it: descriptors as chip_decoder_main() wants them and no others, an empty environment, a
 * process group of its own (so that a terminal's ^C does not reach it before its parent).
 *
 * @param is_file whether settings->fd is a regular file, which is never spooled
 * @return CHIP_OK, CHIP_E_IO, CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_decoder_spawn(struct chip_decoder_process *out,
                                    const struct chip_decoder_settings *settings, bool is_file,
                                    struct chip_err *err);

/** Ends it at once, if it still runs, and closes what belongs to it. */
void chip_decoder_process_kill(struct chip_decoder_process *process);

/**
 * Waits for the end of a process that has closed its pipe; one that lives on is killed.
 *
 * @return as waitpid() fills it
 */
int chip_decoder_process_wait(struct chip_decoder_process *process);
