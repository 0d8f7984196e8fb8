/** The part of kernels.h on quantised rows; vec_kernels.c puts it into the table. */
#pragma once

#include "nn/kernels.h"

void CHIP_VEC_NAME(chip_quantize)(const float *x, size_t n, int q_max, uint8_t *q,
                                  struct chip_qrow *row);
void CHIP_VEC_NAME(chip_quantize_wide)(const float *x, size_t n, int q_max, uint8_t *high,
                                       uint8_t *low, struct chip_qrow *high_row,
                                       struct chip_qrow *low_row);
void CHIP_VEC_NAME(chip_dequantize)(const int32_t *acc, const struct chip_qrow *row, int center,
                                    float w_scale, const float *w_sum, const float *w_offset,
                                    const float *bias, int add, size_t n, float *out);
float CHIP_VEC_NAME(chip_quantize_i8)(const float *x, size_t n, int8_t *q);
float CHIP_VEC_NAME(chip_quantize_i16)(const float *x, size_t n, int16_t *q);
