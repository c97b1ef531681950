"""Times backtesting.py on the bars of a CSV (timestamp,open,high,low,close): SMA cross, all cash in, 0.1 % a side.

usage: python backtesting_py.py bars.csv fast slow  ->  one JSON object
"""
import importlib.metadata
import json
import sys
import time

import pandas as pd
from backtesting import Backtest, Strategy
from backtesting.lib import crossover

path, fast, slow = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])


def mean(values, window):
    return pd.Series(values).rolling(window).mean()


class Cross(Strategy):
    def init(self):
        self.fast = self.I(mean, self.data.Close, fast)
        self.slow = self.I(mean, self.data.Close, slow)

    def next(self):
        if crossover(self.fast, self.slow):
            self.buy()
        elif crossover(self.slow, self.fast):
            self.position.close()


bars = pd.read_csv(path)
bars.index = pd.to_datetime(bars.pop("timestamp"), unit="ms")
bars.columns = [name.capitalize() for name in bars.columns]
test = Backtest(bars, Cross, cash=1e9, commission=0.001, exclusive_orders=True)

result = test.run()
seconds = []
for _ in range(5):
    started = time.perf_counter()
    result = test.run()
    seconds.append(time.perf_counter() - started)
print(json.dumps({
    "name": "backtesting.py",
    "version": importlib.metadata.version("backtesting"),
    "seconds": min(seconds),
    "trades": int(result["# Trades"]),
}))
