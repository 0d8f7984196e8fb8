#include "nn/kernels.h"

#include <stdlib.h>
#include <string.h>

#include "nn/cpu.h"

extern const struct chip_kernels chip_kernels_ref, chip_kernels_base;
#if defined(__x86_64__)
extern const struct chip_kernels chip_kernels_avx2, chip_kernels_avx512;
#endif

const struct chip_kernels *const *chip_kernels_all(void)
{
    static const struct chip_kernels *const plain[] = {&chip_kernels_base, &chip_kernels_ref, NULL};
#if defined(__x86_64__)
    static const struct chip_kernels *const all[] = {&chip_kernels_avx512, &chip_kernels_avx2,
                                                     &chip_kernels_base, &chip_kernels_ref, NULL};
    if (chip_cpu_has(CHIP_CPU_AVX512))
        return all;
    if (chip_cpu_has(CHIP_CPU_AVX2))
        return all + 1;
#endif
    return plain;
}

const struct chip_kernels *chip_kernels(void)
{
    const struct chip_kernels *const *all = chip_kernels_all();
    const char *wanted = getenv("CHIP_KERNELS");
    for (size_t i = 0; wanted && all[i]; i++)
        if (strcmp(all[i]->name, wanted) == 0)
            return all[i];
    return all[0];
}
