import { resolve } from 'node:path';
import { asker } from '../../../adapters/trial-ledger/asker.ts';
import { parseRunInput, type RunInput } from '../../../core/validation/run-input.ts';
import { type DataOptions, dataOptionsOf } from '../data-options.ts';

export type ValidateOptions = DataOptions &
  Readonly<{
    tier: string;
    through?: string;
    queueSize?: number;
    workers?: number;
    queued?: true;
    dryRun?: true;
    timeout?: number;
    escalationTimeout?: number;
    taskTimeout: number;
    json?: true;
  }>;

/** The workflow's input; files are made absolute, because the worker may stand in another folder. */
export function runInputOf(names: readonly string[], options: ValidateOptions): RunInput {
  const { tier, queueSize, workers, queued, dryRun, timeout, escalationTimeout } = options;
  const { data, funding, ...rest } = dataOptionsOf(options);
  return parseRunInput({
    tier,
    strategies: names.map((name) => (/^STR-\d+$/i.test(name) ? name.toUpperCase() : resolve(name))),
    queueSize,
    workers,
    queued: queued ?? false,
    dryRun: dryRun ?? false,
    timeoutSeconds: timeout,
    escalationTimeoutSeconds: escalationTimeout,
    askedBy: asker(),
    data: {
      ...rest,
      ...(data === undefined ? {} : { data: data.map(absolute) }),
      ...(funding === undefined ? {} : { funding: funding.map(absolute) }),
    },
  });
}

/** `BTC/USDT=bars.csv` or `bars.csv` with the file's whole path. */
function absolute(source: string): string {
  const cut = source.indexOf('=');
  return `${source.slice(0, cut + 1)}${resolve(source.slice(cut + 1))}`;
}
