"""Resumable uploads: what tus 1.0.0 demands, and what goes wrong on the way."""
import base64
import email.utils
import hashlib
import hmac
import json
import os
import socket
import threading
import time
import unittest

import speech

TUS = {'Tus-Resumable': '1.0.0'}
BYTES = 'application/offset+octet-stream'
JWT_SECRET = 'a-secret-of-this-test-with-32-bytes!'


def checksum(name, data):
    return '%s %s' % (name, base64.b64encode(hashlib.new(name, data).digest()).decode())


class TusCase(speech.Case):
    def create(self, length=10, body=None, **headers):
        named = {name.replace('_', '-'): value for name, value in headers.items()}
        return self.ask('POST', '/api/uploads', {**TUS, 'Upload-Length': str(length), **named},
                        body)

    def location(self, length=10):
        reply = self.create(length)
        self.assertEqual(reply.status, 201)
        return reply.headers['location']

    def patch(self, path, offset, data, **headers):
        named = {name.replace('_', '-'): value for name, value in headers.items()}
        return self.ask('PATCH', path, {**TUS, 'Content-Type': BYTES, 'Upload-Offset': str(offset),
                                        **named}, data)

    def head(self, path):
        return self.ask('HEAD', path, TUS)

    def offset(self, path):
        reply = self.head(path)
        self.assertEqual(reply.status, 200)
        return int(reply.headers['upload-offset'])

    def data(self, path):
        with open(os.path.join(self.server.folder, 'uploads', path.split('/')[-1], 'data'),
                  'rb') as file:
            return file.read()

    def wait_offset(self, path, offset):
        """Bytes of a connection that was cut are there a moment later."""
        until = time.monotonic() + speech.PATIENCE
        while self.offset(path) < offset:
            self.assertLess(time.monotonic(), until)

    def wait_unlocked(self, path):
        """... and so is its lock gone: a piece of no bytes is taken."""
        until = time.monotonic() + speech.PATIENCE
        while self.patch(path, self.offset(path), b'').status == 423:
            self.assertLess(time.monotonic(), until)

    def refused(self, reply, status):
        self.assertEqual(reply.status, status)
        self.assertEqual(reply.headers['tus-resumable'], '1.0.0')
        self.assertTrue(reply.json()['error']['message'])


