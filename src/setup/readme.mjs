// Makes README's rows of what is registered anew, from the built package.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');
const { withRegisteredRows } = createRequire(import.meta.url)(join(root, 'dist', 'cli', 'readme-rows.js'));
const file = join(root, 'README.md');
writeFileSync(file, withRegisteredRows(readFileSync(file, 'utf8')));
