"""The real `chip serve` with a real model, and what can be done to it.  Standard library only.

$CHIP is the program, $CHIP_MODELS_DIR holds moonshine-tiny.
"""
import base64
import ctypes
import glob
import http.server
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.error
import urllib.request
import uuid
import wave

CHIP = os.environ['CHIP']
SPOKEN = '/usr/share/pocketsphinx/test/data/librivox/*.wav'
LONG_S = 90
ENDS = ('completed', 'failed', 'cancelled')


def join_recordings(path, seconds):
    """Real speech of at least so long, the same recordings again and again."""
    names = sorted(glob.glob(SPOKEN))
    done = 0.0
    with wave.open(path, 'wb') as out:
        while done < seconds:
            for name in names:
                with wave.open(name) as part:
                    if done == 0.0:
                        out.setparams(part.getparams())
                    out.writeframes(part.readframes(part.getnframes()))
                    done += part.getnframes() / part.getframerate()
                if done >= seconds:
                    break


class Recordings(http.server.ThreadingHTTPServer):
    """Serves files of a folder; names that begin with "stall" stop half way until released."""
    daemon_threads = True

    def __init__(self, folder):
        self.folder = folder
        self.release = threading.Event()
        self.stalled = threading.Semaphore(0)
        super().__init__(('127.0.0.1', 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def url(self, name):
        return f'http://127.0.0.1:{self.server_port}/{name}'

    def handle_error(self, request, client_address):
        """Whoever is killed while fetching hangs up."""


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def do_GET(self):
        name = self.path.strip('/')
        with open(os.path.join(self.server.folder, name.split('-')[-1]), 'rb') as file:
            data = file.read()
        wanted, start = self.headers.get('Range'), 0
        if wanted:
            start = int(wanted.split('=')[1].split('-')[0])
        self.send_response(206 if wanted else 200)
        self.send_header('Content-Length', str(len(data) - start))
        self.send_header('ETag', '"one"')
        if wanted:
            self.send_header('Content-Range', f'bytes {start}-{len(data) - 1}/{len(data)}')
        self.end_headers()
        data = data[start:]
        if name.startswith('stall') and not self.server.release.is_set():
            self.wfile.write(data[:len(data) // 2])
            self.server.stalled.release()
            self.server.release.wait(LONG_S)
            data = data[len(data) // 2:]
        self.wfile.write(data)

    def log_message(self, *args):
        pass


class Service:
    """`chip serve` over a data folder, and what can be asked of it."""

    def __init__(self, data_dir, port_of_recordings, wrap=(), **more):
        keep = {k: v for k, v in os.environ.items()
                if k in ('PATH', 'LD_LIBRARY_PATH', 'CHIP_MODELS_DIR') or k.endswith('SAN_OPTIONS')}
        env = {**keep, 'HOME': data_dir, 'CHIP_DATA_DIR': data_dir, 'CHIP_MODEL': 'moonshine-tiny',
               'CHIP_FETCH_ALLOW': f'127.0.0.1:{port_of_recordings}', 'CHIP_MAX_ATTEMPTS': '3',
               'CHIP_LEASE_SECONDS': '10', **more}
        self.log = open(os.path.join(os.path.dirname(data_dir), 'log'), 'ab')
        self.process = subprocess.Popen([*wrap, CHIP, 'serve', '--port', '0'], env=env,
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=self.log, cwd=os.path.dirname(data_dir))
        line = self.process.stdout.readline().decode()
        self.base = line.split()[-1]

    def ask(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data=data, method=method,
                                         headers={'Content-Type': 'application/json'})
        with urllib.request.urlopen(request, timeout=30) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def upload(self, length, name='talk'):
        """Creates one by tus. @return its id"""
        head = {'Tus-Resumable': '1.0.0', 'Upload-Length': str(length),
                'Upload-Metadata': 'filename ' + base64.b64encode(name.encode()).decode()}
        request = urllib.request.Request(self.base + '/api/uploads', b'', head, method='POST')
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.headers['Location'].rsplit('/', 1)[1]

    def send(self, upload, offset, data):
        request = urllib.request.Request(
            f'{self.base}/api/uploads/{upload}', data, method='PATCH', headers={
                'Tus-Resumable': '1.0.0', 'Upload-Offset': str(offset),
                'Content-Type': 'application/offset+octet-stream'})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return int(answer.headers['Upload-Offset'])

    def remove_upload(self, upload):
        request = urllib.request.Request(f'{self.base}/api/uploads/{upload}', method='DELETE',
                                         headers={'Tus-Resumable': '1.0.0'})
        urllib.request.urlopen(request, timeout=30).close()

    def submit_upload(self, upload, **options):
        return self.ask('POST', '/api/process', {'uploadId': upload, 'options': options})['jobId']

    def job(self, job_id):
        return self.ask('GET', f'/api/jobs/{job_id}')

    def submit(self, url):
        job_id = str(uuid.uuid4())
        self.ask('POST', '/api/process', {'jobId': job_id, 'fileUrl': url})
        return job_id

    def wait(self, job_id, is_so):
        until = time.monotonic() + LONG_S
        while time.monotonic() < until:
            job = self.job(job_id)
            if is_so(job):
                return job
            time.sleep(0.01)
        raise AssertionError(f'not what was waited for: {job}')

    def wait_end(self, job_id):
        return self.wait(job_id, lambda job: job['status'] in ENDS)

    def result(self, job_id):
        row = self.ask('GET', f'/api/jobs/{job_id}/analysis')
        waveform = self.ask('GET', f'/api/jobs/{job_id}/waveform')
        del row['minutes']['date']  # of the day on which the job came, which may end meanwhile
        return {**{key: row[key] for key in ('version', 'transcript', 'metrics', 'minutes', 'speakers')},
                'waveform': waveform}

    def worker(self):
        """Its process; None while there is none."""
        try:
            with open(f'/proc/{self.process.pid}/task/{self.process.pid}/children') as file:
                own = file.read().split()
        except OSError:
            own = []
        for task in glob.glob(f'/proc/{self.process.pid}/task/*/children'):
            try:
                with open(task) as file:
                    own += file.read().split()
            except OSError:
                pass
        return int(own[0]) if own else None

    def kill_worker(self):
        pid = self.worker()
        if pid:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        return pid

    def end(self, how=signal.SIGTERM):
        """@return seconds that it took"""
        start = time.monotonic()
        if self.process.poll() is None:
            self.process.send_signal(how)
        self.process.wait(20)
        self.process.stdout.close()
        self.log.close()
        return time.monotonic() - start


class Case(unittest.TestCase):
    maxDiff = 2000

    @classmethod
    def setUpClass(cls):
        if not glob.glob(SPOKEN):
            raise unittest.SkipTest('needs pocketsphinx-testdata')
        found = subprocess.run([CHIP, 'models', 'list'], stdout=subprocess.PIPE, check=True)
        if b'moonshine-tiny' not in found.stdout or b'silero-vad' not in found.stdout:
            raise unittest.SkipTest('needs moonshine-tiny and silero-vad')
        cls.folder = tempfile.mkdtemp(prefix='chip-test-faults-')
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        join_recordings(os.path.join(cls.folder, 'short.wav'), 10)
        join_recordings(os.path.join(cls.folder, 'long.wav'), 400)
        # Workers whose server is killed are ours to wait for.
        ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)

    def setUp(self):
        self.dir = tempfile.mkdtemp(dir=self.folder)
        self.recordings = Recordings(self.folder)
        self.addCleanup(self.recordings.server_close)
        self.addCleanup(self.recordings.shutdown)
        self.service = None
        self.start()
        self.addCleanup(lambda: self.service.end())

    def start(self, **more):
        self.service = Service(os.path.join(self.dir, 'data'), self.recordings.server_port, **more)

    def undisturbed(self, name):
        job_id = self.service.submit(self.recordings.url(name))
        job = self.service.wait_end(job_id)
        self.assertEqual(job['status'], 'completed', job)
        return self.service.result(job_id)

    def assert_same(self, job_id, expected):
        job = self.service.wait_end(job_id)
        self.assertEqual(job['status'], 'completed', job)
        self.assertEqual(self.service.result(job_id), expected)

    def interrupt(self, how):
        """Does that to a long job as soon as a slice of it is kept; once more if it was done."""
        for _ in range(5):
            job_id = self.service.submit(self.recordings.url('long.wav'))
            store = sqlite3.connect(os.path.join(self.dir, 'data', 'chip.db'))
            until = time.monotonic() + LONG_S
            while not store.execute('SELECT 1 FROM job_checkpoints').fetchone():
                self.assertLess(time.monotonic(), until)
                time.sleep(0.002)
            store.close()
            how()
            if self.service.job(job_id)['status'] not in ENDS:
                return job_id
        raise AssertionError('it was always done before')

    def assert_nothing_left(self):
        data = os.path.join(self.dir, 'data')
        # A job is completed a moment before its note goes; a dead worker's goes with the next sweep.
        until = time.monotonic() + 20
        while os.listdir(os.path.join(data, 'work')) and time.monotonic() < until:
            time.sleep(0.01)
        self.assertEqual(os.listdir(os.path.join(data, 'work')), [])
        for name in glob.glob(os.path.join(data, 'recordings', '*', '*')):
            self.assertEqual(os.path.basename(name), 'source')
