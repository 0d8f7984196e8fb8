/**
 * Notes of jobs in work: data_dir/work/JOB_ID, with the lease's token, locked by the worker's
 * process for as long as it lives. Who finds one that is not locked knows that its worker died, and
 * can end the lease instead of waiting for that.
 *
 * A note only saves time: failing to write one is no failure. Any thread, any process.
 */
#pragma once

#include <stdbool.h>

#include "base/uuid.h"

enum { CHIP_NOTE_PATH = 1100 };

struct chip_note {
    int fd; /* holds the lock; -1: none */
    char path[CHIP_NOTE_PATH];
};

void chip_note_write(struct chip_note *note, const char *data_dir, const char *job_id,
                     const char *token);
void chip_note_remove(struct chip_note *note);

/**
 * Finds the notes of the dead.
 *
 * @param found returns true when the note has been dealt with and can go
 * @return how many went
 */
int chip_notes_sweep(const char *data_dir,
                     bool (*found)(void *user, const char *job_id, const char *token), void *user);
