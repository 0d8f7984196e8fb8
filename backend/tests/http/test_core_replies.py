#!/usr/bin/env python3
"""What answers are like: compression, tags, ranges, errors, CORS, who may call, how often."""
import base64
import gzip
import hashlib
import hmac
import json
import os
import shutil
import tempfile
import time
import unittest

import core

KEY = 'a-key-of-enough-characters'
SECRET = 'a secret of the tests, long enough for HS256'
USER = '11111111-2222-4333-8444-555555555555'


def token():
    def part(data):
        return base64.urlsafe_b64encode(data).rstrip(b'=')
    text = b'.'.join(part(json.dumps(data).encode()) for data in (
        {'alg': 'HS256', 'typ': 'JWT'},
        {'sub': USER, 'aud': 'authenticated', 'role': 'authenticated', 'exp': int(time.time()) + 600}))
    return (text + b'.' + part(hmac.new(SECRET.encode(), text, hashlib.sha256).digest())).decode()


class Answers(core.ServerTest):
    def test_large_json_is_compressed_for_who_takes_it(self):
        plain, small = self.ask('GET', '/large'), self.ask('GET', '/large', {'Accept-Encoding': 'br, gzip;q=0.8'})
        self.assertEqual('gzip', small.headers['content-encoding'])
        self.assertEqual(plain.body, gzip.decompress(small.body))
        self.assertLess(len(small.body), len(plain.body))
        for reply in (plain, small):
            self.assertEqual('Accept-Encoding', reply.headers['vary'])
        for accept in ('gzip;q=0', 'br', 'identity', 'gzip; q=0.000', '*;q=0', 'xgzip'):
            self.assertNotIn('content-encoding', self.ask('GET', '/large', {'Accept-Encoding': accept}).headers, accept)
        self.assertIn('content-encoding', self.ask('GET', '/large', {'Accept-Encoding': '*'}).headers)

    def test_small_answers_and_streams_are_not_compressed(self):
        for path in ('/echo', '/long'):
            self.assertNotIn('content-encoding', self.ask('GET', path, {'Accept-Encoding': 'gzip'}).headers)

    def test_what_has_not_changed_is_304(self):
        first = self.ask('GET', '/large')
        tag = first.headers['etag']
        for known in (tag, tag[2:], '"x", %s' % tag, '*'):
            with self.server.connect() as connection:
                reply = connection.ask('GET', '/large', {'If-None-Match': known})
                self.assertEqual((304, b'', tag), (reply.status, reply.body, reply.headers['etag']))
                self.assertEqual(200, connection.ask('GET', '/large', {'If-None-Match': '"x"'}).status)
        self.assertEqual('private, no-cache', first.headers['cache-control'])

    def test_answers_to_changes_are_not_stored(self):
        reply = self.ask('POST', '/echo', body='x')
        self.assertEqual('no-store', reply.headers['cache-control'])
        self.assertNotIn('etag', reply.headers)

    def test_browsers_are_told_not_to_guess_and_not_to_frame(self):
        for path in ('/echo', '/nothing', '/long'):
            self.assertEqual('nosniff', self.ask('GET', path).headers['x-content-type-options'])
        self.assertIn("frame-ancestors 'none'", self.ask('GET', '/html').headers['content-security-policy'])

    def test_headers_cannot_be_split(self):
        for path in ('/split', '/split?v=ab'):
            reply = self.ask('GET', path)
            self.assertEqual(204, reply.status)
            self.assertNotIn('set-cookie', reply.headers)
        self.assertEqual('ab', reply.headers['x-evil'])

    def test_failures_have_their_status_and_hide_what_is_inside(self):
        # Numbers of enum chip_status in chip.h.
        for number, status, code in ((1, 400, 'invalid'), (2, 503, 'out_of_memory'), (4, 404, 'not_found'),
                                     (8, 413, 'too_large'), (13, 409, 'conflict'), (14, 403, 'forbidden'),
                                     (15, 503, 'unavailable'), (9, 502, 'fetch_failed')):
            reply = self.ask('GET', '/fail?code=%d' % number)
            self.assertEqual((status, code), (reply.status, reply.code()))
            self.assertEqual(status == 503, 'retry-after' in reply.headers)
        for number in (3, 12):
            reply = self.ask('GET', '/fail?code=%d' % number)
            self.assertEqual((500, 'internal'), (reply.status, reply.code()))
            self.assertNotIn(b'/secret/path', reply.body)
            logged = self.server.logged()
            self.assertIn('/secret/path', logged['message'])
            self.assertEqual(reply.headers['x-request-id'], logged['requestId'])

    def test_a_route_that_gives_no_answer_or_two_harms_nobody(self):
        self.assertEqual((500, 'internal'), (lambda r: (r.status, r.code()))(self.ask('GET', '/no-answer')))
        self.assertIn('no answer', self.server.logged()['message'])
        self.assertEqual(204, self.ask('GET', '/twice').status)
        self.assertIn('second answer', self.server.logged()['message'])


