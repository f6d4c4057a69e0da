import { describe, expect, test } from 'vitest';
import { countVitest, summary } from '../../src/setup/test-counts.mjs';

const file = (status: string, ...tests: string[]) => ({ status, assertionResults: tests.map((each) => ({ status: each })) });

describe('countVitest', () => {
  test('counts tests, not skipped ones', () => {
    expect(countVitest({ testResults: [file('passed', 'passed', 'passed', 'skipped'), file('failed', 'failed', 'passed')] }, 1)).toEqual({
      passed: 3,
      failed: 1,
    });
  });

  test('counts a file that did not load as one failure', () => {
    expect(countVitest({ testResults: [file('passed', 'passed'), file('failed')] }, 1)).toEqual({ passed: 1, failed: 1 });
  });

  test('counts a crash, an unhandled error and an empty run as one failure', () => {
    expect(countVitest(undefined, 134)).toEqual({ passed: 0, failed: 1 });
    expect(countVitest({ testResults: [file('passed', 'passed')] }, 1)).toEqual({ passed: 1, failed: 1 });
    expect(countVitest({ testResults: [] }, 0)).toEqual({ passed: 0, failed: 1 });
  });
});

describe('summary', () => {
  test('adds up', () => {
    expect(
      summary([
        { passed: 2, failed: 0 },
        { passed: 3, failed: 0 },
      ]),
    ).toEqual({ line: '5 passed, 0 failed', code: 0 });
  });

  test('is a failure when anything failed or nothing ran', () => {
    expect(summary([{ passed: 2, failed: 1 }])).toEqual({ line: '2 passed, 1 failed', code: 1 });
    expect(summary([])).toEqual({ line: '0 passed, 0 failed', code: 1 });
  });
});
