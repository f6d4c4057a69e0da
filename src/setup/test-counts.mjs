/** How the parts of `npm test` become one line and one exit code. */

/** @typedef {{ passed: number, failed: number }} Count */
/** @typedef {{ status: string, assertionResults: { status: string }[] }} VitestFile */

/**
 * Counts vitest's tests. A file that did not load, a crash and an error outside of tests count as failed, since no test says so.
 * @param {{ testResults?: VitestFile[] } | undefined} report of vitest's JSON reporter; undefined: none was written.
 * @param {number} code vitest's exit code @returns {Count}
 */
export function countVitest(report, code) {
  const files = report?.testResults ?? [];
  const count = { passed: 0, failed: 0 };
  for (const file of files) {
    const failed = file.assertionResults.filter((test) => test.status === 'failed').length;
    count.passed += file.assertionResults.filter((test) => test.status === 'passed').length;
    count.failed += file.status === 'failed' && failed === 0 ? 1 : failed;
  }
  const silent = count.failed === 0 && (code !== 0 || count.passed === 0);
  return silent ? { ...count, failed: 1 } : count;
}

/** @param {Count[]} counts @returns {{ line: string, code: number }} Nothing run is a failure. */
export function summary(counts) {
  const passed = counts.reduce((sum, count) => sum + count.passed, 0);
  const failed = counts.reduce((sum, count) => sum + count.failed, 0);
  return { line: `${passed} passed, ${failed} failed`, code: failed > 0 || passed === 0 ? 1 : 0 };
}