class Files(core.ServerTest):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp()
        cls.path = os.path.join(cls.folder, 'sound.wav')
        cls.content = bytes(range(256)) * 1000
        with open(cls.path, 'wb') as file:
            file.write(cls.content)
        cls.env = {'CORE_FILE': cls.path}
        super().setUpClass()

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        shutil.rmtree(cls.folder)

    def test_a_file_comes_whole(self):
        reply = self.ask('GET', '/file')
        self.assertEqual((200, self.content, 'audio/wav', 'bytes'), (
            reply.status, reply.body, reply.headers['content-type'], reply.headers['accept-ranges']))
        head = self.ask('HEAD', '/file')
        self.assertEqual((200, '256000'), (head.status, head.headers['content-length']))

    def test_ranges_are_cut_out(self):
        size = len(self.content)
        for asked, first, last in (('0-0', 0, 0), ('5-9', 5, 9), ('255990-', 255990, size - 1), ('-7', size - 7, size - 1),
                                   ('255990-999999999999999999999', 255990, size - 1), ('-999999999', 0, size - 1)):
            reply = self.ask('GET', '/file', {'Range': 'bytes=' + asked})
            self.assertEqual((206, 'bytes %d-%d/%d' % (first, last, size)), (reply.status, reply.headers['content-range']))
            self.assertEqual(self.content[first:last + 1], reply.body)

    def test_ranges_outside_are_416_and_senseless_ones_ignored(self):
        for asked in ('256000-', '999999999-', '-0'):
            reply = self.ask('GET', '/file', {'Range': 'bytes=' + asked})
            self.assertEqual((416, 'bytes */256000'), (reply.status, reply.headers['content-range']))
        for asked in ('bytes=9-5', 'bytes=a-b', 'bytes=0-1,5-6', 'bytes=', 'bytes=-', 'lines=0-5', 'bytes=1-2x'):
            self.assertEqual(200, self.ask('GET', '/file', {'Range': asked}).status, asked)

    def test_a_range_of_what_has_changed_is_the_whole(self):
        headers = self.ask('GET', '/file').headers
        for condition, status in ((headers['etag'], 206), (headers['last-modified'], 206), ('"other"', 200)):
            self.assertEqual(status, self.ask('GET', '/file', {'Range': 'bytes=0-4', 'If-Range': condition}).status)

    def test_a_file_that_has_not_changed_is_304(self):
        headers = self.ask('GET', '/file').headers
        for name, value in (('If-None-Match', headers['etag']), ('If-Modified-Since', headers['last-modified'])):
            self.assertEqual(304, self.ask('GET', '/file', {name: value}).status)
        self.assertEqual(200, self.ask('GET', '/file', {'If-Modified-Since': 'Mon, 01 Jan 2001 00:00:00 GMT'}).status)

    def test_what_is_no_file_any_more_is_404(self):
        for path in (os.path.join(self.folder, 'gone'), self.folder, '/dev/zero'):
            server = self.start(env={'CORE_FILE': path})
            self.assertEqual((404, 'not_found'), (lambda r: (r.status, r.code()))(server.ask('GET', '/file')))

    def test_an_empty_file_is_empty(self):
        path = os.path.join(self.folder, 'empty')
        with open(path, 'wb'):
            pass
        server = self.start(env={'CORE_FILE': path})
        self.assertEqual((200, b''), (lambda r: (r.status, r.body))(server.ask('GET', '/file')))
        self.assertEqual(416, server.ask('GET', '/file', {'Range': 'bytes=0-'}).status)


