"""Makes peers.json: what LibMTL and TorchJD do over several steps, state and all, in float64.

Run with Python 3.11, numpy 2.4.6, torch 2.15.0, torchjd 0.18.0, cvxpy 1.9.3, ecos 2.0.14 and LibMTL at 4336804 (LIBMTL_SOURCE names its
checkout):

    LIBMTL_SOURCE=... python make_peers.py > peers.json

LibMTL's methods take losses as a network gives them; here losses are linear in shared parameters, with the values and gradients listed.
Each also has a parameter of its own (a head) with gradient 1, whose gradient is then the weight of the loss that heads follow.
Its GradNorm learns the logits of the weights, with the first epoch's losses as initial ones; ours, as in the paper, the weights themselves,
scaled to their sum, with the first step's losses. "objective" is LibMTL's gradient by the logits, which ours must give through the softmax;
"paper" is the paper's rule on PyTorch's autograd and Adam.
"""
import contextlib
import io
import json
import os
import sys

import numpy as np
import torch
from torch import nn

sys.path.insert(0, os.environ['LIBMTL_SOURCE'])
from LibMTL.weighting import DB_MTL, IMTL, RLW, STCH, ExcessMTL, GradDrop, GradNorm, MoCo, Nash_MTL  # noqa: E402
from torchjd import aggregation as ag  # noqa: E402

torch.set_default_dtype(torch.float64)
rng = np.random.default_rng(20261128)
STEPS = 5


def jacobians(tasks, parameters, steps=STEPS):
    return [np.round(rng.normal(size=(tasks, parameters)), 3) for _ in range(steps)]


def loss_values(tasks, steps=STEPS):
    return [np.round(rng.uniform(0.2, 3, size=tasks), 3) for _ in range(steps)]


def rig(method, tasks, parameters):
    """A LibMTL method on losses that are linear in its shared parameters."""

    class Rig(method):
        def __init__(self):
            super().__init__()
            self.task_num, self.device, self.rep_grad = tasks, torch.device('cpu'), False
            self.task_name = [f't{t}' for t in range(tasks)]
            self.encoder = nn.Module()
            self.encoder.theta = nn.Parameter(torch.zeros(parameters))
            self.own = torch.zeros(tasks, requires_grad=True)
            self.init_param()

        def get_share_params(self):
            return self.encoder.parameters()

        def zero_grad_share_params(self):
            self.encoder.zero_grad(set_to_none=False)

        def take(self, values, jacobian, **options):
            """Weights (as the method reports them) and update of a step."""
            theta = self.encoder.theta
            theta.grad = self.own.grad = None
            losses = torch.tensor(values) + torch.tensor(jacobian) @ (theta - theta.detach()) + self.own
            weights = self.backward(losses, **options)
            return np.asarray(weights, dtype=float).tolist(), theta.grad.tolist()

    # LibMTL prints what it stores.
    with contextlib.redirect_stdout(io.StringIO()):
        return Rig()


def lists(arrays):
    return [np.asarray(a).tolist() for a in arrays]


def moco(rho):
    method, js, ls = rig(MoCo, 3, 4), jacobians(3, 4), loss_values(3)
    options = {'MoCo_beta': 0.5, 'MoCo_beta_sigma': 0.5, 'MoCo_gamma': 0.1, 'MoCo_gamma_sigma': 0.5, 'MoCo_rho': rho}
    updates = [method.take(l, j, **options)[1] for l, j in zip(ls, js)]
    return {'rho': rho, 'jacobians': lists(js), 'losses': lists(ls), 'updates': updates}


def dbmtl(beta, sigma):
    method, js, ls = rig(DB_MTL, 3, 4), jacobians(3, 4), loss_values(3)
    updates, heads = [], []
    for l, j in zip(ls, js):
        updates.append(method.take(l, j, DB_beta=beta, DB_beta_sigma=sigma)[1])
        heads.append(method.own.grad.tolist())
    return {'beta': beta, 'sigma': sigma, 'jacobians': lists(js), 'losses': lists(ls), 'updates': updates, 'heads': heads}


def stch():
    """Two batches an epoch; the task gradients are unit vectors, so that the update is the weights."""
    method, warmup, mu = rig(STCH, 3, 3), 1, 0.4
    epochs = [loss_values(3, 2) for _ in range(4)]
    weights = []
    with contextlib.redirect_stdout(io.StringIO()):
        for epoch, batches in enumerate(epochs):
            method.epoch = epoch
            weights.append([method.take(l, np.eye(3), STCH_mu=mu, STCH_warmup_epoch=warmup)[1] for l in batches])
    return {'mu': mu, 'warmup': warmup, 'losses': [lists(batches) for batches in epochs], 'weights': weights}


def gradnorm():
    alpha, rate = 1.5, 0.025
    js, ls, initial = jacobians(3, 4), loss_values(3), np.array([1.1, 0.8, 2.5])
    method = rig(GradNorm, 3, 4)
    method.epoch, method.train_loss_buffer = 1, initial[:, None]
    optimizer = torch.optim.Adam([method.loss_scale], lr=rate)
    weights, gradients = [], []
    for l, j in zip(ls, js):
        optimizer.zero_grad()
        weights.append(method.take(l, j, alpha=alpha)[0])
        gradients.append(method.loss_scale.grad.tolist())
        optimizer.step()
    w = torch.ones(3, requires_grad=True)
    optimizer = torch.optim.Adam([w], lr=rate)
    paper = []
    for l, j in zip(ls, js):
        paper.append(w.tolist())
        optimizer.zero_grad()
        norms = (w[:, None] * torch.tensor(j)).norm(dim=1)
        ratios = torch.tensor(l / ls[0])
        target = (norms.mean() * (ratios / ratios.mean()) ** alpha).detach()
        (norms - target).abs().sum().backward()
        optimizer.step()
        w.data *= 3 / w.data.sum()
    return {'alpha': alpha, 'learningRate': rate, 'jacobians': lists(js), 'losses': lists(ls), 'initial': initial.tolist(),
            'objective': {'weights': weights, 'byLogits': gradients}, 'paper': paper}


