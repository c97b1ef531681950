import { describe, expect, test } from 'vitest';
import { johansen, johansenCriticalValues } from '../../../plugins/alpha/johansen.ts';
import { expectSubset } from '../catalogue-cases.ts';
import { roughSeries } from './rough-series.ts';

/** Six random walks of 400 values. */
const walks = [1, 2, 3, 4, 5, 6].map((seed) => {
  let level = 0;
  return Float64Array.from(roughSeries(seed, 400), (move) => (level += move));
});

// statsmodels 0.15.0: coint_johansen(Y, det_order, 1).cvt, .cvm, .lr1, .evec[:, 0] / evec[0, 0]
const oracle = {
  0: {
    trace: [
      [91.109, 95.7542, 104.9637],
      [65.8202, 69.8189, 77.8202],
      [44.4929, 47.8545, 54.6815],
      [27.0669, 29.7961, 35.4628],
      [13.4294, 15.4943, 19.9349],
      [2.7055, 3.8415, 6.6349],
    ],
    maxEig: [
      [37.2786, 40.0763, 45.8662],
      [31.2379, 33.8777, 39.3693],
      [25.1236, 27.5858, 32.7172],
      [18.8928, 21.1314, 25.865],
      [12.2971, 14.2639, 18.52],
      [2.7055, 3.8415, 6.6349],
    ],
    stat: [
      79.5126053174895, 53.725432272075686, 31.146498277194166, 14.766984877593659, 6.157993913892232,
      0.8678600265605786,
    ],
    vector: [1.0, 1.858775137282688, 3.9582920941314446, -1.9584770463856433, 1.5587005883152019, 3.713947684816122],
  },
  [-1]: {
    trace: [
      [79.5329, 83.9383, 92.7136],
      [56.2839, 60.0627, 67.6367],
      [37.0339, 40.1749, 46.5716],
      [21.7781, 24.2761, 29.5147],
      [10.4741, 12.3212, 16.364],
      [2.9762, 4.1296, 6.9406],
    ],
    maxEig: [
      [33.9271, 36.6301, 42.2333],
      [27.916, 30.4428, 35.7359],
      [21.837, 24.1592, 29.0609],
      [15.7175, 17.7961, 22.2519],
      [9.4748, 11.2246, 15.0923],
      [2.9762, 4.1296, 6.9406],
    ],
    stat: [
      66.3069008855691, 42.76223774241965, 22.92573840267114, 7.733765793634601, 2.165309623611819, 0.3632191111716114,
    ],
    vector: [
      1.0, -1.3092573354126245, -0.09377810975397506, 1.6301616592215682, -0.9379122188220285, -1.4677162137573454,
    ],
  },
};

describe.each([0, -1] as const)('johansen with deterministic order %d', (detOrder) => {
  test('six walks, as statsmodels has them', () => {
    const result = johansen(walks, { lags: 1, detOrder });
    expectSubset(result?.traceStat, oracle[detOrder].stat, 1e-8);
    expectSubset(
      result?.vector.map((value) => value / result.vector[0]),
      oracle[detOrder].vector,
      1e-8,
    );
    expect(result?.eigenvalues).toHaveLength(6);
  });

  test('critical values of 1 to 6 series are those of statsmodels', () => {
    for (let series = 1; series <= 6; series++) {
      const { trace, maxEig } = johansenCriticalValues(series, detOrder);
      expect(trace).toEqual(oracle[detOrder].trace.slice(6 - series));
      expect(maxEig).toEqual(oracle[detOrder].maxEig.slice(6 - series));
    }
  });

  test('gives up on series that are sums of each other, and changes nothing it was given', () => {
    const copies = walks.map((walk) => Float64Array.from(walk));
    const sum = walks[0].map((value, t) => value - 2 * walks[1][t]);
    expect(johansen([walks[0], walks[1], sum], { lags: 1, detOrder })).toBeUndefined();
    expect(johansen([walks[0], new Float64Array(400)], { lags: 0, detOrder })).toBeUndefined();
    expect(walks).toEqual(copies);
  });
});
