"""Oracles of the alpha plugins: statsmodels, pandas, scipy, numpy, or a plain loop of Python where the entry names one.

usage: python alpha.py cases.json
"""
import math
import statistics
from collections import deque

import timing


def vix_regime(given, params):
    import numpy as np
    from statsmodels.tsa.regime_switching.markov_regression import MarkovRegression

    logs = np.log(given["level"])

    def work():
        model = MarkovRegression(logs, k_regimes=params["regimes"], trend="c", switching_variance=True)
        return model.fit(disp=0).llf

    return "statsmodels", work


def cross_asset_corr(given, params):
    import numpy as np
    import pandas as pd
    from scipy import stats

    names = ["target"] + [driver["name"] for driver in given["drivers"]]
    columns = [np.array(given["target"])] + [np.array(driver["returns"]) for driver in given["drivers"]]

    def work():
        frame = pd.DataFrame(dict(zip(names, columns)))
        second = np.array([[(frame[a] * frame[b]).ewm(alpha=0.03).mean().iloc[-1] for b in names] for a in names])
        scale = np.sqrt(np.diag(second))
        correlation = second / np.outer(scale, scale)
        np.linalg.eigvalsh(correlation), np.linalg.solve(correlation[1:, 1:], correlation[1:, 0])
        for column in columns[1:]:
            stats.pearsonr(columns[0][-20:], column[-20:]), stats.pearsonr(columns[0][-140:-20], column[-140:-20])

    return "pandas", work


def google_trends(given, params):
    import numpy as np
    import pandas as pd
    from scipy import stats

    values = np.array([point["value"] for point in given["segments"][0]["points"]], dtype=float)

    def work():
        series = pd.Series(values)
        attention = np.log(series) - np.log(series.rolling(8).median().shift(1))
        np.polyfit(range(4), attention.to_numpy()[-4:], 1), stats.median_abs_deviation(attention[-52:], scale=1 / 1.4826)

    return "pandas", work


def vrp(given, params):
    import numpy as np
    import pandas as pd
    import statsmodels.api as sm

    rv = np.array(given["rv"])

    def work():
        series = pd.Series(rv)
        lags = pd.DataFrame({"d": series, "w": series.rolling(7).mean(), "m": series.rolling(30).mean()})
        target = series.rolling(30).mean().shift(-30)
        rows = lags.notna().all(axis=1) & target.notna()
        return sm.OLS(target[rows], sm.add_constant(lags[rows])).fit().params

    return "statsmodels", work


def analyst_revisions(given, params):
    grades = {"buy": 1, "outperform": 0.5, "hold": 0, "sell": -1}

    def work():
        scores = []
        for issuer in given["issuers"]:
            mass = total = 0.0
            latest = {}
            for event in sorted(issuer["events"], key=lambda one: one["t"]):
                age = (given["asOf"] - event["t"]) / 86_400_000
                if age > 90:
                    continue
                change = grades[event["toGrade"].lower()] - grades[event["fromGrade"].lower()]
                weight = 2 ** (-age / 30)
                latest[event["firm"]] = (weight, change)
            for weight, change in latest.values():
                mass, total = mass + weight, total + weight * change
            scores.append(total / (2 + mass))
        return scores

    return "python", work


def whisper_spread(given, params):
    import numpy as np
    from scipy import stats

    fields = ("consensus", "whisper", "actual", "price")
    columns = {name: np.array([record[name] for record in given["history"]]) for name in fields}

    def work():
        x = (columns["whisper"] - columns["consensus"]) / columns["price"]
        y = (columns["actual"] - columns["consensus"]) / columns["price"]
        design = np.column_stack([np.ones_like(x), x])
        precision = np.diag([4.0, 4.0 * np.mean(x * x)]) + design.T @ design
        location = np.linalg.solve(precision, design.T @ y)
        return stats.t.sf(-location[0], len(x)), stats.t.sf(-location[1], len(x))

    return "scipy", work


def coint_pairs(given, params):
    import numpy as np
    from statsmodels.tsa.vector_ar.vecm import coint_johansen

    logs = np.log(np.array([series["prices"] for series in given["series"]])).T
    return "statsmodels", lambda: coint_johansen(logs, 0, 1)


def risk_reversal(given, params):
    import numpy as np
    from scipy import stats

    chains = [
        (
            (expiry["expiry"] - given["asOf"]) / 31_536_000_000,
            expiry["forward"],
            np.array([quote["strike"] for quote in expiry["quotes"]], dtype=float),
            np.array([quote["iv"] for quote in expiry["quotes"]]),
        )
        for expiry in given["expiries"]
    ]

    def work():
        for years, forward, strikes, vols in chains:
            deviation = vols * math.sqrt(years)
            delta = stats.norm.cdf((np.log(forward / strikes) + deviation**2 / 2) / deviation)
            np.interp([0.25, 0.75, 0.5], delta[::-1], vols[::-1])

    return "scipy", work


