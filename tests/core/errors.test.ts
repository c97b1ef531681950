import { describe, expect, test } from 'vitest';
import {
  DeskError,
  errorCodes,
  errorDocument,
  errorLine,
  errorRules,
  isErrorCode,
  nonRetryableCodes,
} from '../../core/errors.ts';

describe('the table of errors', () => {
  test('every code says who acts, whether a retry helps, and an exit code of the specification', () => {
    expect(errorRules).toMatchInlineSnapshot(`
      {
        "BadInput": {
          "actor": "user",
          "exitCode": 2,
          "meaning": "a file, value or argument is not what it has to be",
          "retryable": false,
        },
        "Cancelled": {
          "actor": "user",
          "exitCode": 1,
          "meaning": "somebody stopped it",
          "retryable": false,
        },
        "DataUnavailable": {
          "actor": "user",
          "exitCode": 1,
          "meaning": "the bars that are needed are not there",
          "retryable": false,
        },
        "Internal": {
          "actor": "developer",
          "exitCode": 1,
          "meaning": "a promise that the code makes to itself was broken",
          "retryable": false,
        },
        "NotAuthorized": {
          "actor": "user",
          "exitCode": 2,
          "meaning": "a key that a provider wants is not set, or not accepted",
          "retryable": false,
        },
        "NotFound": {
          "actor": "user",
          "exitCode": 2,
          "meaning": "nothing is known under that name",
          "retryable": false,
        },
        "NotReachable": {
          "actor": "operator",
          "exitCode": 3,
          "meaning": "a server does not answer",
          "retryable": true,
        },
        "OrderStateUnknown": {
          "actor": "operator",
          "exitCode": 1,
          "meaning": "what came of an order is not known yet, and is being looked for",
          "retryable": true,
        },
        "ProviderFailed": {
          "actor": "operator",
          "exitCode": 1,
          "meaning": "a program that is needed could not be had",
          "retryable": false,
        },
        "RateLimited": {
          "actor": "operator",
          "exitCode": 3,
          "meaning": "a provider takes no more requests for now",
          "retryable": true,
        },
        "ResourceExhausted": {
          "actor": "operator",
          "exitCode": 1,
          "meaning": "memory, disk or another stated limit was reached",
          "retryable": false,
        },
        "SourceChanged": {
          "actor": "developer",
          "exitCode": 1,
          "meaning": "a provider answers something else than it is known to",
          "retryable": false,
        },
        "StoreTooNew": {
          "actor": "operator",
          "exitCode": 1,
          "meaning": "the store was written by a newer version",
          "retryable": false,
        },
        "StoreUnavailable": {
          "actor": "operator",
          "exitCode": 1,
          "meaning": "the store cannot be read or written",
          "retryable": true,
        },
        "TimedOut": {
          "actor": "operator",
          "exitCode": 1,
          "meaning": "it took longer than its limit",
          "retryable": true,
        },
        "Usage": {
          "actor": "user",
          "exitCode": 2,
          "meaning": "the command line is not understood",
          "retryable": false,
        },
        "WorkerCrashed": {
          "actor": "operator",
          "exitCode": 1,
          "meaning": "the thread or process that did the work died",
          "retryable": true,
        },
      }
    `);
  });

  test('retry policies get exactly the codes that no retry helps', () => {
    expect(nonRetryableCodes).toEqual(errorCodes.filter((code) => !errorRules[code].retryable));
    expect(nonRetryableCodes).toContain('BadInput');
    expect(nonRetryableCodes).not.toContain('NotReachable');
  });

  test.each([
    ['BadInput', true],
    ['toString', false],
    [undefined, false],
  ])('%s is a code: %s', (text, expected) => {
    expect(isErrorCode(text)).toBe(expected);
  });
});

describe('errorLine', () => {
  test.each([
    [{ message: 'no server answers' }, 'no server answers'],
    [{ file: 'a.yaml', message: 'not YAML' }, 'a.yaml: not YAML'],
    [
      { file: 'a.yaml', line: 3, path: 'exits.stopLoss', message: 'out of range', expected: '0 < x < 1', found: '3' },
      'a.yaml:3 exits.stopLoss: out of range, expected 0 < x < 1, found 3',
    ],
    [
      { path: 'timefame', message: 'unknown key', nearest: 'timeframe' },
      'timefame: unknown key (did you mean timeframe?)',
    ],
  ])('%j', (document, line) => {
    expect(errorLine(document)).toBe(line);
  });
});

describe('errorDocument', () => {
  test('keeps the place of a DeskError and drops its cause', () => {
    const cause = new Error('EACCES');
    const error = new DeskError('StoreUnavailable', 'cannot be opened', { file: 'desk.sqlite', cause });
    expect(error.cause).toBe(cause);
    expect(errorDocument(error)).toEqual({
      code: 'StoreUnavailable',
      message: 'cannot be opened',
      file: 'desk.sqlite',
    });
  });

  test.each([
    [new TypeError('x is not a function'), 'x is not a function'],
    ['a string', 'a string'],
  ])('anything else is a defect of ours', (thrown, message) => {
    expect(errorDocument(thrown)).toEqual({ code: 'Internal', message });
  });
});
