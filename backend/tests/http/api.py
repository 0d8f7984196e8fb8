"""Starts http-api-server for tests of the routes, plays its worker, and checks every answer against
docs/openapi.yaml.  $API_SERVER is the program, $OPENAPI the document."""
import base64
import hashlib
import hmac
import http.client
import json
import os
import queue
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import uuid

import validate

SERVER = os.environ['API_SERVER']
DOCUMENT = validate.Document(os.environ['OPENAPI'])
PATIENCE = 30  # seconds; nothing takes that long
URL = 'http://127.0.0.1:9/recording.wav'
SECRET = 'a secret that is long enough for HS256 tokens'


def new_id():
    return str(uuid.uuid4())


def user_token(user, secret=SECRET, **claims):
    """A Supabase token for a user."""
    part = lambda value: base64.urlsafe_b64encode(value).rstrip(b'=')
    claims = {'sub': user, 'aud': 'authenticated', 'role': 'authenticated',
              'exp': int(time.time()) + 600, **claims}
    head = part(json.dumps({'alg': 'HS256', 'typ': 'JWT'}).encode()) + b'.' + part(json.dumps(claims).encode())
    return (head + b'.' + part(hmac.new(secret.encode(), head, hashlib.sha256).digest())).decode()


class Reply:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        return json.loads(self.body)

    def error(self):
        return self.json()['error']


class Event:
    def __init__(self, block):
        self.fields = dict(line.split(': ', 1) for line in block.split('\n') if not line.startswith(':'))
        self.is_comment = block.startswith(':')
        self.id = int(self.fields.get('id', 0))
        self.kind = self.fields.get('event')
        self.data = json.loads(self.fields['data']) if 'data' in self.fields else None


class Stream:
    """Server-sent events, read as they come."""

    def __init__(self, port, path, headers):
        self.socket = socket.create_connection(('127.0.0.1', port), timeout=PATIENCE)
        lines = ['GET %s HTTP/1.1' % path, 'Host: localhost', 'Accept: text/event-stream']
        lines += ['%s: %s' % pair for pair in headers.items()]
        self.socket.sendall('\r\n'.join(lines + ['', '']).encode())
        self.response = http.client.HTTPResponse(self.socket, method='GET')
        self.response.begin()
        self.status = self.response.status
        self.text = ''

    def block(self):
        """The next block of lines; None at the end."""
        while '\n\n' not in self.text:
            data = self.response.read1(65536)
            if not data:
                return None
            self.text += data.decode()
        block, self.text = self.text.split('\n\n', 1)
        return block

    def next(self):
        """The next event; comments and the beginning are left out. None at the end."""
        while True:
            block = self.block()
            if block is None:
                return None
            event = Event(block)
            if event.kind:
                return event

    def rest(self):
        return list(iter(self.next, None))

    def close(self):
        self.response.close()
        self.socket.close()


