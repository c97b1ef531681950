import { DeskError } from '../../core/errors.ts';
import type { CliCommand } from './command.ts';
import { portOption } from './port-option.ts';

export type ExchangeOptions = Readonly<{
  venue?: readonly string[];
  market: 'recorded' | 'synthetic' | 'scripted';
  recording?: readonly string[];
  speed: number;
  seed: number;
  port?: number;
  clock: 'real' | 'manual';
  historyDays: number;
  rateLimits: boolean;
  json?: true;
}>;

/** `nightdesk exchange start`: a simulated Binance and Kraken on a loopback port, for demos, tests and your own bot. */
export const exchangeCommand: CliCommand = {
  name: 'exchange',
  summary: 'Run a simulated Binance and Kraken that ccxt and other clients talk to',
  configure: (command) => {
    command
      .command('start')
      .description('serve both venues in the foreground; prints one JSON line when ready (Ctrl-C stops it)')
      .option('--venue <name...>', 'binance (spot and USD-M), binanceSpot, binanceUsdm, kraken (default: all)')
      .option(
        '--market <source>',
        'recorded, synthetic or scripted prices',
        oneOf('--market', ['recorded', 'synthetic', 'scripted']),
        'synthetic',
      )
      .option('--recording <BTC=file...>', 'recorded trades, JSON lines {t,p,q,m}, by underlying (default: the sample)')
      .option('--speed <n>', 'market seconds a second', numberOption('--speed', { least: 1, most: 10_000 }), 1)
      .option(
        '--seed <n>',
        'same seed, same prices, ids and keys',
        numberOption('--seed', { least: 0, most: 2 ** 32 - 1 }),
        1,
      )
      .option('--port <port>', 'port (default: a free one)', portOption('--port'))
      .option(
        '--clock <mode>',
        'real, or manual: time moves by POST /_sim/advance',
        oneOf('--clock', ['real', 'manual']),
        'real',
      )
      .option(
        '--history-days <n>',
        'days of candles before the start',
        numberOption('--history-days', { least: 1, most: 365 }),
        1,
      )
      .option('--no-rate-limits', 'count requests but refuse nobody')
      .option('--json', 'only the JSON line, nothing for people')
      .action(async (options: ExchangeOptions) => (await import('./exchange/start.ts')).startExchange(options));
  },
};

const oneOf = (name: string, allowed: readonly string[]) => (text: string) => {
  if (allowed.includes(text)) return text;
  throw new DeskError('Usage', 'not one of its values', { path: name, expected: allowed.join(', '), found: text });
};

const numberOption =
  (name: string, { least, most }: Readonly<{ least: number; most: number }>) =>
  (text: string) => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    throw new DeskError('Usage', 'not in its range', {
      path: name,
      expected: `a whole number from ${least} to ${most}`,
      found: text,
    });
  };
