"""Oracles of the feature plugins: statsmodels, arch, scikit-learn, PyWavelets, numpy, or a plain loop of Python.

usage: python fe.py cases.json
"""
import math

import timing


def kalman(mode):
    def oracle(given, params):
        import numpy as np
        import statsmodels.api as sm

        series = np.array(given["series"])

        def filtered():
            model = sm.tsa.UnobservedComponents(series, "lltrend", use_exact_diffuse=True)
            return model.filter([1.0, 0.1, 0.01]).filtered_state

        def fitted():
            return sm.tsa.UnobservedComponents(series, "lltrend", use_exact_diffuse=True).fit(disp=0).params

        return "statsmodels", filtered if mode == "filter" else fitted

    return oracle


def garch(given, params):
    import numpy as np
    from arch import arch_model
    from arch.univariate import EWMAVariance, ZeroMean

    returns = np.array(given["returns"])
    dist = "t" if params.get("dist") == "studentT" else "normal"

    def filtered():
        model = arch_model(returns, mean="Constant", vol="GARCH", p=1, q=1, rescale=False)
        fixed = model.fix([params["coefficients"][name] for name in ("mu", "omega", "alpha", "beta")])
        return fixed.loglikelihood, fixed.conditional_volatility, fixed.forecast(horizon=1).variance

    def ewma():
        fixed = ZeroMean(returns, volatility=EWMAVariance(0.94)).fix([])
        return fixed.loglikelihood, fixed.conditional_volatility, fixed.forecast(horizon=1).variance

    def fitted():
        model = arch_model(returns * 100, mean="Constant", vol="GARCH", p=1, q=1, dist=dist, rescale=False)
        result = model.fit(disp="off")
        return result.params, result.std_err, result.forecast(horizon=1).variance

    if params.get("variant") == "ewma":
        return "arch", ewma
    return "arch", filtered if params.get("fit") == "none" else fitted


def fracdiff_weights(d, threshold):
    weights = [1.0]
    while abs(weights[-1]) >= threshold:
        weights.append(-weights[-1] * (d - len(weights) + 1) / len(weights))
    return weights[:-1]


def fracdiff(given, params):
    import numpy as np
    from statsmodels.tsa.stattools import adfuller

    series = np.array(given["series"])

    def one(d, logs):
        return np.convolve(logs, fracdiff_weights(d, params["threshold"]), mode="valid")

    def search():
        found, logs = [], np.log(series)
        for step in range(21):
            d = 0.05 * step
            values = one(d, logs)
            test = adfuller(values, maxlag=1, regression="c", autolag=None)
            found.append((d, test[1], np.corrcoef(values, logs[-len(values) :])[0, 1]))
        return next(one for one in found if one[1] < 0.05)

    return ("statsmodels", search) if "search" in params else ("numpy", lambda: one(params["d"], np.log(series)))


def price_news_div(given, params):
    import numpy as np
    import statsmodels.api as sm

    window, closes = params["window"], np.log(given["closes"])
    times = np.array(given["times"])
    news = np.zeros(len(times))
    for item in given["news"]:
        news[min(np.searchsorted(times, item["time"]), len(times) - 1)] += item["score"]
    moves = np.diff(closes)

    def work():
        out = []
        for t in range(window, len(moves)):
            y, x = moves[t - window : t], sm.add_constant(news[t - window : t])
            fit = sm.OLS(y, x).fit()
            forecast = fit.get_prediction([[1, news[t]]])
            out.append((moves[t] - forecast.predicted_mean[0]) / forecast.se_obs[0])
        return out

    return "statsmodels", work


def mini_pca(given, params):
    import numpy as np
    from sklearn.decomposition import IncrementalPCA

    rows = np.array(given["rows"])
    return "scikit-learn", lambda: IncrementalPCA(params["nComponents"]).partial_fit(rows).transform(rows)


def wavelet(given, params):
    import numpy as np
    import pywt

    series = np.array(given["series"])

    def denoise(values):
        level = pywt.dwt_max_level(len(values), 8)
        approximation, *details = pywt.wavedec(values, "db4", mode="symmetric", level=level)
        sigma = np.median(np.abs(details[-1])) / 0.6744897501960817
        threshold = sigma * math.sqrt(2 * math.log(len(values)))
        kept = [pywt.threshold(detail, threshold, "soft") for detail in details]
        return pywt.waverec([approximation, *kept], "db4", mode="symmetric")[: len(values)]

    def causal():
        return [denoise(series[end - 256 : end])[-1] for end in range(256, len(series) + 1)]

    return "PyWavelets", (lambda: denoise(series)) if params.get("mode") == "smooth" else causal


