"""Starts http-speech-server and talks to it, for tests of uploads and of OpenAI's API."""
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
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
import validate

DOCUMENT = validate.Document(os.environ['OPENAPI'])
PATIENCE = 20  # seconds; nothing takes that long


class Reply:
    """One answer: status, headers (names in lower case), body."""

    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        return json.loads(self.body)


class Server:
    """The server in a folder of its own; restart() keeps the folder."""

    def __init__(self, *settings):
        self.settings = settings
        self.folder = tempfile.mkdtemp(prefix='chip-test-speech-')
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            [os.environ['SPEECH_SERVER'], self.folder, *self.settings],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.lines = queue.Queue()
        self.reader = threading.Thread(target=self.read, args=(self.process.stdout, self.lines))
        self.reader.start()
        self.port = int(self.wait_for('port '))

    @staticmethod
    def read(stream, lines):
        for line in stream:
            lines.put(line.decode().rstrip('\n'))
        lines.put(None)

    def wait_for(self, start):
        """The rest of the next line that begins like that; others are passed over."""
        while True:
            line = self.lines.get(timeout=PATIENCE)
            if line is None:
                raise EOFError('the server ended before it said %r' % start)
            if line.startswith(start):
                return line[len(start):]

    def tell(self, letter):
        self.process.stdin.write(letter.encode())
        self.process.stdin.flush()

    def counts(self):
        """How many jobs, recordings and uploads there are."""
        self.tell('n')
        words = self.wait_for('jobs ').split()
        return int(words[0]), int(words[2]), int(words[4])

    def end(self):
        self.process.stdin.close()
        code = self.process.wait(timeout=PATIENCE)
        self.reader.join()
        self.process.stdout.close()
        return code

    def kill(self):
        self.process.kill()
        self.end()

    def stop(self):
        code = self.end() if self.process.poll() is None else self.process.returncode
        shutil.rmtree(self.folder)
        if code != 0:
            raise AssertionError('the server ended with %s' % code)

    def ask(self, method, path, headers=None, body=None):
        """One request on a connection of its own."""
        connection = http.client.HTTPConnection('127.0.0.1', self.port, timeout=PATIENCE)
        try:
            connection.request(method, path, body, headers or {})
            reply = connection.getresponse()
            names = {name.lower(): value for name, value in reply.getheaders()}
            return Reply(reply.status, names, reply.read())
        finally:
            connection.close()

    def open_request(self, method, path, headers):
        """A raw connection that has sent a request's head."""
        connection = socket.create_connection(('127.0.0.1', self.port), timeout=PATIENCE)
        head = '%s %s HTTP/1.1\r\nHost: localhost\r\n' % (method, path)
        head += ''.join('%s: %s\r\n' % pair for pair in headers.items())
        connection.sendall((head + '\r\n').encode())
        return connection


class Case(unittest.TestCase):
    maxDiff = None
    settings = ()

    @classmethod
    def setUpClass(cls):
        cls.server = Server(*cls.settings)

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()

    def ask(self, method, path, headers=None, body=None):
        reply = self.server.ask(method, path, headers, body)
        self.check_described(method, path, headers or {}, reply)
        return reply

    def check_described(self, method, path, headers, reply):
        """The answer must be as docs/openapi.yaml says, where it is about such a request."""
        method = headers.get('X-HTTP-Method-Override', method)
        operation = DOCUMENT.operation(method, path)
        if operation is None:
            return
        self.assertIn(str(reply.status), operation['responses'])
        if not reply.body:
            return  # as all answers to HEAD, and most of tus
        self.assertEqual(DOCUMENT.answer_problems(method, path, reply.status,
                                                  reply.headers.get('content-type'), reply.body), [])


def form(fields, file=('a.wav', b''), boundary='openai-xxxx', after=()):
    """@return (headers, body) of a form as OpenAI's client sends it; file None: without one"""
    parts = [(name, None, value.encode()) for name, value in fields]
    if file:
        parts.append(('file', file[0], file[1]))
    parts += [(name, None, value.encode()) for name, value in after]
    body = b''
    for name, filename, value in parts:
        head = '--%s\r\nContent-Disposition: form-data; name="%s"' % (boundary, name)
        if filename is not None:
            head += '; filename="%s"\r\nContent-Type: application/octet-stream' % filename
        body += head.encode() + b'\r\n\r\n' + value + b'\r\n'
    body += b'--%s--\r\n' % boundary.encode()
    return {'Content-Type': 'multipart/form-data; boundary=' + boundary}, body
