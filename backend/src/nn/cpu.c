#include "nn/cpu.h"

#include <sched.h>
#include <stdio.h>

bool chip_cpu_has(enum chip_cpu_feature feature)
{
#if defined(__x86_64__)
    switch (feature) {
    case CHIP_CPU_AVX2:
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    case CHIP_CPU_AVX512:
        return chip_cpu_has(CHIP_CPU_AVX2) && __builtin_cpu_supports("avx512f") &&
               __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
               __builtin_cpu_supports("avx512vl");
    case CHIP_CPU_VNNI:
        return chip_cpu_has(CHIP_CPU_AVX512) && __builtin_cpu_supports("avx512vnni");
    }
#else
    (void)feature;
#endif
    return false;
}

/* The cgroup v2 CPU quota in whole CPUs, rounded up; a container on 2 of 64 CPUs sees 2. */
static int quota(void)
{
    FILE *f = fopen("/sys/fs/cgroup/cpu.max", "re");
    if (!f)
        return 64;
    long allowed, period;
    int n = fscanf(f, "%ld %ld", &allowed, &period);
    fclose(f);
    if (n != 2 || allowed <= 0 || period <= 0)
        return 64; /* "max 100000" */
    return (int)((allowed + period - 1) / period);
}

int chip_cpu_count(void)
{
    cpu_set_t set;
    int n = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
    int limit = quota();
    n = n < limit ? n : limit;
    return n < 1 ? 1 : n > 64 ? 64 : n;
}
