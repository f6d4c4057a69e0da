"""Makes reference.json: balancing results from independent implementations, in float64.

Run with Python 3.11, numpy 2.4.6, scipy 1.17.1, torch 2.15.0 and torchjd 0.18.0:

    python make_reference.py > reference.json

"torchjd" entries come from that package; "scipy" entries state the published problem and solve it with scipy.
"""

import json
from itertools import combinations

import numpy as np
import torch
from scipy.optimize import least_squares, minimize, nnls
from torchjd import aggregation as ag
from torchjd import scalarization as sc

torch.set_default_dtype(torch.float64)
rng = np.random.default_rng(20261125)


def jacobian(tasks, parameters, conflict=0.0):
    j = rng.normal(size=(tasks, parameters))
    return np.round(j - conflict * j.mean(axis=0), 3)


def simplex_min(g, linear=None, root=0.0):
    """argmin of w'Gw/2, or of linear'w + root sqrt(w'Gw), over the simplex."""
    n = len(g)
    if linear is None:
        fun, jac = (lambda w: 0.5 * w @ g @ w), (lambda w: g @ w)
    else:
        fun = lambda w: linear @ w + root * np.sqrt(w @ g @ w + 1e-300)
        jac = lambda w: linear + root * (g @ w) / np.sqrt(w @ g @ w + 1e-300)
    best = None
    for start in [np.ones(n) / n] + [np.eye(n)[i] * 0.9 + 0.1 / n for i in range(n)]:
        r = minimize(fun, start, jac=jac, bounds=[(0, None)] * n, method="SLSQP",
                     constraints={"type": "eq", "fun": lambda w: w.sum() - 1, "jac": lambda w: np.ones(n)},
                     options={"ftol": 1e-15, "maxiter": 1000})
        if best is None or r.fun < best.fun:
            best = r
    return best.x


def enumerate_min_norm(g):
    """The same for w'Gw by enumeration of all supports, exactly."""
    n, best, value = len(g), None, np.inf
    for size in range(1, n + 1):
        for s in map(list, combinations(range(n), size)):
            k = np.block([[g[np.ix_(s, s)], np.ones((size, 1))], [np.ones((1, size)), np.zeros((1, 1))]])
            w = np.linalg.lstsq(k, np.r_[np.zeros(size), 1], rcond=None)[0][:size]
            if abs(w.sum() - 1) > 1e-9 or w.min() < -1e-12:
                continue
            full = np.zeros(n)
            full[s] = w
            if full @ g @ full < value:
                best, value = full, full @ g @ full
    return best


def dual_cone(g, u):
    """argmin of v'Gv over v >= u, as a non-negative least-squares problem."""
    l = np.linalg.cholesky(g).T
    return u + nnls(l, -l @ u, maxiter=10_000)[0]


def fair(g, alpha):
    """G w = w^(-1/alpha), the minimizer of w'Gw/2 - sum psi(w) with psi' = w^(-1/alpha), in log w; checked by its residual."""
    e = 1 - 1 / alpha
    psi = (lambda x: x.sum()) if alpha == 1 else (lambda x: (np.exp(e * x) / e).sum())
    fun = lambda x: 0.5 * np.exp(x) @ g @ np.exp(x) - psi(x)
    jac = lambda x: np.exp(x) * (g @ np.exp(x)) - np.exp(e * x)
    x = -np.log(np.diag(g)) * alpha / (1 + alpha)
    for _ in range(3):
        x = minimize(fun, x, jac=jac, method="BFGS", options={"gtol": 1e-14, "maxiter": 10_000}).x
    residual = lambda x: (g @ np.exp(x)) * np.exp(x / alpha) - 1
    x = least_squares(residual, x, method="lm", xtol=1e-15, ftol=1e-15, gtol=1e-15, max_nfev=100_000).x
    assert np.abs(residual(x)).max() < 1e-9, residual(x)
    return np.exp(x)


