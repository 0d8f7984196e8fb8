"""The web app's files, from a made-up folder."""
import gzip
import http.client
import json
import os
import shutil
import subprocess
import tempfile
import unittest

import api

POLICY = "default-src 'self'; script-src 'self' 'sha256-abc='; frame-ancestors 'none'"
FILES = {
    'index.html': b'<!doctype html><title>start</title>',
    'meetings/index.html': b'<!doctype html><title>meetings</title>',
    'meetings/index.txt': b'0:["payload"]',
    '404.html': b'<!doctype html><title>no such page</title>',
    '_next/static/chunks/app-1a2b.js': b'console.log("hello")' * 100,
    '_next/static/css/app-3c4d.css': b'body { margin: 0 }',
    'icon.svg': b'<svg xmlns="http://www.w3.org/2000/svg"/>',
    'fonts/a.woff2': b'wOF2',
    'site.webmanifest': b'{}',
    'notes.unknown': b'?',
    'empty.txt': b'',
    '.env': b'SECRET=1',
    '.git/config': b'[core]',
    'csp.json': json.dumps({'default': POLICY, 'pages': {
        '/meetings/': "default-src 'none'; script-src 'self'"}}).encode(),
}
BROTLI = b'not looked into'  # the server sends it as it is


def make_folder(files):
    folder = tempfile.mkdtemp(prefix='chip-test-web-')
    for name, content in files.items():
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'wb') as file:
            file.write(content)
    return folder


class Pages(api.Case):
    @classmethod
    def setUpClass(cls):
        cls.web = make_folder(FILES)
        cls.addClassCleanup(shutil.rmtree, cls.web)
        script = os.path.join(cls.web, '_next/static/chunks/app-1a2b.js')
        for name, content in (('.gz', gzip.compress(FILES['_next/static/chunks/app-1a2b.js'])), ('.br', BROTLI)):
            with open(script + name, 'wb') as file:
                file.write(content)
        os.symlink('/etc/passwd', os.path.join(cls.web, 'passwd'))
        os.symlink('/etc', os.path.join(cls.web, 'etc'))
        cls.settings = ('web=' + cls.web, *cls.more_settings)
        super().setUpClass()

    more_settings = ()

    def page(self, path, method='GET', expect=200, **headers):
        connection = http.client.HTTPConnection('127.0.0.1', self.server.port, timeout=api.PATIENCE)
        connection.request(method, path, headers={k.replace('_', '-'): v for k, v in headers.items()})
        response = connection.getresponse()
        reply = api.Reply(response.status, response.headers, response.read())
        connection.close()
        self.assertEqual(reply.status, expect, '%s %s: %s' % (method, path, reply.body[:300]))
        return reply


