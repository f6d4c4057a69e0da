import type { Parameter } from '../../models/network/network';

/**
 * The layer of each parameter, counted from 0 in the order of their first parameters. A layer's parameters have its name before their own:
 * `trunk/0/weights` and `trunk/0/bias`; one that has no name besides the layer's number, such as `stitch/1`, is a layer of its own.
 */
export function layersOf(parameters: readonly Pick<Parameter, 'name'>[]): number[] {
  const above = (name: string): string => name.slice(0, Math.max(0, name.lastIndexOf('/')));
  const scopes = new Set(parameters.map(({ name }) => above(name)));
  const places = new Map<string, number>();
  return parameters.map(({ name }) => {
    const whole = scopes.has(name) || above(name) === '' || /\/\d+$/.test(name);
    const layer = whole ? name : above(name);
    const place = places.get(layer) ?? places.size;
    places.set(layer, place);
    return place;
  });
}
