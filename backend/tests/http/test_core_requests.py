#!/usr/bin/env python3
"""What the server makes of requests: paths, methods, bodies, JSON, and what it refuses."""
import json
import unittest

import core


class Paths(core.ServerTest):
    def test_parameters_are_decoded_once(self):
        reply = self.ask('GET', '/items/a%20b%2525?q=x%26y+z')
        self.assertEqual(200, reply.status)
        self.assertEqual(('a b%25', 'x&y z'), (reply.json()['param'], reply.json()['q']))
        self.assertEqual('/items/a b%25', reply.json()['path'])

    def test_two_parameters_come_in_their_order(self):
        reply = self.ask('GET', '/items/1/parts/2').json()
        self.assertEqual(('1', '2'), (reply['param'], reply['second']))

    def test_literal_parts_win_over_parameters(self):
        self.assertIn('text/html', self.ask('GET', '/items/all').headers['content-type'])

    def test_tricks_in_paths_are_refused(self):
        for path in ('/items/a%2Fb', '/items/..', '/items/%2e%2e', '/items/.', '/items/%00', '/items/a%',
                     '/items/%zz', '/items/%ff', '/items/%0d%0aX', '/../etc/passwd', '/items/x?q=%f',
                     '/echo' + '/x' * 20, '/items/1?' + '&'.join('a=%d' % i for i in range(40))):
            reply = self.ask('GET', path)
            self.assertEqual((400, 'bad_path'), (reply.status, reply.code()), path)

    def test_what_is_not_there_is_not_found(self):
        for path in ('/', '/nothing', '/items', '/items/', '//items/1', '/items/1/', '/echo/x'):
            reply = self.ask('GET', path)
            self.assertEqual((404, 'not_found'), (reply.status, reply.code()), path)

    def test_absolute_targets_are_understood(self):
        self.assertEqual('1', self.ask('GET', 'http://localhost:80/items/1').json()['param'])

    def test_another_method_is_told_which_there_are(self):
        reply = self.ask('PUT', '/items/1')
        self.assertEqual((405, 'method_not_allowed'), (reply.status, reply.code()))
        self.assertEqual({'DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH'}, set(reply.headers['allow'].split(', ')))

    def test_options_says_what_is_allowed(self):
        reply = self.ask('OPTIONS', '/echo')
        self.assertEqual((204, 'GET, HEAD, POST, OPTIONS'), (reply.status, reply.headers['allow']))
        self.assertEqual(204, self.ask('OPTIONS', '*').status)

    def test_head_has_the_headers_of_get_and_no_body(self):
        with self.server.connect() as connection:
            get, head = connection.ask('GET', '/large'), connection.ask('HEAD', '/large')
            self.assertEqual((200, b''), (head.status, head.body))
            for name in ('content-length', 'content-type', 'etag'):
                self.assertEqual(get.headers[name], head.headers[name])
            self.assertEqual(200, connection.ask('HEAD', '/stream').status)
            self.assertEqual(200, connection.ask('GET', '/html').status)

    def test_another_method_in_a_header_counts_where_the_route_says_so(self):
        self.assertEqual('DELETE', self.ask('POST', '/items/1', {'X-HTTP-Method-Override': 'DELETE'}).json()['method'])
        self.assertEqual(405, self.ask('POST', '/items/1', {'X-HTTP-Method-Override': 'PATCH'}).status)
        self.assertEqual('GET', self.ask('GET', '/items/1', {'X-HTTP-Method-Override': 'DELETE'}).json()['method'])


