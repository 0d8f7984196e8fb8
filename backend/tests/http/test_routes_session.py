"""Signing in from a browser."""
import unittest

import api

KEY, OTHER = 'first-key-0123456789', 'second-key-0123456789'
USER = '0b3a1c52-7d1e-4f6a-9c41-2f1b7c9d0e11'


def bearer(key):
    return {'Authorization': 'Bearer ' + key}


class Session(api.Case):
    settings = ('api_keys=%s,%s' % (KEY, OTHER), 'jwt_secret=' + api.SECRET)

    def page(self, **more):
        """Headers of a request by one of our own pages."""
        own = {'Origin': 'http://127.0.0.1:%d' % self.server.port, 'Sec-Fetch-Site': 'same-origin'}
        return {**own, **{name.replace('_', '-'): value for name, value in more.items()}}

    def sign_in(self, key=KEY):
        reply = self.ask('POST', '/api/session', headers=self.page(**bearer(key)), expect=200)
        return reply.headers['Set-Cookie'].split(';')[0]

    def test_a_page_learns_that_it_has_to_sign_in(self):
        self.assertEqual(self.get('/api/session').json(),
                         {'required': True, 'signedIn': False, 'expiresAt': None})

    def test_the_key_is_shown_once(self):
        cookie = self.sign_in()
        self.assertNotIn(KEY, cookie)
        state = self.get('/api/session', headers={'Cookie': cookie}).json()
        self.assertTrue(state['signedIn'])
        self.assertIsNotNone(state['expiresAt'])
        job = self.ask('POST', '/api/process', {'fileUrl': api.URL}, headers=self.page(Cookie=cookie),
                       expect=202).json()['jobId']
        self.get('/api/jobs/' + job, headers={'Cookie': 'theme=dark; %s; x=y' % cookie})

    def test_the_cookie_is_kept_from_scripts_and_other_sites(self):
        reply = self.ask('POST', '/api/session', headers=self.page(**bearer(KEY)), expect=200)
        attributes = reply.headers['Set-Cookie'].split('; ')[1:]
        self.assertEqual(attributes, ['Path=/api', 'Max-Age=604800', 'HttpOnly', 'SameSite=Strict'])
        self.assertEqual(reply.headers['Cache-Control'], 'no-store')
        over_https = {'Origin': 'https://127.0.0.1:%d' % self.server.port, **bearer(KEY)}
        self.assertTrue(self.ask('POST', '/api/session', headers=over_https, expect=200)
                        .headers['Set-Cookie'].endswith('; Secure'))

    def test_a_wrong_key_gets_no_cookie(self):
        for headers in ({}, bearer('wrong-key-0123456789'), {'X-API-Key': 'x'}, {'Cookie': 'chip_session=x'}):
            reply = self.ask('POST', '/api/session', headers=self.page(**headers), expect=401)
            self.assertNotIn('Set-Cookie', reply.headers)

    def test_what_is_no_session_is_refused(self):
        cookie = self.sign_in()
        changed = cookie[:-3] + ('AAA' if cookie[-3:] != 'AAA' else 'BBB')
        job = self.submit(headers=bearer(KEY))
        link = self.ask('POST', '/api/jobs/%s/token' % job, headers=bearer(KEY), expect=200).json()['token']
        for wrong in (changed, 'chip_session=', 'chip_session=' + link, cookie + '.', 'chip_session=' + 'A' * 9000):
            self.get('/api/jobs', headers={'Cookie': wrong}, expect=401)
            self.assertFalse(self.get('/api/session', headers={'Cookie': wrong}).json()['signedIn'])
        token = cookie.split('=')[1]
        self.get('/api/jobs/%s/audio?token=%s' % (job, token), expect=401)

    def test_a_message_says_what_to_do(self):
        error = self.get('/api/jobs', headers={'Cookie': 'chip_session=old'}, expect=401).error()
        self.assertIn('sign in again', error['message'])

    def test_other_origins_get_nothing_with_the_cookie(self):
        cookie = self.sign_in()
        others = ({'Origin': 'http://127.0.0.1:1'}, {'Origin': 'null'}, {'Origin': 'https://example.com'},
                  {'Sec-Fetch-Site': 'same-site'}, {'Sec-Fetch-Site': 'cross-site'})
        for headers in others:
            for method, path in (('GET', '/api/jobs'), ('POST', '/api/process'), ('POST', '/api/session')):
                body = {'fileUrl': api.URL} if path == '/api/process' else None
                reply = self.ask(method, path, body, headers={'Cookie': cookie, **headers}, expect=401)
                self.assertNotIn('Set-Cookie', reply.headers)
            state = self.get('/api/session', headers={'Cookie': cookie, **headers}).json()
            self.assertFalse(state['signedIn'])
        self.ask('POST', '/api/process', {'fileUrl': api.URL}, headers={'Cookie': cookie}, expect=401)
        self.ask('POST', '/api/process', {'fileUrl': api.URL}, expect=401,
                 headers={'Cookie': cookie, 'Sec-Fetch-Site': 'none'})
        self.get('/api/jobs', headers={'Cookie': cookie, 'Sec-Fetch-Site': 'none'})

    def test_events_and_recordings_come_with_the_cookie_alone(self):
        cookie = self.sign_in()
        job = self.submit(headers=self.page(Cookie=cookie))
        stream = self.stream(job, Cookie=cookie, Sec_Fetch_Site='same-origin')
        self.assertEqual(stream.status, 200)
        self.assertEqual(stream.next().kind, 'status')
        reply = self.get('/api/jobs/%s/audio' % job, headers={'Cookie': cookie}, expect=404)
        self.assertEqual(reply.error()['code'], 'recording_not_here_yet')

    def test_a_header_is_worth_more_than_the_cookie(self):
        cookie = self.sign_in()
        self.get('/api/jobs', headers={'Cookie': cookie, **bearer('wrong-key-0123456789')}, expect=401)
        self.get('/api/jobs', headers={'Cookie': 'chip_session=x', **bearer(KEY)})

    def test_a_user_stays_that_user(self):
        mine = self.submit(headers=bearer(api.user_token(USER)))
        others = self.submit(headers=bearer(KEY))
        cookie = self.sign_in(api.user_token(USER))
        self.get('/api/jobs/' + mine, headers={'Cookie': cookie})
        self.get('/api/jobs/' + others, headers={'Cookie': cookie}, expect=404)
        self.get('/metrics', headers={'Cookie': cookie}, expect=403)

    def test_a_session_ends_with_the_users_token(self):
        reply = self.ask('POST', '/api/session', headers=self.page(**bearer(api.user_token(USER))), expect=200)
        seconds = int(reply.headers['Set-Cookie'].split('Max-Age=')[1].split(';')[0])
        self.assertLessEqual(seconds, 600)
        self.assertGreater(seconds, 500)

    def test_a_token_too_long_for_a_cookie_is_refused(self):
        token = api.user_token(USER, user_metadata={'name': 'x' * 3000})
        self.ask('POST', '/api/session', headers=self.page(**bearer(token)), expect=413)

    def test_a_session_is_made_anew_by_itself(self):
        cookie = self.sign_in(OTHER)
        reply = self.ask('POST', '/api/session', headers=self.page(Cookie=cookie), expect=200)
        again = reply.headers['Set-Cookie'].split(';')[0]
        self.assertNotEqual(again, cookie)
        self.get('/api/jobs', headers={'Cookie': again})

    def test_signing_out_takes_the_cookie_away(self):
        reply = self.ask('DELETE', '/api/session', headers=self.page(), expect=204)
        self.assertEqual(reply.headers['Set-Cookie'].split('; ')[:3], ['chip_session=', 'Path=/api', 'Max-Age=0'])

    def test_it_outlives_the_server_but_not_its_key(self):
        first, second = self.sign_in(KEY), self.sign_in(OTHER)
        for keys, good, bad in ((KEY + ',' + OTHER, (first, second), ()), (KEY, (first,), (second,)),
                                (OTHER + ',' + KEY, (), (first, second))):
            server = api.Server(self.folder, 'api_keys=' + keys)
            try:
                for cookies, status in ((good, 200), (bad, 401)):
                    for cookie in cookies:
                        self.assertEqual(self.status_at(server, cookie), status, keys)
            finally:
                server.stop()

    def status_at(self, server, cookie):
        connection = api.http.client.HTTPConnection('127.0.0.1', server.port, timeout=api.PATIENCE)
        connection.request('GET', '/api/jobs', headers={'Cookie': cookie})
        response = connection.getresponse()
        response.read()
        connection.close()
        return response.status


class WithoutKeys(api.Case):
    def test_everybody_is_signed_in(self):
        everybody = {'required': False, 'signedIn': True, 'expiresAt': None}
        self.assertEqual(self.get('/api/session').json(), everybody)
        reply = self.ask('POST', '/api/session', expect=200)
        self.assertEqual(reply.json(), everybody)
        self.assertNotIn('Set-Cookie', reply.headers)
        self.get('/api/jobs', headers={'Cookie': 'chip_session=of-another-server'})


if __name__ == '__main__':
    unittest.main()
