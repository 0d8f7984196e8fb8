#include "cli/checks.h"

#include <curl/curl.h>
#include <dnnl.h>
#include <jansson.h>
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/avutil.h>
#include <libswresample/swresample.h>
#include <openssl/crypto.h>
#include <string.h>

/* FFmpeg promises that a newer minor version works; another major one is another library. */
static void check_av(struct chip_checks *checks, const char *name, unsigned built, unsigned running)
{
    struct chip_check *check = chip_checks_add(checks, name);
    chip_check_detail(check, "%u.%u.%u", running >> 16, running >> 8 & 255, running & 255);
    if (running >> 16 != built >> 16)
        chip_check_hint(check, CHIP_CHECK_FAIL, "chip was built for version %u: rebuild it",
                        built >> 16);
    else if (running < built)
        chip_check_hint(check, CHIP_CHECK_WARN, "chip was built with the newer %u.%u.%u",
                        built >> 16, built >> 8 & 255, built & 255);
}

static void check_decoders(struct chip_checks *checks)
{
    static const char *const codecs[] = {"mp3",  "aac",   "opus",  "vorbis", "flac",
                                         "alac", "wmav2", "amrnb", "amrwb",  "pcm_s16le"};
    struct chip_check *check = chip_checks_add(checks, "decoders");
    char missing[200] = "";
    for (size_t i = 0; i < sizeof codecs / sizeof codecs[0]; i++) {
        if (avcodec_find_decoder_by_name(codecs[i])) {
            chip_check_detail(check, "%s%s", check->detail[0] ? " " : "", codecs[i]);
            continue;
        }
        strncat(missing, " ", sizeof missing - strlen(missing) - 1);
        strncat(missing, codecs[i], sizeof missing - strlen(missing) - 1);
    }
    if (missing[0])
        chip_check_hint(check, CHIP_CHECK_WARN, "FFmpeg was built without:%s", missing);
}

void chip_check_libraries(struct chip_checks *checks)
{
    check_av(checks, "libavformat", LIBAVFORMAT_VERSION_INT, avformat_version());
    check_av(checks, "libavcodec", LIBAVCODEC_VERSION_INT, avcodec_version());
    check_av(checks, "libavutil", LIBAVUTIL_VERSION_INT, avutil_version());
    check_av(checks, "libswresample", LIBSWRESAMPLE_VERSION_INT, swresample_version());
    check_decoders(checks);

    const dnnl_version_t *dnnl = dnnl_version();
    chip_check_detail(chip_checks_add(checks, "oneDNN"), "%d.%d.%d", dnnl->major, dnnl->minor,
                      dnnl->patch);
    chip_check_detail(chip_checks_add(checks, "jansson"), "%s", jansson_version_str());
    chip_check_detail(chip_checks_add(checks, "libcurl"), "%s",
                      curl_version_info(CURLVERSION_NOW)->version);
    chip_check_detail(chip_checks_add(checks, "OpenSSL"), "%s",
                      OpenSSL_version(OPENSSL_VERSION_STRING));
}
