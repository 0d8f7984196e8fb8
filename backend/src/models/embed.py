"""Writes a file's bytes as a C array: embed.py NAME INPUT OUTPUT."""
import sys

name, source, target = sys.argv[1:]
with open(source, "rb") as file:
    data = file.read()
with open(target, "w") as out:
    out.write(f'#include "models/embedded.h"\n\nconst size_t {name}_size = {len(data)};\n')
    out.write(f"const unsigned char {name}[] = {{\n")
    for i in range(0, len(data), 20):
        out.write("".join(f"{byte}," for byte in data[i : i + 20]) + "\n")
    out.write("0};\n")
