"""What an engineer would use instead, timed on the CPU: plain PyTorch loops, PyTorch batched by hand, and TorchJD.

    python peers.py steps | study | tasks | memory | libmtl          one JSON line per measurement

`study` and `libmtl` read the splits and the data from a JSON file named by the second argument (made by run.mjs). `libmtl` times LibMTL
from the checkout that LIBMTL_SOURCE names.
"""
import contextlib
import json
import os
import sys
import time

import torch
from torch import nn

clock = time.perf_counter


def emit(**line):
    print(json.dumps(line), flush=True)


def timed(step, steps):
    for _ in range(max(3, steps // 10)):
        step()
    best = float('inf')
    for _ in range(3):
        start = clock()
        for _ in range(steps):
            step()
        best = min(best, (clock() - start) / steps)
    return best * 1e3


def perceptron(inputs, hidden, outputs=1):
    return nn.Sequential(nn.Linear(inputs, hidden), nn.ReLU(), nn.Linear(hidden, hidden), nn.ReLU(), nn.Linear(hidden, outputs))


def one_network(batch, inputs, hidden, fused, compiled):
    torch.manual_seed(0)
    model = perceptron(inputs, hidden)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, fused=fused)
    rows, targets = torch.randn(4096, inputs), torch.randn(4096, 1)
    loss_of = lambda x, y: ((model(x) - y) ** 2).mean()
    if compiled:
        loss_of = torch.compile(loss_of)

    def step():
        at = torch.randint(0, 4096, (batch,))
        optimizer.zero_grad()
        loss_of(rows[at], targets[at]).backward()
        optimizer.step()
    return step


def stacked(stack, batch, inputs, hidden, vmapped):
    torch.manual_seed(0)
    sizes = [(inputs, hidden), (hidden, hidden), (hidden, 1)]
    parameters = []
    for a, b in sizes:
        parameters += [(torch.randn(stack, a, b) * (2 / a) ** 0.5).requires_grad_(), torch.zeros(stack, 1, b, requires_grad=True)]
    optimizer = torch.optim.Adam(parameters, lr=1e-3, fused=True)
    rows, targets = torch.randn(4096, inputs), torch.randn(4096, 1)

    def forward(p, x):
        for i in range(0, 6, 2):
            x = (torch.baddbmm(p[i + 1], x, p[i]) if x.dim() == 3 else x @ p[i] + p[i + 1])
            if i < 4:
                x = torch.relu(x)
        return x

    def step():
        at = torch.randint(0, 4096, (stack, batch))
        optimizer.zero_grad()
        x, y = rows[at], targets[at]
        out = torch.vmap(forward)(parameters, x) if vmapped else forward(parameters, x)
        ((out - y) ** 2).mean((1, 2)).sum().backward()
        optimizer.step()
    return step


def steps():
    for batch, inputs, hidden, n in ((64, 32, 64, 300), (256, 72, 256, 100), (512, 512, 1024, 10)):
        size = f'{batch}x{inputs}x{hidden}'
        for name, fused, compiled in (('PyTorch eager', False, False), ('PyTorch fused Adam', True, False), ('PyTorch torch.compile', True, True)):
            try:
                emit(bench='step', size=size, peer=name, ms=timed(one_network(batch, inputs, hidden, fused, compiled), n))
            except Exception as problem:  # a peer that cannot run here is a result too
                emit(bench='step', size=size, peer=name, error=str(problem).splitlines()[0][:200])
    for batch, inputs, hidden, n in ((64, 32, 64, 100), (256, 72, 256, 20)):
        size = f'{batch}x{inputs}x{hidden}'
        for name, vmapped in (('PyTorch vmap', True), ('PyTorch baddbmm', False)):
            emit(bench='stacked', size=size, peer=name, ms=timed(stacked(10, batch, inputs, hidden, vmapped), n) / 10)


def loops(split, epochs, single):
    """The idiomatic loop: one network after the other."""
    x, y = torch.tensor(split['x']), torch.tensor(split['y'], dtype=torch.float32)
    tasks = y.shape[1]
    torch.manual_seed(0)
    for t in range(tasks if single else 1):
        model = nn.Sequential(nn.Linear(72, 128), nn.ReLU(), nn.Linear(128, 64), nn.ReLU(), nn.Linear(64, 1 if single else tasks))
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
        labels = y[:, t:t + 1] if single else y
        loss_fn = nn.BCEWithLogitsLoss(reduction='mean')
        for _ in range(epochs):
            for at in torch.randperm(len(x)).split(64):
                optimizer.zero_grad()
                (loss_fn(model(x[at]), labels[at]) * labels.shape[1]).backward()
                optimizer.step()


def batched(splits, epochs, single):
    """All networks of the study in one batched matrix product: what an expert would write."""
    x = torch.stack([torch.tensor(s['x']) for s in splits])
    y = torch.stack([torch.tensor(s['y'], dtype=torch.float32) for s in splits])
    tasks, seeds = y.shape[2], len(splits)
    seed_of = torch.arange(seeds).repeat_interleave(tasks if single else 1)
    stack, rows = len(seed_of), x.shape[1]
    labels = y.permute(0, 2, 1).reshape(stack, rows, 1) if single else y
    torch.manual_seed(0)
    parameters = []
    for a, b in ((72, 128), (128, 64), (64, 1 if single else tasks)):
        bound = a ** -0.5
        parameters += [torch.empty(stack, a, b).uniform_(-bound, bound).requires_grad_(), torch.empty(stack, 1, b).uniform_(-bound, bound).requires_grad_()]
    optimizer = torch.optim.Adam(parameters, lr=1e-3, fused=True)
    every = torch.arange(stack)[:, None]
    for _ in range(epochs):
        for at in torch.rand(stack, rows).argsort(1).split(64, 1):
            optimizer.zero_grad()
            h = x[seed_of[:, None], at]
            for i in range(0, 6, 2):
                h = torch.baddbmm(parameters[i + 1], h, parameters[i])
                if i < 4:
                    h = torch.relu(h)
            (nn.functional.binary_cross_entropy_with_logits(h, labels[every, at], reduction='sum') / at.shape[1]).backward()
            optimizer.step()


def study(path):
    splits = json.load(open(path))
    for name, run in (
        ('PyTorch loops', lambda single, epochs: [loops(s, epochs, single) for s in splits]),
        ('PyTorch batched by hand', lambda single, epochs: batched(splits, epochs, single)),
    ):
        run(True, 1), run(False, 1)
        start = clock()
        run(True, 60)
        single = clock() - start
        start = clock()
        run(False, 60)
        emit(bench='study', peer=name, single=single, hard=clock() - start)


def tasks():
    from torchjd.aggregation import Mean, UPGrad
    from torchjd.autojac import jac_to_grad, mtl_backward
    for count in (6, 16, 40):
        for name, aggregator in (('equal', None), ('UPGrad', UPGrad()), ('all task gradients', Mean())):
            torch.manual_seed(0)
            trunk = nn.Sequential(nn.Linear(72, 128), nn.ReLU(), nn.Linear(128, 64), nn.ReLU())
            heads = nn.ModuleList(nn.Linear(64, 1) for _ in range(count))
            optimizer = torch.optim.Adam([*trunk.parameters(), *heads.parameters()], lr=1e-3)
            x, y = torch.randn(64, 72), (torch.rand(64, count) > 0.5).float()

            def step():
                optimizer.zero_grad()
                features = trunk(x)
                losses = [nn.functional.binary_cross_entropy_with_logits(h(features).squeeze(1), y[:, t]) for t, h in enumerate(heads)]
                if aggregator is None:
                    sum(losses).backward()
                else:
                    mtl_backward(losses, features=features)
                    jac_to_grad(trunk.parameters(), aggregator)
                optimizer.step()
            emit(bench='tasks', tasks=count, peer=f'TorchJD {name}' if aggregator else 'PyTorch equal', ms=timed(step, 20 if count == 40 else 40))


def memory():
    """Peak resident memory of a process that trains a perceptron for a while."""
    import resource
    step = one_network(256, 72, 256, True, False)
    for _ in range(500):
        step()
    emit(bench='memory', peer='PyTorch', mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


class PosingAsResNet(nn.Module):
    """LibMTL's cross-stitch asks its encoder for a ResNet's parts."""

    def __init__(self):
        super().__init__()
        self.conv1, self.relu = nn.Linear(72, 128), nn.ReLU()
        self.bn1 = self.maxpool = self.layer1 = self.layer3 = self.layer4 = nn.Identity()
        self.layer2 = nn.Sequential(nn.Linear(128, 64), nn.ReLU())


def libmtl_step(split, weighting, architecture, options, epochs):
    """Milliseconds a step of LibMTL's own training loop."""
    import numpy as np
    from LibMTL.config import LibMTL_args, prepare_args
    from LibMTL.loss import AbsLoss
    from LibMTL.metrics import AbsMetric
    from LibMTL.trainer import Trainer

    # Functions that torch and numpy have removed.
    torch.symeig = lambda m, eigenvectors=False: torch.linalg.eigh(m)
    np.alltrue = np.all

    class OnCpu(Trainer):
        device = property(lambda self: torch.device('cpu'), lambda self, value: None)

        def test(self, *args, **kwargs):
            """Left out of the time."""

    class Loss(AbsLoss):
        def compute_loss(self, pred, gt):
            return nn.functional.binary_cross_entropy_with_logits(pred, gt)

    class NoMetric(AbsMetric):
        def update_fun(self, pred, gt):
            pass

        def score_fun(self):
            return [1.0]

    x, y = torch.tensor(split['x']), torch.tensor(split['y'], dtype=torch.float32)
    names = [f't{t}' for t in range(y.shape[1])]

    class Batches:
        def __len__(self):
            return -(-len(x) // 64)

        def __iter__(self):
            for at in torch.randperm(len(x)).split(64):
                yield x[at], {name: y[at, t:t + 1] for t, name in enumerate(names)}

    arguments = ['--weighting', weighting, '--arch', architecture, '--optim', 'adam', '--lr', '1e-3', '--weight_decay', '0', *options]
    kwargs, optim, scheduler = prepare_args(LibMTL_args.parse_args(arguments))
    torch.manual_seed(0)
    trainer = OnCpu(
        task_dict={name: {'metrics': ['none'], 'metrics_fn': NoMetric(), 'loss_fn': Loss(), 'weight': [1]} for name in names},
        weighting=weighting,
        architecture=architecture,
        encoder_class=PosingAsResNet if architecture == 'Cross_stitch' else lambda: nn.Sequential(
            nn.Linear(72, 128), nn.ReLU(), nn.Linear(128, 64), nn.ReLU()),
        decoders=nn.ModuleDict({name: nn.Linear(64, 1) for name in names}),
        rep_grad='--rep_grad' in options,
        multi_input=False,
        optim_param=optim,
        scheduler_param=scheduler,
        **kwargs,
    )
    start = clock()
    trainer.train(Batches(), Batches(), epochs)
    return (clock() - start) / epochs / len(Batches()) * 1e3


def libmtl(path):
    sys.path.insert(0, os.environ['LIBMTL_SOURCE'])
    split = json.load(open(path))[0]
    experts = ['--img_size', '72', '--num_experts']
    cases = [('weighting', name, 'HPS', ['--rep_grad'] if name == 'GradDrop' else []) for name in (
        'EW', 'UW', 'DWA', 'GLS', 'RLW', 'IMTL', 'STCH', 'FAMO', 'GradNorm', 'ExcessMTL', 'MGDA', 'PCGrad', 'GradVac', 'GradDrop', 'CAGrad',
        'Nash_MTL', 'FairGrad', 'Aligned_MTL', 'DB_MTL', 'MoCo', 'MoDo', 'SDMGrad', 'UPGrad')]
    cases += [('architecture', 'EW', name, options) for name, options in (
        ('MMoE', [*experts, '4']), ('CGC', [*experts, *'1111111']), ('Cross_stitch', []), ('DSelect_k', [*experts, '4']))]
    for kind, weighting, architecture, options in cases:
        name = weighting if kind == 'weighting' else architecture
        try:
            with open(os.devnull, 'w') as nowhere, contextlib.redirect_stdout(nowhere):
                libmtl_step(split, weighting, architecture, options, 1)
                ms = min(libmtl_step(split, weighting, architecture, options, 5) for _ in range(2))
            emit(bench=kind, peer='LibMTL', name=name, ms=ms)
        except Exception as problem:  # a peer that cannot run here is a result too
            emit(bench=kind, peer='LibMTL', name=name, error=(str(problem) or repr(problem)).splitlines()[0][:200])


if __name__ == '__main__':
    torch.set_num_threads(2)
    {'steps': steps, 'tasks': tasks, 'memory': memory, 'study': lambda: study(sys.argv[2]), 'libmtl': lambda: libmtl(sys.argv[2])}[sys.argv[1]]()
