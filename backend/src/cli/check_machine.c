#include "cli/checks.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "nn/cpu.h"
#include "nn/kernels.h"
#include "nn/qgemm.h"

enum { MIN_FREE_MIB = 500 }; /* what an hour of audio takes, see README */

static void cpu_model(char *out, size_t size)
{
    struct utsname host;
    snprintf(out, size, "%s", uname(&host) == 0 ? host.machine : "unknown CPU");
    FILE *f = fopen("/proc/cpuinfo", "re");
    char line[512];
    while (f && fgets(line, sizeof line, f)) {
        char *colon = strchr(line, ':');
        if (strncmp(line, "model name", 10) != 0 || !colon)
            continue;
        line[strcspn(line, "\n")] = '\0';
        snprintf(out, size, "%s", colon + 1 + strspn(colon + 1, " "));
        break;
    }
    if (f)
        fclose(f);
}

static void check_cpu(struct chip_checks *checks)
{
    static const struct {
        enum chip_cpu_feature feature;
        const char *name;
    } features[] = {
        {CHIP_CPU_AVX2, "AVX2"}, {CHIP_CPU_AVX512, "AVX-512"}, {CHIP_CPU_VNNI, "AVX-512 VNNI"}};
    char model[200];
    cpu_model(model, sizeof model);
    struct chip_check *check = chip_checks_add(checks, "cpu");
    chip_check_detail(check, "%s", model);
    for (size_t i = 0; i < sizeof features / sizeof features[0]; i++)
        if (chip_cpu_has(features[i].feature))
            chip_check_detail(check, ", %s", features[i].name);
}

static void check_arithmetic(struct chip_checks *checks)
{
    struct chip_check *check = chip_checks_add(checks, "kernels");
    const char *wanted = getenv("CHIP_KERNELS");
    chip_check_detail(check, "%s", chip_kernels()->name);
    if (wanted && *wanted)
        chip_check_hint(check, CHIP_CHECK_WARN, "CHIP_KERNELS=%s is set; unset it for full speed",
                        wanted);

    check = chip_checks_add(checks, "products");
    const struct chip_qgemm *gemm = chip_qgemm();
    wanted = getenv("CHIP_GEMM");
    chip_check_detail(check, "%s", gemm ? gemm->name : "f32");
    if (wanted && *wanted)
        chip_check_hint(check, CHIP_CHECK_WARN, "CHIP_GEMM=%s is set; unset it for full speed",
                        wanted);
    else if (gemm && strcmp(gemm->name, "ref") == 0)
        chip_check_hint(
            check, CHIP_CHECK_WARN,
            "no fast products for this CPU: everything works, but several times slower");
}

static void check_threads(struct chip_checks *checks)
{
    struct chip_check *check = chip_checks_add(checks, "threads");
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    int usable = chip_cpu_count();
    chip_check_detail(check, "%d of %ld CPUs", usable, online);
    if (usable < online && usable < 64)
        chip_check_detail(check, " (limited by affinity or a container)");
}

/* The memory limit of the container, or -1. */
static int64_t cgroup_limit(void)
{
    static const char *const files[] = {"/sys/fs/cgroup/memory.max",
                                        "/sys/fs/cgroup/memory/memory.limit_in_bytes"};
    long long limit = -1;
    for (size_t i = 0; i < 2 && limit < 0; i++) {
        FILE *f = fopen(files[i], "re");
        if (f && fscanf(f, "%lld", &limit) != 1) /* "max" */
            limit = -1;
        if (f)
            fclose(f);
    }
    return limit;
}

static int64_t available_memory(void)
{
    FILE *f = fopen("/proc/meminfo", "re");
    char line[256];
    long long kib = -1;
    while (f && kib < 0 && fgets(line, sizeof line, f))
        if (sscanf(line, "MemAvailable: %lld kB", &kib) != 1)
            kib = -1;
    if (f)
        fclose(f);
    return kib < 0 ? -1 : kib * 1024;
}

static void check_memory(struct chip_checks *checks)
{
    struct chip_check *check = chip_checks_add(checks, "memory");
    struct sysinfo info;
    int64_t total = sysinfo(&info) == 0 ? (int64_t)info.totalram * info.mem_unit : -1;
    int64_t limit = cgroup_limit(), available = available_memory();
    if (limit > 0 && (total < 0 || limit < total)) {
        total = limit;
        chip_check_detail(check, "container limit ");
    }
    chip_check_detail(check, "%lld MiB", (long long)(total >> 20));
    if (available < 0 || available > total)
        available = total;
    chip_check_detail(check, ", %lld MiB available", (long long)(available >> 20));
    if (available >> 20 < MIN_FREE_MIB)
        chip_check_hint(check, CHIP_CHECK_WARN, "chip may need up to %d MiB", MIN_FREE_MIB);
}

static void check_temporary_folder(struct chip_checks *checks)
{
    struct chip_check *check = chip_checks_add(checks, "temp folder");
    const char *dir = getenv("TMPDIR");
    if (!dir || !*dir)
        dir = "/tmp";
    chip_check_detail(check, "%s", dir);
    struct statvfs fs;
    if (access(dir, W_OK | X_OK) < 0)
        chip_check_hint(check, CHIP_CHECK_WARN,
                        "%s; mp4 files cannot be read from a pipe: set TMPDIR", strerror(errno));
    else if (statvfs(dir, &fs) == 0)
        chip_check_detail(check, ", %llu MiB free",
                          (unsigned long long)fs.f_bavail * fs.f_frsize >> 20);
}

void chip_check_machine(struct chip_checks *checks)
{
    check_cpu(checks);
    check_arithmetic(checks);
    check_threads(checks);
    check_memory(checks);
    check_temporary_folder(checks);
}
