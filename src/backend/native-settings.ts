import { availableParallelism } from 'node:os';

/** Settings that TensorFlow reads when it is first loaded in a process, by whomever; what the user has set stands. */
export function setNativeDefaults(): void {
  // Its start-up tip and log lines are no news to a user.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  // Ops of a step run at the same time on all cores; splitting each small op over the cores besides takes up to twice as long.
  process.env.TF_NUM_INTRAOP_THREADS ??= '1';
  // Matrix products by oneDNN, which TensorFlow has but leaves off: with a transposed factor they take up to a third of the time.
  process.env.TF_ENABLE_ONEDNN_OPTS ??= '1';
}

/** Threads that TensorFlow takes for one op: all cores where its setting is 0 or no number. */
export function threadsPerOp(): number {
  return Number(process.env.TF_NUM_INTRAOP_THREADS ?? 1) || availableParallelism();
}
