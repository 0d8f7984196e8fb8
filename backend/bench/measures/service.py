"""g: the service: how soon it answers, how fast, how many listen, how fast the queue moves."""
import contextlib
import json
import os
import re
import selectors
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
import uuid

from rows import Budget, Row
from work import HERE, Failure, Skip, say

HEALTH = Budget('<=', limit=100)      # ms
READY = Budget('<=', limit=500)       # ms, Moonshine base
POLLS = Budget('>=', limit=20000)     # requests a second
POLLS_P99 = Budget('<=', limit=10)    # ms
TIMES = Budget('>=', limit=10)        # faster than the peer
LISTENERS = 2000
LISTENERS_MIB = Budget('<=', limit=200)
QUEUE_JOBS, QUEUE_WORKERS = 10000, 8
WAIT_S = 30


class Server:
    """chip serve in a folder of its own."""

    def __init__(self, work, folder, *args, **env):
        env = {**work.env, 'CHIP_DATA_DIR': folder, 'PORT': '0', 'CHIP_LOG_LEVEL': 'error', **env}
        for name in ('API_KEY', 'DATABASE_URL', 'SUPABASE_URL'):
            env.pop(name, None)
        self.started = time.perf_counter()
        self.process = subprocess.Popen([work.chip, 'serve', *args], env=env,
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        line = self.process.stdout.readline().decode()
        if not line.startswith('chip listens on '):
            raise Failure('chip serve did not start')
        self.url = line.split()[-1]
        self.port = int(self.url.rsplit(':', 1)[1])

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()

    def open(self, path, value=None):
        body = None if value is None else json.dumps(value).encode()
        request = urllib.request.Request(self.url + path, body,
                                         {'Content-Type': 'application/json'} if body else {})
        return urllib.request.urlopen(request, timeout=WAIT_S)

    def until_ok(self, path):
        """Milliseconds from the start to the first 200."""
        until = self.started + WAIT_S
        while time.perf_counter() < until:
            with contextlib.suppress(OSError), self.open(path) as answer:
                if answer.status == 200:
                    return 1000 * (time.perf_counter() - self.started)
            time.sleep(0.002)
        raise Failure('%s did not answer 200 within %d s' % (path, WAIT_S))

    def enqueue(self):
        """A job that nobody does."""
        with self.open('/api/process', {'fileUrl': 'https://example.org/a.wav',
                                        'title': 'A meeting'}) as answer:
            return json.load(answer)['jobId']

    def resident_mib(self):
        with open('/proc/%d/status' % self.process.pid, encoding='ascii') as file:
            return int(re.search(r'VmRSS:\s+(\d+)', file.read()).group(1)) / 1024


def fresh(work, name):
    folder = work.path('service', name)
    shutil.rmtree(folder, ignore_errors=True)
    return folder


def measure_start(work):
    health, ready = [], []
    for i in range(work.options.starts):
        with Server(work, fresh(work, 'start')) as server:
            health.append(server.until_ok('/api/health'))
            ready.append(server.until_ok('/api/ready'))
    return [Row('chip serve until /api/health is 200', health, 'ms', digits=0, budget=HEALTH),
            Row('until /api/ready is: Moonshine base is open', ready, 'ms', digits=0,
                budget=READY)], {'health_ms': health, 'ready_ms': ready}


# ---- polls


def load(url, seconds):
    """wrk with 64 connections. @return requests a second, p99 in ms"""
    if not shutil.which('wrk'):
        raise Skip('wrk is not installed')
    out = subprocess.run(['wrk', '-t2', '-c64', '-d%ds' % seconds, '--latency', url],
                         capture_output=True, text=True, check=True).stdout
    if 'Non-2xx' in out or 'Socket errors' in out:
        raise Failure('wrk: ' + out)
    number, unit = re.search(r'99%\s+([\d.]+)(us|ms|s)\b', out).groups()
    rate = float(re.search(r'Requests/sec:\s+([\d.]+)', out).group(1))
    return rate, float(number) * {'us': 1e-3, 'ms': 1, 's': 1e3}[unit]


@contextlib.contextmanager
def peer(database, job, folder):
    """The same answer by FastAPI and uvicorn. Gives its address."""
    template = os.path.join(folder, 'job.json')
    with open(template, 'w', encoding='utf-8') as file:
        json.dump(job, file)
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        port = probe.getsockname()[1]
    env = dict(os.environ, DATABASE=database, TEMPLATE=template, PYTHONDONTWRITEBYTECODE='1')
    process = subprocess.Popen(
        ['/usr/bin/python3', '-m', 'uvicorn', '--app-dir', HERE, '--log-level', 'error',
         '--workers', '2', '--port', str(port), 'peer_api:app'], env=env)
    try:
        url = 'http://127.0.0.1:%d/api/jobs/%s' % (port, job['jobId'])
        until = time.monotonic() + WAIT_S
        while True:
            with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=5) as answer:
                if json.load(answer) != job:
                    raise Failure('the peer answers something else than chip')
                break
            if time.monotonic() > until or process.poll() is not None:
                raise Skip('the peer does not start: are python3-fastapi and python3-uvicorn here?')
            time.sleep(0.05)
        yield url
    finally:
        process.terminate()
        process.wait()