class Ids(core.ServerTest):
    def test_requests_get_ids_of_their_own(self):
        replies = [self.ask('GET', '/echo') for _ in range(3)]
        ids = [reply.json()['id'] for reply in replies]
        self.assertEqual(3, len(set(ids)))
        self.assertEqual(ids, [reply.headers['x-request-id'] for reply in replies])

    def test_a_modest_id_of_the_client_is_kept_and_others_replaced(self):
        self.assertEqual('abc-1.2_3', self.ask('GET', '/echo', {'X-Request-Id': 'abc-1.2_3'}).headers['x-request-id'])
        for bad in ('x' * 65, 'a b', 'a"b', '<x>'):
            self.assertNotEqual(bad, self.ask('GET', '/echo', {'X-Request-Id': bad}).headers['x-request-id'])

    def test_traces_are_understood(self):
        trace = '4BF92f3577b34da6a3ce929d0e0e4736'
        for headers, seen in (
                ({'traceparent': '00-%s-00f067aa0ba902b7-01' % trace}, trace.lower()),
                ({'X-Cloud-Trace-Context': '%s/123;o=1' % trace}, trace.lower()),
                ({'X-Cloud-Trace-Context': trace}, trace.lower()),
                ({'traceparent': '00-%s-00f067aa0ba902b7-01' % ('0' * 32)}, ''),
                ({'traceparent': '00-xyz'}, ''),
                ({'X-Cloud-Trace-Context': trace[:20]}, '')):
            self.assertEqual(seen, self.ask('GET', '/echo', headers).json()['trace'], headers)


class Bodies(core.ServerTest):
    def test_bodies_arrive_whole_however_they_are_cut(self):
        with self.server.connect() as connection:
            for cuts in ([5], [1, 1, 3], [2, 3]):
                connection.send('POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n')
                body = b'hello'
                for n in cuts:
                    connection.send(b'%x\r\n%s\r\n' % (n, body[:n]))
                    body = body[n:]
                connection.send('0\r\n\r\n')
                self.assertEqual('hello', connection.reply().json()['body'])
            self.assertEqual('x' * 70000, connection.ask('POST', '/echo', body='x' * 70000).json()['body'])

    def test_requests_may_follow_each_other_without_waiting(self):
        with self.server.connect() as connection:
            connection.send(*['POST /echo?q=%d HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\nab' % i
                              for i in range(50)])
            self.assertEqual([str(i) for i in range(50)], [connection.reply().json()['q'] for _ in range(50)])

    def test_an_oversize_body_is_refused_and_the_client_sees_it(self):
        short = self.ask('POST', '/small', body='x' * 1001)
        self.assertEqual((413, 'too_large', 1000), (short.status, short.code(), short.json()['error']['details']['maxBytes']))
        # Larger than what is read past: the connection is closed, but the answer comes first.
        for size in (300_000, 5_000_000):
            with self.server.connect() as connection:
                self.assertEqual(413, connection.ask('POST', '/echo', body=b'x' * 1_100_000 + b'y' * size).status)

    def test_an_oversize_chunked_body_is_refused_in_its_middle(self):
        with self.server.connect() as connection:
            connection.send('POST /small HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n')
            for _ in range(40):
                connection.send(b'10000\r\n' + b'x' * 0x10000 + b'\r\n')
            reply = connection.reply()
            self.assertEqual((413, 'close'), (reply.status, reply.headers['connection']))
            self.assertTrue(connection.is_closed())

    def test_a_short_refused_body_spares_the_connection(self):
        with self.server.connect() as connection:
            self.assertEqual(413, connection.ask('POST', '/small', body='x' * 2000).status)
            self.assertEqual(404, connection.ask('POST', '/nothing', body='x' * 2000).status)
            self.assertEqual(200, connection.ask('GET', '/echo').status)

    def test_who_expects_100_gets_it_or_the_refusal(self):
        with self.server.connect() as connection:
            connection.send('POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n')
            self.assertEqual(100, connection.head()[0])
            connection.send('ab')
            self.assertEqual('ab', connection.reply().json()['body'])
        with self.server.connect() as connection:
            connection.send('POST /small HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2000\r\nExpect: 100-continue\r\n\r\n')
            self.assertEqual(413, connection.reply().status)

    def test_a_half_closed_client_is_answered(self):
        with self.server.connect() as connection:
            connection.send('POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\nab')
            connection.socket.shutdown(core.socket.SHUT_WR)
            self.assertEqual('ab', connection.reply().json()['body'])

    def test_memory_for_bodies_has_an_end(self):
        server = self.start('body_memory=1000000')
        with server.connect() as first, server.connect() as second:
            first.send('POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 600000\r\n\r\n' + 'x' * 599_999)
            while b'chip_http_bodies_bytes 600001\n' not in server.ask('GET', '/metrics').body:
                pass  # its bytes are still on their way
            refused = second.ask('POST', '/echo', body='x' * 500_000)
            self.assertEqual((503, 'busy', '1'), (refused.status, refused.code(), refused.headers['retry-after']))
            first.send('x')
            self.assertEqual(200, first.reply().status)
        while b'chip_http_bodies_bytes 0\n' not in server.ask('GET', '/metrics').body:
            pass  # the first request ends after its answer
        self.assertEqual(200, server.ask('POST', '/echo', body='x' * 500_000).status)


