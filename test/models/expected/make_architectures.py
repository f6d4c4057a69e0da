"""Makes architectures.json: outputs and gradients of other libraries' architectures, in float64, with the weights named as ours.

Run with Python 3.11, torch 2.15.0, torch-rechub 0.9.0 and LibMTL at 4336804 (LIBMTL_SOURCE names its checkout):

    LIBMTL_SOURCE=... python make_architectures.py > architectures.json

Every module runs as its library has it, in evaluation mode. torch-rechub normalizes batches after each dense layer, LibMTL inside MTAN's
attention: in evaluation mode that is one more linear map, with random statistics here, which the exported weights contain. What differs:

- MMoE, CGC, PLE (torch-rechub): its gates have a bias, ours have none; their biases and means are 0.
- ESMM (torch-rechub): puts out p(buy | click) too, which is left out; it reads embeddings, whose table is the input.
- AITM (torch-rechub): its towers above the attention are linear heads here, as ours are.
- DSelect-k (LibMTL): the entropy term is summed over rows and read for the last task only, so that pin has one task. Its
  binary codes rely on NumPy below 2.3 reading the text '0' as false (today's reads true): they are set as they were.
- Cross-stitch (LibMTL): no stitch after the last layer: ours is the identity there.
- MTAN (LibMTL): made for a ResNet, whose blocks have two parts; the second is empty, so that the mask looks at what it is applied to. What
  it carries up is a residual block with pooling there; here, as with ours, a dense map with relu.
- NDDR: no library; torch's own Linear and LayerNorm.
"""
import json
import os
import sys
from functools import cache

import numpy as np
import torch
from torch import nn

sys.path.insert(0, os.environ['LIBMTL_SOURCE'])
from LibMTL.architecture import Cross_stitch, DSelect_k  # noqa: E402
from LibMTL.architecture.MTAN import _transform_resnet_MTAN  # noqa: E402
from torch_rechub.basic.features import DenseFeature, SparseFeature  # noqa: E402
from torch_rechub.models.multi_task import AITM, ESMM, MMOE, PLE  # noqa: E402

torch.set_default_dtype(torch.float64)
torch.Tensor.float = torch.Tensor.double  # torch-rechub reads dense features by .float()
ROWS, INPUTS = 4, 3
inputs = torch.tensor(np.round(np.sin(1.3 * np.arange(ROWS)[:, None] + 2.1 * np.arange(INPUTS)) * 1.5, 6))
FEATURES = [DenseFeature('x', embed_dim=INPUTS)]
EXPERT = {'dims': [5, 4], 'activation': 'relu'}
HEAD = {'dims': []}


def randomized(module, seed, biased_gates=True, scale=0.6, open_rectifiers=False):
    """Random parameters and statistics; the module in evaluation mode."""
    generator = torch.Generator().manual_seed(seed)
    draw = lambda p: torch.randn(p.shape, generator=generator).mul(scale).round(decimals=6)
    module.eval()
    for p in module.parameters():
        p.data = draw(p)
    for name, p in module.named_parameters():
        if open_rectifiers and name.endswith('bias'):
            p.data = p.data.abs()
    for m in module.modules():
        if isinstance(m, (nn.BatchNorm1d, nn.BatchNorm2d)):
            m.running_mean, m.running_var = draw(m.running_mean), draw(m.running_var).abs() + 0.5
            m.weight.data += 1
    for name, m in module.named_modules():
        if not biased_gates and name.split('.')[-2:-1] == ['mlp'] and 'gate' in name and 'info' not in name:
            if isinstance(m, nn.Linear):
                m.bias.data.zero_()
            if isinstance(m, nn.BatchNorm1d):
                m.bias.data.zero_()
                m.running_mean.zero_()
    return module


class Unsuitable(Exception):
    """Random weights that would test little."""


def first_suitable(make):
    for seed in range(1000):
        try:
            return make(seed)
        except Unsuitable:
            pass
    raise RuntimeError('no suitable seed')


