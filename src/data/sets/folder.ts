import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DataError } from '../../cells/data-error';
import { type CallSpecs, optional, readCall, textOption } from '../../options/spec';

/** Options of the data sets that the package does not ship. */
export interface FolderOptions {
  /** The folder that has a folder for each data set. @default the environment variable `TASKLOOM_DATA` */
  readonly folder?: string;
}

/** How the option is checked, for data sets that have further ones. */
export const folderSpecs: CallSpecs<FolderOptions, 'folder'> = {
  folder: optional(textOption('', 'the folder that has a folder for each data set'), 'the environment variable TASKLOOM_DATA'),
};

/** A data set that lies in a folder of the user's. */
export interface FolderSet {
  /** Its loader, for messages. */
  readonly loader: string;
  /** Its own folder inside the folder of data sets. */
  readonly place: string;
  /** What its files hold and where the data comes from, for the message when they are missing. */
  readonly what: string;
}

/**
 * Path of a file of a data set.
 * @param names the file's name; where there are several, the first that is there counts
 * @throws DataError when no folder is named or the file is not there, saying what to put where
 */
export function folderPath(set: FolderSet, names: readonly [string, ...string[]], options: FolderOptions): string {
  const given = readCall<FolderOptions, 'folder'>(`datasets.${set.loader}(options)`, folderSpecs, options);
  const folder = given.folder ?? process.env.TASKLOOM_DATA;
  const listed = names.map((name) => join(set.place, name)).join(' or ');
  if (folder === undefined || folder === '') {
    throw new DataError(
      'file-not-found',
      `Cannot load ${set.loader}: the package does not ship it; put ${listed} (${set.what}) into a folder and name that folder in the option "folder" or in TASKLOOM_DATA`,
    );
  }
  const found = names.map((name) => join(folder, set.place, name)).find((path) => existsSync(path));
  if (found === undefined) {
    throw new DataError('file-not-found', `Cannot load ${set.loader}: ${resolve(folder)} has no ${listed}; put there: ${set.what}`);
  }
  return found;
}
