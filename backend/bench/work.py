"""Where things are, and running programs while watching what they take."""
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
REPOSITORY = os.path.dirname(os.path.dirname(HERE))
MODELS = ('moonshine-base', 'moonshine-tiny')


class Skip(Exception):
    """Something that a measure needs is not here; the message says what."""


class Failure(Exception):
    """A program that is measured did not do what it should."""


class Finished:
    """What a program that has ended took, and what it printed."""

    def __init__(self, wall, usage, output):
        self.wall, self.output = wall, output
        self.cpu = usage.ru_utime + usage.ru_stime
        # Of the process at its largest. It cannot be less than this script was when it started
        # it, which is why files are never read whole here.
        self.peak_mib = usage.ru_maxrss / 1024


class Work:
    """The paths of a run and its options."""

    def __init__(self, build, options):
        self.build = os.path.abspath(build)
        self.folder = os.path.join(self.build, 'bench')
        self.chip = os.path.join(self.build, 'chip')
        self.engine = os.path.join(self.folder, 'bench_engine')
        self.shared = options.shared
        self.models = os.environ.get('CHIP_MODELS_DIR') or os.path.join(REPOSITORY, 'models')
        self.options = options
        self.env = dict(os.environ, CHIP_MODELS_DIR=self.models)
        self._check()
        self.engine_facts = self.run_json([self.engine, 'machine'])

    def _check(self):
        """Says what to do when something that every measure needs is missing."""
        for program in (self.chip, self.engine):
            if not os.access(program, os.X_OK):
                raise Failure("'%s' is not built: run make build" % program)
        for model in MODELS + ('silero-vad',):
            if not os.path.exists(os.path.join(self.models, model, 'model.safetensors')):
                raise Failure("model %s is not in '%s': run make setup" % (model, self.models))

    def folder_for(self, *parts):
        """A folder in the folder of the benchmark; it is made."""
        folder = os.path.join(self.folder, *parts)
        os.makedirs(folder, exist_ok=True)
        return folder

    def path(self, *parts):
        """A path in the folder of the benchmark; its parent is made."""
        path = os.path.join(self.folder, *parts)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        return path

    def run(self, argv):
        """Runs a program to its end; its time counts from before it is started."""
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
            start = time.perf_counter()
            process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=out, stderr=errors,
                                       env=self.env)
            _, status, usage = os.wait4(process.pid, 0)
            wall = time.perf_counter() - start
            process.returncode = os.waitstatus_to_exitcode(status)
            out.seek(0)
            errors.seek(0)
            if process.returncode != 0:
                raise Failure('%s failed (%d): %s' % (
                    ' '.join(argv[:3]), process.returncode,
                    errors.read().decode(errors='replace').strip()[-500:]))
            return Finished(wall, usage, out.read().decode())

    def run_json(self, argv):
        return json.loads(self.run(argv).output)

    def transcribe(self, model, *paths, folder=None, form='json', more=()):
        """`chip transcribe` as its users run it; to standard output or to a folder."""
        to = ['--output-dir', folder] if folder else []
        return self.run([self.chip, 'transcribe', *paths, '--model', model, '--threads',
                         str(self.options.threads), '--quiet', '--format', form, *more] + to)


def say(text):
    print('bench: ' + text, file=sys.stderr, flush=True)


def text_of(transcript):
    """All words of a transcript in chip's json."""
    return ' '.join(segment['text'] for segment in json.loads(transcript)['segments'])


def hash_files(*paths):
    """Hex SHA-256 over the contents of files."""
    sha = hashlib.sha256()
    for path in paths:
        with open(path, 'rb') as file:
            for block in iter(lambda f=file: f.read(1 << 20), b''):
                sha.update(block)
    return sha.hexdigest()


def read_json(path, otherwise=None):
    try:
        with open(path, encoding='utf-8') as file:
            return json.load(file)
    except (FileNotFoundError, ValueError):
        return otherwise


def write_json(path, value):
    """Whole or not at all."""
    with open(path + '.new', 'w', encoding='utf-8') as file:
        json.dump(value, file, indent=1)
        file.write('\n')
    os.replace(path + '.new', path)
