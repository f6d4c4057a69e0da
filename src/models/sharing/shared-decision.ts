import { type ArchitectureFactory, defineArchitecture } from '../define-architecture';
import { encoderOption } from '../encoder-option';
import { ownCopies, spread, spreadContext } from '../network/copies';
import { encode, featuresOf } from '../network/features';
import type { Encoder } from '../network/network';
import { sharedHead } from './shared-head';

/**
 * A shared decision layer over networks of the tasks' own: each task finds its own features, all decide on them by one output layer. The
 * counterpart of hard sharing; only the output layer is shared, so balancing acts on it alone.
 *
 * All tasks must be of one kind with as many outputs each. Parameters: `trunk/<task>/...`, which only their task's loss reaches, and the
 * output layer `heads/weights` `[width, outputs]`, with a bias of each task's own beside it, `heads/bias` `[1, tasks * outputs]`.
 * @param trunk the encoder that each task has
 */
export const sharedDecision: ArchitectureFactory<[trunk: Encoder]> = defineArchitecture({
  name: 'sharedDecision',
  title: 'Shared decision layer',
  paper: { authors: 'Caruana', year: 1997, title: 'Multitask Learning' },
  encoder: 'trunk',
  options: { trunk: encoderOption('the encoder that each task has') },
  read: (trunk: Encoder) => ({ trunk }),
  build({ input, tasks }, { trunk }) {
    const trunks = ownCopies(
      (scope) => trunk.build(input, scope),
      tasks.map(({ name }) => `trunk/${name}`),
      (task) => task,
    );
    const top = sharedHead('sharedDecision', featuresOf(trunks.layers), tasks);
    return {
      parameters: [...trunks.parameters, ...top.parameters],
      forward(values, x, context) {
        const inner = spreadContext(context, tasks.length);
        return top.apply(values, encode(trunks.layers, trunks.values(values), spread(x, tasks.length), inner), inner);
      },
    };
  },
});
