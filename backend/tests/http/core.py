"""Starts http-core-server and talks to it over plain sockets, for tests of the server itself."""
import json
import os
import queue
import socket
import subprocess
import threading
import unittest

PATIENCE = 20  # seconds; nothing takes that long


class Reply:
    """One answer: status, headers (names in lower case), body."""

    def __init__(self, status, headers, body, pairs):
        self.status, self.headers, self.body, self.pairs = status, headers, body, pairs

    def json(self):
        return json.loads(self.body)

    def code(self):
        return self.json()['error']['code']


class Connection:
    def __init__(self, port):
        self.socket = socket.create_connection(('127.0.0.1', port), timeout=PATIENCE)
        self.buffer = b''

    def send(self, *parts):
        for part in parts:
            self.socket.sendall(part if isinstance(part, bytes) else part.encode())

    def more(self):
        """Reads what comes next; False at the end."""
        try:
            data = self.socket.recv(65536)
        except ConnectionResetError:
            data = b''
        self.buffer += data
        return bool(data)

    def until(self, mark):
        while mark not in self.buffer:
            if not self.more():
                raise EOFError('the connection ended after %r' % self.buffer[:300])
        found, self.buffer = self.buffer.split(mark, 1)
        return found

    def exactly(self, n):
        while len(self.buffer) < n:
            if not self.more():
                raise EOFError('the body ended after %d bytes of %d' % (len(self.buffer), n))
        found, self.buffer = self.buffer[:n], self.buffer[n:]
        return found

    def head(self):
        lines = self.until(b'\r\n\r\n').decode('latin-1').split('\r\n')
        pairs = [tuple(line.split(': ', 1)) for line in lines[1:]]
        return int(lines[0].split(' ')[1]), {name.lower(): value for name, value in pairs}, pairs

    def chunk(self):
        size = int(self.until(b'\r\n'), 16)
        data = self.exactly(size)
        self.until(b'\r\n')
        return data

    def reply(self, method='GET'):
        status, headers, pairs = self.head()
        body = b''
        if method == 'HEAD' or status in (204, 304) or status < 200:
            pass
        elif headers.get('transfer-encoding') == 'chunked':
            while True:
                part = self.chunk()
                if not part:
                    break
                body += part
        elif 'content-length' in headers:
            body = self.exactly(int(headers['content-length']))
        else:
            while self.more():
                pass
            body, self.buffer = self.buffer, b''
        return Reply(status, headers, body, pairs)

    def ask(self, method, path, headers=(), body=None):
        head = '%s %s HTTP/1.1\r\nHost: localhost\r\n' % (method, path)
        for name, value in dict(headers).items():
            head += '%s: %s\r\n' % (name, value)
        if body is not None:
            body = body if isinstance(body, bytes) else body.encode()
            head += 'Content-Length: %d\r\n' % len(body)
        self.send(head + '\r\n', body or b'')
        return self.reply(method)

    def is_closed(self):
        """Waits until the server closes; True unless it sends something instead."""
        return not self.more()

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Server:
    def __init__(self, *settings, env=None):
        self.process = subprocess.Popen(
            [os.environ['CORE_SERVER'], *settings], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, env=dict(os.environ, **(env or {})))
        self.lines, self.log = queue.Queue(), queue.Queue()
        self.readers = [
            threading.Thread(target=self.read, args=(self.process.stdout, self.lines)),
            threading.Thread(target=self.read, args=(self.process.stderr, self.log))]
        for reader in self.readers:
            reader.start()
        first = self.line()
        self.refused = first[8:] if first.startswith('refused ') else None
        self.port = None if self.refused else int(first.split()[1])

    @staticmethod
    def read(stream, lines):
        for line in stream:
            lines.put(line.decode().rstrip('\n'))
        lines.put(None)

    def line(self):
        return self.lines.get(timeout=PATIENCE)

    def wait_for(self, start):
        """The rest of the next line that begins like that; others are passed over."""
        while True:
            line = self.line()
            if line is None:
                raise EOFError('the server ended before it said %r' % start)
            if line.startswith(start):
                return line[len(start):].strip()

    def logged(self):
        return json.loads(self.log.get(timeout=PATIENCE))

    def tell(self, letter):
        self.process.stdin.write(letter.encode())
        self.process.stdin.flush()

    def connect(self):
        return Connection(self.port)

    def ask(self, *args, **named):
        with self.connect() as connection:
            return connection.ask(*args, **named)

    def memory(self):
        """Resident bytes."""
        with open('/proc/%d/statm' % self.process.pid, encoding='ascii') as file:
            return int(file.read().split()[1]) * os.sysconf('SC_PAGE_SIZE')

    def stop(self):
        if not self.process.stdin.closed:
            self.process.stdin.close()  # the server stops at the end of its input
        status = self.process.wait(timeout=PATIENCE)
        for reader in self.readers:
            reader.join()
        self.process.stdout.close()
        self.process.stderr.close()
        return status


class ServerTest(unittest.TestCase):
    """One server for all tests of a class, with its `settings`; it has to stop without complaint."""
    settings = ()
    env = None

    @classmethod
    def setUpClass(cls):
        cls.server = Server(*cls.settings, env=cls.env)

    @classmethod
    def tearDownClass(cls):
        status = cls.server.stop()
        rest = []
        while not cls.server.log.empty():
            rest.append(cls.server.log.get())
        if status != 0:
            raise AssertionError('the server ended with %s:\n%s' % (
                status, '\n'.join(line for line in rest if line)))

    def start(self, *settings, env=None):
        """A server of this test's own."""
        server = Server(*settings, env=env)
        self.addCleanup(server.stop)
        return server

    def ask(self, *args, **named):
        return self.server.ask(*args, **named)
