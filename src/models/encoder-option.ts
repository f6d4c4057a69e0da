import type { OptionSpec } from '../options/spec';
import type { Encoder } from './network';

/** True for what has the shape of an encoder. */
export function isEncoder(value: unknown): value is Encoder {
  return typeof value === 'object' && value !== null && typeof (value as { build?: unknown }).build === 'function';
}

/** An encoder; required. */
export function encoderOption(doc: string): OptionSpec<Encoder> {
  const type = 'encoder such as mlp([64])';
  return { type, default: undefined, doc, fault: (value) => (isEncoder(value) ? undefined : { kind: 'type', expected: `an ${type}` }) };
}

/** An encoder, or null for none. */
export function optionalEncoderOption(doc: string): OptionSpec<Encoder | null> {
  const one = encoderOption(doc);
  return { type: `${one.type} | null`, default: null, doc, fault: (value) => (value === null ? undefined : one.fault(value)) };
}

/** True or false. */
export function flagOption(fallback: boolean, doc: string): OptionSpec<boolean> {
  const type = 'boolean';
  return {
    type,
    default: fallback,
    doc,
    fault: (value) => (typeof value === 'boolean' ? undefined : { kind: 'type', expected: 'a boolean' }),
  };
}

/** Indices of layers, or null for all. */
export function layersOption(doc: string): OptionSpec<readonly number[] | null> {
  const type = 'array of layer numbers >= 0 | null';
  return {
    type,
    default: null,
    doc,
    fault: (value) => {
      if (value === null) return undefined;
      if (!Array.isArray(value)) return { kind: 'type', expected: type };
      return value.every((layer) => Number.isInteger(layer) && layer >= 0) ? undefined : { kind: 'range', expected: type };
    },
  };
}
