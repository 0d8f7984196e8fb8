/** What onnxruntime makes of a few real recordings: see moonshine.mjs. */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum { REFERENCE_MAX = 4 };

struct reference_clip {
    float *pcm; /* [n_samples] */
    size_t n_samples;
    float *frames; /* [n_frame_values] */
    size_t n_frame_values;
    float *logits; /* [n_steps][vocab] */
    size_t n_logits;
    int32_t *tokens; /* [n_tokens]; n_steps is one more, unless the text was cut off */
    size_t n_tokens;
};

struct reference {
    struct reference_clip clips[REFERENCE_MAX];
    size_t n;
};

/**
 * Runs onnxruntime on REFERENCE_MAX real recordings; skips the test where these, node, onnxruntime
 * or the network are missing.
 *
 * @param name "base", "tiny" or "tiny-float"
 */
void reference_run(struct reference *r, const char *name);
void reference_done(struct reference *r);