class Server:
    def __init__(self, folder, *settings):
        self.folder = folder
        self.process = subprocess.Popen([SERVER, folder, *settings], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        self.lines = queue.Queue()
        self.reader = threading.Thread(target=self.read_lines, daemon=True)
        self.reader.start()
        self.port = int(self.line().removeprefix('port '))

    def read_lines(self):
        for line in self.process.stdout:
            self.lines.put(line.rstrip('\n'))
        self.lines.put(None)

    def line(self):
        line = self.lines.get(timeout=PATIENCE)
        if line is None:
            raise AssertionError('the server has ended')
        return line

    def tell(self, line):
        self.process.stdin.write(line + '\n')
        self.process.stdin.flush()
        return self.line()

    def call(self, name, **args):
        """A call of the store, on behalf of the service."""
        answer = self.tell('call %s %s' % (name, json.dumps(args)))
        if not answer.startswith('ok '):
            raise AssertionError('%s: %s' % (name, answer))
        return json.loads(answer[3:])

    def cpu_seconds(self):
        """Processor time that the server has used."""
        with open('/proc/%d/stat' % self.process.pid, encoding='utf-8') as file:
            fields = file.read().rsplit(')', 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')

    def stop(self):
        self.process.stdin.close()
        code = self.process.wait(timeout=PATIENCE)
        self.reader.join(timeout=PATIENCE)
        self.process.stdout.close()
        return code


class Case(unittest.TestCase):
    """One server for all tests of a class; settings as api_server takes them."""
    settings = ()
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix='chip-test-api-')
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.server = Server(cls.folder, *cls.settings, *cls.database())

    @classmethod
    def database(cls):
        """SQLite, unless $API_POSTGRES is the folder of postgres.py."""
        if 'API_POSTGRES' not in os.environ:
            return ()
        sys.path.insert(0, os.environ['API_POSTGRES'])
        import postgres
        try:
            server = cls.enterClassContext(postgres.Postgres())
        except postgres.Missing as missing:
            raise unittest.SkipTest(str(missing)) from None
        return ('database=' + server.create(),)

    @classmethod
    def tearDownClass(cls):
        code = cls.server.stop()
        if code:
            raise AssertionError('the server ended with %d' % code)

    # ---- asking ----

    def ask(self, method, path, body=None, headers=None, expect=None):
        """@param body is sent as JSON; bytes as they are. @param expect the status that it must have"""
        connection = http.client.HTTPConnection('127.0.0.1', self.server.port, timeout=PATIENCE)
        headers = dict(headers or {})
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
            headers.setdefault('Content-Type', 'application/json')
        connection.request(method, path, body=body, headers=headers)
        response = connection.getresponse()
        reply = Reply(response.status, response.headers, response.read())
        connection.close()
        self.check(method, path, reply)
        if expect is not None:
            self.assertEqual(reply.status, expect, reply.body)
        return reply

    def check(self, method, path, reply):
        problems = DOCUMENT.answer_problems(method, path.split('?')[0], reply.status,
                                            reply.headers.get('Content-Type'), reply.body)
        self.assertEqual(problems, [], '%s %s: %d %s' % (method, path, reply.status, reply.body[:2000]))

    def get(self, path, expect=200, **options):
        return self.ask('GET', path, expect=expect, **options)

    def stream(self, job, **headers):
        """The events of a job. Closed at the end of the test."""
        stream = Stream(self.server.port, '/api/jobs/%s/events' % job,
                        {name.replace('_', '-'): value for name, value in headers.items()})
        self.addCleanup(stream.close)
        return stream

    def refused(self, method, path, body, status, message, **options):
        """The answer is an error with that text in its message."""
        reply = self.ask(method, path, body, expect=status, **options)
        self.assertIn(message, reply.error()['message'])
        return reply.error()

    def upload(self, data, length=None, name='talk.wav', headers=None):
        """Uploads by tus, all or the beginning. @return its id"""
        connection = http.client.HTTPConnection('127.0.0.1', self.server.port, timeout=PATIENCE)
        connection.request('POST', '/api/uploads', body=data, headers={
            'Tus-Resumable': '1.0.0', 'Upload-Length': str(len(data) if length is None else length),
            'Upload-Metadata': 'filename ' + base64.b64encode(name.encode()).decode(),
            'Content-Type': 'application/offset+octet-stream', **(headers or {})})
        response = connection.getresponse()
        response.read()
        connection.close()
        self.assertEqual(response.status, 201)
        return response.headers['Location'].rsplit('/', 1)[1]

    # ---- jobs, and a worker for them ----

    def submit(self, headers=None, **body):
        """Hands a job in. @return its id"""
        body.setdefault('fileUrl', URL)
        return self.ask('POST', '/api/process', body, headers=headers, expect=202).json()['jobId']

    def claim(self, job):
        """Takes jobs until it is this one. @return its row"""
        while True:
            row = self.server.call('claim_job', worker='w', node='here', lease_seconds=600)
            self.assertIsNotNone(row, 'the job is not in the queue')
            if row['id'] == job:
                return row

    def heartbeat(self, row, **more):
        return self.server.call('heartbeat_job', id=row['id'], lease_token=row['lease_token'],
                                lease_seconds=600, **more)

    def complete(self, job, analysis=None, **more):
        row = self.claim(job)
        return self.server.call('complete_job', id=job, lease_token=row['lease_token'],
                                analysis=analysis or {}, **more)

    def fail_job(self, job, message='it broke'):
        row = self.claim(job)
        return self.server.call('fail_job', id=job, lease_token=row['lease_token'], error={
            'code': 'bad_media', 'message': message, 'stage': 'fetch', 'retryable': False})

    def check_event(self, event):
        schema = DOCUMENT.event_schema(event.kind)
        self.assertIsNotNone(schema, 'events %r are not documented' % event.kind)
        self.assertEqual(DOCUMENT.errors(schema, event.data), [], event.kind)