def etf_flow_div(given, params):
    import numpy as np
    import pandas as pd

    columns = {name: np.array([row[name] for row in given["rows"]]) for name in ("netFlow", "aum", "price")}

    def work():
        frame = pd.DataFrame(columns)
        flow = (frame.netFlow / frame.aum.shift()).rolling(5).sum()
        change = np.log(frame.price).diff().rolling(5).sum()
        return flow[-60:].std(), change[-60:].std(), flow[-60:].corr(change[-60:])

    return "pandas", work


def micro_imbalance(given, params):
    books, levels = given["books"], 5

    def change(now, before, better):
        move = better * (now[0] - before[0])
        return (now[1] if move >= 0 else 0.0) - (before[1] if move <= 0 else 0.0)

    def work():
        events = []
        for before, after in zip(books, books[1:]):
            ofi, depth = [], []
            for level in range(levels):
                bid = change(after["bids"][level], before["bids"][level], 1)
                ask = change(after["asks"][level], before["asks"][level], -1)
                ofi.append(bid - ask)
                depth.append((after["bids"][level][1] + after["asks"][level][1]) / 2)
            mids = [(book["bids"][0][0] + book["asks"][0][0]) / 2 for book in (before, after)]
            events.append({"t": after["t"], "ofi": ofi, "depth": depth, "dMid": mids[1] - mids[0]})
        flows = [sum(event["ofi"][level] for event in events) for level in range(levels)]
        average = sum(sum(event["depth"]) for event in events) / (len(events) * levels)
        squares = sum(event["ofi"][0] ** 2 for event in events)
        beta = sum(event["ofi"][0] * event["dMid"] for event in events) / squares
        return events, [flow / average for flow in flows], beta

    return "python", work


def t_stat_threshold(given, params):
    import numpy as np
    import statsmodels.api as sm
    from statsmodels.stats.multitest import multipletests

    tests = [(np.array(test["y"]), sm.add_constant(np.array(test["x"]))) for test in given["tests"]]

    def work():
        hac = {"maxlags": 7, "use_correction": True}
        p = [sm.OLS(y, x).fit(cov_type="HAC", cov_kwds=hac, use_t=True).pvalues[-1] for y, x in tests]
        return multipletests(p, method="holm")[1]

    return "statsmodels", work


def position_agnostic(given, params):
    import numpy as np
    import statsmodels.api as sm

    history = np.array([component["history"] for component in given["components"]])
    weights = np.array([component["weight"] for component in given["components"]])
    position, returns = np.array(given["position"], dtype=float), np.array(given["returns"])

    def work():
        scaled = np.clip(history / np.abs(history).mean(axis=1)[:, None], -2, 2)
        share = weights / weights.sum()
        signal = share @ scaled / math.sqrt(share @ np.corrcoef(history) @ share)
        design = sm.add_constant(np.column_stack([signal[:-1], position[:-1], returns[:-1]]))
        return sm.OLS(returns[1:], design).fit().tvalues

    return "statsmodels", work


def vpin(given, params):
    bars, size, buckets = given["bars"], params["bucketVolume"], 50

    def work():
        changes, ring, history, out = deque(maxlen=100), deque(maxlen=buckets), deque(maxlen=1000), []
        last, filled, bought = None, 0.0, 0.0
        for bar in bars:
            if last is not None:
                changes.append(bar["close"] - last)
            last = bar["close"]
            if len(changes) < 20:
                continue
            mean = sum(changes) / len(changes)
            sigma = math.sqrt(sum((change - mean) ** 2 for change in changes) / (len(changes) - 1))
            share = 0.5 * math.erfc(-changes[-1] / sigma / math.sqrt(2))
            left = bar["volume"]
            while left > 0:
                take = min(left, size - filled)
                filled, bought, left = filled + take, bought + take * share, left - take
                if size - filled > 1e-12 * size:
                    continue
                ring.append((2 * bought - size) / size)
                filled = bought = 0.0
                if len(ring) == buckets:
                    history.append(sum(abs(value) for value in ring) / buckets)
                    out.append((bar["t"], history[-1]))
        below = sum(value < history[-1] for value in history)
        return out, below / len(history), statistics.fmean(ring)

    return "python", work


timing.run(
    {
        "alpha_vix_regime": vix_regime,
        "alpha_cross_asset_corr": cross_asset_corr,
        "alpha_google_trends": google_trends,
        "alpha_vrp": vrp,
        "alpha_analyst_revisions": analyst_revisions,
        "alpha_whisper_spread": whisper_spread,
        "alpha_coint_pairs": coint_pairs,
        "alpha_risk_reversal": risk_reversal,
        "alpha_etf_flow_div": etf_flow_div,
        "alpha_micro_imbalance": micro_imbalance,
        "alpha_t_stat_threshold": t_stat_threshold,
        "alpha_position_agnostic": position_agnostic,
        "alpha_vpin": vpin,
    }
)