class Files(Pages):
    def test_every_file_is_served_with_its_type(self):
        types = {'.html': 'text/html; charset=utf-8', '.txt': 'text/plain; charset=utf-8',
                 '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8',
                 '.svg': 'image/svg+xml', '.woff2': 'font/woff2', '.unknown': 'application/octet-stream',
                 '.webmanifest': 'application/manifest+json'}
        for name, content in FILES.items():
            if name.startswith('.') or name == 'csp.json':
                continue
            reply = self.page('/' + name)
            self.assertEqual(reply.body, content)
            self.assertEqual(reply.headers['Content-Type'], types[os.path.splitext(name)[1]], name)
            self.assertEqual(reply.headers['X-Content-Type-Options'], 'nosniff')

    def test_a_folder_is_its_index(self):
        self.assertEqual(self.page('/').body, FILES['index.html'])
        self.assertEqual(self.page('/meetings/?status=failed').body, FILES['meetings/index.html'])

    def test_a_folder_without_its_slash_leads_there_with_the_query(self):
        reply = self.page('/meetings?id=a%20b&x=1', expect=308)
        self.assertEqual(reply.headers['Location'], '/meetings/?id=a%20b&x=1')
        self.assertEqual(self.page('/meetings', expect=308).headers['Location'], '/meetings/')

    def test_nothing_leads_to_another_host(self):
        for path in ('//example.com', '//example.com/', '//meetings', '/\\example.com', '/%5cexample.com'):
            self.assertNotIn('Location', self.page(path, expect=404).headers)

    def test_head_has_everything_but_the_body(self):
        whole, head = self.page('/'), self.page('/', method='HEAD')
        self.assertEqual(head.body, b'')
        for name in ('Content-Length', 'Content-Type', 'ETag', 'Content-Security-Policy'):
            self.assertEqual(head.headers[name], whole.headers[name])

    def test_other_methods_are_refused(self):
        reply = self.page('/meetings/', method='POST', expect=405)
        self.assertEqual(reply.headers['Allow'], 'GET, HEAD, OPTIONS')
        self.page('/anything', method='DELETE', expect=405)

    def test_only_files_of_the_folder_are_there(self):
        for path in ('/.env', '/.git/config', '/passwd', '/etc/passwd', '/etc', '/csp.json',
                     '/_next/static/chunks/app-1a2b.js.br', '/_next', '/nothing.js'):
            self.assertEqual(self.page(path, expect=404).body, FILES['404.html'], path)
        for path in ('/../etc/passwd', '/meetings/../../etc/passwd', '/%2e%2e/etc/passwd', '/..%2f..%2fetc%2fpasswd',
                     '/a%00b', '/meetings/./index.html'):
            self.assertEqual(self.page(path, expect=400).json()['error']['code'], 'bad_path', path)

    def test_a_page_that_is_not_there_is_the_apps_own(self):
        reply = self.page('/no/such/page', expect=404)
        self.assertEqual(reply.body, FILES['404.html'])
        self.assertEqual(reply.headers['Cache-Control'], 'no-store')
        self.assertIn('Content-Security-Policy', reply.headers)
        self.assertNotIn('ETag', reply.headers)

    def test_programs_get_errors_as_json(self):
        self.assertEqual(self.page('/api/nothing', expect=404).json()['error']['code'], 'not_found')
        self.assertEqual(self.page('/api', expect=404).json()['error']['code'], 'not_found')
        self.assertEqual(self.page('/api/', expect=404).json()['error']['code'], 'not_found')
        self.assertEqual(self.page('/v1/nothing', expect=404).json()['error']['type'], 'invalid_request_error')
        self.page('/api/nothing', method='POST', expect=404)
        self.assertEqual(self.page('/api/health').json()['status'], 'ok')


class Caching(Pages):
    def test_hashed_files_are_kept_and_others_are_asked_for_again(self):
        forever = 'public, max-age=31536000, immutable'
        self.assertEqual(self.page('/_next/static/css/app-3c4d.css').headers['Cache-Control'], forever)
        for path in ('/', '/meetings/', '/icon.svg', '/meetings/index.txt'):
            self.assertEqual(self.page(path).headers['Cache-Control'], 'no-cache', path)

    def test_what_is_known_is_not_sent_again(self):
        for path in ('/', '/icon.svg', '/_next/static/css/app-3c4d.css'):
            first = self.page(path)
            for headers in ({'If_None_Match': first.headers['ETag']},
                            {'If_None_Match': '"x", W/' + first.headers['ETag']}, {'If_None_Match': '*'},
                            {'If_Modified_Since': first.headers['Last-Modified']}):
                again = self.page(path, expect=304, **headers)
                self.assertEqual(again.body, b'')
                for name in ('ETag', 'Cache-Control', 'Content-Security-Policy'):
                    self.assertEqual(again.headers[name], first.headers[name])
            self.page(path, If_None_Match='"other"', If_Modified_Since=first.headers['Last-Modified'])
            self.page(path, If_Modified_Since='Mon, 01 Jan 2001 00:00:00 GMT')
            self.page(path, If_Modified_Since='yesterday')

    def test_the_form_that_is_liked_best_is_sent(self):
        path = '/_next/static/chunks/app-1a2b.js'
        cases = {
            None: None, '': None, 'identity': None, 'zstd': None, 'br;q=0': None, 'br;q=0, gzip;q=0.0, *;q=1': None,
            'gzip': 'gzip', 'br': 'br', 'BR': 'br', 'gzip, deflate, br, zstd': 'br', '*': 'br',
            'gzip;q=1.0, br;q=0.5': 'gzip', 'gzip;q=0.5,br;q=0.5': 'br', 'br;q=0, *': 'gzip',
            'gzip ; q=0.001': 'gzip', 'brotli': None,
        }
        tags = set()
        for accept, coding in cases.items():
            reply = self.page(path, **({} if accept is None else {'Accept_Encoding': accept}))
            self.assertEqual(reply.headers['Content-Encoding'], coding, accept)
            self.assertEqual(reply.headers['Vary'], 'Accept-Encoding')
            body = gzip.decompress(reply.body) if coding == 'gzip' else reply.body
            self.assertEqual(body, BROTLI if coding == 'br' else FILES[path[1:]])
            self.assertEqual(reply.headers['Content-Length'], str(len(reply.body)))
            tags.add(reply.headers['ETag'])
            self.page(path, If_None_Match=reply.headers['ETag'], expect=304,
                      **({} if accept is None else {'Accept_Encoding': accept}))
        self.assertEqual(len(tags), 3)

    def test_a_tag_of_one_form_is_not_that_of_another(self):
        path = '/_next/static/chunks/app-1a2b.js'
        tag = self.page(path, Accept_Encoding='gzip').headers['ETag']
        self.page(path, If_None_Match=tag, expect=200)

    def test_files_without_other_forms_are_sent_as_they_are(self):
        reply = self.page('/icon.svg', Accept_Encoding='br, gzip')
        self.assertNotIn('Content-Encoding', reply.headers)
        self.assertNotIn('Vary', reply.headers)