def case(j):
    g = j @ j.T
    t = len(j)
    p = np.ones(t) / t
    tj = torch.tensor(j)
    reg = g / np.trace(g) + 1e-4 * np.eye(t)
    out = {"jacobian": j.tolist()}
    s, q = {}, {}
    s["mgda"] = j.T @ enumerate_min_norm(g)
    s["upgrad"] = j.T @ sum(dual_cone(reg, p[i] * np.eye(t)[i]) for i in range(t))
    s["dualproj"] = j.T @ dual_cone(reg, p)
    n0 = np.sqrt(p @ g @ p)
    for c in (0.2, 0.4, 0.9):
        w = simplex_min(g, g @ p, c * n0)
        s[f"cagrad {c}"] = j.T @ (p + c * n0 * w / np.sqrt(w @ g @ w))
    if np.linalg.matrix_rank(j) == t:
        for alpha in (0.5, 1, 2):
            s[f"fairgrad {alpha}"] = j.T @ fair(g, alpha)
    for scale in ("min", "median", "rmse"):
        # Beyond this range float32's epsilon (ours, and the authors') and float64's (torchjd's here) give different ranks.
        if np.linalg.cond(g) < 1e6 or np.linalg.matrix_rank(j) < t:
            q[f"alignedmtl {scale}"] = ag.AlignedMTL(scale_mode=scale)(tj)
    q["imtlg"] = ag.IMTLG()(tj)
    q["config"] = ag.ConFIG()(tj)
    out["scipy"] = {k: v.tolist() for k, v in s.items()}
    out["torchjd"] = {k: v.tolist() for k, v in q.items()}
    return out


def sequences():
    js = [jacobian(2, 4) for _ in range(4)]
    three = [jacobian(3, 5) for _ in range(4)]
    vac, excess = ag.GradVac(), ag.ExcessMTL(robust_step_size=0.3)
    modo, sdm = ag.MoDoWeighting(gamma=0.05, rho=0.2), ag.SDMGradWeighting()
    cross = [rng.normal(size=(3, 3)).round(3) for _ in range(4)]
    losses = [rng.uniform(0.2, 3, size=3).round(3) for _ in range(4)]
    famo = sc.FAMO(3, lr=0.025, weight_decay=1e-3)
    weights = []
    for before, after in zip(losses, losses[1:]):
        v = torch.tensor(before, requires_grad=True)
        famo(v).backward()
        weights.append(v.grad.tolist())
        famo.update(torch.tensor(after))
    uw = sc.UW(3)
    uwp = torch.optim.Adam(uw.parameters(), lr=0.05)
    uws = []
    for l in losses:
        v = torch.tensor(l, requires_grad=True)
        uwp.zero_grad()
        uw(v).backward()
        uws.append(v.grad.tolist())
        uwp.step()
    il = sc.IMTLL(3)
    ilp = torch.optim.Adam(il.parameters(), lr=0.05)
    ils = []
    for l in losses:
        v = torch.tensor(l, requires_grad=True)
        ilp.zero_grad()
        il(v).backward()
        ils.append(v.grad.tolist())
        ilp.step()
    return {
        "gradvac": {"jacobians": [j.tolist() for j in js], "updates": [vac(torch.tensor(j)).tolist() for j in js]},
        "excessmtl": {"jacobians": [j.tolist() for j in three], "updates": [excess(torch.tensor(j)).tolist() for j in three]},
        "modo": {"cross": [c.tolist() for c in cross], "weights": [modo(torch.tensor(c)).tolist() for c in cross]},
        "sdmgrad": {"cross": [c.tolist() for c in cross], "weights": [sdm(torch.tensor(c)).tolist() for c in cross]},
        "famo": {"losses": [l.tolist() for l in losses], "weights": weights},
        "uncertainty": {"losses": [l.tolist() for l in losses], "weights": uws},
        "imtll": {"losses": [l.tolist() for l in losses], "weights": ils},
    }


def scalarizers():
    l = [1.3, 0.4, 2.2]
    w = torch.tensor([0.2, 0.5, 0.3])
    z = torch.tensor([0.1, 0.2, 0.3])
    out = {}
    for name, s in {
        "stch": sc.STCH(0.3, w, z),
        "cosmos": sc.COSMOS(2.0, w),
        "pbi": sc.PBI(3.0, w, z),
        "gls": sc.GeometricMean(),
    }.items():
        v = torch.tensor(l, requires_grad=True)
        y = s(v)
        y.backward()
        out[name] = {"value": y.item(), "weights": v.grad.tolist()}
    return {"losses": l, "weights": w.tolist(), "reference": z.tolist(), "results": out}


print(json.dumps({
    "cases": {
        "random 2 x 3": case(jacobian(2, 3, 1.5)),
        "random 3 x 5": case(jacobian(3, 5, 0.8)),
        "random 4 x 6": case(jacobian(4, 6, 0.9)),
        "random 6 x 9": case(jacobian(6, 9, 0.6)),
        "tall 5 x 3": case(np.abs(jacobian(5, 3)) + np.round(0.4 * rng.normal(size=(5, 3)), 3)),
        "scaled 4 x 6": case(jacobian(4, 6) * np.array([[100.0], [1.0], [0.01], [5.0]])),
    },
    "sequences": sequences(),
    "scalarizers": scalarizers(),
}, indent=1))
