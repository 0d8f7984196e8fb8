"""What the tests of the command line share.  Standard library only.

The program under test is $CHIP.  Each test runs in an empty folder of its own.
"""
import fcntl
import json
import os
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import unittest
import wave

CHIP = os.environ.get('CHIP', '')
TIMEOUT_S = 60
SHORT = ['total 60000', 'segment 0 2000 Hello there.', 'progress 30000',
         'segment 30000 32000 Good bye.', 'progress 60000']


def default_signals():
    """A test run in the background of a script would hand down an ignored SIGINT."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Case(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix='chip-test-cli-')
        self.addCleanup(shutil.rmtree, self.dir)

    def env(self, **more):
        keep = {k: v for k, v in os.environ.items()
                if k in ('PATH', 'TMPDIR', 'LD_LIBRARY_PATH') or k.endswith('SAN_OPTIONS')}
        return {**keep, 'LC_ALL': 'C.UTF-8', 'HOME': self.dir, 'TERM': 'xterm', **more}

    def path(self, *names):
        return os.path.join(self.dir, *names)

    def script(self, name, lines=None):
        """A recording for the fake engine."""
        with open(self.path(name), 'w', encoding='utf-8') as file:
            file.write('\n'.join(SHORT if lines is None else lines) + '\n')
        return name

    def read(self, *names):
        with open(self.path(*names), encoding='utf-8') as file:
            return file.read()

    def start(self, *args, **popen):
        env = self.env(**popen.pop('env', {}))
        options = {'stdin': subprocess.DEVNULL, 'stdout': subprocess.PIPE,
                   'stderr': subprocess.PIPE, 'cwd': self.dir, 'env': env,
                   'preexec_fn': default_signals, **popen}
        return subprocess.Popen([CHIP, *args], **options)

    def chip(self, *args, input=None, **popen):
        """Runs to the end; gives exit code, standard output and standard error."""
        if input is not None:
            popen['stdin'] = subprocess.PIPE
            input = input.encode()
        process = self.start(*args, **popen)
        out, err = process.communicate(input, timeout=TIMEOUT_S)
        decode = lambda b: None if b is None else b.decode('utf-8', 'surrogateescape')
        return process.returncode, decode(out), decode(err)

    def events(self, text):
        """JSON lines; each must be a whole object with an event."""
        events = [json.loads(line) for line in text.splitlines()]
        for event in events:
            self.assertIsInstance(event['event'], str)
        return events


def require_model(model):
    """Skips the tests of a class that need a speech model, and flite to speak to it."""
    done = subprocess.run([CHIP, 'doctor', '--json'], stdout=subprocess.PIPE,
                          env={**os.environ, 'CHIP_MODEL': model})
    check = [c for c in json.loads(done.stdout)['checks'] if c['name'] == 'model'][0]
    if check['state'] == 'fail':
        raise unittest.SkipTest(check['hint'])
    if not shutil.which('flite'):
        raise unittest.SkipTest('flite is not installed')


def speak(text, voice='slt'):
    """What flite says. @return (rate, 16-bit mono samples)"""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'a.wav')
        subprocess.run(['flite', '-voice', voice, '-t', text, '-o', path], check=True,
                       timeout=TIMEOUT_S)
        with wave.open(path) as file:
            return file.getframerate(), file.readframes(file.getnframes())


class Screen:
    """A terminal of some columns, as far as chip needs one: carriage return and erase to the end."""

    def __init__(self, columns):
        self.columns = columns
        self.lines = ['']
        self.at = 0
        self.widest = 0
        self.drawn = []  # the current line each time it is left or rewritten

    def feed(self, text):
        i = 0
        while i < len(text):
            c = text[i]
            if text.startswith('\033[K', i):
                self.lines[-1] = self.lines[-1][:self.at]
                i += 3
                continue
            if c == '\r':
                self.drawn.append(self.lines[-1])
                self.at = 0
            elif c == '\n':
                self.drawn.append(self.lines[-1])
                self.lines.append('')
                self.at = 0
            elif c >= ' ':
                line = self.lines[-1]
                self.lines[-1] = line[:self.at] + c + line[self.at + 1:]
                self.at += 1
                self.widest = max(self.widest, self.at)
            else:
                raise AssertionError('unexpected %r in %r' % (c, text))
            i += 1


def on_terminal(case, args, columns, streams=('stderr',), **popen):
    """Runs chip with some of its streams on a terminal; gives exit code, screen, other output."""
    master, slave = os.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack('HHHH', 24, columns, 0, 0))
    attributes = termios.tcgetattr(slave)
    attributes[1] &= ~termios.OPOST  # line ends as chip writes them
    termios.tcsetattr(slave, termios.TCSANOW, attributes)
    process = case.start(*args, **{name: slave for name in streams}, **popen)
    os.close(slave)
    shown = b''
    while True:
        try:
            part = os.read(master, 65536)
        except OSError:  # Linux says EIO when the last writer is gone
            break
        if not part:
            break
        shown += part
    os.close(master)
    out, err = process.communicate(timeout=TIMEOUT_S)
    screen = Screen(columns)
    screen.feed(shown.decode('utf-8'))
    return process.returncode, screen, out or err or b''


def main():
    if not CHIP:
        sys.exit('set CHIP to the program to test')
    unittest.main(verbosity=1)
