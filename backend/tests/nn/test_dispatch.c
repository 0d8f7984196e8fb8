#include "../test.h"

#include <stdbool.h>

#include "nn/cpu.h"
#include "nn/kernels.h"
#include "nn/qgemm.h"

/* Which code is chosen, whatever CPU this is: never what it cannot run, and never less. */

static bool kernels_listed(const char *name)
{
    for (const struct chip_kernels *const *k = chip_kernels_all(); *k; k++)
        if (strcmp((*k)->name, name) == 0)
            return true;
    return false;
}

static bool products_listed(const char *name)
{
    for (const struct chip_qgemm *const *g = chip_qgemm_all(); *g; g++)
        if (strcmp((*g)->name, name) == 0)
            return true;
    return false;
}

static void only_what_the_cpu_can_run_is_listed(void **state)
{
    (void)state;
    assert_int_equal(kernels_listed("avx512"), chip_cpu_has(CHIP_CPU_AVX512));
    assert_int_equal(kernels_listed("avx2"), chip_cpu_has(CHIP_CPU_AVX2));
    assert_true(kernels_listed("base") && kernels_listed("ref"));
    assert_true(!products_listed("vnni") ||
                chip_cpu_has(CHIP_CPU_VNNI)); /* oneDNN may be held back */
    assert_int_equal(products_listed("avx2"), chip_cpu_has(CHIP_CPU_AVX2));
    assert_true(products_listed("ref"));
}

static void the_environment_chooses_among_what_the_cpu_can_run(void **state)
{
    (void)state;
    const char *const names[] = {"avx512", "avx2", "base", "ref", "vnni", "no-such", ""};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        setenv("CHIP_KERNELS", names[i], 1);
        setenv("CHIP_GEMM", names[i], 1);
        assert_string_equal(chip_kernels()->name,
                            kernels_listed(names[i]) ? names[i] : chip_kernels_all()[0]->name);
        assert_string_equal(chip_qgemm()->name,
                            products_listed(names[i]) ? names[i] : chip_qgemm_all()[0]->name);
    }
    unsetenv("CHIP_KERNELS");
    unsetenv("CHIP_GEMM");
    assert_ptr_equal(chip_kernels(), chip_kernels_all()[0]);
    assert_ptr_equal(chip_qgemm(), chip_qgemm_all()[0]);
}

#if defined(__x86_64__)
/* " flag flag flag " of the first CPU; Linux lists only those whose registers it also saves. */
static char *kernel_flags(void)
{
    FILE *f = fopen("/proc/cpuinfo", "re");
    char *line = NULL;
    size_t size = 0;
    bool found = false;
    while (f && !found && getline(&line, &size, f) > 0)
        found = strncmp(line, "flags\t", 6) == 0;
    if (f)
        fclose(f);
    if (!found) {
        free(line);
        return NULL;
    }
    line[strcspn(line, "\n")] = ' ';
    return line;
}

static bool all_in(const char *flags, const char *const *wanted)
{
    for (; *wanted; wanted++) {
        char word[32];
        snprintf(word, sizeof word, " %s ", *wanted);
        if (!strstr(flags, word))
            return false;
    }
    return true;
}

static void detection_agrees_with_the_operating_system(void **state)
{
    (void)state;
    char *flags = kernel_flags();
    if (!flags) {
        skip();
        return;
    }
    const char *const avx2[] = {"avx2", "fma", NULL},
                      *const avx512[] = {"avx512f", "avx512bw", "avx512dq", "avx512vl", NULL},
                      *const vnni[] = {"avx512_vnni", NULL};
    const bool has_avx512 = all_in(flags, avx512);
    assert_int_equal(chip_cpu_has(CHIP_CPU_AVX2), all_in(flags, avx2));
    assert_int_equal(chip_cpu_has(CHIP_CPU_AVX512), has_avx512);
    assert_int_equal(chip_cpu_has(CHIP_CPU_VNNI), has_avx512 && all_in(flags, vnni));
    free(flags);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_the_cpu_can_run_is_listed),
        cmocka_unit_test(the_environment_chooses_among_what_the_cpu_can_run),
#if defined(__x86_64__)
        cmocka_unit_test(detection_agrees_with_the_operating_system),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
