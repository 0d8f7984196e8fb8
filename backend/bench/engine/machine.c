/* `machine`: what chip would compute with here, and the libraries under it. */
#include <dnnl.h>
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libswresample/swresample.h>
#include <stdio.h>

#include "bench.h"
#include "nn/cpu.h"
#include "nn/kernels.h"
#include "nn/qgemm.h"

static json_t *features(void)
{
    static const struct {
        enum chip_cpu_feature feature;
        const char *name;
    } all[] = {
        {CHIP_CPU_AVX2, "AVX2"}, {CHIP_CPU_AVX512, "AVX-512"}, {CHIP_CPU_VNNI, "AVX-512 VNNI"}};
    json_t *list = json_array();
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (chip_cpu_has(all[i].feature))
            json_array_append_new(list, json_string(all[i].name));
    return list;
}

static json_t *av_version(unsigned version)
{
    char text[32];
    snprintf(text, sizeof text, "%u.%u.%u", version >> 16, version >> 8 & 255, version & 255);
    return json_string(text);
}

static json_t *dnnl_version_text(void)
{
    const dnnl_version_t *v = dnnl_version();
    char text[32];
    snprintf(text, sizeof text, "%d.%d.%d", v->major, v->minor, v->patch);
    return json_string(text);
}

enum chip_status bench_machine(int argc, char **argv, struct chip_err *err)
{
    (void)argc;
    (void)argv;
    const struct chip_qgemm *gemm = chip_qgemm();
    json_t *libraries =
        json_pack("{s:o, s:o, s:o, s:o}", "oneDNN", dnnl_version_text(), "libavformat",
                  av_version(avformat_version()), "libavcodec", av_version(avcodec_version()),
                  "libswresample", av_version(swresample_version()));
    return bench_print(json_pack("{s:s, s:i, s:o, s:s, s:s, s:o}", "chip", CHIP_VERSION, "cpus",
                                 chip_cpu_count(), "features", features(), "kernels",
                                 chip_kernels()->name, "products", gemm ? gemm->name : "f32",
                                 "libraries", libraries),
                       err);
}
