#!/usr/bin/env python3
"""The service as its users meet it: real program, real models, SQLite."""
import base64
import json
import os
import signal
import socket
import time
import wave

from service import Service, main, require_model, speak

TEXTS = [('slt', 'Good morning everybody, let us begin with the budget for the next year.'),
         ('rms', 'Thank you. I think the budget is too small for what we want to build.')]
KEY = 'a-key-of-more-than-sixteen-characters'


class Meeting(Service):
    """One recording, made once."""

    @classmethod
    def setUpClass(cls):
        require_model(os.environ.get('CHIP_MODEL', 'moonshine-tiny'))
        cls.lines = [speak(text, voice) for voice, text in TEXTS]

    def recording(self, name='meeting.wav'):
        with wave.open(self.path(name), 'wb') as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(self.lines[0][0])
            for _, sound in self.lines:
                file.writeframes(sound + bytes(self.lines[0][0]))
        return name

    def done(self, *args):
        """Submits the recording and waits. @return its job"""
        code, out, err = self.submit(self.recording(), *args)
        self.assertEqual(code, 0, err)
        self.assertIn('budget', out)
        _, _, listed = self.ask('GET', '/api/jobs')
        return listed['jobs'][0]


class Works(Meeting):
    def test_a_recording_becomes_a_transcript_and_metrics(self):
        self.serve()
        job = self.done()
        self.assertEqual((job['status'], job['progress'], job['title'], job['attempts']),
                         ('completed', 100, 'meeting', 1))
        status, _, analysis = self.ask('GET', '/api/jobs/%s/analysis' % job['jobId'])
        self.assertEqual(status, 200)
        self.assertEqual(len(analysis['transcript']['speakers']), 2)
        self.assertIn('budget', json.dumps(analysis['transcript']['segments']))
        self.assertTrue(analysis['metrics'])

    def test_its_waveform_is_loud_where_somebody_speaks(self):
        self.serve()
        path = '/api/jobs/' + self.done()['jobId']
        status, _, waveform = self.ask('GET', path + '/waveform')
        self.assertEqual(status, 200)
        analysis = self.ask('GET', path + '/analysis')[2]
        self.assertLess(abs(waveform['durationMs'] - analysis['durationMs']), 50)
        peaks = base64.b64decode(waveform['peaks'])
        self.assertEqual(len(peaks), -(-waveform['durationMs'] // waveform['pointMs']))
        for segment in analysis['transcript']['segments']:
            first, last = (int(segment[end] * 1000 / waveform['pointMs']) for end in ('start', 'end'))
            self.assertGreater(max(peaks[first:last + 1]), 25, segment['text'])

    def test_results_and_recording_survive_a_restart(self):
        first = self.serve()
        path = '/api/jobs/' + self.done()['jobId']
        before = self.ask('GET', path + '/analysis')[2]
        self.assertEqual(self.end(first), 0)
        self.serve()
        self.assertEqual(self.ask('GET', path + '/analysis')[2], before)
        status, headers, _ = self.ask('HEAD', path + '/audio')
        self.assertEqual(status, 200)
        self.assertEqual(int(headers['Content-Length']), os.path.getsize(self.path('meeting.wav')))

    def test_a_deleted_job_leaves_nothing(self):
        self.serve()
        job = self.done()['jobId']
        self.assertIn(self.ask('DELETE', '/api/jobs/' + job)[0], (200, 204))
        self.assertEqual(self.ask('GET', '/api/jobs/' + job)[0], 404)
        left = [os.path.join(folder, name) for folder, _, names in os.walk(self.path('data'))
                for name in names if job in folder or job in name or name == 'data']
        self.assertEqual(left, [])

    def test_the_command_line_sees_the_same_jobs(self):
        self.serve()
        job = self.done()['jobId']
        code, out, err = self.chip('jobs', 'list')
        self.assertEqual((code, err), (0, ''))
        self.assertIn(job, out)
        code, out, err = self.chip('jobs', 'show', job)
        self.assertIn('completed', out)
        code, out, err = self.chip('jobs', 'export', job, '-f', 'md')
        self.assertIn('budget', out)
        code, out, err = self.chip('jobs', 'cancel', job)
        self.assertEqual(code, 1)
        self.assertRegex(err, r'completed|finished')
        code, out, err = self.chip('jobs', 'delete', job)
        self.assertEqual((code, err), (0, ''))
        self.assertEqual(self.ask('GET', '/api/jobs/' + job)[0], 404)
        self.assertIn("is no job's ID", self.chip('jobs', 'show', 'x')[2])

    def test_metrics_count_stages_and_workers(self):
        self.serve()
        self.done()
        _, headers, text = self.ask('GET', '/metrics')
        self.assertTrue(headers['Content-Type'].startswith('text/plain; version=0.0.4'))
        for line in ('chip_workers 1', 'chip_stage_runs_total{stage="transcribe"} 1',
                     'chip_worker_restarts_total 0'):
            self.assertIn(line + '\n', text)

    def test_what_is_no_recording_fails_with_a_reason(self):
        self.serve()
        with open(self.path('letter.wav'), 'w') as file:
            file.write('Dear all, ' * 1000)
        code, _, err = self.submit('letter.wav')
        self.assertEqual(code, 1)
        self.assertIn('the job is failed: ', err)
        _, _, listed = self.ask('GET', '/api/jobs')
        self.assertEqual(listed['jobs'][0]['attempts'], 1)  # another try would not help

    def test_it_becomes_ready_once_the_model_is_open(self):
        self.serve()
        until = time.monotonic() + 30
        while self.ask('GET', '/api/ready')[0] != 200:
            self.assertLess(time.monotonic(), until)
            time.sleep(0.02)

    def test_without_its_model_it_says_why_it_is_not_ready(self):
        self.serve(CHIP_MODEL='no-such-model')
        until = time.monotonic() + 30
        while True:
            status, _, answer = self.ask('GET', '/api/ready')
            self.assertEqual(status, 503)
            if 'no worker can start' in json.dumps(answer):
                break
            self.assertLess(time.monotonic(), until)
            time.sleep(0.05)
        self.assertEqual(self.ask('GET', '/api/health')[0], 200)


class Starts(Service):
    """No models are needed for these."""

    def refused(self, *args, **env):
        code, out, err = self.chip('serve', *args, env=env)
        self.assertNotEqual(code, 0)
        self.assertEqual(out, '')
        return [line for line in err.splitlines() if line.startswith('chip: ')][-1]

    def test_a_public_address_wants_a_key(self):
        self.assertIn('API_KEY', self.refused('--host', '0.0.0.0'))
        self.serve('--host', '0.0.0.0', '--workers', '0', API_KEY=KEY)

    def test_a_port_that_is_taken_is_told(self):
        with socket.socket() as taken:
            taken.bind(('127.0.0.1', 0))
            taken.listen()
            self.assertIn(str(taken.getsockname()[1]),
                          self.refused('--port', str(taken.getsockname()[1])))

    def test_settings_that_make_no_sense_are_told_by_name(self):
        self.assertIn('CHIP_LEASE_SECONDS', self.refused(CHIP_LEASE_SECONDS='soon'))
        self.assertIn('API key', self.refused(API_KEY='short'))
        self.assertIn('whsec_', self.refused(CHIP_WEBHOOK_SECRET='nonsense'))

    def test_a_key_opens_and_nothing_else(self):
        self.serve('--workers', '0', API_KEY=KEY)
        status, headers, answer = self.ask('GET', '/api/jobs')
        self.assertEqual((status, headers['WWW-Authenticate'][:6]), (401, 'Bearer'))
        self.assertEqual(self.ask('GET', '/api/jobs', Authorization='Bearer wrong' + KEY)[0], 401)
        self.assertEqual(self.ask('GET', '/api/jobs', Authorization='Bearer ' + KEY)[0], 200)
        self.assertEqual(self.ask('GET', '/api/health')[0], 200)
        self.assertNotIn(KEY, self.read('log'))

    def test_it_stops_within_eight_seconds_on_both_signals(self):
        for how in (signal.SIGTERM, signal.SIGINT):
            process = self.serve()
            started = time.monotonic()
            self.assertEqual(self.end(process, how), 0)
            self.assertLess(time.monotonic() - started, 8)

    def test_the_file_env_sets_what_the_environment_does_not(self):
        with open(self.path('.env'), 'w') as file:
            file.write('API_KEY=%s\nCHIP_WORKERS=0\n' % KEY)
        self.serve()
        self.assertEqual(self.ask('GET', '/api/jobs')[0], 401)

    def test_migrate_makes_the_store_and_then_does_nothing(self):
        code, out, err = self.chip('migrate')
        self.assertEqual((code, err), (0, ''))
        self.assertIn('applied', out)
        self.assertRegex(out, r'the sqlite store is at version \d+\n$')
        self.assertNotIn('applied', self.chip('migrate')[1])

    def test_the_data_folder_is_for_its_owner_only(self):
        self.serve('--workers', '0')
        self.assertEqual(os.stat(self.path('data')).st_mode & 0o077, 0)


if __name__ == '__main__':
    main()
