"""Numbers of SciPy 1.17.1, statsmodels 0.15.0, baycomp 1.0.3 and moocore 0.3.2 for the tests of src/study/statistics.

pip install scipy==1.17.1 statsmodels==0.15.0 baycomp==1.0.3 moocore==0.3.2 && python make.py   (writes statistics.json here)
"""
import json
import pathlib
import warnings

import baycomp
import moocore
import numpy as np
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.power import TTestPower
from statsmodels.stats.weightstats import ttost_paired

here = pathlib.Path(__file__).parent
rng = np.random.default_rng(20261125)
out = {}

# Paired t, TOST, and the Bayesian correlated t test (baycomp: rho = 1 / folds).
out['t'] = []
for n in (2, 5, 10, 30):
    x = np.round(rng.normal(0.02, 0.03, n), 4)
    y = np.round(rng.normal(0, 0.03, n), 4)
    d = x - y
    test = stats.ttest_rel(x, y)
    interval = test.confidence_interval(0.95)
    wide = test.confidence_interval(0.9)
    tost = ttost_paired(x, y, -0.03, 0.03)
    better = baycomp.two_on_single(y, x, rope=0.01, runs=1)
    mean, variance, _ = baycomp.single.CorrelatedTTest.compute_statistics(y, x, 1)
    scale = variance**0.5
    out['t'].append(dict(x=x.tolist(), y=y.tolist(), mean=float(d.mean()), sd=float(d.std(ddof=1)), t=float(test.statistic), p=float(test.pvalue), low=float(interval.low), high=float(interval.high),
                         low90=float(wide.low), high90=float(wide.high), tost=float(tost[0]), tostLow=float(tost[1][1]), tostHigh=float(tost[2][1]),
                         bayes=dict(rho=1 / n, worse=float(better[0]), same=float(better[1]), better=float(better[2]), scale=float(scale))))

# Wilcoxon: exact without ties; with ties and zeros over all signs (small n); normal approximation for many.
out['wilcoxon'] = []
for n in (5, 10, 25, 50):
    d = np.round(rng.normal(0.4, 1, n), 6)
    r = stats.wilcoxon(d, method='exact')
    out['wilcoxon'].append(dict(d=d.tolist(), zeros='wilcox', statistic=float(r.statistic), p=float(r.pvalue)))
for n in (7, 11):
    d = np.round(rng.normal(0.5, 1.5, n))
    d[0] = 0
    for zeros in ('wilcox', 'pratt'):
        kept = d[d != 0] if zeros == 'wilcox' else d
        r = stats.wilcoxon(kept, zero_method=zeros, method=stats.PermutationMethod(n_resamples=np.inf))
        out['wilcoxon'].append(dict(d=d.tolist(), zeros=zeros, statistic=float(r.statistic), p=float(r.pvalue)))
for n in (80, 120):
    d = np.round(rng.normal(0.3, 2, n))
    for zeros in ('wilcox', 'pratt'):
        r = stats.wilcoxon(d, zero_method=zeros, method='approx', correction=False)
        out['wilcoxon'].append(dict(d=d.tolist(), zeros=zeros, statistic=float(r.statistic), p=float(r.pvalue)))

# Sign flips: SciPy's permutation test over all samples of signs.
out['signFlip'] = []
for n in (4, 8, 12):
    d = np.round(rng.normal(0.5, 1, n), 3)
    r = stats.permutation_test((d,), np.mean, permutation_type='samples', n_resamples=np.inf)
    out['signFlip'].append(dict(d=d.tolist(), p=float(r.pvalue)))
big = np.round(rng.normal(0.35, 1, 20), 3)
signs = ((np.arange(2**20)[:, None] >> np.arange(20)) & 1) * 2 - 1
out['signFlipBig'] = dict(d=big.tolist(), p=float(np.mean(np.abs(signs @ big) >= abs(big.sum()) - 1e-9)))

# Bootstrap: SciPy's own replicates, so that the ends can be compared to rounding.
d = np.round(rng.exponential(1, 12), 4)
out['bootstrap'] = dict(d=d.tolist())
for method, name in (('percentile', 'percentile'), ('BCa', 'bca')):
    r = stats.bootstrap((d,), np.mean, n_resamples=499, method=method, rng=np.random.default_rng(1))
    out['bootstrap'][name] = dict(replicates=np.round(r.bootstrap_distribution, 12).tolist(), low=float(r.confidence_interval.low), high=float(r.confidence_interval.high))
    r = stats.bootstrap((d,), np.mean, n_resamples=400_000, method=method, rng=np.random.default_rng(2), batch=10_000)
    out['bootstrap'][name]['limit'] = [float(r.confidence_interval.low), float(r.confidence_interval.high)]

# Corrections for many tests.
p = np.round(rng.uniform(0, 1, 12) ** 3, 5)
p[3] = p[7]
out['multiplicity'] = dict(p=p.tolist(), holm=multipletests(p, method='holm')[1].tolist(), bh=multipletests(p, method='fdr_bh')[1].tolist())

# Ranks, Friedman with and without ties, Iman-Davenport from it, Nemenyi's studentized range.
scores = np.round(rng.normal(0, 1, (12, 4)) + [0, 0.2, 0.7, 1.0], 2)
tied = np.round(scores)
out['friedman'] = []
for table in (scores, tied):
    r = stats.friedmanchisquare(*table.T)
    n, k = table.shape
    f = (n - 1) * r.statistic / (n * (k - 1) - r.statistic)
    out['friedman'].append(dict(scores=table.tolist(), meanRanks=stats.rankdata(-table, axis=1).mean(0).tolist(), chiSquare=float(r.statistic), p=float(r.pvalue), f=float(f),
                                fP=float(stats.f.sf(f, k - 1, (k - 1) * (n - 1)))))
out['range'] = [dict(k=k, alpha=a, q=float(stats.studentized_range.ppf(1 - a, k, np.inf))) for k in (2, 3, 5, 10, 20) for a in (0.05, 0.1)]
out['rangeP'] = [dict(k=k, q=q, p=float(stats.studentized_range.sf(q, k, np.inf))) for k in (3, 6) for q in (1.0, 3.0, 4.5)]

# Power of the paired t test, and the number of pairs for a wanted power.
power = TTestPower()
out['power'] = [dict(d=d, n=n, alpha=a, power=float(power.power(d, n, a))) for d in (0.2, 0.5, 1.5) for n in (2, 3, 5, 10, 40) for a in (0.05, 0.05 / 18) if d * n**0.5 < 6]
with warnings.catch_warnings():
    warnings.simplefilter('ignore')
    out['size'] = [dict(d=d, power=w, alpha=a, n=int(np.ceil(np.round(np.ravel(power.solve_power(d, None, a, w))[0], 9)))) for d in (0.3, 0.7, 1.0, 2.0) for w in (0.8, 0.9) for a in (0.05, 0.01)]

# Hypervolume.
out['hypervolume'] = []
for m, n in ((2, 1), (2, 12), (3, 2), (3, 15)):
    points = np.round(rng.uniform(0, 1.1, (n, m)), 1 if n == 15 else 3)
    out['hypervolume'].append(dict(points=points.tolist(), reference=[1.0] * m, value=float(moocore.hypervolume(points, ref=[1.0] * m))))

json.dump(out, open(here / 'statistics.json', 'w'))
