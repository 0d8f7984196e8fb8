#include "cli/version.h"

#include <curl/curl.h>
#include <dnnl.h>
#include <jansson.h>
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libswresample/swresample.h>
#include <stdio.h>

#include "cli/exit.h"
#include "nn/kernels.h"
#include "nn/qgemm.h"

static void print_av(const char *name, unsigned version)
{
    printf("%-14s %u.%u.%u\n", name, version >> 16, version >> 8 & 255, version & 255);
}

int chip_version_print(void)
{
    const struct chip_qgemm *gemm = chip_qgemm();
    const dnnl_version_t *dnnl = dnnl_version();
    printf("chip %s\n", chip_version());
    printf("%-14s %s\n", "kernels", chip_kernels()->name);
    printf("%-14s %s\n", "products", gemm ? gemm->name : "f32");
    printf("%-14s %d.%d.%d\n", "oneDNN", dnnl->major, dnnl->minor, dnnl->patch);
    print_av("libavformat", avformat_version());
    print_av("libavcodec", avcodec_version());
    print_av("libswresample", swresample_version());
    printf("%-14s %s\n", "jansson", JANSSON_VERSION);
    printf("%-14s %s\n", "libcurl", curl_version_info(CURLVERSION_NOW)->version);
    return fflush(stdout) == 0 ? CHIP_EXIT_OK : CHIP_EXIT_FAILURE;
}
