"""What an engineer would use instead, on the CPU: plain PyTorch loops, PyTorch batched by hand, TorchJD, and LibMTL's trainer.

    python peers.py serve THREADS

Reads a JSON request a line, answers with a JSON line: `{"value", "cpu"}`, the time asked for and the core-seconds that this process took,
or `{"error"}`. A request names a case and its options; with `"prepare": true` the case is built and warmed up, without an answer in
time. `LIBMTL_SOURCE` names a checkout of LibMTL.
"""
import json
import os
import sys
import time
from functools import cache

import torch
from torch import nn

clock = time.perf_counter
AT_LEAST = 0.5
"""Seconds that a turn of steps lasts."""


def ms_a_step(step):
    """Milliseconds a step over at least half a second."""
    start, done = clock(), 0
    while done < 3 or clock() - start < AT_LEAST:
        step()
        done += 1
    return (clock() - start) / done * 1e3


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


@cache
def step_case(variant, batch, inputs, hidden, stack=1):
    """A turn: milliseconds per step of one model."""
    make = {
        'eager': lambda: one_network(batch, inputs, hidden, False, False),
        'fused Adam': lambda: one_network(batch, inputs, hidden, True, False),
        'compiled': lambda: one_network(batch, inputs, hidden, True, True),
        'vmap': lambda: stacked(stack, batch, inputs, hidden, True),
        'baddbmm': lambda: stacked(stack, batch, inputs, hidden, False),
    }[variant]
    step = make()
    return lambda: ms_a_step(step) / stack


def task_gradients_step(count, variant):
    from torchjd.aggregation import Mean, UPGrad
    from torchjd.autojac import jac_to_grad, mtl_backward
    aggregator = {'equal': None, 'UPGrad': UPGrad(), 'all task gradients': Mean()}[variant]
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
    return step


@cache
def tasks_case(count, variant):
    step = task_gradients_step(count, variant)
    return lambda: ms_a_step(step)


@cache
def read_splits(path):
    with open(path) as f:
        return json.load(f)


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


@cache
def study_case(variant, path, epochs=60):
    """A turn: seconds of the study, its single-task and its shared networks."""
    splits = read_splits(path)
    run = {'loops': lambda single, n: [loops(s, n, single) for s in splits], 'batched': lambda single, n: batched(splits, n, single)}[variant]
    run(True, 1), run(False, 1)

    def turn():
        start = clock()
        run(True, epochs), run(False, epochs)
        return clock() - start
    return turn


@cache
def single_case(path, epochs=60):
    """A turn: seconds of the study's single-task networks, as loops."""
    splits = read_splits(path)
    for s in splits:
        loops(s, 1, True)

    def turn():
        start = clock()
        for s in splits:
            loops(s, epochs, True)
        return clock() - start
    return turn


def memory_case():
    """Peak resident memory, MB, of this process once it has trained a perceptron for a while: for a process of its own."""
    import resource
    step = one_network(256, 72, 256, True, False)

    def turn():
        for _ in range(500):
            step()
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return turn


class PosingAsResNet(nn.Module):
    """LibMTL's cross-stitch asks its encoder for a ResNet's parts."""

    def __init__(self):
        super().__init__()
        self.conv1, self.relu = nn.Linear(72, 128), nn.ReLU()
        self.bn1 = self.maxpool = self.layer1 = self.layer3 = self.layer4 = nn.Identity()
        self.layer2 = nn.Sequential(nn.Linear(128, 64), nn.ReLU())


EXPERTS = ['--img_size', '72', '--num_experts']
ARCHITECTURE_OPTIONS = {'HPS': [], 'MMoE': [*EXPERTS, '4'], 'CGC': [*EXPERTS, *'1111111'], 'Cross_stitch': [], 'DSelect_k': [*EXPERTS, '4']}


