import { DeskError } from '../errors.ts';
import { flag, numberIn, type Reader, readObject, text, wholeNumber, wrong } from '../read-input.ts';
import type { DataRequest } from './artifact.ts';
import { tierRuleNames } from './tier-names.ts';
import { tiers, type Tier } from './verdict.ts';

/** What a run of validations is asked for. Every key may be left out. */
export type RunInput = Readonly<{
  tier: Tier;
  /** Strategy ids or files; empty means all valid strategies. */
  strategies: readonly string[];
  /** Only those that wait for this tier. */
  queued: boolean;
  /** At most so many of them, in the order of their ids. */
  queueSize?: number;
  /** Strategies in flight at once; default: config. */
  workers?: number;
  /** Makes the plan and stops. */
  dryRun: boolean;
  /** Time limit of one strategy; default: config. */
  timeoutSeconds?: number;
  /** How long to wait for a person's answer when too many failed; default: config. */
  escalationTimeoutSeconds?: number;
  /** Who asks, for the trial ledger; default: temporal. */
  askedBy?: string;
  data: DataRequest;
}>;

/** Strategies in flight at once, at most: children of one parent stay far below the server's 2,000. */
export const maxWorkers = 200;

/** Strategies of one run, at most: its plan travels in one payload. */
export const maxStrategiesPerRun = 2_000;

/**
 * Reads the JSON object that starts `parallelValidation`, whoever wrote it; nothing at all means `{}`. Throws BadInput
 * with the path of what is wrong. Plain code instead of zod, because workflows read it too.
 */
export function parseRunInput(input: unknown): RunInput {
  const read = readObject(input ?? {}, '', {
    tier,
    strategies: listOfText,
    queued: flag,
    queueSize: wholeNumber(1, maxStrategiesPerRun),
    workers: wholeNumber(1, maxWorkers),
    dryRun: flag,
    timeoutSeconds: numberIn(0.1, 86_400),
    escalationTimeoutSeconds: numberIn(0, 604_800),
    askedBy: text,
    data: dataRequest,
  });
  // Each reader returned its key's type, or threw.
  return { ...defaults, ...read };
}

/** The input of a run that uses the bars of the store. */
const defaults: RunInput = { tier: 'L0', strategies: [], queued: false, dryRun: false, data: {} };

const tier: Reader = (value, path) => {
  if (!tiers.includes(value as Tier)) throw wrong(path, `one of ${tiers.join(', ')}`, value);
  if (!tierRuleNames.includes(value as Tier)) {
    throw new DeskError('BadInput', `${String(value)} cannot be run yet`, {
      path,
      expected: `one of ${tierRuleNames.join(', ')}`,
    });
  }
  return value;
};

const dataRequest: Reader = (value, path) =>
  readObject(value, path, {
    data: listOfText,
    timerange: text,
    bars: wholeNumber(1, Number.MAX_SAFE_INTEGER),
    funding: listOfText,
    allowGaps: flag,
  });

const listOfText: Reader = (value, path) => {
  if (!Array.isArray(value)) throw wrong(path, 'a list of texts', value);
  if (value.length > maxStrategiesPerRun) throw wrong(path, `at most ${maxStrategiesPerRun} entries`, value.length);
  return value.map((item, index) => text(item, `${path}[${index}]`));
};
