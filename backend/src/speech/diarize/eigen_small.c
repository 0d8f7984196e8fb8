#include <math.h>
#include <string.h>

#include "speech/diarize/eigen.h"

enum { MAX_SWEEPS = 30 };

/* One rotation in the plane of p and q that makes a[p][q] zero. */
static void rotate(double *a, double *vector, size_t n, size_t p, size_t q)
{
    const double apq = a[p * n + q];
    const double theta = (a[q * n + q] - a[p * n + p]) / (2 * apq);
    const double t = copysign(1, theta) / (fabs(theta) + sqrt(theta * theta + 1));
    const double c = 1 / sqrt(t * t + 1), s = t * c;
    for (size_t k = 0; k < n; k++) {
        const double akp = a[k * n + p], akq = a[k * n + q];
        a[k * n + p] = c * akp - s * akq;
        a[k * n + q] = s * akp + c * akq;
    }
    for (size_t k = 0; k < n; k++) {
        const double apk = a[p * n + k], aqk = a[q * n + k];
        a[p * n + k] = c * apk - s * aqk;
        a[q * n + k] = s * apk + c * aqk;
        const double vp = vector[p * n + k], vq = vector[q * n + k];
        vector[p * n + k] = c * vp - s * vq;
        vector[q * n + k] = s * vp + c * vq;
    }
}

static void swap(double *a, double *b, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const double t = a[i];
        a[i] = b[i];
        b[i] = t;
    }
}

void chip_eigen_small(double *a, size_t n, double *value, double *vector)
{
    memset(vector, 0, n * n * sizeof *vector);
    double all = 0;
    for (size_t i = 0; i < n; i++)
        vector[i * n + i] = 1;
    for (size_t i = 0; i < n * n; i++)
        all += a[i] * a[i];
    for (int sweep = 0; sweep < MAX_SWEEPS; sweep++) {
        double off = 0;
        for (size_t p = 0; p < n; p++)
            for (size_t q = p + 1; q < n; q++)
                off += a[p * n + q] * a[p * n + q];
        if (off <= 1e-28 * all)
            break;
        for (size_t p = 0; p < n; p++)
            for (size_t q = p + 1; q < n; q++)
                if (a[p * n + q] * a[p * n + q] > 1e-32 * all)
                    rotate(a, vector, n, p, q);
    }
    for (size_t i = 0; i < n; i++)
        value[i] = a[i * n + i];
    for (size_t i = 0; i < n; i++) {
        size_t least = i;
        for (size_t j = i + 1; j < n; j++)
            if (value[j] < value[least])
                least = j;
        if (least == i)
            continue;
        swap(value + i, value + least, 1);
        swap(vector + i * n, vector + least * n, n);
    }
}
