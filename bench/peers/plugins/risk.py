"""Oracles of the risk plugins: numpy, scipy, statsmodels, or a plain loop of Python where the entry is closed form.

usage: python risk.py cases.json
"""
import math

import timing


def matrix_of(given):
    import numpy as np

    return np.array([asset["returns"] for asset in given["assets"]])


def var_budget(given, params):
    import numpy as np
    from scipy import stats

    returns, weights = matrix_of(given), np.array([asset["weight"] for asset in given["assets"]])

    def work():
        covariance = np.cov(returns)
        sigma = math.sqrt(weights @ covariance @ weights)
        quantile = stats.norm.ppf(params["confidence"])
        marginal = quantile * covariance @ weights / sigma
        return quantile * sigma, marginal, weights * marginal, quantile * np.sqrt(np.diag(covariance))

    return "numpy", work


def drawdown_derisk(given, params):
    equity = given["equity"]

    def work():
        peak, multiplier, out = 0.0, 1.0, []
        for point in equity:
            value = point["value"]
            peak = max(peak, value)
            drawdown = 1 - value / peak
            raw = 1.0 if drawdown <= 0.05 else max(0.0, (0.5 - drawdown) / (0.45 * (1 - drawdown)))
            multiplier = raw if raw < multiplier else min(raw, multiplier + 1)
            out.append({"t": point["t"], "drawdown": drawdown, "multiplier": multiplier})
        return out

    return "python", work


def frac_kelly_atten(given, params):
    from scipy import optimize

    p, b, loss = given["winProbability"], given["payoff"] - 0.02, given["lossFraction"] + 0.02

    def work():
        growth = lambda f: -(p * math.log1p(f * b) + (1 - p) * math.log1p(-f * loss))
        return optimize.minimize_scalar(growth, bounds=(0, 0.97), method="bounded").x

    return "scipy", work


def vol_target(given, params):
    returns = given["returns"]
    decay = 0.5 ** (1 / 30)

    def work():
        numerator = denominator = leverage = 0.0
        out = []
        for value in returns:
            numerator, denominator = decay * numerator + value * value, decay * denominator + 1
            target = min(2.0, params["targetVol"] / max(0.05, math.sqrt(365 * numerator / denominator)))
            if abs(target - leverage) > 0.1 * leverage:
                leverage = target
            out.append(leverage)
        return out

    return "python", work


def time_decay_size(given, params):
    import numpy as np

    lags = np.array([point["lagMs"] for point in given["icCurve"]], dtype=float)
    ics = np.array([point["ic"] for point in given["icCurve"]])
    return "numpy", lambda: math.log(0.5) / np.polyfit(lags, np.log(ics), 1)[0]


def tracking_error(given, params):
    import numpy as np

    returns = matrix_of(given)
    active = np.array([asset["weight"] - asset["benchmarkWeight"] for asset in given["assets"]])

    def work():
        covariance = np.cov(returns)
        marginal = covariance @ active
        error = math.sqrt(365 * active @ marginal)
        return error, 365 * active * marginal / error, np.corrcoef(active @ returns, returns.mean(axis=0))

    return "numpy", work


def liquidity_hotspot(given, params):
    import numpy as np
    from scipy import stats

    assets = [
        (
            asset["notional"],
            np.array(asset["returns"]),
            np.array(asset["dollarVolumes"]),
            np.array(asset["book"]["bids"]),
            np.array(asset["book"]["asks"]),
        )
        for asset in given["assets"]
    ]

    def work():
        for notional, returns, volumes, bids, asks in assets:
            amihud = np.abs(returns) / volumes
            recent, past = np.log(amihud[-5:]).mean(), np.log(amihud[:-5])
            stats.norm.cdf((recent - past.mean()) / past.std(ddof=1))
            mid = (bids[0, 0] + asks[0, 0]) / 2
            depth = (bids[bids[:, 0] >= mid * 0.995].prod(axis=1).sum(), asks[asks[:, 0] <= mid * 1.005].prod(axis=1).sum())
            taken = np.minimum(np.cumsum(bids[:, 1]), abs(notional) / mid)
            np.diff(taken, prepend=0) @ bids[:, 0], returns.std(ddof=1) * math.sqrt(abs(notional) / np.median(volumes)), depth

    return "numpy", work


def cvar_size(given, params):
    import numpy as np
    from scipy import optimize

    losses = -np.array(given["returns"])
    count, tail = len(losses), 0.025

    def work():
        cost = np.concatenate([[1.0], np.full(count, 1 / (tail * count))])
        rows = np.hstack([-np.ones((count, 1)), -np.eye(count)])
        bounds = [(None, None)] + [(0, None)] * count
        return optimize.linprog(cost, A_ub=rows, b_ub=-losses, bounds=bounds).fun

    return "scipy", work


def entropy_weights(given, params):
    import numpy as np
    from scipy import optimize

    means, covariance = np.array(given["expectedReturns"]), np.array(given["covariance"])
    prior = np.full(len(means), 1 / len(means))

    def goal(weights):
        kl = np.sum(weights * np.log(np.maximum(weights, 1e-300) / prior))
        return -(means @ weights) + weights @ covariance @ weights + 0.05 * kl

    def work():
        total = {"type": "eq", "fun": lambda weights: weights.sum() - 1}
        bounds = [(1e-12, 0.1)] * len(means)
        return optimize.minimize(goal, prior, method="SLSQP", bounds=bounds, constraints=[total]).x

    return "scipy", work


def auto_hedge_ratio(given, params):
    import numpy as np
    import statsmodels.api as sm

    design = sm.add_constant(np.array([hedge["returns"] for hedge in given["hedges"]]).T)
    positions = [np.array(position["returns"]) for position in given["positions"]]
    weights = 0.5 ** (np.arange(len(design))[::-1] / params["halfLife"])

    def work():
        return [(fit.params, fit.bse) for fit in (sm.WLS(y, design, weights=weights).fit() for y in positions)]

    return "statsmodels", work


timing.run(
    {
        "risk_var_budget": var_budget,
        "risk_drawdown_derisk": drawdown_derisk,
        "risk_frac_kelly_atten": frac_kelly_atten,
        "risk_vol_target": vol_target,
        "risk_time_decay_size": time_decay_size,
        "risk_tracking_error": tracking_error,
        "risk_liquidity_hotspot": liquidity_hotspot,
        "risk_cvar_size": cvar_size,
        "risk_entropy_weights": entropy_weights,
        "risk_auto_hedge_ratio": auto_hedge_ratio,
    }
)
