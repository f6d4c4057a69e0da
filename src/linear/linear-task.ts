/** Rows of one task. Tasks may have rows of their own, or share them (`sharedInputs`). */
export interface LinearTask {
  readonly name: string;
  /** `[rows, features]`; the same features in every task. */
  readonly inputs: readonly ArrayLike<number>[];
  /** `[rows]`: values, or 0 and 1 for the logistic loss; NaN where missing (the row is then left out). */
  readonly labels: ArrayLike<number>;
  /** Which row of a common table each row is: rows of one number are never on both sides of a cross-validation fold. @default its own */
  readonly rows?: ArrayLike<number>;
}

/**
 * Tasks that are several labels of the same rows, some of which may be missing.
 * @param inputs `[rows, features]`
 * @param labels per task `[rows]`, NaN where missing
 * @throws TypeError when a task's labels are not as many as the rows
 */
export function sharedInputs(inputs: readonly ArrayLike<number>[], labels: Readonly<Record<string, ArrayLike<number>>>): LinearTask[] {
  return Object.entries(labels).map(([name, values]) => {
    if (values.length !== inputs.length) {
      throw new TypeError(`sharedInputs: task '${name}' has ${values.length} labels for ${inputs.length} rows.`);
    }
    const rows = [...inputs.keys()].filter((r) => !Number.isNaN(values[r]!));
    return { name, inputs: rows.map((r) => inputs[r]!), labels: rows.map((r) => values[r]!), rows };
  });
}

/**
 * Checks tasks and leaves out their rows without a label.
 * @throws TypeError when there is no task, a task has no labeled row, or shapes differ
 * @throws RangeError when an input is not finite, or a label does not suit the loss
 */
export function labeledTasks(who: string, tasks: readonly LinearTask[], loss: 'squared' | 'logistic'): LinearTask[] {
  if (!Array.isArray(tasks) || tasks.length === 0)
    throw new TypeError(`${who}: expected an array of tasks { name, inputs, labels }, at least 1.`);
  const features = tasks[0]!.inputs[0]?.length ?? 0;
  const names = new Set<string>();
  return tasks.map((task) => {
    const { name, inputs, labels, rows } = task;
    if (names.has(name)) throw new TypeError(`${who}: two tasks are named '${name}'.`);
    names.add(name);
    if (inputs.length !== labels.length || (rows !== undefined && rows.length !== labels.length)) {
      throw new TypeError(
        `${who}: task '${name}' has ${inputs.length} rows of inputs, ${labels.length} labels and ${rows?.length ?? labels.length} row numbers.`,
      );
    }
    const kept = [...inputs.keys()].filter((r) => !Number.isNaN(labels[r]!));
    if (kept.length === 0) throw new TypeError(`${who}: task '${name}' has no labeled row.`);
    for (const r of kept) {
      const row = inputs[r]!;
      if (row.length !== features || features === 0) {
        throw new TypeError(
          `${who}: row ${r} of task '${name}' has ${row.length} features, the first task's first row ${features}; all rows need as many, at least 1.`,
        );
      }
      for (let f = 0; f < features; f++) {
        if (!Number.isFinite(row[f]!)) {
          throw new RangeError(`${who}: feature ${f} of row ${r} of task '${name}' is ${row[f]}; fill in missing inputs first.`);
        }
      }
      const y = labels[r]!;
      if (!Number.isFinite(y) || (loss === 'logistic' && y !== 0 && y !== 1)) {
        throw new RangeError(
          `${who}: label ${r} of task '${name}' must be ${loss === 'logistic' ? '0 or 1' : 'a finite number'}, got ${y}.`,
        );
      }
    }
    return {
      name,
      inputs: kept.map((r) => inputs[r]!),
      labels: kept.map((r) => labels[r]!),
      ...(rows === undefined ? {} : { rows: kept.map((r) => rows[r]!) }),
    };
  });
}
