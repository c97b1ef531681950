import { type Command, Option } from 'commander';
import { timeframes } from '../../core/market/timeframe.ts';
import { parseCount } from './data-options.ts';
import type { CliCommand } from './command.ts';

/** `nightdesk data`: bars of a venue or of one's own into the store, what is there, and whether files are fit to run on. */
export const dataCommand: CliCommand = {
  name: 'data',
  summary: 'Download, import, list and verify bars; watch a market live',
  configure(command) {
    configureDownload(command.command('download'));
    configureImport(command.command('import'));
    configureList(command.command('list'));
    configureVerify(command.command('verify'));
    configureWatch(command.command('watch'));
  },
};

/** Options that say what a file does not say of itself. */
function addReadOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--timeframe <timeframe>', "default: the file's name, else its smallest spacing").choices(timeframes),
    )
    .addOption(
      new Option('--format <format>', 'what the files are')
        .choices(['auto', 'csv', 'parquet', 'feather', 'json'])
        .default('auto'),
    )
    .option(
      '--columns <names>',
      'the order of the columns of files without a header, as timestamp,open,high,low,close,volume (- for one to leave out)',
    );
}

function configureDownload(command: Command): void {
  command
    .description('download candles of a venue into the store; the same command goes on where it was stopped')
    .requiredOption('--venue <venue>', "binance, binanceusdm, kraken, or another of ccxt's; no key is needed")
    .requiredOption('--symbols <symbols>', 'BTC/USDT, or BTC/USDT:USDT for a perpetual; several with commas')
    .addOption(new Option('--timeframe <timeframe>').choices(timeframes).makeOptionMandatory())
    .requiredOption('--from <time>', 'UTC, as 2024-01-31 or 2024-01-31T12:00')
    .option('--to <time>', 'the end, excluded; default: the last candle that has closed')
    .option('--base-url <url>', 'a simulated exchange instead of the venue, as http://127.0.0.1:7711/bspot')
    .option('--allow-gaps', 'accept a series that misses more than 1 % of its bars')
    .option('--json', 'print one JSON document')
    .action(async (options) => (await import('./data/download.ts')).runDownload(options));
}

function configureImport(command: Command): void {
  addReadOptions(
    command
      .description('check files of bars and merge them into the store')
      .argument('<files...>', 'CSV, JSON (gzip or not), Parquet or feather files, or folders of them')
      .option('--symbol <symbol>', "BTC/USDT, or BTC/USDT:USDT for a perpetual; default: the file's name")
      .option('--replace', 'let new bars take the place of stored ones that they contradict'),
  )
    .option('--json', 'print one JSON document')
    .action(async (files: string[], options) => (await import('./data/import.ts')).runImport(files, options));
}

function configureList(command: Command): void {
  command
    .description('list the bars that a run finds without --data')
    .option('--json', 'print one JSON document')
    .action(async (options) => (await import('./data/list.ts')).runList(options));
}

function configureVerify(command: Command): void {
  addReadOptions(
    command
      .description('check every row of files of bars; exit 2 where one is bad')
      .argument('<path>', 'a file, or a folder of files')
      .option('--allow-gaps', 'accept files that miss more than 1 % of their bars'),
  )
    .option('--json', 'print one JSON document')
    .action(async (path: string, options) => (await import('./data/verify.ts')).runVerify(path, options));
}

function configureWatch(command: Command): void {
  command
    .description('print what a venue says of a market as it happens, and what its feed says of itself (Ctrl-C ends it)')
    .requiredOption('--venue <venue>', "binance, binanceusdm, kraken, or another of ccxt's; no key is needed")
    .requiredOption('--symbols <symbols>', 'BTC/USDT, or BTC/USDT:USDT for a perpetual; several with commas')
    .option(
      '--channels <channels>',
      'ticker, trades, book[:levels], candles[:timeframe]; several with commas',
      'ticker',
    )
    .option('--seconds <n>', 'end after so long', parseCount)
    .option('--events <n>', 'end after so many tickers, trades, books and candles', parseCount)
    .option('--base-url <url>', 'a simulated exchange instead of the venue, as http://127.0.0.1:7711/bspot')
    .option('--json', 'print every event as a line of JSON, the counts last')
    .action(async (options) => (await import('./data/watch.ts')).runWatch(options));
}
