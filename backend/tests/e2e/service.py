"""The real `chip serve` for tests: started on a free port, spoken to over HTTP, stopped again."""
import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'cli'))

from harness import Case, main, require_model, speak  # noqa: E402, F401

MODEL = 'moonshine-tiny'
ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', '..')


class Service(Case):
    """A server for each test that wants one; its data folder outlives it within the test."""

    def env(self, **more):
        models = {k: v for k, v in os.environ.items() if k == 'CHIP_MODELS_DIR'}
        return super().env(**{'CHIP_MODEL': MODEL, 'CHIP_DATA_DIR': self.path('data'), 'PORT': '0',
                              **models, **more})

    def serve(self, *args, **env):
        """Starts it and waits until it listens. @return the process; self.url is set"""
        log = open(self.path('log'), 'ab')
        self.addCleanup(log.close)
        process = self.start('serve', *args, env=env, stderr=log)
        self.addCleanup(self.end, process)
        line = process.stdout.readline().decode()
        self.assertTrue(line.startswith('chip listens on http'), line + self.read('log'))
        self.url = line.split()[-1]
        return process

    def end(self, process, how=signal.SIGTERM):
        """@return its exit code"""
        if process.poll() is None:
            process.send_signal(how)
        try:
            code = process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            code = process.wait()
            self.fail('chip serve did not stop within 15 s')
        finally:
            process.stdout.close()
        return code

    def ask(self, method, path, value=None, **headers):
        """@return status, headers, body as JSON if it is that, else as text"""
        body = None if value is None else json.dumps(value).encode()
        if body is not None:
            headers['Content-Type'] = 'application/json'
        request = urllib.request.Request(self.url + path, data=body, method=method, headers=headers)
        try:
            answer = urllib.request.urlopen(request, timeout=60)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            text = answer.read().decode()
            is_json = answer.headers.get('Content-Type', '').startswith('application/json')
            return answer.status, answer.headers, json.loads(text) if is_json and text else text

    def submit(self, *args):
        """scripts/submit.py. @return code, standard output, standard error"""
        done = subprocess.run([sys.executable, os.path.join(ROOT, 'scripts', 'submit.py'), self.url,
                               *args], capture_output=True, text=True, cwd=self.dir, timeout=120)
        return done.returncode, done.stdout, done.stderr
