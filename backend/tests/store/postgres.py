#!/usr/bin/env python3
"""A real PostgreSQL for tests, in a temporary directory, gone when the test is.  Standard library only.

As a program it prints the address of an empty database and lives until its standard input ends.
Each line there is a command, answered by one line:

    stop        stops the server at once, as if it had crashed       -> ok
    start       starts it again on the same port                     -> ok
    create      makes another empty database                         -> its address
    create-supabase   the same with what Supabase has there: roles, auth, grants to everybody
    admin ADDRESS     the same database as superuser                 -> its address

In Python: `with Postgres() as server: server.create()`. Where PostgreSQL is not installed the
program says so and exits with 77, which meson takes for a skipped test; Postgres() raises Missing.
"""
import ctypes
import glob
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

PASSWORD = 'sesame-open'
SETTINGS = {
    'fsync': 'off', 'full_page_writes': 'off',  # a crash of PostgreSQL alone loses nothing
    'shared_buffers': '32MB', 'max_connections': '60', 'listen_addresses': '127.0.0.1',
    'deadlock_timeout': '100ms',
}
SUPABASE = '''
CREATE SCHEMA auth;
GRANT USAGE ON SCHEMA auth, public TO anon, authenticated, service_role;
CREATE FUNCTION auth.uid() RETURNS uuid LANGUAGE sql STABLE AS $$
    SELECT coalesce(nullif(current_setting('request.jwt.claim.sub', true), ''),
        nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub')::uuid $$;
CREATE FUNCTION auth.role() RETURNS text LANGUAGE sql STABLE AS $$
    SELECT coalesce(nullif(current_setting('request.jwt.claim.role', true), ''),
        nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'role') $$;
ALTER DEFAULT PRIVILEGES FOR ROLE chip IN SCHEMA public
    GRANT ALL ON TABLES TO anon, authenticated, service_role;
ALTER DEFAULT PRIVILEGES FOR ROLE chip IN SCHEMA public
    GRANT ALL ON FUNCTIONS TO anon, authenticated, service_role;
ALTER DEFAULT PRIVILEGES FOR ROLE chip IN SCHEMA public
    GRANT ALL ON SEQUENCES TO anon, authenticated, service_role;
'''
SUPABASE_ROLES = '''
DO $$ BEGIN
    CREATE ROLE anon NOLOGIN; CREATE ROLE authenticated NOLOGIN;
EXCEPTION WHEN duplicate_object THEN NULL; END $$;
DO $$ BEGIN CREATE ROLE service_role NOLOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
GRANT anon, authenticated, service_role TO chip;
'''


class Missing(Exception):
    """PostgreSQL is not installed here."""


def find_programs():
    """The folder of the newest PostgreSQL that Debian has here, else of the one on PATH."""
    found = sorted(glob.glob('/usr/lib/postgresql/*/bin/postgres'),
                   key=lambda path: int(path.split('/')[4]))
    program = found[-1] if found else shutil.which('postgres')
    if not program:
        raise Missing('PostgreSQL is not installed: apt-get install postgresql')
    return os.path.dirname(os.path.realpath(program))


def unprivileged():
    """Whom to run it as: it refuses root."""
    if os.getuid() != 0:
        return {}, None
    for name in ('postgres', 'nobody'):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return {'user': entry.pw_uid, 'group': entry.pw_gid, 'extra_groups': []}, entry
    raise Missing('there is no user to run PostgreSQL as')


def die_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGQUIT)  # PR_SET_PDEATHSIG


class Postgres:
    """One server. The databases that it hands out belong to `chip`, who is no superuser."""

    def __init__(self, **settings):
        self.bin = find_programs()
        self.as_user, entry = unprivileged()
        self.folder = tempfile.mkdtemp(prefix='chip-pg-')
        self.process = None
        self.made = 0
        try:
            if entry:
                os.chown(self.folder, entry.pw_uid, entry.pw_gid)
            with socket.socket() as free:
                free.bind(('127.0.0.1', 0))
                self.port = free.getsockname()[1]
            self.settings = {**SETTINGS, 'port': str(self.port),
                             'unix_socket_directories': self.folder, **settings}
            self._init()
            self.start()
            self.sql(f"CREATE ROLE chip LOGIN CREATEROLE PASSWORD '{PASSWORD}'")
        except BaseException:
            self.close()
            raise

    def _init(self):
        secret = os.path.join(self.folder, 'secret')
        with open(secret, 'w', encoding='ascii') as file:
            file.write(PASSWORD)
        self._run('initdb', '-D', self._data(), '-U', 'admin', '-A', 'scram-sha-256', '-E', 'UTF8',
                  '--locale=C.UTF-8', '--pwfile', secret, '-N')

    def _data(self):
        return os.path.join(self.folder, 'data')

    def _run(self, program, *args):
        done = subprocess.run([os.path.join(self.bin, program), *args], cwd=self.folder,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
                              env={**os.environ, 'PGPASSWORD': PASSWORD}, **self.as_user)
        if done.returncode != 0:
            raise RuntimeError(f'{program}: {done.stdout.decode(errors="replace")}')
        return done.stdout.decode()

    def start(self):
        args = [os.path.join(self.bin, 'postgres'), '-D', self._data()]
        for name, value in self.settings.items():
            args += ['-c', f'{name}={value}']
        with open(os.path.join(self.folder, 'log'), 'ab') as log:
            self.process = subprocess.Popen(args, cwd=self.folder, stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=log, preexec_fn=die_with_parent,
                                            **self.as_user)
        ready = os.path.join(self._data(), 'postmaster.pid')
        for _ in range(3000):
            if self.process.poll() is not None:
                break
            try:
                with open(ready, encoding='utf-8') as file:
                    lines = file.read().split('\n')
                # A file that a crash left behind names another process.
                if lines[0] == str(self.process.pid) and len(lines) > 7 and lines[7].strip() == 'ready':
                    return
            except FileNotFoundError:
                pass
            time.sleep(0.01)
        with open(os.path.join(self.folder, 'log'), encoding='utf-8', errors='replace') as log:
            raise RuntimeError('PostgreSQL did not start: ' + log.read()[-2000:])

    def stop(self):
        if self.process:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait()
            self.process = None

    def close(self):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def url(self, database, user='chip'):
        return f'postgres://{user}:{PASSWORD}@127.0.0.1:{self.port}/{database}'

    def admin(self, url):
        return self.url(url.rsplit('/', 1)[1], 'admin')

    def sql(self, text, database='postgres'):
        """Runs SQL as superuser. Returns what psql -At prints."""
        return self._run('psql', '-X', '-q', '-At', '-v', 'ON_ERROR_STOP=1', '-c', text,
                         self.url(database, 'admin'))

    def create(self, supabase=False):
        self.made += 1
        name = f'chip{self.made}'
        self.sql(f'CREATE DATABASE {name} OWNER chip')
        if supabase:
            self.sql(SUPABASE_ROLES, name)
            self.sql(SUPABASE, name)
        return self.url(name)


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that `with` cleans up
    try:
        server = Postgres()
    except Missing as why:
        print(f'skip: {why}', flush=True)
        return 77
    with server:
        print(server.create(), flush=True)
        for line in sys.stdin:
            command, _, argument = line.strip().partition(' ')
            answer = 'ok'
            if command in ('stop', 'start'):
                getattr(server, command)()
            elif command in ('create', 'create-supabase'):
                answer = server.create(command == 'create-supabase')
            elif command == 'admin':
                answer = server.admin(argument)
            else:
                answer = f'error: no command "{command}"'
            print(answer, flush=True)
    return 0


if __name__ == '__main__':
    sys.exit(main())
