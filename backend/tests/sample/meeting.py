"""What the tests of the sample meeting share: where it is, and how to read it."""
import csv
import os
import sys

ROOT = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../..'))
SAMPLES = os.path.join(ROOT, 'samples')
MEETING = os.path.join(SAMPLES, 'meeting')
MEETINGS = os.path.join(SAMPLES, 'meetings')
HELDOUT = os.path.join(SAMPLES, 'heldout')

sys.dont_write_bytecode = True
sys.path.insert(0, SAMPLES)


def table(path):
    """A tab-separated file with a heading row and '#' comments, as dictionaries."""
    with open(path, encoding='utf-8', newline='') as file:
        rows = (row for row in file if not row.startswith('#'))
        return list(csv.DictReader(rows, delimiter='\t', quoting=csv.QUOTE_NONE))


def script(folder=MEETING):
    return table(os.path.join(folder, 'script.tsv'))


def people(folder=MEETING):
    return [row['name'] for row in table(os.path.join(folder, 'people.tsv'))]
