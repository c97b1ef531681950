import { beforeAll, describe, expect, test } from 'vitest';
import { type PageAssets, readPageAssets } from '../../../apps/report/assets.ts';
import type { ReportModel, StrategyReport } from '../../../apps/report/model.ts';
import { renderReport } from '../../../apps/report/render.ts';
import { ladderModel } from './ladder-fixture.ts';

let model: ReportModel;
let assets: PageAssets;
let page: string;

beforeAll(async () => {
  model = ladderModel();
  assets = await readPageAssets();
  page = renderReport(model, assets);
}, 120_000);

const markup = (text = page): string => text.replace(/<(style|script)[^>]*>[\s\S]*?<\/\1>/g, '');
const plainText = (part: string): string =>
  part
    .replace(/<[^>]+>/g, ' ')
    .replaceAll('&gt;', '>')
    .replaceAll('&lt;', '<')
    .replaceAll('&amp;', '&')
    .replace(/\s+/g, ' ');
const article = (id: string, text = page): string =>
  markup(text).split(`<article id="${id}"`)[1]?.split('</article>')[0] ?? '';
const titles = (id: string, section = 'Evidence'): string[] =>
  [
    ...(article(id).split(`aria-label="${section} of `)[1]?.split('<h3')[1] ?? '').matchAll(
      /<section class="panel[^"]*" aria-label="([^"]*)"/g,
    ),
  ].map(([, title]) => title);

describe('the ladder', () => {
  test('is one page: how many came to each tier, what stopped them, and where each ended', () => {
    const top = plainText(markup().split('<article ')[0]);
    expect(top).toContain('1 of 5 strategies passed L0 to L3');
    expect(top).toMatch(/L0 5 1 information coefficient \(4\), mean trade \(futility\) \(4\) 16% 88%/);
    expect(top).toMatch(/L3 2 1 walk-forward windows \(1\)/);
    const order = [...markup().matchAll(/<article id="(STR-\d+)"/g)].map(([, id]) => id);
    expect(order).toEqual(['STR-901', 'STR-902', 'STR-903', 'STR-904', 'STR-905']);
    expect(plainText(article('STR-901'))).toContain('Passed all 6 gates of L3. It had passed L0, L1, L2.');
    expect(plainText(article('STR-905'))).toContain('Stopped at L0 by 2 of 4 gates: information coefficient');
  });

  test('shows the gates of every tier that was climbed, with what simulations let through', () => {
    for (const tier of ['L0', 'L1', 'L2', 'L3']) expect(plainText(article('STR-901'))).toContain(`Gates of ${tier}`);
    expect(plainText(article('STR-901'))).toContain('that just earn their costs and reach L3, 16.0% of 100');
    expect(plainText(article('STR-905'))).not.toContain('Gates of L1');
  });

  test('a run of one tier has no ladder', () => {
    const { ladder: _, ...run } = model.run;
    const single = renderReport(
      { ...model, run: { ...run, tier: 'L0' }, strategies: model.strategies.slice(4) },
      assets,
    );
    expect(markup(single)).not.toContain('class="ladder');
  });
});

describe('evidence', () => {
  test('is what the tiers have left, and no more', () => {
    const common = ['Random entries', 'Holdout', 'Trial ledger of the family'];
    expect(titles('STR-905')).toEqual(['Holdout', 'Trial ledger of the family']);
    expect(titles('STR-904')).toEqual(common);
    expect(titles('STR-903')).toEqual([
      'Walk-forward',
      'Plateau',
      'All points of the sweep',
      'Monte Carlo: the trades in another order',
      'Monte Carlo: other histories',
      'Regimes',
      'Cost stress',
      'Random entries',
      'Luck of the many trials',
      'Holdout',
      'Trial ledger of the family',
    ]);
    expect(titles('STR-901')).toEqual(expect.arrayContaining(['How sure is the mean', 'Beside what is deployed']));
  });

  test('walk-forward has a row a window, both Sharpe ratios and what was chosen', () => {
    const { details } = model.strategies[2];
    const text = plainText(article('STR-903'));
    expect(details?.walkForward).toHaveLength(5);
    for (const { parameters } of details?.walkForward ?? []) {
      expect(text).toContain(`level ${parameters['level']}, hold ${parameters['hold']}`);
    }
    expect(article('STR-903').match(/>window \d</g)).toHaveLength(5);
  });

  test('the heat map has its numbers in a table, too', () => {
    const map = model.strategies[2].details?.plateau?.heatMap;
    const table = /<table class="heat-table">[\s\S]*?<\/table>/.exec(article('STR-903'))?.[0] ?? '';
    expect(table.match(/<td/g)).toHaveLength((map?.xs.length ?? 0) * (map?.ys.length ?? 0));
  });

  test('the two Monte Carlos say what they answer and what they do not', () => {
    const text = plainText(article('STR-903'));
    expect(text).toContain('It takes the edge for granted, so it does not answer whether there is one.');
    expect(text).toContain('It answers whether the rule itself would have earned.');
  });

  test('a regime with too few trades is refused', () => {
    const [first] = model.strategies;
    const regimes = (first.details?.regimes ?? []).map((regime, index) =>
      index === 0 ? { ...regime, trades: 12, profitable: undefined } : regime,
    );
    const few = renderReport({ ...model, strategies: [{ ...first, details: { ...first.details, regimes } }] }, assets);
    expect(plainText(article('STR-901', few))).toMatch(/bull 12 .*refused, too few trades/);
  });

  test('the holdout is opened, kept shut, or sealed', () => {
    expect(plainText(article('STR-901'))).toMatch(/Opened once, from [\d-]+ to [\d-]+: .* It is used up/);
    expect(plainText(article('STR-902'))).toContain('Kept shut at L3');
    expect(plainText(article('STR-902'))).toContain('not opened, since walk-forward windows, interval of the mean');
    expect(plainText(article('STR-903'))).toContain('nobody has seen a result of this family there');
  });

  test('the ledger counts by face and person and says what it costs', () => {
    const text = plainText(article('STR-903'));
    expect(text).toContain('97 trials so far, worth 21.4 independent ones.');
    expect(text).toContain('validate 71, sweep 22, backtest 4');
    expect(text).toContain('ada 90, grace 7');
    expect(text).toContain('The same with a longer hold (3 versions)');
  });
});

describe('diagnostics', () => {
  const all = [
    'How sure is the Sharpe ratio',
    'Fading out of sample',
    'Choosing the best of the sweep',
    'What the parameters decide',
    'Is the market still the same',
  ];

  test('are what the diag plugins find in what there is', () => {
    expect(titles('STR-901', 'Diagnostics')).toEqual(all);
    expect(titles('STR-903', 'Diagnostics')).toEqual(all);
    expect(titles('STR-905', 'Diagnostics')).toEqual([all[0], all[4]]);
    const text = plainText(article('STR-901'));
    const sharpe = model.strategies[0].result?.metrics.sharpe ?? NaN;
    expect(text).toContain(`How sure is the Sharpe ratio L3 ${sharpe.toFixed(2)} over `);
    const windows = model.strategies[0].details?.walkForward ?? [];
    const mean = windows.reduce((sum, { trainSharpe }) => sum + (trainSharpe ?? NaN), 0) / windows.length;
    expect(text).toContain(`Sharpe ratios average ${mean.toFixed(2)} in sample`);
    expect(text).toMatch(/In \d+% of 252 ways to halve the days/);
    expect(text).toMatch(/level alone explains \d+% of the differences/);
  });

  test('leave out what an older run did not keep', () => {
    const [first] = model.strategies;
    const { sweep, walkForward, ...details } = first.details ?? {};
    const { daily: _, ...bare } = sweep ?? {};
    const windows = walkForward?.map(({ trainReturns: __, testReturns: ___, ...window }) => window);
    const older = { ...first, earlier: [], details: { ...details, sweep: bare, walkForward: windows } };
    const text = article('STR-901', renderReport({ ...model, strategies: [older as StrategyReport] }, assets));
    expect(text).not.toContain('Fading out of sample');
    expect(text).not.toContain('Choosing the best of the sweep');
    expect(text).toContain('What the parameters decide');
  });
});

describe('the page', () => {
  test('has no number that is none, no style in markup, no script but its own', () => {
    expect(markup()).not.toMatch(/NaN|undefined|Infinity|\[object/);
    expect(markup()).not.toMatch(/ style=| on[a-z]+=/);
    expect(page.match(/<script>/g)).toHaveLength(2);
  });

  test('stays under 3 MB with twelve strategies at L3 and three years of bars', () => {
    const twelve = Array.from({ length: 12 }, (_, index): StrategyReport => {
      const report = model.strategies[index % 2];
      return { ...report, strategyId: `STR-9${10 + index}` };
    });
    const large = renderReport({ ...model, strategies: twelve }, assets);
    expect(Buffer.byteLength(large)).toBeLessThan(3_000_000);
    expect(large).toMatch(/The first \d+ of 424 trades/);
    // A page of one has all of its trades.
    expect(renderReport({ ...model, strategies: twelve.slice(0, 1) }, assets)).toContain('All 424 trades');
  });

  test('hostile names in ledger, notes and parameters stay text', () => {
    const nasty = '</script><img src=x onerror="alert(1)">';
    const first = model.strategies[2];
    const { ledger, verdict, details } = first;
    if (!ledger || !verdict || !details?.plateau?.heatMap) throw new Error('the fixture has none');
    const strategy: StrategyReport = {
      ...first,
      ledger: {
        ...ledger,
        members: [{ strategyId: nasty, name: nasty, edits: 2 }],
        byFace: { [nasty]: 1 },
        byPerson: [{ by: nasty, trials: 1 }],
        seen: [{ market: nasty, toMs: 0, by: nasty, face: nasty, atMs: 0 }],
        holdout: { state: 'seen', fromMs: 0, toMs: 2, sealedFromMs: 1, note: nasty },
      },
      details: {
        ...details,
        plateau: { ...details.plateau, heatMap: { ...details.plateau.heatMap, x: nasty, y: nasty } },
        walkForward: (details.walkForward ?? []).map((window) => ({ ...window, parameters: { [nasty]: 1 } })),
        deployed: [{ strategyId: nasty, days: 1, correlation: undefined }],
        holdout: { fromMs: 0, toMs: 1, sealed: nasty },
      },
      verdict: { ...verdict, overrides: { reason: nasty, thresholds: [{ key: nasty, value: 1, instead: 2 }] } },
    };
    const text = renderReport({ ...model, strategies: [strategy] }, assets);
    expect(text).not.toContain('<img');
    expect(text.match(/<script>/g)).toHaveLength(2);
  });
});
