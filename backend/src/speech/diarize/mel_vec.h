/** The part of mel.h that is compiled once for each instruction set. Private to mel.c. */
#pragma once

#include "speech/diarize/mel.h"

struct chip_mel_kernels {
    const char *name;
    size_t scratch;
    void (*log_mel)(const struct chip_mel_tables *tables, const float *pcm, size_t n_frames,
                    void *scratch, float *out);
};

extern const struct chip_mel_kernels chip_mel_kernels_base;
#if defined(__x86_64__)
extern const struct chip_mel_kernels chip_mel_kernels_avx2, chip_mel_kernels_avx512;
#endif
