import { type Command, InvalidArgumentError, Option } from 'commander';
import type { BacktestOptions } from '../../core/backtest/types.ts';
import type { Costs, ParameterValues } from '../../core/strategy/strategy.ts';

/** How a strategy is run, as the options of `backtest` and `sweep` say it. */
export type StrategyOptions = Readonly<{
  set?: readonly string[];
  fill: BacktestOptions['fill'];
  feeBps?: number;
  slippageBps?: number;
  startEquity: number;
  keepOpen?: true;
  returns: BacktestOptions['returns'];
}>;

/** A side; more than the whole price makes no sense. */
const mostBps = 10_000;

/** `--set`, repeatable. */
export const setOption = (): Option =>
  new Option('--set <name=value>', 'value of a parameter (repeatable, or several by commas)').argParser(
    (value: string, before: readonly string[] | undefined) => [...(before ?? []), value],
  );

/** Adds `--set --fill --fee-bps --slippage-bps --start-equity --keep-open --returns`. */
export function addStrategyOptions(command: Command): Command {
  return command
    .addOption(setOption())
    .addOption(
      new Option('--fill <when>', 'decisions of a close execute at the next open, or at that close')
        .choices(['nextOpen', 'close'])
        .default('nextOpen'),
    )
    .option('--fee-bps <bps>', "fee a side; default: the strategy file's", parseBps)
    .option('--slippage-bps <bps>', "slippage a side; default: the strategy file's", parseBps)
    .addOption(new Option('--start-equity <money>', 'account currency').argParser(parseMoney).default(10_000))
    .option('--keep-open', 'leave a position open at the last bar')
    .addOption(
      new Option('--returns <period>', 'what Sharpe and the other metrics of returns are computed on')
        .choices(['daily', 'bar'])
        .default('daily'),
    );
}

/** The options of a run: what the command line says, else the strategy's costs. */
export function backtestOptionsOf(
  options: StrategyOptions,
  costs: Costs,
  parameters: ParameterValues,
): BacktestOptions {
  const { fill, returns, startEquity, keepOpen = false } = options;
  const { feeBps = costs.feeBps, slippageBps = costs.slippageBps } = options;
  return { fill, returns, startEquity, closeAtEnd: !keepOpen, costs: { feeBps, slippageBps }, parameters };
}

function parseBps(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && value < mostBps) return value;
  throw new InvalidArgumentError(`expected a number from 0 to below ${mostBps}`);
}

function parseMoney(text: string): number {
  const value = Number(text);
  if (value > 0 && value <= 1e15) return value;
  throw new InvalidArgumentError('expected a number above 0, at most 1e15');
}
