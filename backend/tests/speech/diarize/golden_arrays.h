/** Arrays of a reference run of another program: NumPy's npz files in ../shared/eval. */
#pragma once

#include <stddef.h>

/**
 * One array as numbers. The file is unpacked by python3's zipfile module.
 *
 * @param npz  below ../shared/eval; the test is skipped, with a message, when it is not there
 * @param name of the array
 * @param n    how many numbers there must be
 * @return malloc'ed [n], row by row
 */
double *golden_array(const char *npz, const char *name, size_t n);
