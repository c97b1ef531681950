import { exampleSignals, nextStrategyId, writeStrategy } from '../../../adapters/strategy-files/new-strategy.ts';
import { strategiesFolder } from '../../../config/paths.ts';
import { DeskError } from '../../../core/errors.ts';
import { isTimeframe, timeframes } from '../../../core/market/timeframe.ts';
import { parseSymbol } from '../../../core/market/symbol.ts';
import { type SignalName, signalNames } from '../../../core/strategy/strategy.ts';
import { notice, print, printJson } from '../output.ts';
import { type Ask, openQuestions } from './questions.ts';
import { shownPath } from './shown-path.ts';

export type NewOptions = Readonly<
  { json?: true; name?: string; hypothesis?: string; universe?: string; timeframe?: string; id?: string } & Partial<
    Record<SignalName, string>
  >
>;

const defaults = { universe: 'BTC/USDT:USDT', timeframe: '1h' } as const;

/** `nightdesk strategies new`: writes a commented file; an existing one is never touched. */
export async function newStrategy(options: NewOptions): Promise<void> {
  const folder = strategiesFolder();
  const answers = process.stdin.isTTY && !options.json ? await askedFor(options) : options;
  const { name, hypothesis, universe = defaults.universe, timeframe = defaults.timeframe } = answers;
  if (name === undefined || hypothesis === undefined) {
    throw new DeskError('Usage', 'a new strategy needs a name and a hypothesis', {
      expected: '--name <text> --hypothesis <text>, or a terminal to ask on',
    });
  }
  const given = signalNames.flatMap((signal) => {
    const text = answers[signal];
    return text === undefined ? [] : [[signal, text] as const];
  });
  const id = options.id ?? (await nextStrategyId(folder));
  const symbols = universe.split(',').map((symbol) => symbol.trim());
  const draft = { id, name, hypothesis, universe: symbols, timeframe, signals: Object.fromEntries(given) };
  const file = shownPath(await writeStrategy(folder, draft));
  if (options.json) {
    printJson({ file, strategyId: id });
    return;
  }
  print(file);
  notice(`Next: edit it, then nightdesk strategies check ${id}, nightdesk backtest ${id}`);
}

/** Asks on the terminal for what the options do not say. */
async function askedFor(options: NewOptions): Promise<NewOptions> {
  const { ask, close } = openQuestions();
  try {
    const name = options.name ?? (await ask('Name', { check: notEmpty }));
    const hypothesis = options.hypothesis ?? (await ask('Hypothesis (why should it earn money?)', { check: notEmpty }));
    const universe =
      options.universe ??
      (await ask('Symbols, separated by commas', { fallback: defaults.universe, check: symbolsOnly }));
    const timeframe =
      options.timeframe ?? (await ask('Timeframe', { fallback: defaults.timeframe, check: timeframeOnly }));
    return { ...options, name, hypothesis, universe, timeframe, ...(await signalsOf(options, ask)) };
  } finally {
    close();
  }
}

/** Signals of the options; else those typed in; nothing typed leaves the example of two means. */
async function signalsOf(options: NewOptions, ask: Ask): Promise<Partial<Record<SignalName, string>>> {
  if (signalNames.some((signal) => options[signal] !== undefined)) return {};
  const { parseExpression } = await import('../../../adapters/strategy-files/parse-expression.ts');
  const check = (text: string): string | undefined => {
    if (text === '' || text === exampleSignals.enterLong) return undefined;
    try {
      parseExpression(text, { parameters: {} });
      return undefined;
    } catch (thrown) {
      if (!(thrown instanceof DeskError)) throw thrown;
      const { nearest } = thrown.place;
      return thrown.message + (nearest === undefined ? '' : ` (did you mean ${nearest}?)`);
    }
  };
  const enterLong = await ask('Buy when', { fallback: exampleSignals.enterLong, check });
  if (enterLong === exampleSignals.enterLong) return {};
  const exitLong = await ask('Sell when (empty: only by stops and time)', { check });
  return { enterLong, ...(exitLong === '' ? {} : { exitLong }) };
}

const notEmpty = (text: string) => (text === '' ? 'please write something' : undefined);

const timeframeOnly = (text: string) => (isTimeframe(text) ? undefined : `one of ${timeframes.join(' ')}`);

function symbolsOnly(text: string): string | undefined {
  const wrong = text.split(',').find((symbol) => parseSymbol(symbol) === undefined);
  return wrong === undefined ? undefined : `${wrong.trim() || 'nothing'} is no symbol: BTC/USDT or BTC/USDT:USDT`;
}