class Pages(core.ServerTest):
    settings = ('origins=https://a.example, http://localhost:3000', 'api_keys=' + KEY)
    key = {'X-API-Key': KEY}

    def test_listed_origins_may_call(self):
        reply = self.ask('GET', '/echo', dict(self.key, Origin='https://a.example'))
        self.assertEqual('https://a.example', reply.headers['access-control-allow-origin'])
        self.assertEqual('Origin', reply.headers['vary'])
        exposed = reply.headers['access-control-expose-headers'].split(', ')
        for name in ('Location', 'Upload-Offset', 'Upload-Length', 'Upload-Metadata', 'Tus-Version', 'Tus-Resumable',
                     'Tus-Max-Size', 'Tus-Extension', 'ETag', 'Retry-After', 'X-Request-Id'):
            self.assertIn(name, exposed)

    def test_errors_reach_pages_too(self):
        for path, status in (('/nothing', 404), ('/echo', 401), ('/items/%2f', 400)):
            reply = self.ask('GET', path, {'Origin': 'https://a.example'})
            self.assertEqual((status, 'https://a.example'), (reply.status, reply.headers['access-control-allow-origin']))

    def test_other_origins_may_not_read(self):
        for origin in ('https://evil.example', 'https://a.example.evil', 'null', 'http://a.example', 'https://a.example:444'):
            reply = self.ask('GET', '/echo', dict(self.key, Origin=origin))
            self.assertNotIn('access-control-allow-origin', reply.headers)
            self.assertEqual('Origin', reply.headers['vary'])

    def test_a_preflight_needs_no_key(self):
        reply = self.ask('OPTIONS', '/items/1', {
            'Origin': 'http://localhost:3000', 'Access-Control-Request-Method': 'PATCH',
            'Access-Control-Request-Headers': 'upload-offset'})
        self.assertEqual(204, reply.status)
        self.assertIn('PATCH', reply.headers['access-control-allow-methods'])
        allowed = reply.headers['access-control-allow-headers'].split(', ')
        for name in ('Authorization', 'Content-Type', 'Tus-Resumable', 'Upload-Length', 'Upload-Offset', 'Upload-Metadata',
                     'Upload-Defer-Length', 'X-HTTP-Method-Override', 'Idempotency-Key', 'Last-Event-ID'):
            self.assertIn(name, allowed)
        refused = self.ask('OPTIONS', '/items/1', {'Origin': 'https://evil.example', 'Access-Control-Request-Method': 'PATCH'})
        self.assertNotIn('access-control-allow-methods', refused.headers)
        self.assertNotIn('access-control-allow-origin', refused.headers)

    def test_a_star_allows_all(self):
        server = self.start('origins=*', 'api_keys=' + KEY)
        reply = server.ask('GET', '/echo', dict(self.key, Origin='https://any.example'))
        self.assertEqual('*', reply.headers['access-control-allow-origin'])
        self.assertNotIn('vary', reply.headers)

    def test_what_is_no_origin_is_refused_at_the_start(self):
        for origins in ('a.example', 'https://a.example/', 'https://*.example'):
            self.assertIn('no origin', self.start('origins=' + origins).refused)


class Callers(core.ServerTest):
    settings = ('api_keys=' + KEY, 'jwt_secret=' + SECRET)

    def test_a_call_without_credentials_is_401_and_told_how(self):
        reply = self.ask('GET', '/echo')
        self.assertEqual((401, 'unauthorized'), (reply.status, reply.code()))
        self.assertTrue(reply.headers['www-authenticate'].startswith('Bearer'))
        self.assertEqual(200, self.ask('GET', '/public').status)

    def test_keys_and_tokens_let_in(self):
        for headers, user in (({'X-API-Key': KEY}, None), ({'Authorization': 'Bearer ' + KEY}, None),
                              ({'Authorization': 'Bearer ' + token()}, USER)):
            reply = self.ask('GET', '/echo', headers)
            self.assertEqual((200, user), (reply.status, reply.json()['user']))

    def test_wrong_ones_do_not(self):
        for headers in ({'X-API-Key': KEY + 'x'}, {'Authorization': 'Bearer ' + token()[:-3]}, {'Authorization': 'Basic eA=='}):
            self.assertEqual(401, self.ask('GET', '/echo', headers).status)

    def test_a_refused_upload_is_told_before_it_is_sent(self):
        self.assertEqual(401, self.ask('POST', '/sink', body=b'x' * 3_000_000).status)

    def test_users_may_not_do_what_is_for_the_service(self):
        self.assertEqual(200, self.ask('GET', '/service', {'X-API-Key': KEY}).status)
        reply = self.ask('GET', '/service', {'Authorization': 'Bearer ' + token()})
        self.assertEqual((403, 'forbidden'), (reply.status, reply.code()))

    def test_tokens_in_the_query_count_only_where_a_route_says_so(self):
        self.assertEqual(401, self.ask('GET', '/echo?token=' + token()).status)

    def test_a_public_address_without_authentication_is_refused_with_what_to_do(self):
        for settings in (('host=0.0.0.0',), ('host=0.0.0.0', 'open=1'), ('host=::',)):
            refused = self.start(*settings).refused
            self.assertIn('without authentication', refused)
            self.assertIn('API_KEY', refused)
        self.assertIsNone(self.start('host=0.0.0.0', 'api_keys=' + KEY).refused)
        self.assertIsNone(self.start('host=0.0.0.0', 'allow_open=1').refused)

    def test_a_taken_port_and_a_name_instead_of_an_address_are_explained(self):
        self.assertIn('is taken', self.start('port=%d' % self.server.port, 'api_keys=' + KEY).refused)
        self.assertIn('has to be an address', self.start('host=example.com', 'api_keys=' + KEY).refused)


