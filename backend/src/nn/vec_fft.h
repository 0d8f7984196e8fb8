/**
 * A Fourier transform in the lanes of vectors: each lane transforms a signal of its own, so that
 * what comes out of a lane does not depend on the others. Only for files compiled once for each
 * instruction set.
 */
#pragma once

#include "nn/vec.h"

struct complex_vec {
    vf re, im;
};

/**
 * One pass of a Stockham transform, radix 4: n points, s transforms interleaved, x to y.
 *
 * @param cos, sin e^(-2 pi i k / (n turn)) is cos[k] - i sin[k]
 */
VEC_INLINE void radix4(const float *cos, const float *sin, size_t turn, size_t n, size_t s,
                       const struct complex_vec *x, struct complex_vec *y)
{
    const size_t quarter = n / 4;
    for (size_t p = 0; p < quarter; p++) {
        const float c1 = cos[p * turn], s1 = sin[p * turn];
        const float c2 = c1 * c1 - s1 * s1, s2 = 2.0f * c1 * s1;
        const float c3 = c1 * c2 - s1 * s2, s3 = c1 * s2 + s1 * c2;
        for (size_t q = 0; q < s; q++) {
            const struct complex_vec *in = x + q + s * p;
            struct complex_vec *out = y + q + s * 4 * p;
            const struct complex_vec a = in[0], b = in[s * quarter], c = in[2 * s * quarter],
                                     d = in[3 * s * quarter];
            const vf ac_re = a.re + c.re, ac_im = a.im + c.im;
            const vf bd_re = b.re + d.re, bd_im = b.im + d.im;
            const vf odd_re = a.re - c.re, odd_im = a.im - c.im; /* a - c */
            const vf rot_re = b.im - d.im, rot_im = d.re - b.re; /* -i (b - d) */
            const vf y1_re = odd_re + rot_re, y1_im = odd_im + rot_im;
            const vf y2_re = ac_re - bd_re, y2_im = ac_im - bd_im;
            const vf y3_re = odd_re - rot_re, y3_im = odd_im - rot_im;
            out[0] = (struct complex_vec){ac_re + bd_re, ac_im + bd_im};
            out[s] = (struct complex_vec){y1_re * c1 + y1_im * s1, y1_im * c1 - y1_re * s1};
            out[2 * s] = (struct complex_vec){y2_re * c2 + y2_im * s2, y2_im * c2 - y2_re * s2};
            out[3 * s] = (struct complex_vec){y3_re * c3 + y3_im * s3, y3_im * c3 - y3_re * s3};
        }
    }
}

/**
 * The spectrum of a real signal of 2 n samples, from the n-point transform `z` of its even samples
 * as real and its odd ones as imaginary parts: bins k and n - k, 0 <= k <= n / 2, each times 2.
 *
 * @param cos, sin e^(-2 pi i k / 2 n) is cos[k] - i sin[k]
 */
VEC_INLINE void split_real(const float *cos, const float *sin, size_t n, size_t k,
                           const struct complex_vec *z, struct complex_vec *low,
                           struct complex_vec *high)
{
    const struct complex_vec x = z[k], y = z[(n - k) % n];
    const vf even_re = x.re + y.re, even_im = x.im - y.im;
    const vf odd_re = x.im + y.im, odd_im = y.re - x.re;
    const vf turned_re = odd_re * cos[k] + odd_im * sin[k];
    const vf turned_im = odd_im * cos[k] - odd_re * sin[k];
    *low = (struct complex_vec){even_re + turned_re, even_im + turned_im};
    *high = (struct complex_vec){even_re - turned_re, even_im - turned_im}; /* conjugate */
}
