#include <chip/chip.h>

const char *chip_version(void)
{
    return CHIP_VERSION;
}
