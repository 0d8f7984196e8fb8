#!/usr/bin/env python3
"""Sums up what meson's test logs say.  Standard library only.

usage: summary.py TESTLOG.json...

Prints the tests that failed or were skipped, and as its last line "N passed, N failed, N skipped".
Counts the cases inside a test program where cmocka, unittest or Vitest says them, else the program as one.
Exits with 1 when a test failed, a log is missing, or nothing ran.
"""
import json
import re
import sys

CMOCKA = {'passed': 'PASSED', 'failed': 'FAILED', 'skipped': 'SKIPPED'}


def cases(output):
    """{passed, failed, skipped} of cmocka's, unittest's or Vitest's output; all 0 when it has none."""
    count = {kind: sum(int(n) for n in re.findall(r'^\[ +%s +\] (\d+) test\(s\)' % word, output,
                                                  re.MULTILINE))
             for kind, word in CMOCKA.items()}
    for line in re.findall(r'^ +Tests  +(.* \(\d+\))$', output, re.MULTILINE):
        for n, kind in re.findall(r'(\d+) (passed|failed|skipped|todo)', line):
            count['skipped' if kind == 'todo' else kind] += int(n)
    for n, how in re.findall(r'^Ran (\d+) tests? in .*\n\n((?:OK|FAILED).*)', output, re.MULTILINE):
        said = {key: int(m) for key, m in re.findall(r'(\w+)=(\d+)', how)}
        failed = said.get('failures', 0) + said.get('errors', 0)
        count['failed'] += failed
        count['skipped'] += said.get('skipped', 0)
        count['passed'] += int(n) - failed - said.get('skipped', 0)
    return count


def count_test(test):
    """{passed, failed, skipped} of one entry of a testlog.json."""
    count = cases((test.get('stdout') or '') + '\n' + (test.get('stderr') or ''))
    result = test['result']
    if result in ('SKIP', 'IGNORED'):
        count['skipped'] = count['skipped'] or 1
    elif result in ('OK', 'EXPECTEDFAIL'):
        if not any(count.values()):
            count['passed'] = 1
    elif not count['failed']:  # it crashed, hung, or leaked after its cases
        count['failed'] = 1
    return count


def main(paths):
    total = {'passed': 0, 'failed': 0, 'skipped': 0}
    missing = False
    for path in paths:
        try:
            with open(path, encoding='utf-8') as file:
                tests = [json.loads(line) for line in file if line.strip()]
        except FileNotFoundError:
            print('%s is missing: the tests did not run' % path)
            missing = True
            continue
        for test in tests:
            count = count_test(test)
            for kind, n in count.items():
                total[kind] += n
                if n and kind != 'passed':
                    print('%s: %d %s (%s)' % (test['name'], n, kind, path.split('/')[0]))
    print('%(passed)d passed, %(failed)d failed, %(skipped)d skipped' % total)
    return 1 if missing or total['failed'] or not total['passed'] else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