class Leaf:
    """A value of ours with its gradient: the peer's value, or what is made of it."""

    def __init__(self, value, gradient):
        self.value, self.gradient = value, gradient

    def map(self, f):
        return Leaf(f(self.value), f(self.gradient))


def stack(leaves):
    return Leaf(torch.stack([leaf.value for leaf in leaves]), torch.stack([leaf.gradient for leaf in leaves]))


def side(leaves):
    return Leaf(torch.cat([leaf.value for leaf in leaves], -1), torch.cat([leaf.gradient for leaf in leaves], -1))


def plain(p):
    return Leaf(p.data, p.grad)


def linear(layer, norm=None):
    """Our weights [inputs, outputs] and bias [1, outputs] of a layer, with the map that normalization is folded in."""
    weight, bias = layer.weight.data.flatten(1), layer.bias.data
    by_weight, by_bias = layer.weight.grad.flatten(1), layer.bias.grad
    if norm is not None:
        scale = norm.weight.data / (norm.running_var + norm.eps).sqrt()
        weight, bias = weight * scale[:, None], (bias - norm.running_mean) * scale + norm.bias.data
        by_weight, by_bias = by_weight / scale[:, None], by_bias / scale
    return Leaf(weight.T, by_weight.T), Leaf(bias[None], by_bias[None])


def layers(sequential):
    """(weights, bias) of each linear layer, with the normalization that follows it, if any."""
    modules = list(sequential)
    norms = [*modules[1:], None]
    return [linear(m, n if isinstance(n, (nn.BatchNorm1d, nn.BatchNorm2d)) else None)
            for m, n in zip(modules, norms) if isinstance(m, (nn.Linear, nn.Conv2d))]


def named(scope, pairs):
    return {f'{scope}/{i}/{part}': leaf for i, pair in enumerate(pairs) for part, leaf in zip(('weights', 'bias'), pair)}


def copies(scope, sequentials):
    """Networks side by side, as ours have them: each parameter stacked."""
    every = [layers(s) for s in sequentials]
    return named(scope, [tuple(stack(parts) for parts in zip(*level)) for level in zip(*every)])


def heads(pairs):
    return {'heads/weights': side([w for w, _ in pairs]), 'heads/bias': side([b for _, b in pairs])}


def away_from_kinks(module):
    """The smallest rectifier's argument, so that float32 cannot be on the other side."""
    seen, hooks = [], []
    for m in module.modules():
        if isinstance(m, nn.ReLU):
            hooks.append(m.register_forward_pre_hook(lambda _, args: seen.append(args[0].abs().min().item())))
    return seen, hooks


def pin(module, run, weights, x=inputs):
    """Outputs [rows, columns] and the gradients of sum(outputs * coefficients), coefficients 1, -0.7, 0.4, ... in row-major order."""
    seen, hooks = away_from_kinks(module)
    module.zero_grad()
    out = run()
    for hook in hooks:
        hook.remove()
    out.backward(coefficients(out.shape))
    listed = weights()
    # Nothing is dead: every column follows the input, every parameter matters.
    dead = out.std(0).min() < 0.05 or any(leaf.gradient.abs().max() < 1e-4 for leaf in listed.values())
    if dead or (seen and min(seen) < 1e-3):
        raise Unsuitable
    return {
        'inputs': x.tolist(), 'outputs': out.tolist(),
        'values': {name: leaf.value.tolist() for name, leaf in listed.items()},
        'gradients': {name: leaf.gradient.tolist() for name, leaf in listed.items()},
    }


def coefficients(shape):
    size = int(np.prod(shape))
    return torch.tensor(np.cos(1.1 * np.arange(size))).reshape(shape)


def rechub(module):
    return lambda: module({'x': inputs})