def measure_polls(work):
    folder = fresh(work, 'polls')
    ours, p99s, theirs, their_p99s = [], [], [], []
    with Server(work, folder, '--workers', '0') as server:
        job = server.enqueue()
        with server.open('/api/jobs/' + job) as answer:
            row = json.load(answer)
        url = '%s/api/jobs/%s' % (server.url, job)
        with peer(os.path.join(folder, 'chip.db'), row, folder) as peer_url:
            for _ in range(work.options.rounds):
                rate, p99 = load(url, 4)
                ours.append(rate)
                p99s.append(p99)
                rate, p99 = load(peer_url, 4)
                theirs.append(rate)
                their_p99s.append(p99)
    times = [a / b for a, b in zip(ours, theirs)]
    return [Row('GET /api/jobs/{id}, 64 connections', ours, '/s', 'more', digits=0, budget=POLLS),
            Row('their 99th percentile', p99s, 'ms', digits=2, budget=POLLS_P99),
            Row('FastAPI and uvicorn, 2 processes', theirs, '/s', 'more', digits=0),
            Row('their 99th percentile', their_p99s, 'ms', digits=2),
            Row('times as many requests', times, 'x', 'more', digits=1, budget=TIMES)], {
                'chip_per_s': ours, 'chip_p99_ms': p99s, 'peer_per_s': theirs,
                'peer_p99_ms': their_p99s}


# ---- listeners


def listen(server, job, n):
    """n clients that follow the job. @return their sockets"""
    head = ('GET /api/jobs/%s/events HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n'
            'Accept: text/event-stream\r\n\r\n' % (job, server.port)).encode()
    sockets = []
    for _ in range(n):
        s = socket.create_connection(('127.0.0.1', server.port), timeout=WAIT_S)
        s.sendall(head)
        sockets.append(s)
    return sockets


def hear(sockets, text):
    """Waits until all have heard `text`; milliseconds."""
    start = time.perf_counter()
    waiting = selectors.DefaultSelector()
    for s in sockets:
        s.setblocking(False)
        waiting.register(s, selectors.EVENT_READ, bytearray())
    left = len(sockets)
    while left:
        ready = waiting.select(timeout=WAIT_S)
        if not ready:
            raise Failure('%d listeners heard nothing' % left)
        for key, _ in ready:
            data = key.fileobj.recv(65536)
            if not data:
                raise Failure('a listener was cut off')
            key.data.extend(data)
            if text in key.data:
                waiting.unregister(key.fileobj)
                left -= 1
    waiting.close()
    return 1000 * (time.perf_counter() - start)


def measure_listeners(work):
    with Server(work, fresh(work, 'listeners'), '--workers', '0') as server:
        job = server.enqueue()
        before = server.resident_mib()
        sockets = listen(server, job, LISTENERS)
        hear(sockets, b'event: status')
        with_all = server.resident_mib()
        server.open('/api/jobs/%s/cancel' % job, {}).close()
        heard = hear(sockets, b'event: cancelled')
        for s in sockets:
            s.close()
    return [Row('memory with %d listeners' % LISTENERS, with_all, 'MiB', digits=0,
                budget=LISTENERS_MIB, note='%.0f MiB before them' % before),
            Row('until all have heard an event', heard, 'ms', digits=0)], {
                'listeners': LISTENERS, 'before_mib': before, 'with_mib': with_all,
                'heard_ms': heard}


# ---- the queue


def queue_rows(name, result):
    if not result['done'] == result['completed'] == QUEUE_JOBS or result['twice']:
        raise Failure('%s: of %d jobs %d were done, %d twice' % (
            name, QUEUE_JOBS, result['completed'], result['twice']))
    return [Row('%s: claims and completions, %d workers' % (name, QUEUE_WORKERS),
                QUEUE_JOBS / result['work_seconds'], '/s', 'more', digits=0,
                note='of %d jobs none lost, none twice' % QUEUE_JOBS),
            Row('%s: jobs queued, one client' % name, QUEUE_JOBS / result['enqueue_seconds'], '/s',
                'more', digits=0)]


def measure_queue(work):
    sys.path.insert(0, os.path.join(os.path.dirname(HERE), 'tests', 'store'))
    import postgres  # noqa: E402, PLC0415  # only here is it needed
    raw, rows = {}, []

    def run(name, address):
        raw[name] = work.run_json([work.engine, 'queue', address, str(QUEUE_JOBS),
                                   str(QUEUE_WORKERS)])
        rows.extend(queue_rows(name, raw[name]))
    try:
        with postgres.Postgres() as server:
            run('PostgreSQL', server.create())
    except postgres.Missing as reason:
        say('no PostgreSQL: %s' % reason)
    run('SQLite', fresh(work, 'queue-%s' % uuid.uuid4().hex[:8]))
    return rows, raw


def measure(work, reference):
    del reference
    tables, raw = [], {}
    for name, part in (('start', measure_start), ('status polls', measure_polls),
                       ('server-sent events', measure_listeners), ('queue', measure_queue)):
        try:
            rows, raw[name] = part(work)
        except Skip as reason:
            say('%s: %s' % (name, reason))
            continue
        tables.append(('service: ' + name, rows))
    if not tables:
        raise Skip('nothing of the service could be measured')
    return tables, raw
