/** One message that a fake kernel got. */
export interface Sent {
  readonly data: Readonly<Record<string, unknown>>;
  readonly id: string | undefined;
  readonly update: boolean;
  /** Number of the cell whose output it becomes. */
  readonly cell: number;
}

export interface FakeKernel {
  readonly sent: Sent[];
  /** Starts the next cell, as a kernel does: with a new writer. */
  nextCell(): void;
}

const globals = globalThis as unknown as Record<string, unknown>;

/** Runs `work` with a global variable set. */
function withGlobal<T>(name: string, value: unknown, work: () => T): T {
  globals[name] = value;
  try {
    return work();
  } finally {
    delete globals[name];
  }
}

/** Runs `work` as a cell of tslab 1.0.22: its executor's global, its module cache, its writer that changes with every cell. */
export function inTslab<T>(work: (kernel: FakeKernel) => T, path = '/x/node_modules/tslab/dist/jupyter.js'): T {
  const sent: Sent[] = [];
  const exports: Record<string, unknown> = {};
  let cell = 0;
  const nextCell = (): void => {
    const mine = ++cell;
    exports.lastWriteDisplayData = (
      { data, transient }: { data: Sent['data']; transient: { display_id: string } },
      update: boolean,
    ): void => {
      sent.push({ data, id: transient.display_id, update, cell: mine });
    };
  };
  nextCell();
  const newDisplay = (): { raw(type: string, content: unknown): void } => {
    const id = `public ${sent.length}`;
    let shown = false;
    return {
      raw(type, content) {
        sent.push({ data: { [type]: content }, id, update: shown, cell });
        shown = true;
      },
    };
  };
  const require = Object.assign(() => ({ newDisplay }), { cache: { '/x/other.js': { exports: {} }, [path]: { exports } } });
  return withGlobal('__tslab__', { exports: {}, require }, () => work({ sent, nextCell }));
}

/** Runs `work` as a cell of Deno's kernel. */
export function inDeno<T>(work: (kernel: FakeKernel) => T): T {
  const sent: Sent[] = [];
  const broadcast = async (type: string, content: { data: Sent['data']; transient: { display_id: string } }): Promise<void> => {
    sent.push({ data: content.data, id: content.transient.display_id, update: type === 'update_display_data', cell: 1 });
  };
  return withGlobal('Deno', { jupyter: { broadcast } }, () => work({ sent, nextCell: () => {} }));
}

/** Runs `work` under Deno outside a notebook, where the getter throws. */
export function inDenoScript<T>(work: () => T): T {
  const deno = {
    get jupyter(): unknown {
      throw new Error('Deno.jupyter is only available in `deno jupyter` subcommand.');
    },
  };
  return withGlobal('Deno', deno, work);
}

/** Runs `work` and returns what it wrote to a stream of the process. */
export function written(name: 'stdout' | 'stderr', work: () => void): string {
  const stream = process[name];
  const write = stream.write;
  let text = '';
  stream.write = ((part: string) => {
    text += part;
    return true;
  }) as typeof stream.write;
  try {
    work();
  } finally {
    stream.write = write;
  }
  return text;
}