class Sinks(core.ServerTest):
    def test_a_sink_sees_every_byte_without_a_limit_of_the_server(self):
        self.assertEqual(3_000_000, self.ask('POST', '/sink', body=b'x' * 3_000_000).json()['bytes'])
        self.assertEqual(0, self.ask('POST', '/sink', body='').json()['bytes'])

    def test_a_sink_may_refuse_before_the_first_byte(self):
        reply = self.ask('POST', '/sink?refuse=1', body=b'x' * 1_000_000)
        self.assertEqual((409, 'refused'), (reply.status, reply.code()))

    def test_a_sink_may_refuse_in_the_middle(self):
        for size in (2_000, 20_000_000):
            reply = self.ask('POST', '/sink?most=1000', body=b'x' * size)
            self.assertEqual((413, 'more than asked for'), (reply.status, reply.json()['error']['message']))

    def test_a_sink_is_told_when_the_connection_is_cut(self):
        with self.server.connect() as connection:
            connection.send('POST /sink?say=1 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n', 'x' * 60)
        self.assertEqual('60', self.server.wait_for('cut'))
        self.server.wait_for('sink done')


class Heads(core.ServerTest):
    def refused(self, lines, *statuses):
        with self.server.connect() as connection:
            connection.send('\r\n'.join(lines) + '\r\n\r\n')
            reply = connection.reply()
            self.assertIn(reply.status, statuses, lines)
            self.assertTrue(connection.is_closed(), lines)

    def test_ambiguous_lengths_are_refused_and_end_the_connection(self):
        post = ['POST /echo HTTP/1.1', 'Host: localhost']
        for lines in (['Content-Length: 3', 'Transfer-Encoding: chunked'], ['Content-Length: 3', 'Content-Length: 3'],
                      ['Content-Length: 3', 'Content-Length: 30'], ['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'],
                      ['Content-Length: +3'], ['Content-Length: 3, 3'], ['Content-Length: 0x3'], ['Content-Length: -1'],
                      ['Content-Length : 3'], ['Content-Length: 3\x01'], ['Host: other']):
            self.refused(post + lines, 400)
        for coding in ('gzip, chunked', 'identity', 'chunked, chunked', 'xchunked', 'chunked '):
            self.refused(post + ['Transfer-Encoding: ' + coding], 400, 501)
        self.refused(['POST /echo HTTP/1.0', 'Transfer-Encoding: chunked'], 501)
        self.refused(post + ['Content-Length: 99999999999999999999'], 400, 413)

    def test_a_smuggled_request_is_never_answered(self):
        with self.server.connect() as connection:
            connection.send('POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n'
                            '0\r\n\r\nGET /echo HTTP/1.1\r\nHost: localhost\r\n\r\n')
            self.assertEqual(400, connection.reply().status)
            self.assertTrue(connection.is_closed())

    def test_large_heads_are_refused(self):
        self.refused(['GET /echo HTTP/1.1', 'Host: localhost', 'X-A: ' + 'a' * 17000], 431)
        self.refused(['GET /echo HTTP/1.1', 'Host: localhost', 'X-A: ' + 'a' * 200_000], 431)
        self.refused(['GET /echo HTTP/1.1', 'Host: localhost'] + ['X-%d: a' % i for i in range(3000)], 431)
        self.refused(['GET /%s HTTP/1.1' % ('a' * 100_000), 'Host: localhost'], 414)
        self.assertEqual(200, self.ask('GET', '/echo', {'X-A': 'a' * 8000}).status)

    def test_what_is_no_http_is_refused(self):
        for lines in (['GET /echo'], ['GET /echo HTTP/2.0', 'Host: a'], ['GET /echo HTTP/1.1'],
                      ['GET /echo HTTP/1.1', 'Host: localhost', 'no colon'], ['GET / echo HTTP/1.1', 'Host: localhost'],
                      ['\x16\x03\x01\x02\x00\x01']):
            with self.server.connect() as connection:
                connection.send('\r\n'.join(lines) + '\r\n\r\n')
                while connection.more():
                    pass
                self.assertNotIn(b'"method"', connection.buffer, lines)


