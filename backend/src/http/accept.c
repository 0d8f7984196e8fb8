#include "http/accept.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

enum { MOST = 1000 };

/** "0.25" is 250. What is no weight is taken for none: all of it. */
static int read_weight(const char *text)
{
    if (*text != '0')
        return MOST;
    int weight = 0;
    text += text[1] == '.' ? 2 : 1;
    for (int digit = MOST / 10; digit && isdigit((unsigned char)*text); digit /= 10)
        weight += digit * (*text++ - '0');
    return weight;
}

/** The weight among the parameters [params, params + n) after a coding's name. */
static int weight_of(const char *params, size_t n)
{
    for (size_t i = 0; i + 2 < n; i++)
        if (strchr("; \t", params[i]) && strncasecmp(params + i + 1, "q=", 2) == 0)
            return read_weight(params + i + 3);
    return MOST;
}

int chip_accept_coding(const char *accept, const char *coding)
{
    int named = -1, any = 0;
    size_t n_coding = strlen(coding);
    while (accept && *accept) {
        accept += strspn(accept, ", \t");
        size_t name = strcspn(accept, ",; \t"), all = strcspn(accept, ",");
        int weight = weight_of(accept + name, all - name);
        if (name == n_coding && strncasecmp(accept, coding, name) == 0)
            named = weight;
        else if (name == 1 && *accept == '*')
            any = weight;
        accept += all;
    }
    return named >= 0 ? named : any;
}
