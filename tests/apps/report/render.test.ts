import { beforeAll, describe, expect, test } from 'vitest';
import { type PageAssets, readPageAssets } from '../../../apps/report/assets.ts';
import type { ReportModel, StrategyReport } from '../../../apps/report/model.ts';
import { renderReport } from '../../../apps/report/render.ts';
import { metricNames } from '../../../core/backtest/types.ts';
import { fixtureModel } from './fixture.ts';

let model: ReportModel;
let assets: PageAssets;
let page: string;

beforeAll(async () => {
  [model, assets] = await Promise.all([fixtureModel(), readPageAssets()]);
  page = renderReport(model, assets);
});

/** The page's own markup: without style, scripts and data. */
const markup = (text = page): string => text.replace(/<(style|script)[^>]*>[\s\S]*?<\/\1>/g, '');
/** The text of one strategy's section, tags and entities taken out. */
const sectionText = (id: string, text = page): string =>
  (markup(text).split(`<article id="${id}"`)[1]?.split('</article>')[0] ?? '')
    .replace(/<[^>]+>/g, ' ')
    .replaceAll('&gt;', '>')
    .replaceAll('&lt;', '<')
    .replaceAll('\u00A0', ' ')
    .replace(/\s+/g, ' ');
const withFirst = (change: Partial<StrategyReport>): string =>
  renderReport({ ...model, strategies: model.strategies.with(0, { ...model.strategies[0], ...change }) }, assets);

describe('a page of twelve strategies', () => {
  test('stays under 3 MB with six months of hourly bars each', () => {
    expect(model.strategies).toHaveLength(12);
    expect(model.strategies.every(({ bars }) => (bars?.timeMs.length ?? 0) > 4_300)).toBe(true);
    expect(Buffer.byteLength(page)).toBeLessThan(3_000_000);
  });

  test('same model, same bytes', () => {
    expect(renderReport(model, assets)).toBe(page);
  });

  test('names no source but itself and loads nothing', () => {
    const policy = /Content-Security-Policy"\s+content="([^"]+)"/.exec(page)?.[1] ?? '';
    expect(policy).toMatch(
      /^default-src 'none'; img-src data:; style-src 'sha256-[^']+'; script-src 'sha256-[^']+' 'sha256-[^']+';/,
    );
    expect(markup().match(/(?:src|href|action|srcset)="(?!#|data:)[^"]*"/g)).toEqual([
      'href="https://www.tradingview.com/"',
    ]);
    expect(markup()).not.toMatch(/ style=| on[a-z]+=/);
    expect(page).toContain('TradingView Lightweight Charts™');
  });

  test('every strategy has its row, its section, and every gate with its number', () => {
    for (const { strategyId, name, verdict } of model.strategies) {
      expect(markup()).toContain(`href="#${strategyId}"`);
      const text = sectionText(strategyId);
      expect(text).toContain(name);
      expect(text).toContain('> 10');
      expect(text).toContain(verdict?.dataHash);
      expect(text).toContain(verdict?.strategyHash);
    }
  });

  test('passed strategies come first', () => {
    const order = [...markup().matchAll(/<article id="(STR-\d+)"/g)].map(([, id]) => id);
    const status = (id: string) => model.strategies.find(({ strategyId }) => strategyId === id)?.verdict?.status;
    const passed = order.filter((id) => status(id) === 'PASS');
    expect(passed.length).toBeGreaterThan(0);
    expect(order.slice(0, passed.length)).toEqual(passed);
  });

  test('bars that several strategies share are there once', () => {
    const markets = new Set(model.strategies.flatMap(({ bars }) => bars?.symbol ?? [])).size;
    expect(page.match(/id="bars-\d+"/g)).toHaveLength(markets);
  });
});

describe('numbers', () => {
  test('every metric has a row with its value, or n/a and the reason below', () => {
    const quiet = model.strategies.find(({ result }) => result?.trades.length === 0);
    expect(quiet?.result?.unavailable.sharpe).toBeDefined();
    const text = sectionText(quiet?.strategyId ?? '');
    expect(text).toContain('Sharpe n/a 1');
    for (const reason of new Set(Object.values(quiet?.result?.unavailable ?? {}))) expect(text).toContain(reason);
    expect(text).toContain('No trades: the entry signal never fired.');
  });

  test('all metrics of the engine are shown', () => {
    const { result } = model.strategies[0];
    const metrics = Object.fromEntries(metricNames.map((name) => [name, 0.5]));
    const rows = markup(withFirst({ ...(result && { result: { ...result, metrics, unavailable: {} } }) }))
      .split(`<article id="${model.strategies[0].strategyId}"`)[1]
      ?.split('</article>')[0]
      .match(/<table class="metrics">[\s\S]*?<\/table>/g)
      ?.join('')
      .match(/<tr>/g);
    expect(rows).toHaveLength(metricNames.length);
  });

  test('units and signs', () => {
    const first = model.strategies.find(({ strategyId }) => strategyId === 'STR-001');
    const text = sectionText('STR-001');
    // The fixture's run, as the engine gives it.
    expect(first?.result?.metrics.totalReturn).toBeCloseTo(-0.1176, 3);
    expect(text).toMatch(/Total return −11\.\d\d%/);
    expect(text).toMatch(/Longest drawdown [\d.]+ d/);
    expect(text).toMatch(/Break-even cost [+−][\d.]+ bps/);
    expect(text).toMatch(/Turnover a year [\d.]+ ×/);
    expect(text).toContain('Net USDT');
  });

  test('the table of trades says how many it leaves out, and the CSV holds all of them to the last bit', () => {
    const many = model.strategies.find(({ result }) => (result?.trades.length ?? 0) > 50);
    const trades = many?.result?.trades ?? [];
    expect(sectionText(many?.strategyId ?? '')).toContain(`Trades: the first 50 of ${trades.length}`);
    const section = markup().split(`<article id="${many?.strategyId}"`)[1];
    const csv = decodeURIComponent(/href="data:text\/csv;charset=utf-8,([^"]+)"/.exec(section)?.[1] ?? '');
    const rows = csv.trimEnd().split('\n');
    expect(rows).toHaveLength(trades.length + 1);
    const pnl = rows[0].split(',').indexOf('pnl');
    expect(rows.slice(1).map((row) => Number(row.split(',')[pnl]))).toEqual(trades.map((trade) => trade.pnl));
  });
});