class Safety(Pages):
    def test_pages_have_the_policy_of_the_build(self):
        self.assertEqual(self.page('/').headers['Content-Security-Policy'], POLICY)
        self.assertEqual(self.page('/index.html').headers['Content-Security-Policy'], POLICY)
        for path in ('/meetings/', '/meetings/index.html'):
            self.assertEqual(self.page(path).headers.get_all('Content-Security-Policy'),
                             ["default-src 'none'; script-src 'self'; frame-ancestors 'none'"])

    def test_pages_cannot_be_framed_opened_or_listened_to_by_others(self):
        headers = self.page('/').headers
        self.assertEqual(headers['X-Frame-Options'], 'DENY')
        self.assertEqual(headers['Cross-Origin-Opener-Policy'], 'same-origin')
        self.assertEqual(headers['Cross-Origin-Resource-Policy'], 'same-origin')
        self.assertEqual(headers['Referrer-Policy'], 'same-origin')
        self.assertIn('microphone=(self)', headers['Permissions-Policy'])
        self.assertNotIn('Access-Control-Allow-Origin', headers)

    def test_a_build_that_is_changed_underneath_is_served_as_it_was(self):
        with open(os.path.join(self.web, 'fonts/a.woff2'), 'wb') as file:
            file.write(b'')
        self.assertEqual(self.page('/fonts/a.woff2').body, FILES['fonts/a.woff2'])


class BehindAKey(Pages):
    more_settings = ('api_keys=0123456789abcdef0',)

    def test_pages_load_and_data_does_not(self):
        self.page('/')
        self.page('/_next/static/css/app-3c4d.css')
        self.page('/api/jobs', expect=401)


class WithoutTheApp(api.Case):
    def test_the_start_page_says_how_to_build_it(self):
        connection = http.client.HTTPConnection('127.0.0.1', self.server.port, timeout=api.PATIENCE)
        connection.request('GET', '/')
        response = connection.getresponse()
        self.assertEqual(response.status, 404)
        self.assertEqual(response.headers['Content-Type'], 'text/html; charset=utf-8')
        self.assertIn('make build', response.read().decode())
        connection.request('GET', '/meetings/')
        self.assertEqual(json.loads(connection.getresponse().read())['error']['code'], 'not_found')
        connection.close()


class BrokenApps(unittest.TestCase):
    def refuse(self, files, message):
        web, data = make_folder(files), tempfile.mkdtemp(prefix='chip-test-api-')
        self.addCleanup(shutil.rmtree, web)
        self.addCleanup(shutil.rmtree, data)
        done = subprocess.run([api.SERVER, data, 'web=' + web], stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=api.PATIENCE, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn(message, done.stderr)

    def test_a_folder_without_a_start_page_is_refused(self):
        self.refuse({'a.js': b''}, 'index.html')

    def test_policies_that_are_none_are_refused(self):
        for text in (b'{', b'[]', b'{"default": 1}', b'{"pages": {"/": null}}', b'{"pages": []}',
                     b'{"default": "a\\nb"}', b'{"default": "%s"}' % (b'x' * 9000)):
            self.refuse({'index.html': b'', 'csp.json': text}, 'csp.json')

    def test_a_folder_that_is_not_there_is_refused(self):
        data = tempfile.mkdtemp(prefix='chip-test-api-')
        self.addCleanup(shutil.rmtree, data)
        done = subprocess.run([api.SERVER, data, 'web=' + data + '/none'], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=api.PATIENCE, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn('No such file', done.stderr)


if __name__ == '__main__':
    unittest.main()
