#!/usr/bin/env python3
"""The service on PostgreSQL, and on what stands for Supabase before it: real program and models."""
import base64
import functools
import hashlib
import hmac
import http.server
import json
import os
import subprocess
import sys
import threading
import time
import unittest
import wave

from service import MODEL, Service, main, require_model, speak

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'store'))
import postgres  # noqa: E402

SECRET = 'a secret of more than thirty-two characters'
KEY = 'a-key-of-more-than-sixteen-characters'
ANN, BOB = '0c7f3a52-7a0e-4a4e-9d57-5c1b8d1f7a01', '0c7f3a52-7a0e-4a4e-9d57-5c1b8d1f7a02'
WAIT_S = 90


def token(user, issuer):
    """What Supabase gives a user who has signed in."""
    def part(data):
        return base64.urlsafe_b64encode(data).rstrip(b'=')
    head = part(json.dumps({'alg': 'HS256', 'typ': 'JWT'}).encode())
    claims = part(json.dumps({'sub': user, 'aud': 'authenticated', 'role': 'authenticated',
                              'iss': issuer, 'exp': int(time.time()) + 3600}).encode())
    signed = head + b'.' + claims
    return (signed + b'.' +
            part(hmac.new(SECRET.encode(), signed, hashlib.sha256).digest())).decode()


class Databases(Service):
    @classmethod
    def setUpClass(cls):
        require_model(MODEL)
        try:
            cls.server = postgres.Postgres()
        except postgres.Missing as why:
            raise unittest.SkipTest(str(why))
        cls.addClassCleanup(cls.server.close)
        cls.rate, cls.sound = speak('Let us begin with the budget for the next year.')

    def setUp(self):
        super().setUp()
        os.mkdir(self.path('web'))
        with wave.open(self.path('web', 'talk.wav'), 'wb') as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(self.rate)
            file.writeframes(self.sound)
        quiet = type('Quiet', (http.server.SimpleHTTPRequestHandler,),
                     {'log_message': lambda *args: None})
        self.web = http.server.ThreadingHTTPServer(
            ('127.0.0.1', 0), functools.partial(quiet, directory=self.path('web')))
        threading.Thread(target=self.web.serve_forever, daemon=True).start()
        self.addCleanup(self.web.server_close)
        self.addCleanup(self.web.shutdown)

    issuer = 'https://example.supabase.co/auth/v1'

    def of(self, user):
        return {'Authorization': 'Bearer ' + token(user, self.issuer)}

    def settings(self, **more):
        return {'API_KEY': KEY, 'SUPABASE_JWT_SECRET': SECRET,
                'CHIP_FETCH_ALLOW': '127.0.0.1:%d' % self.web.server_address[1], **more}

    def submit_link(self, user):
        status, _, answer = self.ask('POST', '/api/process', {
            'fileUrl': 'http://127.0.0.1:%d/talk.wav' % self.web.server_address[1],
            'title': 'of ' + user}, **self.of(user))
        self.assertEqual(status, 202, answer)
        return '/api/jobs/' + answer['jobId']

    def wait_for(self, job, user):
        until = time.monotonic() + WAIT_S
        while True:
            status, _, row = self.ask('GET', job, **self.of(user))
            self.assertEqual(status, 200, row)
            if row['status'] in ('completed', 'failed', 'cancelled'):
                return row
            self.assertLess(time.monotonic(), until, row)
            time.sleep(0.1)

    def check_two_users(self):
        """Both get their transcript, and nothing of the other's."""
        jobs = {user: self.submit_link(user) for user in (ANN, BOB)}
        for user, job in jobs.items():
            self.assertEqual(self.wait_for(job, user)['status'], 'completed')
            status, _, analysis = self.ask('GET', job + '/analysis', **self.of(user))
            self.assertEqual(status, 200)
            self.assertIn('budget', json.dumps(analysis['transcript']))
            self.assertEqual(self.ask('GET', job + '/waveform', **self.of(user))[0], 200)
            status, _, listed = self.ask('GET', '/api/jobs', **self.of(user))
            self.assertEqual([j['title'] for j in listed['jobs']], ['of ' + user])
        for path in ('', '/analysis', '/export?format=txt', '/events', '/audio', '/waveform'):
            self.assertEqual(self.ask('GET', jobs[ANN] + path, **self.of(BOB))[0], 404, path)
        self.assertEqual(self.ask('DELETE', jobs[ANN], **self.of(BOB))[0], 404)
        self.assertEqual(self.ask('GET', '/api/jobs')[0], 401)

    def test_two_users_on_postgresql(self):
        self.serve(**self.settings(DATABASE_URL=self.server.create()))
        self.check_two_users()

    def test_two_users_on_supabase(self):
        stand_in = subprocess.Popen([os.environ['POSTGREST'], self.server.create(supabase=True), SECRET],
                                    stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.addCleanup(stand_in.communicate)
        url = stand_in.stdout.readline().decode().strip()
        database = self.server.url('chip%d' % self.server.made)
        code, _, err = self.chip('migrate', env={'DATABASE_URL': database})
        self.assertEqual((code, err), (0, ''))
        self.issuer = url + '/auth/v1'
        self.serve(**self.settings(SUPABASE_URL=url,
                                   SUPABASE_SERVICE_ROLE_KEY=os.environ['POSTGREST_KEY']))
        self.check_two_users()

    def test_a_worker_elsewhere_joins_through_the_database(self):
        settings = self.settings(DATABASE_URL=self.server.create())
        self.serve('--workers', '0', **settings)
        job = self.submit_link(ANN)
        worker = self.start('worker', env={**settings, 'CHIP_DATA_DIR': self.path('elsewhere')})
        try:
            row = self.wait_for(job, ANN)
        finally:
            worker.terminate()
            worker.communicate()
        self.assertEqual(row['status'], 'completed')
        self.assertEqual(worker.returncode, 0)


if __name__ == '__main__':
    main()