class Json(core.ServerTest):
    def post(self, body, kind='application/json', path='/json'):
        return self.ask('POST', path, {'Content-Type': kind}, body)

    def test_json_is_taken_in_its_usual_types(self):
        for kind in ('application/json', 'application/json; charset=utf-8', 'Application/JSON;charset="UTF-8"'):
            self.assertEqual({'name': 'ä'}, self.post('{"name":"ä"}', kind).json())

    def test_other_types_are_415(self):
        for kind in ('text/plain', 'application/x-www-form-urlencoded', 'application/jsonx', 'application/json; charset=latin-1'):
            reply = self.post('{}', kind)
            self.assertEqual((415, 'not_json'), (reply.status, reply.code()), kind)
        self.assertEqual(415, self.ask('POST', '/json', body='{}').status)

    def test_what_is_no_strict_json_object_is_400(self):
        for body in ('', '{', '[]', '1', '{"name":1}x', '{"name":1,"name":2}', "{'name':1}", '{"name":NaN}',
                     '{"name":"\\u0000"}', b'{"name":"\xff"}', '{"name":1e999}', '{"name":' + '[' * 40 + ']' * 40 + '}',
                     '[' * 100_000, '{"name":' + '9' * 400 + '}'):
            reply = self.post(body)
            self.assertEqual((400, 'bad_json'), (reply.status, reply.code()), body[:40])

    def test_the_place_of_an_error_is_told(self):
        reply = self.post('{"name": 1,\n "options": }')
        self.assertEqual((2, 13), tuple(reply.json()['error']['details'][k] for k in ('line', 'column')))
        self.assertIn('line 2, column 13', reply.json()['error']['message'])

    def test_brackets_in_strings_do_not_count_as_levels(self):
        self.assertEqual(201, self.post(json.dumps({'name': '[{"\\' * 100})).status)

    def test_unknown_members_are_refused_by_name(self):
        reply = self.post('{"name":1,"foo":2,"name options":3}')
        self.assertEqual((400, 'unknown_field'), (reply.status, reply.code()))
        self.assertEqual(['foo', 'name options'], sorted(reply.json()['error']['details']['unknown']))
        self.assertIn('known are: name options', reply.json()['error']['message'])

    def test_errors_take_openais_shape_where_the_route_says_so(self):
        error = self.post('{"foo":1}', path='/v1/json').json()['error']
        self.assertEqual({'message', 'type', 'param', 'code'}, set(error))
        self.assertEqual(('invalid_request_error', 'foo', 'unknown_field'), (error['type'], error['param'], error['code']))
        self.assertIsNone(self.ask('GET', '/v1/nothing').json()['error']['param'])


if __name__ == '__main__':
    unittest.main()