class Protocol(TusCase):
    settings = ('max_bytes=1000000', 'origins=https://app.example')

    def test_options_say_what_there_is(self):
        for path in ('/api/uploads', '/api/uploads/any'):
            reply = self.ask('OPTIONS', path)
            self.assertEqual(reply.status, 204)
            self.assertEqual(reply.headers['tus-version'], '1.0.0')
            self.assertEqual(reply.headers['tus-max-size'], '1000000')
            self.assertEqual(reply.headers['tus-extension'],
                             'creation,creation-with-upload,termination,checksum,expiration')
            self.assertIn('sha1', reply.headers['tus-checksum-algorithm'].split(','))

    def test_an_upload_in_two_pieces(self):
        reply = self.create(10)
        self.assertEqual(reply.status, 201)
        self.assertEqual(reply.headers['tus-resumable'], '1.0.0')
        path = reply.headers['location']
        self.assertTrue(path.startswith('/api/uploads/'))
        expires = email.utils.parsedate_to_datetime(reply.headers['upload-expires'])
        self.assertAlmostEqual(expires.timestamp(), time.time() + 24 * 3600, delta=60)
        self.assertEqual(self.offset(path), 0)
        reply = self.patch(path, 0, b'01234')
        self.assertEqual(reply.status, 204)
        self.assertEqual(reply.headers['upload-offset'], '5')
        self.assertIn('upload-expires', reply.headers)
        self.assertEqual(self.offset(path), 5)
        reply = self.patch(path, 5, b'56789')
        self.assertEqual((reply.status, reply.headers['upload-offset']), (204, '10'))
        self.assertEqual(self.data(path), b'0123456789')
        seen = self.ask('GET', path).json()
        self.assertTrue(seen['finished'])
        self.assertEqual(seen['sha256'], hashlib.sha256(b'0123456789').hexdigest())

    def test_head_says_offset_and_length_and_is_not_cached(self):
        reply = self.head(self.location(10))
        self.assertEqual(reply.headers['upload-offset'], '0')
        self.assertEqual(reply.headers['upload-length'], '10')
        self.assertEqual(reply.headers['cache-control'], 'no-store')
        self.assertEqual(reply.headers['tus-resumable'], '1.0.0')

    def test_another_version_is_refused_unprocessed(self):
        path = self.location()
        for version in ({}, {'Tus-Resumable': '0.2.2'}, {'Tus-Resumable': '1.0.0 '},
                        {'Tus-Resumable': '1.0.00'}):
            if version.get('Tus-Resumable', '').endswith(' '):
                continue  # blanks around a value are not part of it
            for method in ('HEAD', 'PATCH', 'DELETE', 'POST'):
                where = '/api/uploads' if method == 'POST' else path
                reply = self.ask(method, where, {'Upload-Length': '3', 'Upload-Offset': '0',
                                                 'Content-Type': BYTES, **version})
                self.assertEqual(reply.status, 412)
                self.assertEqual(reply.headers['tus-version'], '1.0.0')
                self.assertEqual(reply.headers['tus-resumable'], '1.0.0')
        self.assertEqual(self.offset(path), 0)

    def test_upload_length_is_checked(self):
        for length in ('', '-1', 'ten', '1.0', '0x10', '1e3'):
            self.refused(self.create(length), 400)
        self.refused(self.ask('POST', '/api/uploads', TUS), 400)
        self.refused(self.create(1000001), 413)
        self.assertEqual(self.create(1000000).status, 201)

    def test_an_empty_upload_is_complete_at_once(self):
        reply = self.create(0)
        self.assertEqual(reply.status, 201)
        self.assertEqual(self.head(reply.headers['location']).headers['upload-length'], '0')
        self.assertTrue(self.ask('GET', reply.headers['location']).json()['finished'])

    def test_metadata_comes_back_unchanged(self):
        sent = 'filename w6QuLi8uLi9hLndhdg==,empty,evil YQ0KU2V0LUNvb2tpZTogYg=='
        reply = self.create(10, Upload_Metadata=sent)
        self.assertEqual(reply.status, 201)
        head = self.head(reply.headers['location'])
        self.assertEqual(head.headers['upload-metadata'], sent)
        self.assertNotIn('set-cookie', head.headers)
        self.assertEqual(self.ask('GET', reply.headers['location']).json()['name'], 'a.wav')

    def test_hostile_metadata_is_refused(self):
        for metadata in ('a b', ',', 'a YQ==,', 'filename ' + 'A' * 5000, 'filename *'):
            status = 400
            self.refused(self.create(10, Upload_Metadata=metadata), status)

    def test_unknown_uploads_are_404_without_an_offset(self):
        for path in ('/api/uploads/aaaaaaaa-0000-4000-8000-000000000001', '/api/uploads/x'):
            reply = self.head(path)
            self.assertEqual(reply.status, 404)
            self.assertNotIn('upload-offset', reply.headers)
            self.refused(self.patch(path, 0, b'x'), 404)
            self.refused(self.ask('DELETE', path, TUS), 404)
        for path in ('/api/uploads/..%2f..%2fetc', '/api/uploads/%2e%2e', '/api/uploads/a%00b'):
            self.assertIn(self.server.ask('HEAD', path, TUS).status, (400, 404))

    def test_patch_needs_its_content_type(self):
        path = self.location()
        for wrong in ('application/octet-stream', 'application/offset+octet-streams', ''):
            self.refused(self.patch(path, 0, b'x', Content_Type=wrong), 415)
        self.assertEqual(self.offset(path), 0)

    def test_a_wrong_offset_is_a_conflict_and_changes_nothing(self):
        path = self.location()
        self.assertEqual(self.patch(path, 0, b'0123').status, 204)
        self.refused(self.patch(path, 0, b'xxxx'), 409)
        self.refused(self.patch(path, 5, b'xxxx'), 409)
        self.refused(self.patch(path, 'five', b'xxxx'), 400)
        self.refused(self.patch(path, '-1', b'xxxx'), 400)
        self.assertEqual(self.offset(path), 4)
        self.assertEqual(self.data(path), b'0123')

    def test_bytes_beyond_the_length_are_refused(self):
        path = self.location(4)
        self.refused(self.patch(path, 0, b'01234'), 413)
        self.assertEqual(self.offset(path), 0)
        connection = self.server.open_request(
            'PATCH', path, {**TUS, 'Content-Type': BYTES, 'Upload-Offset': '0',
                            'Transfer-Encoding': 'chunked'})
        connection.sendall(b'3\r\n012\r\n3\r\n345\r\n0\r\n\r\n')
        self.assertIn(b' 413 ', connection.recv(4096))
        connection.close()
        self.assertLessEqual(self.offset(path), 4)

    def test_chunked_bodies_are_taken(self):
        path = self.location(6)
        connection = self.server.open_request(
            'PATCH', path, {**TUS, 'Content-Type': BYTES, 'Upload-Offset': '0',
                            'Transfer-Encoding': 'chunked'})
        connection.sendall(b'3\r\n012\r\n3\r\n345\r\n0\r\n\r\n')
        self.assertIn(b' 204 ', connection.recv(4096))
        connection.close()
        self.assertEqual(self.data(path), b'012345')

    def test_a_finished_upload_takes_no_more(self):
        path = self.location(3)
        self.assertEqual(self.patch(path, 0, b'012').status, 204)
        self.refused(self.patch(path, 3, b'3'), 413)
        self.assertEqual(self.patch(path, 3, b'').status, 204)
        self.refused(self.patch(path, 0, b'0'), 409)

    def test_creation_with_upload(self):
        reply = self.create(10, b'01234', Content_Type=BYTES)
        self.assertEqual(reply.status, 201)
        self.assertEqual(reply.headers['upload-offset'], '5')
        path = reply.headers['location']
        self.assertEqual(self.patch(path, 5, b'56789').status, 204)
        self.assertEqual(self.data(path), b'0123456789')
        self.refused(self.create(3, b'0123', Content_Type=BYTES), 413)
        self.refused(self.create(3, b'012', Content_Type='text/plain'), 415)

    def test_termination(self):
        path = self.location()
        self.assertEqual(self.patch(path, 0, b'0').status, 204)
        reply = self.ask('DELETE', path, TUS)
        self.assertEqual((reply.status, reply.body), (204, b''))
        self.assertEqual(self.head(path).status, 404)
        self.refused(self.patch(path, 1, b'1'), 404)

    def test_checksums(self):
        path = self.location(6)
        reply = self.patch(path, 0, b'012', Upload_Checksum=checksum('sha1', b'012'))
        self.assertEqual((reply.status, reply.headers['upload-offset']), (204, '3'))
        self.refused(self.patch(path, 3, b'34x', Upload_Checksum=checksum('sha1', b'345')), 460)
        self.assertEqual(self.offset(path), 3)
        self.refused(self.patch(path, 3, b'345', Upload_Checksum='md5 XrY7u+Ae7tCTyyK7j1rNww=='),
                     400)
        self.refused(self.patch(path, 3, b'345', Upload_Checksum='sha1 x'), 400)
        reply = self.patch(path, 3, b'345', Upload_Checksum=checksum('sha256', b'345'))
        self.assertEqual((reply.status, reply.headers['upload-offset']), (204, '6'))
        self.assertEqual(self.data(path), b'012345')

    def test_methods_in_a_header(self):
        path = self.location(3)
        reply = self.ask('POST', path, {**TUS, 'X-HTTP-Method-Override': 'PATCH',
                                        'Content-Type': BYTES, 'Upload-Offset': '0'}, b'012')
        self.assertEqual((reply.status, reply.headers.get('upload-offset')), (204, '3'))
        reply = self.ask('POST', path, {**TUS, 'X-HTTP-Method-Override': 'DELETE'})
        self.assertEqual(reply.status, 204)
        self.assertEqual(self.head(path).status, 404)

    def test_browsers_may_see_the_headers(self):
        origin = {'Origin': 'https://app.example'}
        reply = self.ask('OPTIONS', '/api/uploads/x', {**origin,
                                                       'Access-Control-Request-Method': 'PATCH'})
        for method in ('PATCH', 'HEAD', 'DELETE'):
            self.assertIn(method, reply.headers['access-control-allow-methods'])
        allowed = reply.headers['access-control-allow-headers'].lower()
        for name in ('tus-resumable', 'upload-length', 'upload-offset', 'upload-metadata',
                     'x-http-method-override', 'content-type', 'authorization'):
            self.assertIn(name, allowed)
        reply = self.ask('POST', '/api/uploads', {**TUS, **origin, 'Upload-Length': '3'})
        exposed = reply.headers['access-control-expose-headers'].lower()
        for name in ('location', 'upload-offset', 'upload-length', 'upload-metadata',
                     'tus-version', 'tus-resumable', 'tus-max-size', 'tus-extension'):
            self.assertIn(name, exposed)


