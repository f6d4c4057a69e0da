"""What populationGain and friedman's exact p are to be, by SciPy 1.17.1: other arithmetic than ours for the same model.

pip install scipy==1.17.1 && python population.py   (writes population.json here)

The hierarchical model: gain y_d of a data set ~ t(df_d) about theta_d with scale se_d; theta_d ~ N(mu, tau^2); mu ~ 2 scale t(3);
tau ~ half of scale t(3). The t likelihoods are integrated by 60-point generalized Gauss-Laguerre quadrature over their precision, mu and tau on a
dense grid (801 x 600, tau evenly in tau / (scale + tau)). Ours takes 6 precisions, and a grid of 241 x 80.

Friedman's exact p: the share of all orders of the scores within blocks whose statistic is at least the observed one.
"""
import itertools
import json
import pathlib

import numpy as np
from scipy import stats
from scipy.special import gammaln, logsumexp, roots_genlaguerre

here = pathlib.Path(__file__).parent


def posterior(y, se, df, scale, margin, level=0.95):
    y, se, df = map(np.asarray, (y, se, df))
    wide = max(y.std(), se.max())
    mu = np.linspace(y.mean() - 14 * wide / np.sqrt(len(y)), y.mean() + 14 * wide / np.sqrt(len(y)), 801)
    u = (np.arange(600) + 0.5) / 600
    tau = scale * u / (1 - u)
    jacobian = scale / (1 - u) ** 2
    log = stats.t.logpdf(mu / (2 * scale), 3)[:, None] + (stats.t.logpdf(tau / scale, 3) + np.log(jacobian))[None, :]
    for yd, sd, nd in zip(y, se, df):
        if nd > 1e5:
            log = log + stats.norm.logpdf(yd, mu[:, None], np.hypot(sd, tau)[None, :])
            continue
        # w ~ Gamma(nd / 2) with rate nd / 2; x = w nd / 2 has weight x^(nd/2 - 1) e^-x.
        x, weight = roots_genlaguerre(60, nd / 2 - 1)
        variance = sd**2 * (nd / 2) / x[:, None] + tau[None, :] ** 2
        terms = np.log(weight)[:, None, None] - gammaln(nd / 2) + stats.norm.logpdf(yd, mu[None, :, None], np.sqrt(variance)[:, None, :])
        log = log + logsumexp(terms, axis=0)
    p = np.exp(log - log.max())
    p /= p.sum()
    of_mu = p.sum(1)
    cdf = np.cumsum(of_mu) - of_mu / 2
    q = lambda share: float(np.interp(share, cdf, mu))
    new = stats.norm.cdf(mu[:, None] / tau[None, :]).ravel()
    harm = stats.norm.cdf((-margin - mu[:, None]) / tau[None, :]).ravel()

    def credible(values):
        order = np.argsort(values)
        w = p.ravel()[order]
        at = np.cumsum(w) - w / 2
        ends = np.interp([(1 - level) / 2, (1 + level) / 2], at, values[order])
        return dict(value=float((values * p.ravel()).sum()), low=float(ends[0]), high=float(ends[1]))

    step = mu[1] - mu[0]
    above = lambda at: float((of_mu * np.clip((mu + step / 2 - at) / step, 0, 1)).sum())
    return dict(mean=dict(value=float((mu * of_mu).sum()), low=q((1 - level) / 2), high=q((1 + level) / 2)), pGain=above(0), pHarm=1 - above(-margin),
                spread=float((tau * p.sum(0)).sum()), newGain=credible(new), newHarm=credible(harm))


cases = [
    # The eight schools (Rubin 1981), normal errors.
    dict(y=[28, 8, -3, 7, -1, 1, 18, 12], se=[15, 10, 16, 11, 9, 11, 10, 18], df=[1e6] * 8, scale=5.0, margin=5.0),
    dict(y=[0.021, 0.008, -0.004, 0.013, 0.017, 0.002], se=[0.006, 0.004, 0.005, 0.007, 0.005, 0.003], df=[9] * 6, scale=0.01, margin=0.01),
    dict(y=[-0.4, 0.3, -1.1, -0.2, -0.9, 0.1, -0.6, -1.6, -0.3, 0.2, -0.8, -0.7], se=[0.3, 0.2, 0.4, 0.3, 0.2, 0.5, 0.3, 0.6, 0.2, 0.3, 0.4, 0.3], df=[9, 19, 9, 4, 19, 9, 9, 9, 39, 9, 9, 19], scale=1.0, margin=1.0),
    dict(y=[3.0, 3.4, 2.2], se=[0.3, 0.4, 0.5], df=[9, 9, 9], scale=1.0, margin=1.0),
]
out = dict(population=[dict(case, expected=posterior(**case)) for case in cases], friedman=[])

for table in (
    [[1, 2, 3], [1, 3, 2], [2, 1, 3], [1, 2, 3], [3, 1, 2]],
    [[1, 1, 2], [1, 2, 2], [1, 2, 3], [1, 2, 3], [2, 1, 3]],
    [[1, 2, 3, 4], [2, 1, 3, 4], [1, 2, 4, 3]],
    [[0.3, 0.3, 0.3, 0.1], [0.5, 0.4, 0.4, 0.1], [0.9, 0.8, 0.7, 0.1]],
):
    observed = stats.friedmanchisquare(*np.asarray(table).T).statistic
    orders = [list(itertools.permutations(block)) for block in table]
    ranked = [[stats.rankdata(order) for order in own] for own in orders]
    # The statistic grows with the squares of the rank sums; ties within a block are the same in every order.
    spread = lambda blocks: (np.sum(blocks, axis=0) ** 2).sum()
    limit = spread([stats.rankdata(block) for block in table]) - 1e-9
    # The first block may stay as it is: only how blocks lie to each other counts.
    hits = [spread([ranked[0][0], *rest]) >= limit for rest in itertools.product(*ranked[1:])]
    out['friedman'].append(dict(scores=table, chiSquare=float(observed), exactP=float(np.mean(hits))))

json.dump(out, open(here / 'population.json', 'w'), indent=1)
