import type { MimeBundle } from '../plots/mime';

/** Sends outputs to the front end of the cell that was running when the transport was made. */
export interface Transport {
  /** False where outputs are only printed: what is sent again does not replace what was there. */
  readonly inPlace: boolean;
  /** Shows a bundle under a display id; with `update`, in the place of what that id shows. */
  send(bundle: MimeBundle, id: string, update: boolean): void;
}

interface DisplayContent {
  readonly data: MimeBundle;
  readonly metadata: object;
  readonly transient: { readonly display_id: string };
}

type DisplayWriter = (content: DisplayContent, isUpdate: boolean) => void;

interface TslabDisplay {
  raw(type: string, content: unknown): void;
}

interface TslabKernel {
  readonly require: ((name: 'tslab') => { newDisplay(): TslabDisplay }) & {
    readonly cache?: Readonly<Record<string, { readonly exports?: { readonly lastWriteDisplayData?: unknown } } | undefined>>;
  };
}

interface DenoKernel {
  broadcast(type: 'display_data' | 'update_display_data', content: DisplayContent): Promise<void>;
}

const content = (data: MimeBundle, id: string): DisplayContent => ({ data, metadata: {}, transient: { display_id: id } });

/** The kernel's own writer of whole bundles, which its public module does not offer; each cell has another one. */
function tslabWriter(kernel: TslabKernel): DisplayWriter | undefined {
  const cache = kernel.require.cache ?? {};
  const path = Object.keys(cache).find((name) => /[\\/]tslab[\\/]dist[\\/]jupyter\.js$/.test(name));
  const writer = path === undefined ? undefined : cache[path]?.exports?.lastWriteDisplayData;
  return typeof writer === 'function' ? (writer as DisplayWriter) : undefined;
}

/** The types that each front end shows without an extension, the richest first. */
const commonTypes = ['text/html', 'image/svg+xml', 'text/plain'] as const;

function tslabTransport(kernel: TslabKernel): Transport {
  const first = tslabWriter(kernel);
  if (first !== undefined) {
    return {
      inPlace: true,
      // A new output goes to the cell that made the transport. An update finds its output by the display id, and front ends may have
      // stopped listening to a cell that has ended: it goes by the newest writer.
      send: (bundle, id, update) => ((update ? tslabWriter(kernel) : undefined) ?? first)(content(bundle, id), update),
    };
  }
  const displays = new Map<string, TslabDisplay>();
  return {
    inPlace: true,
    send: (bundle, id) => {
      const display = displays.get(id) ?? kernel.require('tslab').newDisplay();
      displays.set(id, display);
      const type = commonTypes.find((name) => bundle[name] !== undefined) ?? Object.keys(bundle)[0];
      if (type !== undefined) display.raw(type, bundle[type]);
    },
  };
}

/** Deno's kernel, whose getter throws where Deno runs no notebook. */
function denoKernel(): DenoKernel | undefined {
  try {
    return (globalThis as { readonly Deno?: { readonly jupyter?: DenoKernel } }).Deno?.jupyter;
  } catch {
    return undefined;
  }
}

/** Finds out where this runs: in tslab's kernel, in Deno's, or as a plain script that prints text. */
export function currentTransport(): Transport {
  const tslab = (globalThis as { readonly __tslab__?: TslabKernel }).__tslab__;
  if (tslab !== undefined) return tslabTransport(tslab);
  const deno = denoKernel();
  if (deno !== undefined) {
    return {
      inPlace: true,
      send: (bundle, id, update) => void deno.broadcast(update ? 'update_display_data' : 'display_data', content(bundle, id)),
    };
  }
  return {
    inPlace: false,
    send: (bundle) => {
      process.stdout.write(`${bundle['text/plain'] ?? ''}\n`);
    },
  };
}
