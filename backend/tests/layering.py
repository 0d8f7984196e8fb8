#!/usr/bin/env python3
"""Checks how the sources hang together.  Standard library only.

usage: layering.py BACKEND

- every folder of BACKEND/src is listed in src/modules.txt;
- a file of src/<module> includes only headers of its own and earlier modules, as "module/file.h"
  or "file.h" beside itself, and "chip/chip.h";
- source files have at most 400 lines, test files at most 600;
- every module has a README.md of at most 5 lines.
"""
import os
import re
import sys

MAX_LINES = {'src': 400, 'include': 400, 'tests': 600}
MAX_README_LINES = 5
CODE = ('.c', '.h')
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?:"([^"\n]+)"|<([^>\n]+)>)', re.MULTILINE)


def read(path):
    with open(path, encoding='utf-8') as file:
        return file.read()


def code_files(folder):
    for at, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            if name.endswith(CODE):
                yield os.path.join(at, name)


def module_order(src):
    lines = (line.split('#')[0].strip() for line in read(os.path.join(src, 'modules.txt')).split('\n'))
    return [line for line in lines if line]


def wrong_includes(src, path, order):
    """Yields what is wrong with each #include of one file of a module."""
    module = os.path.relpath(path, src).split(os.sep)[0]
    for match in INCLUDE.finditer(read(path)):
        quoted, angled = match.groups()
        name = quoted or angled
        first = name.split('/')[0]
        if '..' in name.split('/'):
            yield 'includes "%s": write it as "module/file.h"' % name
        elif quoted and os.path.exists(os.path.join(os.path.dirname(path), name)):
            continue
        elif first in order and '/' in name:
            if order.index(first) > order.index(module):
                yield '%s may not include "%s": %s comes later in src/modules.txt' % (
                    module, name, first)
            elif not os.path.exists(os.path.join(src, name)):
                yield 'includes "%s", which does not exist' % name
        elif os.path.isdir(os.path.join(src, first)):
            yield 'includes "%s" of a module that is not in src/modules.txt' % name


def problems(backend):
    """Yields one sentence for each thing that is wrong."""
    src = os.path.join(backend, 'src')
    order = module_order(src)
    for module in sorted(os.listdir(src)):
        folder = os.path.join(src, module)
        if not os.path.isdir(folder):
            continue
        if module not in order:
            yield 'src/%s is not in src/modules.txt' % module
            continue
        readme = os.path.join(folder, 'README.md')
        if not os.path.exists(readme):
            yield 'src/%s has no README.md' % module
        elif read(readme).count('\n') > MAX_README_LINES:
            yield 'src/%s/README.md has more than %d lines' % (module, MAX_README_LINES)
        for path in code_files(folder):
            for problem in wrong_includes(src, path, order):
                yield '%s %s' % (os.path.relpath(path, backend), problem)

    for top, most in MAX_LINES.items():
        for path in code_files(os.path.join(backend, top)):
            n = read(path).count('\n')
            if n > most:
                yield '%s has %d lines; %d are enough' % (os.path.relpath(path, backend), n, most)


def main(argv):
    if len(argv) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    found = list(problems(argv[0]))
    for problem in found:
        print(problem)
    return 1 if found else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
