"""Times vectorbt on all pairs of means 2..100 over the closes of a CSV (timestamp,close): cross, all cash in, 0.1 % a side.

usage: python vectorbt_sweep.py bars.csv [metrics]  ->  one JSON object. Without `metrics` it computes final equity alone.
`calibrationSeconds` is one fixed loop of plain Python: how fast this machine is at this moment.
"""
import importlib.metadata
import json
import sys
import time
import warnings

import numpy as np
import pandas as pd

warnings.simplefilter("ignore")
import vectorbt as vbt  # noqa: E402

path, metrics = sys.argv[1], "metrics" in sys.argv[2:]
bars = pd.read_csv(path)
close = pd.Series(bars["close"].to_numpy(), index=pd.to_datetime(bars["timestamp"], unit="ms"))


def sweep():
    fast, slow = vbt.MA.run_combs(close, window=np.arange(2, 101), r=2, short_names=["fast", "slow"])
    portfolio = vbt.Portfolio.from_signals(
        close, fast.ma_crossed_above(slow), fast.ma_crossed_below(slow),
        size=np.inf, fees=0.001, freq="1h", init_cash=100.0,
    )
    if metrics:
        portfolio.sharpe_ratio(), portfolio.max_drawdown(), portfolio.trades.count(), portfolio.trades.profit_factor()
    return portfolio.final_value().to_numpy()


def calibrate():
    best = float("inf")
    for _ in range(3):
        started, x = time.perf_counter(), 0.0
        for i in range(1_000_000):
            x += i * 0.5
        best = min(best, time.perf_counter() - started)
    return best


final = sweep()
seconds = []
for _ in range(5):
    started = time.perf_counter()
    final = sweep()
    seconds.append(time.perf_counter() - started)
print(json.dumps({
    "name": "vectorbt",
    "version": importlib.metadata.version("vectorbt"),
    "seconds": min(seconds),
    "calibrationSeconds": calibrate(),
    "finalEquity": final.tolist(),
}))
