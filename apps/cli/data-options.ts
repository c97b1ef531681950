import { InvalidArgumentError, type Command } from 'commander';
import type { MarketRequest } from '../../core/ports/market-data.ts';

/** Which bars a command runs on, as its options say it. */
export type DataOptions = Pick<MarketRequest, 'data' | 'timerange' | 'bars' | 'funding' | 'allowGaps'>;

const collect = (value: string, before: readonly string[] = []) => [...before, value];

/** Adds `--data --timerange --bars --funding --allow-gaps`; read them with `dataOptionsOf`. */
export function addDataOptions(command: Command): Command {
  return command
    .option(
      '--data <SYMBOL=file|file|folder>',
      'bars to use (repeatable); default: imported bars, else the sample',
      collect,
    )
    .option('--timerange <from-to>', 'UTC days as 20210101-20220101, the end excluded, either side may be left out')
    .option('--bars <n>', 'only the first n bars of the range', parseCount)
    .option('--funding <SYMBOL=file>', 'funding rates of a perpetual (repeatable)', collect)
    .option('--allow-gaps', 'run although more than 1 % of the bars are missing');
}

/** Adds `--unseal`, for commands that show what a strategy earned; read it with `sealOf`. */
export const addSealOption = (command: Command): Command =>
  command.option('--unseal', 'run on the sealed holdout, too; the look is recorded, and L3 will not forget it');

/**
 * Whether a run must not see the holdout: when the bars are those of the store or the sample, in full. Who names files or
 * times gets what is named, and the look is recorded.
 */
export const sealOf = ({
  data,
  timerange,
  unseal,
}: DataOptions & Readonly<{ unseal?: true }>): { sealed: boolean } => ({
  sealed: data === undefined && timerange === undefined && unseal !== true,
});

/** The part of a command's options that says which bars. */
export function dataOptionsOf(options: DataOptions): DataOptions {
  const { data, timerange, bars, funding, allowGaps } = options;
  return {
    ...(data === undefined ? {} : { data }),
    ...(timerange === undefined ? {} : { timerange }),
    ...(bars === undefined ? {} : { bars }),
    ...(funding === undefined ? {} : { funding }),
    ...(allowGaps === undefined ? {} : { allowGaps }),
  };
}

/** For options that are a count. */
export function parseCount(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1) return count;
  throw new InvalidArgumentError('expected an integer >= 1');
}
