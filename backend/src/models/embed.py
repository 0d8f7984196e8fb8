"""Writes a file's bytes as a C array: embed.py NAME INPUT OUTPUT HEADER, which declares NAME."""
import sys

name, source, target, header = sys.argv[1:]
with open(source, "rb") as file:
    data = file.read()
with open(target, "w") as out:
    out.write(f'#include "{header}"\n\nconst size_t {name}_size = {len(data)};\n')
    out.write(f"__attribute__((aligned(64))) const unsigned char {name}[] = {{\n")
    for i in range(0, len(data), 20):
        out.write("".join(f"{byte}," for byte in data[i : i + 20]) + "\n")
    out.write("0};\n")
