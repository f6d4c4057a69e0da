import * as tf from '@tensorflow/tfjs-core';

/*
 * What a step takes and returns has names: trees of records and lists, whose leaves are tensors while they are computed and places in a graph
 * where they are recorded.
 */

/** A tree of the same form with other leaves; what is undefined stays. */
export type Tree<Form, Leaf> = Form extends undefined
  ? undefined
  : Form extends tf.Tensor | string | number | Float32Array
    ? Leaf
    : Form extends readonly (infer Entry)[]
      ? readonly Tree<Entry, Leaf>[]
      : { readonly [Name in keyof Form]: Tree<Form[Name], Leaf> };

const isLeaf = (tree: unknown): boolean =>
  typeof tree !== 'object' || tree === null || tree instanceof tf.Tensor || ArrayBuffer.isView(tree);

/**
 * The tree with every leaf replaced.
 * @param of is given the leaves, which are all of the type that it names
 */
export function mapLeaves<Form, From, To>(tree: Form, of: (leaf: From) => To): Tree<Form, To> {
  const map = (part: unknown): unknown => {
    if (part === undefined) return undefined;
    if (isLeaf(part)) return of(part as From);
    if (Array.isArray(part)) return part.map(map);
    return Object.fromEntries(Object.entries(part as object).map(([name, inner]) => [name, map(inner)]));
  };
  return map(tree) as Tree<Form, To>;
}

/** The leaves of a tree, in the order of its names. */
export function leavesOf<Leaf>(tree: unknown): Leaf[] {
  if (tree === undefined) return [];
  return isLeaf(tree) ? [tree as Leaf] : Object.values(tree as object).flatMap((inner) => leavesOf<Leaf>(inner));
}

/**
 * The leaves of a tree in the order of another one's names, whatever the order of its own.
 * @throws TypeError when a name is missing, or a list has another length
 */
export function leavesLike<Leaf>(form: unknown, tree: unknown, at = 'the tree'): Leaf[] {
  if (form === undefined) return [];
  if (isLeaf(form)) {
    if (tree === undefined || !isLeaf(tree)) throw new TypeError(`${at} must be one value`);
    return [tree as Leaf];
  }
  if (Array.isArray(form) && (!Array.isArray(tree) || tree.length !== form.length))
    throw new TypeError(`${at} must be a list of ${form.length}, got ${Array.isArray(tree) ? tree.length : typeof tree}`);
  return Object.entries(form as object).flatMap(([name, inner]) =>
    leavesLike<Leaf>(inner, (tree as Readonly<Record<string, unknown>> | undefined)?.[name], `${at}.${name}`),
  );
}

/** A tree of this form with leaves taken in turn. */
export function treeOf<Form, Leaf>(form: Form, leaves: readonly Leaf[]): Tree<Form, Leaf> {
  let next = 0;
  return mapLeaves(form, () => leaves[next++]!);
}
