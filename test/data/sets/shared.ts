import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Folder of the data sets that the package does not ship, or undefined where this machine has none. */
export const sharedFolder: string | undefined = [process.env.TASKLOOM_DATA, join(__dirname, '..', '..', '..', '..', 'shared', 'data')].find(
  (folder) => folder !== undefined && existsSync(folder),
);
