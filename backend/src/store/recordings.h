/**
 * Where the recording of a job lies: data_dir/recordings/JOB_ID/source. Any thread, any process.
 *
 * A job's ID is checked to be a UUID before it becomes a path. Messages name no path.
 */
#pragma once

#include "store/uploads.h"

/**
 * The path of a job's recording; neither folder nor file need be there.
 *
 * @return CHIP_OK; CHIP_E_NOT_FOUND for what is no UUID, CHIP_E_LIMIT for a path that is too long
 */
CHIP_MUST_CHECK
enum chip_status chip_recording_path(const char *data_dir, const char *job_id,
                                     char path[CHIP_UPLOAD_PATH], struct chip_err *err);

/** The same after making its folder, for somebody who will write it (`source.part`, ...). */
CHIP_MUST_CHECK
enum chip_status chip_recording_prepare(const char *data_dir, const char *job_id,
                                        char path[CHIP_UPLOAD_PATH], struct chip_err *err);

/** Is it there, complete? Whoever makes it writes another file and renames it. */
bool chip_recording_exists(const char *data_dir, const char *job_id);

/**
 * Makes a finished upload the recording of a job, by renaming, and removes the upload. Calling it
 * again after it succeeded, or after a crash in between, gives the same.
 *
 * @return CHIP_OK; CHIP_E_NOT_FOUND: neither upload nor recording are there; CHIP_E_CONFLICT: it is
 *         not finished, or another job has it; CHIP_E_IO
 */
CHIP_MUST_CHECK
enum chip_status chip_recording_take(struct chip_uploads *uploads, const char *upload_id,
                                     const char *job_id, struct chip_err *err);

/** Removes all that is kept of a job's recording; nothing being there is fine. */
CHIP_MUST_CHECK
enum chip_status chip_recording_remove(const char *data_dir, const char *job_id,
                                       struct chip_err *err);

/**
 * Removes recordings of jobs that are gone, once they are older than an hour.
 *
 * @param exists is there still such a job? When in doubt, true
 * @return how many were removed
 */
int chip_recordings_sweep(const char *data_dir, bool (*exists)(void *user, const char *job_id),
                          void *user);
