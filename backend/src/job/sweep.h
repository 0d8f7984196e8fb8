/** What workers that died have left behind in a data directory. */
#pragma once

#include "job/worker.h"

/**
 * Ends the leases of workers of this data directory that are dead, so that their jobs go on at
 * once. Cheap when there are none.
 */
void chip_sweep_leases(const struct chip_worker_settings *settings);

/** Removes recordings whose jobs are gone, and temporary files of yesterday. */
void chip_sweep_files(const struct chip_worker_settings *settings);
