import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
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
  const models = join(resolve(directory), 'models');
  const folder = join(models, key);
  try {
    mkdirSync(models, { recursive: true });
  } catch (error) {
    throw new Error(
      `fit: cannot keep the model in directory "${directory}": ${(error as Error).message}; give the path of a folder that can be made and written`,
      { cause: error },
    );
  }
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
