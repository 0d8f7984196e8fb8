#include "nn/qgemm.h"

#include <dnnl.h>
#include <stdlib.h>
#include <string.h>

#include "nn/cpu.h"

extern const struct chip_qgemm chip_qgemm_vnni, chip_qgemm_ref;
#if defined(__x86_64__)
extern const struct chip_qgemm chip_qgemm_avx2;
#endif

#if defined(__x86_64__)
/* oneDNN can be told to use less than the CPU has (ONEDNN_MAX_CPU_ISA); its sums then saturate. */
static bool onednn_has_vnni(void)
{
    return (dnnl_get_effective_cpu_isa() & dnnl_cpu_isa_avx512_core_vnni) ==
           dnnl_cpu_isa_avx512_core_vnni;
}
#endif

const struct chip_qgemm *const *chip_qgemm_all(void)
{
    static const struct chip_qgemm *const plain[] = {&chip_qgemm_ref, NULL};
#if defined(__x86_64__)
    static const struct chip_qgemm *const all[] = {&chip_qgemm_vnni, &chip_qgemm_avx2,
                                                   &chip_qgemm_ref, NULL};
    if (chip_cpu_has(CHIP_CPU_VNNI) && onednn_has_vnni())
        return all;
    if (chip_cpu_has(CHIP_CPU_AVX2))
        return all + 1;
#endif
    return plain;
}

const struct chip_qgemm *chip_qgemm(void)
{
    const struct chip_qgemm *const *all = chip_qgemm_all();
    const char *wanted = getenv("CHIP_GEMM");
    if (wanted && strcmp(wanted, "f32") == 0)
        return NULL;
    for (size_t i = 0; wanted && all[i]; i++)
        if (strcmp(all[i]->name, wanted) == 0)
            return all[i];
    return all[0];
}