class CutCase(TusCase):
    def open_patch(self, path, offset, length):
        return self.server.open_request(
            'PATCH', path, {**TUS, 'Content-Type': BYTES, 'Upload-Offset': str(offset),
                            'Content-Length': str(length)})


class Locks(CutCase):
    settings = ('stale_ms=600000',)

    def test_two_at_once_is_locked_and_the_lock_goes_with_the_connection(self):
        path = self.location(4)
        connection = self.open_patch(path, 0, 4)
        connection.sendall(b'01')
        self.wait_offset(path, 2)
        self.refused(self.patch(path, 2, b'23'), 423)
        connection.close()
        self.wait_unlocked(path)
        self.assertEqual(self.patch(path, 2, b'23').status, 204)
        self.assertEqual(self.data(path), b'0123')


class Cuts(CutCase):
    def test_what_came_before_a_cut_is_kept(self):
        data = os.urandom(300000)
        path = self.location(len(data))
        at = 0
        for cut in (1, 70000, 150000):
            connection = self.open_patch(path, at, len(data) - at)
            connection.sendall(data[at:cut])
            connection.close()
            self.wait_offset(path, cut)
            self.wait_unlocked(path)
            at = cut
        self.assertEqual(self.patch(path, at, data[at:]).status, 204)
        self.assertEqual(self.data(path), data)

    def test_a_cut_creation_leaves_nothing(self):
        before = self.server.counts()[2]
        connection = self.server.open_request(
            'POST', '/api/uploads', {**TUS, 'Content-Type': BYTES, 'Upload-Length': '100',
                                     'Content-Length': '100'})
        connection.sendall(b'x' * 50)
        until = time.monotonic() + speech.PATIENCE
        while self.server.counts()[2] == before:  # until it is there
            self.assertLess(time.monotonic(), until)
        connection.close()
        while self.server.counts()[2] != before:
            self.assertLess(time.monotonic(), until)

    def test_a_killed_server_goes_on_where_it_was(self):
        path = self.location(6)
        connection = self.open_patch(path, 0, 6)
        connection.sendall(b'012')
        self.wait_offset(path, 3)
        self.server.kill()
        connection.close()
        self.server.start()
        self.assertEqual(self.offset(path), 3)
        self.assertEqual(self.patch(path, 3, b'345').status, 204)
        self.assertEqual(self.data(path), b'012345')

    def test_a_removed_upload_ends_its_transfer(self):
        path = self.location(4)
        connection = self.open_patch(path, 0, 4)
        connection.sendall(b'01')
        self.wait_offset(path, 2)
        self.assertEqual(self.ask('DELETE', path, TUS).status, 204)
        connection.sendall(b'23')
        self.assertIn(b' 409 ', connection.recv(4096))
        connection.close()

    def one_upload(self, number, failures):
        """Sends 200 kB, cut three times."""
        try:
            data = bytes([number]) * 200000
            path = self.location(len(data))
            for cut in (50000, 100000, 150000):
                at = self.offset(path)
                connection = self.open_patch(path, at, len(data) - at)
                connection.sendall(data[at:cut])
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b'\1\0\0\0\0\0\0\0')
                connection.close()  # by a reset
            reply = None
            until = time.monotonic() + speech.PATIENCE
            while (not reply or reply.status in (409, 423)) and time.monotonic() < until:
                at = self.offset(path)
                reply = self.patch(path, at, data[at:])
            if reply.status != 204 or self.data(path) != data:
                failures.append((number, reply.status))
        except Exception as error:  # said by the test, with the others
            failures.append((number, repr(error)))

    def test_twenty_at_once_with_cut_connections(self):
        failures = []
        threads = [threading.Thread(target=self.one_upload, args=(n, failures)) for n in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(failures, [])


class Limits(TusCase):
    settings = ('stale_ms=1', 'jwt_secret=' + JWT_SECRET, 'max_user_bytes=100')

    def token(self, user):
        part = lambda o: base64.urlsafe_b64encode(json.dumps(o).encode()).rstrip(b'=')
        signed = part({'alg': 'HS256', 'typ': 'JWT'}) + b'.' + part({
            'sub': user, 'role': 'authenticated', 'aud': 'authenticated',
            'exp': int(time.time()) + 600})
        mac = hmac.new(JWT_SECRET.encode(), signed, 'sha256').digest()
        return (signed + b'.' + base64.urlsafe_b64encode(mac).rstrip(b'=')).decode()

    def ask(self, method, path, headers=None, body=None, user=1):
        bearer = self.token('aaaaaaaa-0000-4000-8000-00000000000%d' % user)
        return super().ask(method, path, {'Authorization': 'Bearer ' + bearer, **(headers or {})},
                           body)

    def test_others_uploads_are_not_found(self):
        path = self.location(3)
        self.assertEqual(self.ask('HEAD', path, TUS, user=2).status, 404)
        self.assertEqual(self.ask('GET', path, user=2).status, 404)
        self.assertEqual(self.ask('DELETE', path, TUS, user=2).status, 404)
        self.assertEqual(self.ask('PATCH', path, {**TUS, 'Content-Type': BYTES,
                                                  'Upload-Offset': '0'}, b'x', user=2).status, 404)
        self.assertEqual(self.offset(path), 0)
        self.assertEqual(self.ask('DELETE', path, TUS).status, 204)

    def test_a_user_has_a_limit(self):
        create = lambda n: self.ask('POST', '/api/uploads', {**TUS, 'Upload-Length': str(n)},
                                    user=3)
        self.assertEqual(create(60).status, 201)
        self.refused(create(41), 413)
        self.assertEqual(create(40).status, 201)

    def test_nobody_uploads_without_a_token(self):
        reply = self.server.ask('POST', '/api/uploads', {**TUS, 'Upload-Length': '3'})
        self.assertEqual(reply.status, 401)

    def test_a_silent_connection_gives_way(self):
        path = self.location(4)
        bearer = self.token('aaaaaaaa-0000-4000-8000-000000000001')
        silent = self.server.open_request(
            'PATCH', path, {**TUS, 'Content-Type': BYTES, 'Upload-Offset': '0',
                            'Content-Length': '4', 'Authorization': 'Bearer ' + bearer})
        silent.sendall(b'01')
        self.wait_offset(path, 2)
        until = time.monotonic() + speech.PATIENCE
        reply = self.patch(path, 2, b'23')
        while reply.status == 423 and time.monotonic() < until:
            reply = self.patch(path, 2, b'23')
        self.assertEqual(reply.status, 204)
        silent.sendall(b'XX')
        self.assertIn(b' 409 ', silent.recv(4096))
        silent.close()
        self.assertEqual(self.data(path), b'0123')


class FullDisk(TusCase):
    settings = ('keep_free_bytes=4000000000000000000',)

    def test_a_full_disk_is_said(self):
        self.refused(self.create(10), 507)


class Forms(TusCase):
    settings = ('max_bytes=1000',)

    def test_a_form_is_an_upload_in_one_request(self):
        headers, body = speech.form([('note', 'hello')], ('Grüße %22x%22.wav', b'0123456789'))
        reply = self.ask('POST', '/api/uploads', headers, body)
        self.assertEqual(reply.status, 201)
        seen = reply.json()
        self.assertEqual(seen['name'], 'Grüße "x".wav')
        self.assertEqual((seen['length'], seen['finished']), (10, True))
        self.assertEqual(seen['sha256'], hashlib.sha256(b'0123456789').hexdigest())
        self.assertEqual(reply.headers['location'], '/api/uploads/' + seen['uploadId'])
        self.assertEqual(self.data(seen['uploadId']), b'0123456789')

    def test_forms_that_are_no_uploads_leave_nothing(self):
        before = self.server.counts()[2]
        headers, _ = speech.form([])
        for fields, file, status in (([('file2', 'x')], None, 400),
                                     ([], ('a.wav', b'x' * 1001), 413)):
            _, body = speech.form(fields, file)
            self.assertEqual(self.ask('POST', '/api/uploads', headers, body).status, status)
        _, body = speech.form([], ('a.wav', b'0123'))
        self.assertEqual(self.ask('POST', '/api/uploads', headers, body[:-10]).status, 400)
        _, twice = speech.form([], ('b.wav', b'4567'))
        self.assertEqual(self.ask('POST', '/api/uploads', headers, body[:-17] + twice).status, 400)
        self.assertEqual(self.ask('POST', '/api/uploads',
                                  {'Content-Type': 'multipart/form-data'}, body).status, 400)
        until = time.monotonic() + speech.PATIENCE
        while self.server.counts()[2] > before:  # the answer comes just before
            self.assertLess(time.monotonic(), until)


if __name__ == '__main__':
    unittest.main()
