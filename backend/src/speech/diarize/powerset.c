#include "speech/diarize/powerset.h"

static const uint8_t SPEAKERS[CHIP_POWERSET_CLASSES] = {0, 1, 2, 4, 1 | 2, 1 | 4, 2 | 4};

void chip_powerset_decode(const float *logits, size_t n, uint8_t *active)
{
    for (size_t t = 0; t < n; t++, logits += CHIP_POWERSET_CLASSES) {
        size_t best = 0;
        for (size_t i = 1; i < CHIP_POWERSET_CLASSES; i++)
            if (logits[i] > logits[best])
                best = i;
        active[t] = SPEAKERS[best];
    }
}
