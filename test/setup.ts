import { beforeAll } from 'vitest';
import { loadBackend } from '../src/backend/backend';

// Once a process: test files share one, see `isolate` in vitest.config.mts.
beforeAll(async () => {
  await loadBackend();
});