def mmoe(seed):
    m = randomized(MMOE(FEATURES, ['regression'] * 2, 3, EXPERT, [{'dims': [3]}] * 2), seed, False)
    return pin(m, rechub(m), lambda: {
        **copies('trunk', [e.mlp for e in m.experts]),
        **{f'gate/{t}': layers(g.mlp)[0][0] for t, g in zip('ab', m.gates)},
        **{name: leaf for t, tower in zip('ab', m.towers) for name, leaf in named(f'tower/{t}', layers(tower.mlp)[:-1]).items()},
        **heads([layers(tower.mlp)[-1] for tower in m.towers]),
    })


def extraction(levels, specific, shared, seed):
    m = randomized(PLE(FEATURES, ['regression'] * 2, levels, specific, shared, EXPERT, [HEAD] * 2), seed, False)

    def weights():
        out = heads([layers(tower.mlp)[-1] for tower in m.towers])
        for level, cgc in enumerate(m.cgc_layers):
            scope = f'level/{level}/' if levels > 1 else ''
            own = [e.mlp for e in cgc.experts_specific]
            if level < levels - 1:
                out |= copies(f'{scope}specific', own) | {f'{scope}gate': layers(cgc.gate_shared.mlp)[0][0]}
            else:
                for at, e in enumerate(own):
                    out |= named(f'{scope}specific/{"ab"[at // specific]}/{at % specific}', layers(e))
            out |= copies(f'{scope}shared', [e.mlp for e in cgc.experts_shared])
            out |= {f'{scope}gate/{t}': layers(g.mlp)[0][0] for t, g in zip('ab', cgc.gates_specific)}
        return out
    return pin(m, rechub(m), weights)


def aitm(seed):
    """Probabilities of three steps."""
    m = randomized(AITM(FEATURES, 3, {'dims': [5, 4], 'activation': 'relu'}, [HEAD] * 3), seed)

    def weights():
        out = heads([layers(tower.mlp)[-1] for tower in m.towers])
        for t, bottom in zip('abc', m.bottoms):
            out |= named(f'tower/{t}', layers(bottom.mlp))
        for t, info, attention in zip('bc', m.info_gates, m.aits):
            (w, b), = layers(info.mlp)
            out |= {f'transfer/{t}/pass/weights': w, f'transfer/{t}/pass/bias': b}
            for part, layer in (('value', attention.v_layer), ('key', attention.k_layer), ('query', attention.q_layer)):
                out[f'transfer/{t}/{part}'] = plain(layer.weight).map(lambda v: v.T)
        return out
    return pin(m, rechub(m), weights)


def esmm(seed):
    """Probabilities of a click, and of a click and a purchase."""
    features = [SparseFeature(name, vocab_size=ROWS, embed_dim=2) for name in ('user', 'item')]
    params = {'dims': [5, 4], 'activation': 'relu'}
    m = randomized(ESMM(features[:1], features[1:], params, params), seed)
    rows = {name: torch.arange(ROWS) for name in ('user', 'item')}
    x = torch.cat([m.embedding.embed_dict[name].weight.data for name in ('user', 'item')], 1)
    towers = (m.tower_ctr.mlp, m.tower_cvr.mlp)
    return pin(m, lambda: m(rows)[:, 1:], lambda: {
        **{name: leaf for t, tower in zip('ab', towers) for name, leaf in named(f'tower/{t}', layers(tower)[:-1]).items()},
        **heads([layers(tower)[-1] for tower in towers]),
    }, x)


def libmtl(architecture, encoder, tasks, width, **options):
    decoders = nn.ModuleDict({t: nn.Linear(width, 1) for t in tasks})
    return architecture(list(tasks), encoder, decoders, False, False, torch.device('cpu'), **options)


def libmtl_run(m, tasks):
    def run():
        out = m(inputs)
        return torch.cat([out[t] for t in tasks], 1)
    return run


def perceptron():
    return nn.Sequential(nn.Linear(INPUTS, 5), nn.ReLU(), nn.Linear(5, 4), nn.ReLU())


