"""scripts/summary.py on logs that a hand can count."""
import contextlib
import io
import json
import os
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../../scripts'))
import summary  # noqa: E402

CMOCKA = '''[==========] Running 3 test(s).
[ RUN      ] a
[       OK ] a
[ RUN      ] b
[  SKIPPED ] b
[==========] 3 test(s) run.
[  PASSED  ] 2 test(s).
[  SKIPPED ] 1 test(s), listed below:
[  SKIPPED ] b

 1 SKIPPED TEST(S)
'''
CMOCKA_FAILED = '''[  PASSED  ] 4 test(s).
[  FAILED  ] 2 test(s), listed below:
[  FAILED  ] x
'''
UNITTEST = '\n'.join(['...', '-' * 70, 'Ran 5 tests in 0.1s', '', 'OK (skipped=2)', ''])
UNITTEST_FAILED = '\n'.join(['-' * 70, 'Ran 5 tests in 0.1s', '',
                             'FAILED (failures=1, errors=1, skipped=1)', ''])


VITEST = '''
 Test Files  3 passed (3)
      Tests  7 passed (7)
   Duration  5.16s (tests 663ms)
'''
VITEST_FAILED = '''
 Test Files  1 failed | 2 passed (3)
      Tests  2 failed | 3 passed | 1 skipped | 1 todo (7)
'''


class Summary(unittest.TestCase):
    def sum_up(self, *tests):
        """@return (exit code, printed lines) for tests of (result, stdout, stderr)"""
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, 'testlog.json')
            with open(path, 'w', encoding='utf-8') as file:
                for result, stdout, stderr in tests:
                    file.write(json.dumps({'name': 't', 'result': result, 'stdout': stdout,
                                           'stderr': stderr}) + '\n')
            output = io.StringIO()
            with contextlib.redirect_stdout(output):
                code = summary.main([path])
            return code, output.getvalue().splitlines()

    def test_cases_of_cmocka_and_unittest_are_added_up(self):
        code, lines = self.sum_up(('OK', CMOCKA, ''), ('OK', '', UNITTEST))
        self.assertEqual((code, lines[-1]), (0, '5 passed, 0 failed, 3 skipped'))

    def test_failures_and_errors_count_as_failed(self):
        code, lines = self.sum_up(('FAIL', CMOCKA_FAILED, ''), ('FAIL', '', UNITTEST_FAILED))
        self.assertEqual((code, lines[-1]), (1, '6 passed, 4 failed, 1 skipped'))

    def test_cases_of_vitest_are_added_up(self):
        self.assertEqual(self.sum_up(('OK', VITEST, ''))[1][-1], '7 passed, 0 failed, 0 skipped')
        self.assertEqual(self.sum_up(('FAIL', VITEST_FAILED, ''))[1][-1], '3 passed, 2 failed, 2 skipped')

    def test_a_program_without_cases_counts_as_one(self):
        code, lines = self.sum_up(('OK', 'fine', None), ('SKIP', '', ''), ('TIMEOUT', '', ''))
        self.assertEqual((code, lines[-1]), (1, '1 passed, 1 failed, 1 skipped'))

    def test_a_crash_after_the_last_case_is_a_failure(self):
        code, lines = self.sum_up(('FAIL', CMOCKA, 'ERROR: AddressSanitizer'))
        self.assertEqual((code, lines[-1]), (1, '2 passed, 1 failed, 1 skipped'))

    def test_nothing_run_is_a_failure(self):
        self.assertEqual(self.sum_up(), (1, ['0 passed, 0 failed, 0 skipped']))

    def test_a_missing_log_is_a_failure(self):
        with contextlib.redirect_stdout(io.StringIO()) as output:
            self.assertEqual(summary.main(['/nowhere/testlog.json']), 1)
        self.assertIn('did not run', output.getvalue())


if __name__ == '__main__':
    unittest.main()