class Open(core.ServerTest):
    """Without authentication, on loopback: any page in a browser of this machine could call."""

    def test_a_name_that_is_not_ours_is_refused(self):
        for host, status in (('localhost:8080', 200), ('127.0.0.1:1', 200), ('[::1]:1', 200), ('app.localhost', 200),
                             ('evil.example', 421), ('localhost.evil.example:80', 421), ('127.0.0.1.evil.example', 421)):
            with self.server.connect() as connection:
                connection.send('GET /echo HTTP/1.1\r\nHost: %s\r\n\r\n' % host)
                self.assertEqual(status, connection.reply().status, host)

    def test_pages_of_others_may_not_change_anything(self):
        for origin, status in ((None, 200), ('http://localhost', 200), ('https://evil.example', 403), ('null', 403)):
            reply = self.ask('POST', '/echo', {'Origin': origin} if origin else {}, body='x')
            self.assertEqual(status, reply.status, origin)


class Proxies(core.ServerTest):
    settings = ('proxies=2',)

    def test_the_address_is_what_the_first_of_our_proxies_saw(self):
        for sent, seen in (('203.0.113.7, 10.0.0.1', '203.0.113.7'), ('6.6.6.6, 203.0.113.7, 10.0.0.1', '203.0.113.7'),
                           ('[2001:db8::1]:443, 10.0.0.1', '2001:db8::1'), ('2001:DB8::1, x', '2001:db8::1'),
                           ('203.0.113.7:99,10.0.0.1', '203.0.113.7'), ('10.0.0.1', '127.0.0.1'),
                           ('<script>, 10.0.0.1', '127.0.0.1'), ('', '127.0.0.1')):
            self.assertEqual(seen, self.ask('GET', '/echo', {'X-Forwarded-For': sent}).json()['address'], sent)

    def test_without_trusted_proxies_nobody_says_who_they_are(self):
        server = self.start()
        self.assertEqual('127.0.0.1', server.ask('GET', '/echo', {'X-Forwarded-For': '1.2.3.4, 1.1.1.1'}).json()['address'])


class Rates(core.ServerTest):
    def test_too_many_requests_are_429_with_when_to_come_again(self):
        server = self.start('rate=2', 'api_keys=' + KEY, 'proxies=1')
        with server.connect() as connection:
            replies = [connection.ask('GET', '/echo', {'X-API-Key': KEY}) for _ in range(6)]
            self.assertEqual([200] * 4 + [429] * 2, [reply.status for reply in replies])
            self.assertEqual('rate_limited', replies[-1].code())
            self.assertRegex(replies[-1].headers['retry-after'], '^[1-9][0-9]*$')
            guesses = [connection.ask('GET', '/echo', {'X-API-Key': 'wrong-' * 4, 'X-Forwarded-For': '5.5.5.5'}).status
                       for _ in range(6)]
            self.assertEqual([401] * 4 + [429] * 2, guesses)
            self.assertEqual(401, connection.ask('GET', '/echo', {'X-Forwarded-For': '6.6.6.6'}).status)
            self.assertEqual(200, connection.ask('GET', '/public').status)