def dselectk(experts, tasks, seed):
    m = libmtl(DSelect_k, perceptron, tasks, 4, img_size=[INPUTS], num_experts=[experts], num_nonzeros=2, kgamma=1.0)
    bits = np.array([list(np.binary_repr(e, m._num_binary)) for e in range(experts)]).astype(int)
    m._binary_codes = torch.from_numpy(bits == 1)[None]
    randomized(m, seed)

    def weights():
        out = copies('trunk', m.experts_shared) | heads([linear(m.decoders[t]) for t in tasks])
        for t in tasks:
            for part, group in (('codes', m._z_logits), ('mix', m._w_logits)):
                out[f'select/{t}/{part}'], out[f'select/{t}/{part}/bias'] = linear(group[t])
        return out
    result = pin(m, libmtl_run(m, tasks), weights)
    if len(tasks) == 1:
        # The regularizer alone: LibMTL back-propagates it inside the forward pass while training.
        m.train()
        m.zero_grad()
        m(inputs)
        result['penaltyGradients'] = {name: linear_gradient.tolist() for name, linear_gradient in (
            (f'select/{tasks}/codes', m._z_logits[tasks].weight.grad.T), (f'select/{tasks}/codes/bias', m._z_logits[tasks].bias.grad[None]))}
        # A selector settled on the code that stands for no expert divides by 0 there (ours is bounded).
        if not m._z_logits[tasks].weight.grad.abs().max() < 30:
            raise Unsuitable
    return result


class Blocks(nn.Module):
    """A perceptron under the names of a ResNet's parts."""

    def __init__(self, sizes, pairs=False):
        super().__init__()
        self.conv1 = self.bn1 = self.relu = self.maxpool = nn.Identity()
        self.feature_dim = 512
        for i, (a, b) in enumerate(zip(sizes, sizes[1:])):
            block = nn.Sequential(nn.Conv2d(a, b, 1) if pairs else nn.Linear(a, b), nn.ReLU())
            setattr(self, f'layer{i + 1}', nn.Sequential(block, nn.Identity()) if pairs else block)


SIZES = [INPUTS, 5, 4, 4, 3]


def cross_stitch(seed):
    tasks = 'abc'
    m = randomized(libmtl(Cross_stitch, lambda: Blocks(SIZES), tasks, SIZES[-1]), seed)
    return pin(m, libmtl_run(m, tasks), lambda: {
        **{name: leaf for i in range(4) for name, leaf in
           {k.replace('/0/', f'/{i}/'): v for k, v in copies('trunk', m.encoder.resnet_layer[str(i)]).items()}.items()},
        **{f'stitch/{i}': plain(m.encoder.cross_unit).map(lambda v, i=i: v[i]) for i in range(3)},
        **heads([linear(m.decoders[t]) for t in tasks]),
    })


@cache
def mtan_parts():
    tasks = 'ab'
    m = _transform_resnet_MTAN(Blocks(SIZES, pairs=True), list(tasks), torch.device('cpu'))
    # The same modules in our sizes; a width of 3 inside the attention.
    for i in range(4):
        below = 0 if i == 0 else SIZES[i + 1]
        m.encoder_att[str(i)] = nn.ModuleList([m._att_layer(SIZES[i + 1] + below, 3, SIZES[i + 1]) for _ in tasks])
    carries = {t: nn.ModuleList([nn.Sequential(nn.Conv2d(SIZES[i + 1], SIZES[i + 2], 1), nn.ReLU()) for i in range(3)]) for t in tasks}
    m.down_sampling = nn.Identity()
    m.encoder_block_att = nn.ModuleList([nn.Identity() for _ in range(3)])
    whole = nn.ModuleDict({'trunk': m, 'carries': nn.ModuleDict(carries), 'heads': nn.ModuleDict({t: nn.Linear(SIZES[-1], 1) for t in tasks})})
    return tasks, m, carries, whole


