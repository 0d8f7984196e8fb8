#!/usr/bin/env python3
"""Requests that wait, streams, clients that are slow or go away, connections, and the server's end."""
import time
import unittest

import core

GET = 'GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n'


class Waiting(core.ServerTest):
    def test_a_request_that_waits_is_answered_when_it_is_woken(self):
        with self.server.connect() as connection:
            connection.send(GET % '/wait')
            self.server.wait_for('waits')
            self.server.tell('w')
            self.assertEqual({'waited': True}, connection.reply().json())
            self.server.wait_for('done')
            self.assertEqual(200, connection.ask('GET', '/echo').status)

    def test_no_wake_is_lost(self):
        for _ in range(20):
            self.assertEqual(1000, self.ask('GET', '/woken').json()['times'])

    def test_a_client_that_goes_away_while_it_waits_is_noticed(self):
        with self.server.connect() as connection:
            connection.send(GET % '/wait')
            self.server.wait_for('waits')
        self.server.wait_for('gone')

    def test_a_client_that_goes_away_has_its_pipelined_requests_dropped(self):
        with self.server.connect() as connection:
            connection.send(GET % '/wait', GET % '/wait')
            self.server.wait_for('waits')
        self.server.wait_for('gone')

    def test_requests_behind_one_that_waits_wait_as_well(self):
        with self.server.connect() as connection:
            connection.send(GET % '/wait', GET % '/echo?q=1')
            self.server.wait_for('waits')
            self.server.tell('w')
            self.assertTrue(connection.reply().json()['waited'])
            self.assertEqual('1', connection.reply().json()['q'])


class Streams(core.ServerTest):
    def test_events_are_sent_as_they_come(self):
        with self.server.connect() as connection:
            connection.send(GET % '/stream?say=1')
            status, headers, _ = connection.head()
            self.assertEqual((200, 'text/event-stream; charset=utf-8', 'no-cache', 'no', 'chunked'), (
                status, headers['content-type'], headers['cache-control'], headers['x-accel-buffering'],
                headers['transfer-encoding']))
            self.assertNotIn('content-length', headers)
            last = 0
            for _ in range(3):
                self.server.tell('e')
                event = connection.chunk()
                number = int(event.split(b'\n')[0][4:])
                self.assertGreater(number, last)
                last = number
        self.server.wait_for('stream gone')

    def test_a_stream_may_be_long_and_ends(self):
        with self.server.connect() as connection:
            self.assertEqual(b'x' * 1000000, connection.ask('GET', '/long').body)
            self.assertEqual(200, connection.ask('GET', '/echo').status)

    def test_a_client_of_http_1_0_gets_a_stream_until_the_connection_ends(self):
        with self.server.connect() as connection:
            connection.send('GET /long HTTP/1.0\r\n\r\n')
            reply = connection.reply()
            self.assertEqual((200, 1000000), (reply.status, len(reply.body)))


class Many(core.ServerTest):
    settings = ('connections=3000',)

    def test_two_thousand_idle_streams_cost_little_and_all_hear_of_an_event(self):
        n = 2000
        before = self.server.memory()
        connections = []
        try:
            for _ in range(n):
                connections.append(self.server.connect())
                connections[-1].send(GET % '/stream')
            for connection in connections:
                self.assertEqual(200, connection.head()[0])
            self.assertEqual(200, self.ask('GET', '/echo').status)
            each = (self.server.memory() - before) / n
            start = time.monotonic()
            self.server.tell('e')
            for connection in connections:
                self.assertEqual(b'id: 1\n', connection.chunk()[:6])
            took = time.monotonic() - start
            print('%d streams: %.1f KiB each, all told in %.3f s' % (n, each / 1024, took))
            self.assertLess(each, 100 * 1024)  # 2,000 in less than 200 MiB, as DESIGN 9 wants
        finally:
            for connection in connections:
                connection.close()
        self.assertEqual(200, self.ask('GET', '/echo').status)


