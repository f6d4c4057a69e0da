import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { keptFolder } from '../kept-folder';
import type { Method } from '../models/method';
import { load } from './checkpoint';
import type { Model } from './model';

const say = (note: string): boolean => process.stderr.write(`taskloom: ${note}\n`);

/**
 * The model that a folder has under a key, or the one that is trained and kept there, whole or not at all, as `models/<key>`. What cannot be
 * read is trained again, and what cannot be written is not lost: the model is returned, and a line says why it was not kept.
 * @param method for models with code of the user's own
 * @param train gives the model, and whether its numbers are those that the key stands for: a stopped one's are not
 * @throws Error when the folder cannot be made: before anything is trained
 */
export async function keptModel(
  directory: string,
  key: string,
  method: Method | undefined,
  train: () => Promise<{ readonly model: Model; readonly isWhole: boolean }>,
): Promise<Model> {
  const folder = join(keptFolder(directory, 'models', { failing: 'fit: cannot keep the model' }), key);
  if (existsSync(folder)) {
    try {
      return await load(folder, method ? { method } : {});
    } catch (error) {
      say(`${(error as Error).message}; it is trained again`);
    }
  }
  const { model, isWhole } = await train();
  if (isWhole) {
    try {
      await model.save(folder);
    } catch (error) {
      say(`the model was not kept: ${(error as Error).message}`);
    }
  }
  return model;
}
