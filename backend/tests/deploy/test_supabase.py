"""supabase/: migrations apply in the Supabase CLI's way and in ours, its pgTAP tests pass, and fail for each
kind of leak; the seed is a meeting that the service reads."""
import glob
import json
import os
import re
import subprocess
import sys
import unittest

CHIP = os.environ['CHIP']
HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, '..', '..', '..')
SUPABASE = os.path.join(ROOT, 'supabase')
sys.path.insert(0, os.path.join(HERE, '..', 'store'))

import postgres  # noqa: E402

OF_A = 'aaaaaaaa-1111-4111-8111-111111111111'


def read(*path):
    with open(os.path.join(*path), encoding='utf-8') as file:
        return file.read()


class Database(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        try:
            cls.server = cls.enterClassContext(postgres.Postgres())
        except postgres.Missing as missing:
            raise unittest.SkipTest(str(missing)) from None
        cls.psql = os.path.join(cls.server.bin, 'psql')
        if not glob.glob('/usr/share/postgresql/*/extension/pgtap.control'):
            raise unittest.SkipTest('needs postgresql-15-pgtap')

    def run_sql(self, url, text, check=True):
        """psql over standard input. @return what it prints"""
        done = subprocess.run([self.psql, '-X', '-q', '-At', '-v', 'ON_ERROR_STOP=1', url], input=text,
                              capture_output=True, text=True, check=False)
        if check and done.returncode:
            raise AssertionError(done.stderr)
        return done.stdout if check else done.stdout + done.stderr

    def add_pgtap(self, url):
        self.run_sql(self.server.admin(url), 'CREATE SCHEMA extensions AUTHORIZATION chip;'
                     'CREATE EXTENSION pgtap WITH SCHEMA extensions')

    def plain(self):
        """As `chip migrate` makes it."""
        url = self.server.create()
        subprocess.run([CHIP, 'migrate'], check=True, capture_output=True,
                       env={'DATABASE_URL': url, 'HOME': self.server.folder, 'PATH': os.environ['PATH']})
        self.add_pgtap(url)
        return url

    def supabase(self):
        """As `supabase db push` makes it: each file, in the order of the names, by the owner."""
        url = self.server.create(supabase=True)
        self.run_sql(url, read(HERE, 'storage_schema.sql'))
        for path in sorted(glob.glob(os.path.join(SUPABASE, 'migrations', '*.sql'))):
            self.run_sql(url, 'BEGIN;' + read(path) + 'COMMIT;')
        self.add_pgtap(url)
        return url

    def tap(self, url, name):
        """Runs a test. @return [(passed, what)]"""
        text = self.run_sql(url, read(SUPABASE, 'tests', name), check=False)
        self.assertNotIn('ERROR', text)
        return [(not bad, what) for bad, what in re.findall(r'^(not )?ok \d+ - (.*)$', text, re.M)]

    def failures(self, url, name='rls.test.sql'):
        return [what for passed, what in self.tap(url, name) if not passed]


class Migrations(Database):
    def test_names_are_those_of_the_supabase_cli_and_versions_count_on(self):
        paths = sorted(glob.glob(os.path.join(SUPABASE, 'migrations', '*')))
        for n, path in enumerate(paths):
            name = re.fullmatch(r'\d{14}_([a-z_]+)\.sql', os.path.basename(path))
            self.assertTrue(name, path)
            self.assertIn("(version, name) VALUES (%d, '%s')" % (n + 1, name[1]), read(path))

    def test_both_ways_make_the_same_tables_and_functions(self):
        catalogue = '''SELECT string_agg(t, E'\\n' ORDER BY t) FROM (
            SELECT p.oid::regprocedure || md5(prosrc) FROM pg_proc p
            WHERE pronamespace IN ('public'::regnamespace, 'chip'::regnamespace)
            UNION ALL SELECT format('%s %s %s', attrelid::regclass, attname, atttypid::regtype) FROM pg_attribute
            JOIN pg_class c ON c.oid = attrelid WHERE attnum > 0
            AND relnamespace IN ('public'::regnamespace, 'chip'::regnamespace)
            UNION ALL SELECT format('%s %s %s', polrelid::regclass, polname, pg_get_expr(polqual, polrelid))
            FROM pg_policy WHERE polrelid::regclass::text NOT LIKE 'storage.%') r (t)'''
        plain, supabase = (self.run_sql(url, catalogue) for url in (self.plain(), self.supabase()))
        self.assertGreater(len(plain.splitlines()), 100)
        self.assertEqual(plain, supabase)


class Isolation(Database):
    def test_nothing_of_a_reaches_b_on_either_database(self):
        for url in (self.plain(), self.supabase()):
            results = self.tap(url, 'rls.test.sql')
            self.assertGreater(len(results), 100)
            self.assertEqual([what for passed, what in results if not passed], [])

    def test_folders_of_recordings_are_private(self):
        results = self.tap(self.supabase(), 'storage.test.sql')
        self.assertEqual((len(results), [what for passed, what in results if not passed]), (9, []))

    def test_each_kind_of_leak_is_found(self):
        url = self.supabase()  # where everybody is granted everything that is new
        leaks = [  # what is wrong; what must be said about it
            (f"CREATE TABLE public.notes (user_id uuid); INSERT INTO public.notes VALUES ('{OF_A}')",
             "B reads nothing of A's in public.notes"),
            (f"CREATE TABLE public.open (user_id uuid); INSERT INTO public.open VALUES ('{OF_A}');"
             'ALTER TABLE public.open ENABLE ROW LEVEL SECURITY; CREATE POLICY all_of_them ON public.open USING (true)',
             "B reads nothing of A's in public.open"),
            ('CREATE VIEW public.titles AS SELECT id, title FROM public.processing_jobs',
             "B reads nothing of A's in public.titles"),
            ("CREATE FUNCTION public.title_of(id uuid) RETURNS text SECURITY DEFINER LANGUAGE sql SET search_path = '' "
             'AS $$ SELECT title FROM public.processing_jobs j WHERE j.id = $1 $$',
             "B gets nothing of A's by title_of(uuid)"),
            ("CREATE FUNCTION public.drop_job(id uuid) RETURNS void SECURITY DEFINER LANGUAGE sql SET search_path = '' "
             'AS $$ DELETE FROM public.processing_jobs j WHERE j.id = $1 $$',
             "B changes nothing of A's by any function"),
            ('GRANT UPDATE (title) ON public.processing_jobs TO authenticated',
             'authenticated cannot write to public.processing_jobs'),
        ]
        for leak, _ in leaks:
            self.run_sql(url, leak)
        failures = self.failures(url)
        for _, promise in leaks:
            self.assertIn(promise, failures)
        self.assertIn('public.notes has row level security', failures)
        self.assertIn('public.titles reads as who asks', failures)

    def test_a_missing_policy_of_recordings_is_found(self):
        url = self.supabase()
        self.run_sql(url, "CREATE POLICY all_of_them ON storage.objects FOR SELECT USING (bucket_id = 'recordings')")
        self.assertIn("B sees none of A's", self.failures(url, 'storage.test.sql'))


class Seed(Database):
    def test_it_is_a_meeting_that_the_service_shows_and_can_be_loaded_twice(self):
        for url in (self.plain(), self.supabase()):
            for _ in range(2):
                self.run_sql(url, 'BEGIN;' + read(SUPABASE, 'seed.sql') + 'COMMIT;')
            env = {'DATABASE_URL': url, 'HOME': self.server.folder, 'PATH': os.environ['PATH']}
            chip = lambda *args: subprocess.run([CHIP, 'jobs', *args], env=env, capture_output=True, text=True,
                                                check=True).stdout
            job = json.loads(chip('list', '--json'))[0]
            self.assertEqual(job['status'], 'completed')
            self.assertIn('budget', chip('export', job['id'], '-f', 'md'))
            self.assertEqual(self.run_sql(url, 'SELECT count(*) FROM processing_jobs').strip(), '1')


if __name__ == '__main__':
    unittest.main()