def rlw():
    """Means over many draws, and their standard errors: the square of a weight, the squared log ratio of two weights."""
    method, draws = rig(RLW, 3, 1), 20_000
    torch.manual_seed(1)
    w = np.array([method.take(np.ones(3), np.ones((3, 1)))[0] for _ in range(draws)])
    estimate = lambda x: {'mean': float(x.mean()), 'error': float(x.std(ddof=1) / draws ** 0.5)}
    return {'square': estimate(w[:, 0] ** 2), 'squaredLogRatio': estimate(np.log(w[:, 0] / w[:, 1]) ** 2)}


def crmogm():
    js, alpha = jacobians(3, 5), 0.7
    method = ag.CRMOGMWeighting(ag.UPGradWeighting(), alpha=alpha)
    return {'alpha': alpha, 'jacobians': lists(js), 'weights': [method(torch.tensor(j @ j.T)).tolist() for j in js]}


def excessmtl(js, eta):
    """LibMTL's weights sum to the number of tasks, TorchJD's to 1. A warm-up of one step is the authors' and LibMTL's rule."""
    libmtl = rig(ExcessMTL, *js[0].shape)
    torchjd = ag.ExcessMTL(robust_step_size=eta, n_warmup_steps=1).weighting
    return {'libmtl': [libmtl.take(np.ones(len(j)), j, robust_step_size=eta)[0] for j in js],
            'torchjd': [torchjd(torch.tensor(j)).tolist() for j in js]}


def excessmtl_cases():
    js, eta = jacobians(3, 5), 0.3
    wide = [np.cos(0.37 * np.arange(1, 2001)[None] * np.arange(1, 3)[:, None] + step) * [[1.0], [2.5]] for step in range(STEPS)]
    return {'small': {'eta': eta, 'jacobians': lists(js), **excessmtl(js, eta)},
            # Entry p of task t at step k: (1, 2.5)[t] cos(.37 (p + 1) (t + 1) + k).
            'wide': {'eta': 0.01, 'parameters': 2000, **excessmtl(wide, 0.01)}}


def nashmtl():
    """
    The Jacobians fall in scale. Both normalize the Gramian, and put the norm back in their constraints: what they solve is G alpha = 1 / alpha
    whatever its scale. They stop where that holds within 1e-3; below a scale of some .005 their solver (ECOS) fails.
    """
    js = [np.round(j * scale, 6) for j, scale in zip(jacobians(3, 5), (2, 0.3, 0.1, 0.03, 0.01))]
    torchjd, libmtl = ag.NashMTL(n_tasks=3, optim_niter=100), rig(Nash_MTL, 3, 5)
    options = {'update_weights_every': 1, 'optim_niter': 100, 'max_norm': 1.0}
    whole = ag.NashMTL(n_tasks=3, optim_niter=100, max_norm=0.0)
    return {'jacobians': lists(js), 'torchjd': [torchjd(torch.tensor(j)).tolist() for j in js],
            'libmtl': [libmtl.take(np.ones(3), j, **options)[1] for j in js],
            'unclipped': [whole(torch.tensor(j)).tolist() for j in js]}


def imtl(rate):
    """Adam trains the log scales along with the model."""
    method, js, ls = rig(IMTL, 3, 4), jacobians(3, 4), loss_values(3)
    optimizer = torch.optim.Adam([method.loss_scale], lr=rate)
    updates, heads = [], []
    for l, j in zip(ls, js):
        optimizer.zero_grad()
        updates.append(method.take(l, j)[1])
        heads.append(method.own.grad.tolist())
        optimizer.step()
    return {'learningRate': rate, 'jacobians': lists(js), 'losses': lists(ls), 'updates': updates, 'heads': heads}


def graddrop(leak, batch=4, width=6, tasks=3):
    """The tasks' gradients by the activations of a batch, and the combined one that goes on through the trunk, for given uniform numbers."""
    signals = np.round(rng.normal(size=(tasks, batch, width)), 3)
    activations = np.round(rng.normal(size=(batch, width)), 3)
    # As ReLU has them.
    activations[:, :3] = np.maximum(activations[:, :3], 0)
    uniform = np.round(rng.uniform(size=width), 3)
    method = rig(GradDrop, tasks, width)
    method.rep_grad = True
    method.rep = torch.tensor(activations, requires_grad=True)
    method.rep_tasks = {name: method.rep.detach().clone().requires_grad_() for name in method.task_name}
    losses = [(method.rep_tasks[name] * torch.tensor(s)).sum() for name, s in zip(method.task_name, signals)]
    drawn, torch.rand_like = torch.rand_like, lambda _: torch.tensor(uniform)
    try:
        method.backward(losses, leak=leak)
    finally:
        torch.rand_like = drawn
    return {'leak': leak, 'signals': signals.tolist(), 'activations': activations.tolist(), 'uniform': uniform.tolist(),
            'combined': method.rep.grad.tolist()}


print(json.dumps({
    'moco': [moco(0), moco(0.5)],
    'dbmtl': [dbmtl(0.9, 0), dbmtl(0.9, 0.5)],
    'stch': stch(),
    'gradnorm': gradnorm(),
    'rlw': rlw(),
    'crmogm': crmogm(),
    'excessmtl': excessmtl_cases(),
    'nashmtl': nashmtl(),
    'imtl': imtl(0.05),
    'graddrop': [graddrop(0), graddrop(0.25)],
}))
