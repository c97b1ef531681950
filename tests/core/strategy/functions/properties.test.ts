import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seriesFunctions } from '../../../../core/strategy/functions/index.ts';
import { arbitraryCall } from './arbitrary-calls.ts';
import { references } from './reference.ts';
import { runBarByBar, runBatch, runInPieces } from './run.ts';

/** Where two runs differ by a bit, up to `bars`. */
function firstDifference(a: readonly Float64Array[], b: readonly Float64Array[], bars = Infinity): string | undefined {
  for (const [output, values] of a.entries()) {
    for (let t = 0; t < Math.min(bars, values.length); t += 1) {
      const other = b[output]?.[t];
      if (!Object.is(values[t], other)) return `output ${output}, bar ${t}: ${values[t]} and ${other}`;
    }
  }
  return undefined;
}

/** Where the values are further from the reference than 1e-9 of the larger of the value and the largest one around. */
function firstError(values: Float64Array, expected: readonly number[]): string | undefined {
  const largest = Math.max(...expected.filter((value) => !Number.isNaN(value)).map(Math.abs));
  for (const [t, value] of values.entries()) {
    const wanted = expected[t] ?? NaN;
    const agrees = Number.isNaN(wanted) ? Number.isNaN(value) : Math.abs(value - wanted) <= 1e-9 * largest;
    if (!agrees) return `bar ${t}: ${value} instead of ${wanted}`;
  }
  return undefined;
}

test('every function has a reference', () => {
  expect([...seriesFunctions.keys()].toSorted()).toEqual(Object.keys(references).toSorted());
});

describe.each([...seriesFunctions.values()])('$name', (fn) => {
  const reference = references[fn.name] ?? (() => []);

  test('agrees with the definition to 1e-9, missing where that is', () => {
    fc.assert(
      fc.property(arbitraryCall(fn), (call) => {
        const expected = reference(
          call.inputs.map((input) => [...input]),
          call.constants,
        );
        for (const [output, values] of runBatch(call).entries()) {
          expect(firstError(values, expected[output] ?? [])).toBeUndefined();
        }
      }),
      { numRuns: 60 },
    );
  });

  test('gives the same bits from any cut, through JSON, and bar by bar', () => {
    const cuts = fc.array(fc.nat(90), { maxLength: 4 });
    fc.assert(
      fc.property(arbitraryCall(fn), cuts, (call, places) => {
        const bars = call.inputs[0]?.length ?? 0;
        const sorted = places.map((place) => Math.min(place, bars)).toSorted((a, b) => a - b);
        const whole = runBatch(call);
        expect(firstDifference(whole, runInPieces(call, sorted))).toBeUndefined();
        expect(firstDifference(whole, runBarByBar(call))).toBeUndefined();
      }),
      { numRuns: 40 },
    );
  });

  test('sees nothing of later bars', () => {
    fc.assert(
      fc.property(arbitraryCall(fn), fc.nat(89), fc.double({ noNaN: false }), (call, place, noise) => {
        const bars = Math.min(place + 1, call.inputs[0]?.length ?? 0);
        const whole = runBatch(call);
        const prefix = { ...call, inputs: call.inputs.map((input) => input.slice(0, bars)) };
        expect(firstDifference(runBatch(prefix), whole)).toBeUndefined();
        const noisy = { ...call, inputs: call.inputs.map((input) => input.slice().fill(noise, bars)) };
        expect(firstDifference(whole, runBatch(noisy), bars)).toBeUndefined();
      }),
      { numRuns: 30 },
    );
  });
});