describe('what is missing is said', () => {
  test('no result', () => {
    const { result: _, bars: __, ...rest } = model.strategies[0];
    const text = sectionText(
      'STR-001',
      renderReport({ ...model, strategies: [{ ...rest, absent: 'The run left no result file.' }] }, assets),
    );
    expect(text).toContain('The run left no result file.');
    expect(text).not.toContain('Sharpe');
  });

  test('no verdict yet', () => {
    const { verdict: _, result: __, bars: ___, ...rest } = model.strategies[0];
    const unfinished = renderReport({ ...model, run: { ...model.run, strategies: 5 }, strategies: [rest] }, assets);
    expect(markup(unfinished)).toContain('0 of 5 strategies passed L0');
    expect(markup(unfinished)).toContain('4 of 5 have no result yet.');
    expect(sectionText('STR-001', unfinished)).toContain('This strategy has no verdict yet.');
  });

  test('sections stop at their limit, the overview does not', () => {
    const [first] = model.strategies;
    const strategies = Array.from({ length: 70 }, (_, index) => ({ ...first, strategyId: `STR-${100 + index}` }));
    const long = markup(renderReport({ ...model, strategies }, assets));
    expect(long.match(/<article /g)).toHaveLength(60);
    expect(long).toContain('The first 60 strategies have a section below');
    expect(long).toContain('STR-169');
  });
});

describe('hostile text', () => {
  const nasty = `</script><script>alert(1)</script><img src=x onerror="alert(2)">"'\`\u202E{{x}}`;

  test('stays text wherever it comes from', () => {
    const { verdict, result } = model.strategies[0];
    const text = withFirst({
      strategyId: nasty,
      name: nasty,
      hypothesis: nasty,
      file: nasty,
      symbols: [nasty, '=1+1'],
      timeframe: nasty,
      workflowId: nasty,
      absent: nasty,
      parameters: { [nasty]: 1 },
      ...(verdict && {
        verdict: {
          ...verdict,
          status: 'FAIL',
          codeVersion: nasty,
          warnings: [nasty],
          failures: [{ errorType: nasty, fixable: true, message: nasty }],
          gates: verdict.gates.map((gate) => ({ ...gate, name: nasty, threshold: nasty, note: nasty })),
        },
      }),
      ...(result && {
        result: {
          ...result,
          warnings: [nasty],
          unavailable: { sharpe: nasty },
          metrics: {},
          trades: result.trades.map((trade) => ({ ...trade, symbol: nasty })),
        },
      }),
    });
    expect(text.includes('<img')).toBe(false);
    expect(text.includes('<script>alert')).toBe(false);
    expect(markup(text).includes('\u202E')).toBe(false);
    // Its scripts are ours alone: two that run, and blocks of data.
    expect(text.match(/<script>/g)).toHaveLength(2);
    expect(text.match(/<\/script>/g)?.length).toBe(text.match(/<script[ >]/g)?.length);
    const unquoted = markup(text).replace(/"[^"]*"/g, '""');
    expect(unquoted.match(/<[a-z]+[^>]* on\w+=/g)).toBeNull();
    for (const [, block] of text.matchAll(/<script type="application\/json"[^>]*>([\s\S]*?)<\/script>/g))
      expect(JSON.parse(block)).toBeTypeOf('object');
  });

  test('a symbol that a spreadsheet would run is text in the CSV', () => {
    const { result } = model.strategies[0];
    const sheet = withFirst({
      ...(result && {
        result: { ...result, trades: result.trades.map((trade) => ({ ...trade, symbol: '=cmd()\uD800' })) },
      }),
    });
    const href = /href="data:text\/csv;charset=utf-8,([^"]+)"/.exec(markup(sheet).split('id="STR-001"')[1])?.[1] ?? '';
    expect(decodeURIComponent(href).replaceAll('&#39;', "'")).toContain("\n'=cmd()\uFFFD,long,");
  });
});
