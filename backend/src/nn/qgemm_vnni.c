/* oneDNN does the work; it picks its own kernels for the CPU and the shape. */
#include "nn/qgemm.h"

#include <dnnl.h>
#include <string.h>

extern const struct chip_qgemm chip_qgemm_vnni, chip_qgemm_ref;

static size_t packed_bytes(size_t n_out, size_t n_in)
{
    (void)n_out;
    (void)n_in;
    return 0;
}

static bool pack(const int8_t *w, size_t n_out, size_t n_in, void *packed, int8_t *offset)
{
    (void)w;
    (void)n_in;
    (void)packed;
    memset(offset, 0, n_out);
    return true;
}

static void run(const int8_t *w, const void *packed, size_t n_out, size_t n_in, const uint8_t *q,
                size_t stride, size_t m, size_t first, size_t n, int32_t *acc, size_t ld)
{
    const int32_t no_offset = 0;
    dnnl_status_t status = dnnl_gemm_u8s8s32(
        'N', 'T', 'F', (dnnl_dim_t)m, (dnnl_dim_t)n, (dnnl_dim_t)n_in, 1.0f, q, (dnnl_dim_t)stride,
        0, w + first * n_in, (dnnl_dim_t)n_in, 0, 0.0f, acc, (dnnl_dim_t)ld, &no_offset);
    if (status != dnnl_success) /* no memory for its buffers; plain C needs none */
        chip_qgemm_ref.run(w, packed, n_out, n_in, q, stride, m, first, n, acc, ld);
}

const struct chip_qgemm chip_qgemm_vnni = {
    .name = "vnni",
    .q_max = 255,
    .center = 0,
    .n_at_once = 4096,
    .packed_bytes = packed_bytes,
    .pack = pack,
    .run = run,
};
