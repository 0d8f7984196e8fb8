#include "meeting/metrics/write.h"

static chip_metrics_writer *const writers[] = {
    [CHIP_METRICS_JSON] = chip_metrics_write_json,
    [CHIP_METRICS_TEXT] = chip_metrics_write_text,
    [CHIP_METRICS_SVG_TIMELINE] = chip_metrics_write_svg_timeline,
    [CHIP_METRICS_SVG_SHARES] = chip_metrics_write_svg_shares,
};

enum chip_status chip_metrics_write(const struct chip_metrics *metrics,
                                    const struct chip_transcript *transcript,
                                    enum chip_metrics_format format,
                                    const struct chip_metrics_look *look, char **out,
                                    struct chip_err *err)
{
    static const struct chip_metrics_look plain = {0};
    if (!metrics || !transcript || !out || metrics->n_speakers != transcript->n_speakers)
        return chip_fail(err, CHIP_E_INVAL, "metrics and transcript are not of one meeting");
    if ((size_t)format >= sizeof writers / sizeof writers[0])
        return chip_fail(err, CHIP_E_INVAL, "there is no format %d of metrics", (int)format);
    struct chip_str text = {0};
    writers[format](metrics, transcript, look ? look : &plain, &text);
    return chip_str_finish(&text, out, err);
}
