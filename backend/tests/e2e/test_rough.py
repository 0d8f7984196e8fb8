#!/usr/bin/env python3
"""The service under bad conditions: cut uploads, cut downloads, a database that goes away."""
import http.client
import http.server
import os
import random
import socket
import threading
import time
import wave
from concurrent.futures import ThreadPoolExecutor

from service import MODEL, Service, main, require_model, speak

import sys  # noqa: E402
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'store'))
import postgres  # noqa: E402

UPLOADS, BYTES, WAIT_S = 100, 40000, 90


class Uploads(Service):
    """No models are needed."""

    def one(self, seed):
        """Uploads random bytes, with the connection cut now and then. @return id and bytes"""
        rng = random.Random(seed)
        data = rng.randbytes(BYTES)
        host, port = self.url[len('http://'):].split(':')
        ask = http.client.HTTPConnection(host, int(port), timeout=60)
        tus = {'Tus-Resumable': '1.0.0'}
        ask.request('POST', '/api/uploads', headers={**tus, 'Upload-Length': str(BYTES),
                                                     'Content-Length': '0'})
        answer = ask.getresponse()
        self.assertEqual(answer.status, 201, answer.read())
        answer.read()
        path = answer.headers['Location']
        path = path[path.index('/api/'):]
        while True:
            ask.request('HEAD', path, headers=tus)
            answer = ask.getresponse()
            answer.read()
            if answer.status == 423:  # the cut connection still holds it
                time.sleep(0.1)
                continue
            self.assertEqual(answer.status, 200)
            offset = int(answer.headers['Upload-Offset'])
            if offset == BYTES:
                ask.close()
                return path.rsplit('/', 1)[1], data
            self.patch(host, int(port), path, data, offset, rng)

    @staticmethod
    def patch(host, port, path, data, offset, rng):
        """Sends the rest, or less than it said."""
        head = ('PATCH %s HTTP/1.1\r\nHost: %s:%d\r\nTus-Resumable: 1.0.0\r\n'
                'Content-Type: application/offset+octet-stream\r\nUpload-Offset: %d\r\n'
                'Content-Length: %d\r\n\r\n' % (path, host, port, offset, len(data) - offset))
        with socket.create_connection((host, port), timeout=60) as s:
            end = len(data) if rng.random() < 0.4 else rng.randrange(offset, len(data))
            s.sendall(head.encode() + data[offset:end])
            if end == len(data):
                s.recv(4096)

    def test_a_hundred_uploads_at_once_with_cut_connections_arrive_whole(self):
        self.serve('--workers', '0')
        with ThreadPoolExecutor(UPLOADS) as pool:
            for upload, data in pool.map(self.one, range(UPLOADS)):
                with open(self.path('data', 'uploads', upload, 'data'), 'rb') as file:
                    self.assertEqual(file.read(), data)
        self.assertEqual(self.ask('GET', '/api/health')[0], 200)


class Cutting(http.server.BaseHTTPRequestHandler):
    """Serves `data` with ranges, and breaks off somewhere in the first answers."""
    protocol_version = 'HTTP/1.1'
    data, rng, cuts = b'', random.Random(1), 0

    def do_GET(self):
        cls = type(self)
        first = 0
        if self.headers.get('Range', '').startswith('bytes='):
            first = int(self.headers['Range'][6:].split('-')[0])
        body = cls.data[first:]
        self.send_response(206 if first else 200)
        if first:
            self.send_header('Content-Range', 'bytes %d-%d/%d' % (first, len(cls.data) - 1, len(cls.data)))
        self.send_header('Content-Length', str(len(body)))
        self.send_header('ETag', '"same"')
        self.end_headers()
        if cls.cuts > 0:
            cls.cuts -= 1
            body = body[:cls.rng.randrange(1, max(2, len(body)))]
            self.close_connection = True
        self.wfile.write(body)

    def log_message(self, *args):
        pass


class Jobs(Service):
    @classmethod
    def setUpClass(cls):
        require_model(MODEL)
        cls.rate, cls.sound = speak('Let us begin with the budget for the next year.')

    def setUp(self):
        super().setUp()
        with wave.open(self.path('talk.wav'), 'wb') as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(self.rate)
            file.writeframes(self.sound)
        with open(self.path('talk.wav'), 'rb') as file:
            Cutting.data = file.read()
        self.web = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Cutting)
        threading.Thread(target=self.web.serve_forever, daemon=True).start()
        self.addCleanup(self.web.server_close)
        self.addCleanup(self.web.shutdown)

    def submit_link(self):
        port = self.web.server_address[1]
        status, _, answer = self.ask('POST', '/api/process',
                                     {'fileUrl': 'http://127.0.0.1:%d/talk.wav' % port})
        self.assertEqual(status, 202, answer)
        return '/api/jobs/' + answer['jobId']

    def wait_for(self, job):
        until = time.monotonic() + WAIT_S
        while True:
            status, _, row = self.ask('GET', job)
            if status == 200 and row['status'] in ('completed', 'failed', 'cancelled'):
                return row
            self.assertLess(time.monotonic(), until, row)
            time.sleep(0.1)

    def allow(self, **more):
        return {'CHIP_FETCH_ALLOW': '127.0.0.1:%d' % self.web.server_address[1], **more}

    def check(self, job):
        row = self.wait_for(job)
        self.assertEqual(row['status'], 'completed', row['error'])
        self.assertIn('budget', self.ask('GET', job + '/export?format=txt')[2])

    def test_a_download_that_is_cut_at_random_points_comes_to_its_end(self):
        Cutting.cuts = 6
        self.serve(**self.allow())
        self.check(self.submit_link())
        self.assertEqual(Cutting.cuts, 0)

    def test_a_database_that_restarts_in_the_middle_loses_no_job(self):
        Cutting.cuts = 0
        try:
            database = postgres.Postgres()
        except postgres.Missing as why:
            self.skipTest(str(why))
        with database:
            self.serve(**self.allow(DATABASE_URL=database.create()))
            jobs = [self.submit_link() for _ in range(3)]
            database.stop()
            self.assertEqual(self.ask('GET', jobs[0])[0], 503)
            self.assertEqual(self.ask('GET', '/api/health')[0], 200)
            database.start()
            for job in jobs:
                self.check(job)


if __name__ == '__main__':
    main()