def entropy_neighbours(given, params):
    import numpy as np
    from sklearn.neighbors import KDTree

    series = np.array(given["series"])
    radius = 0.2 * series.std()

    def counts(order):
        vectors = np.lib.stride_tricks.sliding_window_view(series, order)
        return KDTree(vectors, metric="chebyshev").query_radius(vectors, radius, count_only=True)

    def work():
        phi = [np.log(found / len(found)).mean() for found in (counts(2), counts(3))]
        return phi[0] - phi[1], -np.log((counts(3) - 1).sum() / (counts(2)[:-1] - 1).sum())

    return "scikit-learn", work


def entropy_cheap(given, params):
    import numpy as np
    from scipy import stats

    series = np.array(given["series"])

    def lempel_ziv(bits):
        start, length, words, seen = 0, 1, 0, "".join(bits)
        while start + length <= len(seen):
            if seen[start : start + length] in seen[: start + length - 1]:
                length += 1
            else:
                words, start, length = words + 1, start + length, 1
        return words + (length > 1)

    def work():
        counts, _ = np.histogram(series, bins=10)
        patterns = np.argsort(np.lib.stride_tricks.sliding_window_view(series, 3), axis=1)
        _, sizes = np.unique(patterns @ [1, 3, 9], return_counts=True)
        bits = np.where(series > np.median(series), "1", "0")
        return stats.entropy(counts, base=2), stats.entropy(sizes, base=2), lempel_ziv(bits)

    return "scipy", work


def dollar_bars(given, params):
    trades, threshold = given["trades"], params["threshold"]

    def work():
        bars, bar = [], None
        for trade in trades:
            price, amount = trade["price"], trade["amount"]
            if bar is None:
                bar = {"open": price, "high": price, "low": price, "volume": 0.0, "quote": 0.0, "buy": 0.0, "ticks": 0}
            bar["high"], bar["low"], bar["close"] = max(bar["high"], price), min(bar["low"], price), price
            bar["volume"] += amount
            bar["quote"] += price * amount
            bar["ticks"] += 1
            if trade["side"] == "buy":
                bar["buy"] += amount
            if bar["quote"] >= threshold:
                bars.append({**bar, "closeTime": trade["time"]})
                bar = None
        return bars

    return "python", work


def vol_weighted_sent(given, params):
    bars, items, lookback, half_life = given["bars"], given["items"], 48, 21_600_000

    def work():
        out, next_item, mass, total, volumes, last = [], 0, 0.0, 0.0, [], None
        for bar in bars:
            median = sorted(volumes)[len(volumes) // 2] if len(volumes) == lookback else None
            decay = 1.0 if last is None else 0.5 ** ((bar["time"] - last) / half_life)
            mass, total, last = mass * decay, total * decay, bar["time"]
            ratio = 1.0 if median is None else min(5.0, bar["volume"] / median)
            while next_item < len(items) and items[next_item]["time"] <= bar["time"]:
                item = items[next_item]
                weight = item["confidence"] * 0.5 ** ((bar["time"] - item["time"]) / half_life) * ratio
                mass, total, next_item = mass + weight, total + weight * item["score"], next_item + 1
            volumes = (volumes + [bar["volume"]])[-lookback:]
            out.append(total / (3 + mass))
        return out

    return "python", work


timing.run(
    {
        "fe_kalman n=1e5, trend": kalman("filter"),
        "fe_kalman n=1000, trend, mle": kalman("fit"),
        "fe_garch": garch,
        "fe_fracdiff": fracdiff,
        "fe_price_news_div": price_news_div,
        "fe_mini_pca": mini_pca,
        "fe_wavelet": wavelet,
        "fe_entropy n=2000, approximate and sample": entropy_neighbours,
        "fe_entropy n=2000, the other three": entropy_cheap,
        "fe_dollar_bars": dollar_bars,
        "fe_vol_weighted_sent": vol_weighted_sent,
    }
)
