#include "nn/threads.h"

#include <omp.h>

void chip_threads_single(void)
{
    omp_set_num_threads(
        1); /* Debian's oneDNN is built with OpenMP; the setting is the thread's own */
}
