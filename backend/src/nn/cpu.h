/** What this CPU can do, as far as the kernels care. Any thread. */
#pragma once

#include <stdbool.h>

enum chip_cpu_feature {
    CHIP_CPU_AVX2,   /* with FMA */
    CHIP_CPU_AVX512, /* F, BW, DQ and VL, on top of AVX2 with FMA */
    CHIP_CPU_VNNI,   /* AVX-512 VNNI: u8 x s8 dot products that do not saturate */
};

bool chip_cpu_has(enum chip_cpu_feature feature);

/** CPUs that this process may run on (affinity and cgroup quota), 1..64. */
int chip_cpu_count(void);