class Meters(core.ServerTest):
    def test_requests_are_counted_by_route_and_kind_of_status(self):
        with self.server.connect() as connection:  # one, since a request is counted after its answer
            for path in ('/items/1', '/items/2', '/nothing', '/items/3?x=%zz'):
                connection.ask('GET', path)
            reply = connection.ask('GET', '/metrics')
        text = reply.body.decode()
        self.assertEqual('text/plain; version=0.0.4; charset=utf-8', reply.headers['content-type'])
        self.assertIn('chip_http_requests_total{route="/items/{id}",method="GET",status="2xx"} 2\n', text)
        self.assertIn('chip_http_requests_total{route="none",method="any",status="4xx"} 2\n', text)
        self.assertIn('chip_http_request_duration_seconds_count{route="/items/{id}",method="GET"} 2\n', text)
        self.assertIn('chip_http_request_duration_seconds_bucket{route="/items/{id}",method="GET",le="+Inf"} 2\n', text)
        self.assertNotIn('/items/1', text)
        self.assertTrue(text.endswith('\n'))


class Logs(core.ServerTest):
    settings = ('log=1', 'project=our-project', 'api_keys=' + KEY)

    def test_each_request_is_a_line_without_its_query(self):
        trace = '4bf92f3577b34da6a3ce929d0e0e4736'
        reply = self.ask('GET', '/items/7?token=secret', {
            'X-API-Key': KEY, 'User-Agent': 'tester', 'traceparent': '00-%s-00f067aa0ba902b7-01' % trace})
        line = self.server.logged()
        self.assertEqual(('INFO', 'GET /items/{id} -> 200', reply.headers['x-request-id']),
                         (line['severity'], line['message'], line['requestId']))
        self.assertEqual(('GET', '/items/7', 200, '127.0.0.1', 'tester'), tuple(line['httpRequest'][k] for k in (
            'requestMethod', 'requestUrl', 'status', 'remoteIp', 'userAgent')))
        self.assertRegex(line['httpRequest']['latency'], r'^\d+\.\d+s$')
        self.assertEqual('projects/our-project/traces/' + trace, line['logging.googleapis.com/trace'])
        self.assertNotIn('secret', json.dumps(line))

    def test_refusals_are_logged_with_their_reason(self):
        self.ask('GET', '/items/7')
        self.assertIn('refused', self.server.logged()['message'])
        self.assertEqual(401, self.server.logged()['httpRequest']['status'])

    def test_odd_bytes_in_what_clients_send_do_not_lose_the_line(self):
        with self.server.connect() as connection:
            connection.send(b'GET /items/\xff\xfe HTTP/1.1\r\nHost: localhost\r\nUser-Agent: \xff\r\n\r\n')
            self.assertEqual(400, connection.reply().status)
        self.assertEqual(400, self.server.logged()['httpRequest']['status'])


class Audit(core.ServerTest):
    def entries(self, server):
        return json.loads(server.wait_for('add_audit'))

    def test_calls_are_noted_with_who_and_what(self):
        reply = self.ask('DELETE', '/items/' + USER)
        entry, = self.entries(self.server)
        self.assertEqual(('item.delete', USER, '127.0.0.1', reply.headers['x-request-id'], {'status': 200}, None), tuple(
            entry[k] for k in ('action', 'job_id', 'address', 'request_id', 'detail', 'user_id')))

    def test_repeated_reads_are_noted_once_a_minute_and_changes_always(self):
        with self.server.connect() as connection:
            for _ in range(5):
                connection.ask('GET', '/items/1')
            for _ in range(5):
                connection.ask('DELETE', '/items/1')
        found = []
        while len(found) < 6:
            found += [entry['action'] for entry in self.entries(self.server)]
        self.assertEqual(['item.read'] + ['item.delete'] * 5, found)

    def test_nothing_is_lost_when_the_server_stops(self):
        server = self.start()
        with server.connect() as connection:
            for i in range(30):
                connection.ask('DELETE', '/items/%d' % i)
        server.stop()
        found = 0
        for line in iter(server.line, None):
            if line.startswith('add_audit'):
                found += len(json.loads(line.split(' ', 1)[1]))
        self.assertEqual(30, found)

    def test_what_the_store_does_not_take_is_counted_and_logged(self):
        server = self.start()
        server.tell('f')
        self.assertIn(b'chip_audit_dropped_total 0\n', server.ask('GET', '/metrics').body)
        server.ask('DELETE', '/items/1')
        self.assertIn('entries of the audit log are lost', server.logged()['message'])
        self.assertIn(b'chip_audit_dropped_total 1\n', server.ask('GET', '/metrics').body)


if __name__ == '__main__':
    unittest.main()
