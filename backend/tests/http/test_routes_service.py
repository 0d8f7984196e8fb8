"""How the service says how it is."""
import os
import unittest

import api


def samples(text):
    """{'name{labels}': value}, after checking the form."""
    found, families = {}, set()
    for line in text.splitlines():
        if line.startswith('# TYPE '):
            assert line.split(' ')[2] not in families, 'twice: ' + line
            families.add(line.split(' ')[2])
        elif not line.startswith('#'):
            name, value = line.rsplit(' ', 1)
            assert name not in found, 'twice: ' + line
            found[name] = float(value)
    return found


class Service(api.Case):
    def test_it_is_alive(self):
        self.assertEqual(self.get('/api/health').json()['status'], 'ok')

    def test_it_is_ready_or_says_why_not(self):
        self.assertEqual(self.get('/api/ready').json(), {'status': 'ready'})
        self.server.tell('starting')
        error = self.get('/api/ready', expect=503).error()
        self.assertEqual(error['details'], {'reasons': ['the model is still being loaded']})
        self.server.tell('ready')
        self.get('/api/ready', expect=200)

    def test_numbers_say_how_long_the_queue_is(self):
        self.submit()
        done = self.submit()
        self.complete(done)
        reply = self.get('/metrics')
        self.assertEqual(reply.headers['Content-Type'], 'text/plain; version=0.0.4; charset=utf-8')
        text = reply.body.decode()
        self.assertTrue(text.endswith('\n'))
        found = samples(text)
        stats = self.server.call('queue_stats')
        for state in ('pending', 'processing', 'completed', 'failed', 'cancelled'):
            self.assertEqual(found['chip_jobs{state="%s"}' % state], stats[state])
        self.assertEqual(found['chip_store_up'], 1)
        self.assertIn('chip_queue_oldest_pending_seconds', found)
        self.assertTrue(any('route="/api/process"' in name for name in found), 'requests are counted')

    def test_it_serves_the_document_that_describes_it(self):
        reply = self.get('/api/openapi.yaml')
        with open(os.environ['OPENAPI'], 'rb') as file:
            self.assertEqual(reply.body, file.read())
        self.get('/api/openapi.yaml', headers={'If-None-Match': reply.headers['ETag']}, expect=304)


if __name__ == '__main__':
    unittest.main()