def mtan(seed):
    tasks, m, carries, whole = mtan_parts()
    randomized(whole, seed, scale=0.8, open_rectifiers=True)

    def run():
        out = []
        for task in tasks:
            # LibMTL shares these blocks between the tasks, ours are the tasks' own: one pass a task, each with its own.
            m.encoder_block_att, m.forward_task = carries[task], task
            out.append(whole['heads'][task](m(inputs[:, :, None, None]).flatten(1)))
        return torch.cat(out, 1)

    def weights():
        out = heads([linear(whole['heads'][t]) for t in tasks])
        for i in range(4):
            out |= {k.replace('/0/', f'/{i}/'): v for k, v in named('trunk', layers(m.shared_layer[str(i)][0][0])).items()}
            for tn, t in enumerate(tasks):
                scope = f'attention/{t}/{i}'
                inner, outer = layers(m.encoder_att[str(i)][tn])
                parts = {'inner': inner, 'outer': outer, **({'carry': layers(carries[t][i - 1])[0]} if i else {})}
                out |= {f'{scope}/{part}/{kind}': leaf for part, pair in parts.items() for kind, leaf in zip(('weights', 'bias'), pair)}
        return out
    return pin(whole, run, weights)


def nddr(seed):
    tasks, sizes = 'ab', [INPUTS, 5, 4]
    m = nn.ModuleDict({
        'trunks': nn.ModuleList([nn.ModuleList([nn.Sequential(nn.Linear(a, b), nn.ReLU()) for a, b in zip(sizes, sizes[1:])]) for _ in tasks]),
        'fusions': nn.ModuleList([nn.ModuleList([nn.Linear(2 * b, b, bias=False) for _ in tasks]) for b in sizes[1:]]),
        'norms': nn.ModuleList([nn.ModuleList([nn.LayerNorm(b) for _ in tasks]) for b in sizes[1:]]),
        'heads': nn.ModuleList([nn.Linear(sizes[-1], 1) for _ in tasks]),
    })
    randomized(m, seed)

    def run():
        h = [inputs] * 2
        for level in range(2):
            every = torch.cat([trunk[level](x) for trunk, x in zip(m['trunks'], h)], 1)
            h = [norm(fusion(every)) for fusion, norm in zip(m['fusions'][level], m['norms'][level])]
        return torch.cat([head(x) for head, x in zip(m['heads'], h)], 1)

    def weights():
        out = heads([linear(head) for head in m['heads']])
        for level in range(2):
            out |= {k.replace('/0/', f'/{level}/'): v for k, v in copies('trunk', [trunk[level] for trunk in m['trunks']]).items()}
            out[f'fusion/{level}'] = stack([plain(f.weight).map(lambda v: v.T) for f in m['fusions'][level]])
            for part, of in (('gain', lambda n: n.weight), ('bias', lambda n: n.bias)):
                out[f'fusion/{level}/{part}'] = stack([plain(of(n)).map(lambda v: v[None]) for n in m['norms'][level]])
        return out
    return pin(m, run, weights)


def rounded(value):
    if isinstance(value, float):
        return float(f'{value:.8g}')
    return [rounded(v) for v in value] if isinstance(value, list) else {k: rounded(v) for k, v in value.items()}


print(json.dumps(rounded({name: first_suitable(make) for name, make in {
    'mmoe': mmoe,
    'cgc': lambda seed: extraction(1, 2, 2, seed),
    'ple': lambda seed: extraction(2, 2, 1, seed),
    'aitm': aitm,
    'esmm': esmm,
    'dselectk': lambda seed: dselectk(4, 'ab', seed),
    'dselectk of three': lambda seed: dselectk(3, 'a', seed),
    'crossStitch': cross_stitch,
    'mtan': mtan,
    'nddr': nddr,
}.items()}), separators=(',', ':')).replace('},"', '},\n"'))