class Slow(core.ServerTest):
    settings = ('header_seconds=1', 'body_seconds=1', 'idle_seconds=2')

    def test_a_head_that_comes_drop_by_drop_is_cut_off(self):
        with self.server.connect() as connection:
            connection.send('GET /echo HTTP/1.1\r\nHost: localhost\r\n')
            start = time.monotonic()
            connection.socket.settimeout(0.2)
            while time.monotonic() < start + core.PATIENCE:
                try:
                    connection.send('X-A: b\r\n')
                    if not connection.more():
                        break
                except TimeoutError:
                    continue
                except OSError:
                    break
            self.assertLess(time.monotonic() - start, 5)
            self.assertEqual(b'', connection.buffer)

    def test_a_connection_without_a_request_is_closed(self):
        with self.server.connect() as connection:
            self.assertTrue(connection.is_closed())

    def test_a_connection_between_requests_is_kept_for_a_while_only(self):
        with self.server.connect() as connection:
            self.assertEqual(200, connection.ask('GET', '/echo').status)
            start = time.monotonic()
            self.assertTrue(connection.is_closed())
            self.assertGreater(time.monotonic() - start, 1.5)

    def test_a_body_that_comes_drop_by_drop_is_cut_off(self):
        with self.server.connect() as connection:
            connection.send('POST /sink HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n')
            start = time.monotonic()
            connection.socket.settimeout(0.2)
            while time.monotonic() < start + core.PATIENCE:
                try:
                    connection.send('x')
                    if not connection.more():
                        break
                except TimeoutError:
                    continue
                except OSError:
                    break
            self.assertLess(time.monotonic() - start, 5)
        self.assertLess(int(self.server.wait_for('cut')), 100)

    def test_slow_clients_do_not_hold_up_others(self):
        slow = [self.server.connect() for _ in range(200)]
        try:
            for connection in slow:
                connection.send('GET /echo HTT')
            self.assertEqual(200, self.ask('GET', '/echo').status)
        finally:
            for connection in slow:
                connection.close()

    def test_a_stream_and_a_request_that_waits_are_not_cut_off(self):
        with self.server.connect() as stream, self.server.connect() as waiter:
            stream.send(GET % '/stream')
            stream.head()
            waiter.send(GET % '/wait')
            self.server.wait_for('waits')
            with self.server.connect() as idle:
                idle.ask('GET', '/echo')
                self.assertTrue(idle.is_closed())  # by then all limits have passed for the others
            self.server.tell('e')
            self.assertIn(b'data: event', stream.chunk())
            self.assertTrue(waiter.reply().json()['waited'])


class Limits(core.ServerTest):
    settings = ('per_address=4',)

    def test_an_address_has_only_so_many_connections(self):
        held = [self.server.connect() for _ in range(4)]
        try:
            for connection in held:
                self.assertEqual(200, connection.ask('GET', '/echo').status)
            with self.server.connect() as one_more:
                self.assertTrue(one_more.is_closed())
        finally:
            for connection in held:
                connection.close()


class End(core.ServerTest):
    def test_a_drain_lets_requests_finish_and_ends_streams(self):
        server = self.start()
        with server.connect() as waiter, server.connect() as stream, server.connect() as idle:
            idle.ask('GET', '/echo')
            waiter.send(GET % '/wait')
            server.wait_for('waits')
            stream.send(GET % '/stream')
            stream.head()
            server.tell('d')
            self.assertEqual(b'', stream.chunk())  # its proper end
            with self.assertRaises((ConnectionError, EOFError)):
                server.ask('GET', '/echo')
            last = idle.ask('GET', '/echo')
            self.assertEqual((200, 'close'), (last.status, last.headers['connection']))
            # It waits for the one that waits; the test's server obeys again when it is over.
            self.assertEqual('1', server.wait_for('left'))
            server.tell('w')
            self.assertTrue(waiter.reply().json()['waited'])
        self.assertEqual(0, server.stop())

    def test_a_stop_answers_what_waits(self):
        server = self.start()
        with server.connect() as waiter:
            waiter.send(GET % '/wait')
            server.wait_for('waits')
            server.tell('q')
            reply = waiter.reply()
            self.assertEqual((503, 'stopping', '2'), (reply.status, reply.code(), reply.headers['retry-after']))
        server.wait_for('stopped')
        self.assertEqual(0, server.stop())

    def test_a_stop_with_everything_open_leaves_nothing_behind(self):
        server = self.start()
        connections = [server.connect() for _ in range(40)]
        try:
            for i, connection in enumerate(connections):
                connection.send((GET % '/stream', GET % '/wait', 'GET /ec', 'POST /sink HTTP/1.1\r\nHost: localhost\r\n'
                                 'Content-Length: 9\r\n\r\nx', GET % '/echo')[i % 5])
            for _ in range(8):
                server.wait_for('waits')
            server.tell('q')
            server.wait_for('stopped')
            self.assertEqual(0, server.stop())
        finally:
            for connection in connections:
                connection.close()


if __name__ == '__main__':
    unittest.main()
