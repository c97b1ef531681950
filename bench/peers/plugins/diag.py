"""Oracles of the diagnostics: scipy, statsmodels, arch, numpy.

usage: python diag.py cases.json
"""
import itertools
import math

import timing


def oos_decay_plot(given, params):
    import numpy as np
    import statsmodels.api as sm
    from scipy import stats

    folds = [(np.array(fold["isReturns"]), np.array(fold["oosReturns"])) for fold in given["folds"]]

    def work():
        sharpe = lambda returns: returns.mean() / returns.std(ddof=1) * math.sqrt(365)
        before, after = [sharpe(a) for a, _ in folds], [sharpe(b) for _, b in folds]
        returns = np.concatenate([b for _, b in folds])
        ages = np.concatenate([np.arange(len(b)) for _, b in folds])
        hac = {"maxlags": 5, "use_correction": False}
        fit = sm.OLS(returns, sm.add_constant(ages)).fit(cov_type="HAC", cov_kwds=hac)
        return stats.ttest_rel(after, before), stats.linregress(before, after), fit.tvalues, fit.pvalues

    return "statsmodels", work


def data_drift(given, params):
    import numpy as np
    from scipy import stats
    from statsmodels.stats.multitest import multipletests

    features = [(np.array(one["reference"]), np.array(one["current"])) for one in given["features"]]
    method = "exact" if params.get("pValue") == "exact" else "asymp"

    def work():
        p = []
        for reference, current in features:
            p.append(stats.ks_2samp(reference, current, method=method).pvalue)
            stats.wasserstein_distance(reference, current)
            edges = np.quantile(reference, np.linspace(0, 1, 11)[1:-1])
            a = np.bincount(np.searchsorted(edges, reference), minlength=10) / len(reference)
            b = np.bincount(np.searchsorted(edges, current), minlength=10) / len(current)
            np.sum((a - b) * np.log(np.maximum(a, 1e-12) / np.maximum(b, 1e-12)))
        return multipletests(p, method="fdr_bh")

    return "scipy", work


def slippage_report(given, params):
    import numpy as np
    import statsmodels.api as sm

    orders = given["orders"]

    def work():
        y, x, totals = [], [], {}
        for order in orders:
            sign = 1 if order["side"] == "buy" else -1
            filled = sum(fill["qty"] for fill in order["fills"])
            paid = sum(fill["qty"] * fill["price"] for fill in order["fills"])
            notional = order["qty"] * order["decisionPrice"]
            shortfall = sign * (paid - filled * order["decisionPrice"]) + sum(fill["fee"] for fill in order["fills"])
            spread = sum(2 * sign * (fill["price"] - fill["mid"]) * fill["qty"] for fill in order["fills"])
            group = totals.setdefault(order["symbol"], [0.0, 0.0, 0.0])
            group[0], group[1], group[2] = group[0] + shortfall, group[1] + notional, group[2] + spread
            y.append(sign * (paid / filled / order["arrivalPrice"] - 1) / order["volatility"])
            x.append(math.sqrt(filled / order["marketVolume"]))
        return totals, sm.OLS(np.array(y), np.array(x)).fit(cov_type="HC1", use_t=True).conf_int()

    return "statsmodels", work


def cpcv_overfit(given, params):
    import numpy as np
    from scipy import stats

    blocks = np.array_split(np.array(given["returns"]), 16)
    sums = np.array([block.sum(axis=0) for block in blocks])
    squares = np.array([(block**2).sum(axis=0) for block in blocks])
    sizes = np.array([len(block) for block in blocks])

    def sharpe(chosen):
        n = sizes[chosen].sum()
        mean = sums[chosen].sum(axis=0) / n
        return mean / np.sqrt((squares[chosen].sum(axis=0) - n * mean**2) / (n - 1))

    def work():
        below = 0
        for train in itertools.combinations(range(16), 8):
            inside, outside = sharpe(list(train)), sharpe([b for b in range(16) if b not in train])
            rank = stats.rankdata(outside)[np.argmax(inside)] / (outside.size + 1)
            below += math.log(rank / (1 - rank)) <= 0
        return below / math.comb(16, 8)

    return "numpy", work


def param_sensitivity(given, params):
    import numpy as np
    import pandas as pd
    from statsmodels.formula.api import ols
    from statsmodels.stats.anova import anova_lm

    frame = pd.DataFrame([trial["values"] for trial in given["trials"]], columns=given["parameters"])
    frame["y"] = [trial["metric"] for trial in given["trials"]]

    def work():
        table = anova_lm(ols("y ~ (C(a)+C(b)+C(c)+C(d))**2", frame).fit())
        return np.asarray(table["sum_sq"]) / np.square(frame["y"] - frame["y"].mean()).sum()

    return "statsmodels", work


def sharpe_ci(given, params):
    import numpy as np
    from arch.bootstrap import StationaryBootstrap, optimal_block_length

    returns = np.array(given["returns"])

    def work():
        block = optimal_block_length(returns)["stationary"].iloc[0]
        resamples = StationaryBootstrap(max(1, block), returns, seed=7)
        return resamples.apply(lambda x: x.mean() / x.std(ddof=1), params["bootstrap"]["replications"])

    return "arch", work


timing.run(
    {
        "diag_oos_decay_plot": oos_decay_plot,
        "diag_data_drift": data_drift,
        "diag_slippage_report": slippage_report,
        "diag_cpcv_overfit": cpcv_overfit,
        "diag_param_sensitivity": param_sensitivity,
        "diag_sharpe_ci": sharpe_ci,
    }
)
