"""What the oracles of `npm run bench -- plugins` share: reads the cases, times each oracle that is installed.

An oracle is a function of (input, params) that prepares arrays and gives (name of its package, work to time); it stands
in a dictionary under the key of its case. Prints {key: {name, version, seconds}}, the best of several runs.
"""
import importlib.metadata
import json
import sys
import time
import warnings

warnings.showwarning = lambda *_, **__: None


def best_seconds(work):
    work()
    best, spent, runs = float("inf"), 0.0, 0
    while runs < 3 or (spent < 0.3 and runs < 10_000):
        started = time.perf_counter()
        work()
        seconds = time.perf_counter() - started
        best, spent, runs = min(best, seconds), spent + seconds, runs + 1
        if spent > 20:
            break
    return best


def run(oracles):
    with open(sys.argv[1], encoding="utf8") as file:
        cases = json.load(file)
    times = {}
    for key, case in cases.items():
        oracle = oracles.get(key) or oracles.get(case["id"])
        if oracle is None:
            continue
        try:
            name, work = oracle(case["input"], case["params"])
            version = importlib.metadata.version(name) if name != "python" else sys.version.split()[0]
            times[key] = {"name": name, "version": version, "seconds": best_seconds(work)}
        except ImportError as missing:
            print(f"bench: {key}: no oracle: {missing}", file=sys.stderr)
    json.dump(times, sys.stdout)
