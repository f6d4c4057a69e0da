import { join } from 'node:path';

/** Path of a file in the package's own `data` folder. */
export function shippedPath(file: string): string {
  return join(__dirname, '..', '..', '..', 'data', file);
}