@cache
def libmtl_modules():
    """Its modules, with the functions that torch and numpy have removed."""
    import numpy as np
    sys.path.insert(0, os.environ['LIBMTL_SOURCE'])
    torch.symeig = lambda m, eigenvectors=False: torch.linalg.eigh(m)
    np.alltrue = np.all
    from LibMTL.config import LibMTL_args, prepare_args
    from LibMTL.loss import AbsLoss
    from LibMTL.metrics import AbsMetric
    from LibMTL.trainer import Trainer

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

    return LibMTL_args, prepare_args, OnCpu, Loss, NoMetric


def libmtl_training(split, weighting, architecture, epochs):
    """Seconds of a training by LibMTL's own loop, and its steps."""
    LibMTL_args, prepare_args, OnCpu, Loss, NoMetric = libmtl_modules()
    x, y = torch.tensor(split['x']), torch.tensor(split['y'], dtype=torch.float32)
    names = [f't{t}' for t in range(y.shape[1])]

    class Batches:
        def __len__(self):
            return -(-len(x) // 64)

        def __iter__(self):
            for at in torch.randperm(len(x)).split(64):
                yield x[at], {name: y[at, t:t + 1] for t, name in enumerate(names)}

    options = [*ARCHITECTURE_OPTIONS[architecture], *(['--rep_grad'] if weighting == 'GradDrop' else [])]
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
    return clock() - start, epochs * len(Batches())


@cache
def libmtl_step_case(path, weighting, architecture='HPS'):
    """A turn: milliseconds a step over some epochs."""
    split = read_splits(path)[0]
    libmtl_training(split, weighting, architecture, 1)

    def turn():
        seconds, steps = libmtl_training(split, weighting, architecture, 5)
        return seconds / steps * 1e3
    return turn


@cache
def libmtl_study_case(path, weighting, architecture='HPS', epochs=60):
    """A turn: seconds of a method on the study's five splits."""
    splits = read_splits(path)
    libmtl_training(splits[0], weighting, architecture, 1)
    return lambda: sum(libmtl_training(split, weighting, architecture, epochs)[0] for split in splits)


@cache
def logistic_search_case(path):
    """A turn: CPU seconds of LogisticRegressionCV, task by task."""
    import numpy as np
    from sklearn.linear_model import LogisticRegressionCV
    from sklearn.preprocessing import StandardScaler
    with open(path) as file:
        data = json.load(file)
    x = StandardScaler().fit_transform(np.array(data['inputs']))
    y = np.array(data['labels'], float)

    def turn():
        before = time.process_time()
        for labels in y:
            known = ~np.isnan(labels)
            LogisticRegressionCV(Cs=np.logspace(-4, 4, 25), cv=5, scoring='neg_log_loss', max_iter=1000).fit(x[known], labels[known])
        return time.process_time() - before
    return turn


CASES = {
    'step': step_case, 'tasks': tasks_case, 'study': study_case, 'single': single_case, 'memory': memory_case,
    'logistic search': logistic_search_case, 'libmtl step': libmtl_step_case, 'libmtl study': libmtl_study_case,
}


def answer(case, prepare=False, **options):
    before = time.process_time()
    turn = CASES[case](**options)
    if prepare:
        # The first turn starts compilers and thread pools.
        if case in ('step', 'tasks'):
            turn()
        return {'value': None, 'cpu': time.process_time() - before}
    value = turn()
    return {'value': value, 'cpu': time.process_time() - before}


def serve():
    answers, sys.stdout = sys.stdout, open(os.devnull, 'w')  # LibMTL prints
    for line in sys.stdin:
        try:
            reply = answer(**json.loads(line))
        except Exception as problem:  # a peer that cannot run here is a result too
            reply = {'error': f'{type(problem).__name__}: {(str(problem) or repr(problem)).splitlines()[0][:200]}'}
        print(json.dumps(reply), file=answers, flush=True)


if __name__ == '__main__':
    assert sys.argv[1] == 'serve'
    torch.set_num_threads(int(sys.argv[2]))
    serve()
