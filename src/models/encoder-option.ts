import type { FilledSpec, OptionSpec } from '../options/spec';
import type { Encoder } from './network/network';

/** True for what has the shape of an encoder. */
export function isEncoder(value: unknown): value is Encoder {
  return typeof value === 'object' && value !== null && typeof (value as { build?: unknown }).build === 'function';
}

/** An encoder; required. */
export function encoderOption(doc: string): FilledSpec<Encoder> {
  const type = 'encoder such as mlp([64])';
  return { type, default: undefined, doc, fault: (value) => (isEncoder(value) ? undefined : { kind: 'type', expected: `an ${type}` }) };
}

/** An encoder, or null for none. */
export function optionalEncoderOption(doc: string): OptionSpec<Encoder | null> {
  const one = encoderOption(doc);
  return { type: `${one.type} | null`, default: null, doc, fault: (value) => (value === null ? undefined : one.fault(value)) };
}

/** One encoder or more. */
export const encodersOption: OptionSpec<readonly Encoder[]> = {
  type: 'encoders such as embedding(32), mlp([64])',
  default: undefined,
  doc: 'in the order in which they read each other',
  fault: (value) => {
    if (!Array.isArray(value) || value.length === 0) return { kind: 'type', expected: 'one encoder or more' };
    const wrong = value.findIndex((one) => !isEncoder(one));
    return wrong < 0 ? undefined : { kind: 'type', expected: `encoders such as mlp([64]); argument ${wrong + 1} must be an encoder` };
  },
};
