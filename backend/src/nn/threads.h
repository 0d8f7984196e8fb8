/** How oneDNN uses threads. */
#pragma once

/**
 * Makes oneDNN compute on the calling thread alone: the engine runs one worker per core, and a
 * product that spreads over all cores would only get in the others' way. Call once in each thread.
 */
void chip_threads_single(void);
