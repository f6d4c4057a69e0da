"""Makes go_mtl.json: GO-MTL by the alternation of its paper (Kumar and Daume 2012, 1206.6417, algorithm 1), in NumPy.

    python make_go_mtl.py > go_mtl.json          # Python 3.11, numpy 2.4.6

W = S L with codes S [tasks, latent] and latent tasks L [latent, features]; minimizes

    1 / (2 rows of all tasks) sum of squared errors + mu |S|_1 + ridge / 2 |L|_F^2

Each half is solved to the end: codes by coordinate descent (a lasso a task), latent tasks by one linear system (the paper's Kronecker form).
The start is the paper's: the leading singular directions of weights that are fitted on their own. No intercepts, inputs as they are.
"""
import json

import numpy as np

TASKS, ROWS, FEATURES, LATENT = 6, 15, 5, 2
MU, RIDGE = 0.02, 0.05
t, i, f = np.arange(TASKS)[:, None, None], np.arange(ROWS)[None, :, None], np.arange(FEATURES)
x = np.round(np.sin(1.3 * i + 2.1 * f + 0.8 * t) + 0.6 * np.cos(0.7 * i * (f + 1) + t), 4)
latent = np.array([[1.0, -0.8, 0.6, 0.3, -0.5], [-0.4, 0.9, 0.5, -1.1, 0.2]])
mixes = np.array([[1, 0], [0.8, 0], [0, 1], [0, 0.9], [0.7, 0.7], [0, -1.2]])
y = np.round(np.einsum('tif,tf->ti', x, mixes @ latent) + 0.3 * np.cos(2.3 * i[..., 0] + 1.9 * t[..., 0]), 4)
SCALE = TASKS * ROWS


def objective(s, l):
    errors = y - np.einsum('tif,tf->ti', x, s @ l)
    return (errors ** 2).sum() / (2 * SCALE) + MU * np.abs(s).sum() + RIDGE / 2 * (l ** 2).sum()


def lasso(a, b, s):
    """argmin of |a s - b|^2 / (2 SCALE) + MU |s|_1 by coordinate descent."""
    for _ in range(100_000):
        before = s.copy()
        for k in range(LATENT):
            rho = a[:, k] @ (b - a @ s + a[:, k] * s[k]) / SCALE
            s[k] = np.sign(rho) * max(abs(rho) - MU, 0) / (a[:, k] @ a[:, k] / SCALE)
        if np.abs(s - before).max() < 1e-14:
            return s
    raise RuntimeError('no convergence')


independent = np.array([np.linalg.solve(a.T @ a + 0.01 * SCALE * np.eye(FEATURES), a.T @ b) for a, b in zip(x, y)])
l = np.linalg.svd(independent)[2][:LATENT]
s = independent @ l.T
values = [objective(s, l)]
while len(values) < 3 or values[-2] - values[-1] > 1e-15:
    s = np.array([lasso(a @ l.T, b, own) for a, b, own in zip(x, y, s)])
    system = RIDGE * np.eye(LATENT * FEATURES)
    right = np.zeros(LATENT * FEATURES)
    for a, b, own in zip(x, y, s):
        system += np.kron(np.outer(own, own), a.T @ a) / SCALE
        right += np.kron(own, a.T @ b) / SCALE
    l = np.linalg.solve(system, right).reshape(LATENT, FEATURES)
    values.append(objective(s, l))
# A stationary point: both halves are solved by what they start from.
assert np.abs(np.array([lasso(a @ l.T, b, own.copy()) for a, b, own in zip(x, y, s)]) - s).max() < 1e-6

print(json.dumps({
    'inputs': x.tolist(), 'labels': y.tolist(), 'latent': LATENT, 'lambda': MU, 'ridge': RIDGE,
    'objective': values[-1], 'alternations': len(values) - 1, 'weights': (s @ l).tolist(), 'codes': s.tolist(), 'latentTasks': l.tolist(),
}))
