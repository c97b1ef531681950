import type { SourceSettings } from '../../../config/sources.ts';
import { recorded, settings } from './fetched.ts';

const dayMs = 86_400_000;
const weekMs = 7 * dayMs;
export const nowMs = Date.UTC(2025, 6, 1, 13);

/** One answer of one provider: how it is fetched, what it is when all is well, and where it can be wrong. */
export type Endpoint = Readonly<{
  /** As errors name it. */
  provider: string;
  host: string;
  plugin: string;
  query: object;
  more?: Readonly<{ settings: SourceSettings }>;
  /** Good answers by path, of which that at `path` goes wrong. */
  answers: Readonly<Record<string, unknown>>;
  path: string;
  /** What stands before its JSON. */
  prefix?: string;
  /** What stands before the JSON of the others. */
  otherPrefix?: string;
  /** A place with a value that it cannot have; most cannot be missing either, and are refused at the same place. */
  fields: readonly (readonly [at: string, wrong: unknown, missing?: 'allowed'])[];
  /** Of no rows; `time` orders them, and is refused where it comes twice or in disorder. */
  rows: Readonly<{ at: string; time?: string; mayBeEmpty?: true; anyOrder?: true }>;
}>;

const text = (t: number) => new Date(t).toISOString().slice(0, 10);
const range = <T>(count: number, item: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => item(i));
const today = Date.UTC(2025, 6, 1);

const candles = range(30, (i) => [today - (30 - i) * dayMs, 40, 41, 39, 40 + (i % 5)]);
const dvol = { result: { data: candles, continuation: null } };
const [option] = (JSON.parse(recorded('deribit-book-summary-ETH.json')) as { result: object[] }).result;
const chain = range(4, (i) => ({ ...option, instrument_name: `ETH-26DEC25-${1_000 + i}-C` }));
const flows = range(30, (i) => ({
  date: text(today - (40 - i) * dayMs),
  total_net_inflow: '1000000.5',
  total_net_assets: 1e11,
}));
const grade = { date: '2025-06-20', gradingCompany: 'A', previousGrade: 'Hold', newGrade: 'Buy', action: 'upgrade' };
const quarters = ['2026-03-31', '2025-12-31', '2025-09-30', '2025-06-30'].map((date) => ({ date, epsAvg: 1.5 }));
const reports = ['2025-07-31', '2025-05-01', '2025-01-30', '2024-10-31', '2024-08-01'].map((date, i) => ({
  date,
  epsActual: i === 0 ? null : 1.4,
  epsEstimated: 1.3,
}));
const whispered = reports.map(({ date }) => ({ date, whisper: 1.4, price: '200.5' }));
const views = range(8, (i) => ({ timestamp: `${text(today - (8 - i) * dayMs).replaceAll('-', '')}00`, views: 10 }));
const monday = Date.UTC(2025, 5, 30);
const seconds = (i: number) => String((monday - (19 - i) * weekMs) / 1_000);
const timeline = range(20, (i) => ({ timestamp: seconds(i), values: [{ value: '7', extracted_value: 7 }] }));
const timelineData = range(20, (i) => ({ time: seconds(i), value: [7], formattedValue: ['7'] }));
const trends = { widgets: [{ id: 'TIMESERIES', token: 'tok', request: {} }] };
const cliff = (t: number) => ({ timestamp: t / 1_000, noOfTokens: [50], unlockType: 'cliff' });
const emissions = [{ name: 'Arbitrum', gecko_id: 'arbitrum', events: [cliff(today + 9 * dayMs)] }];
const points = range(4, (i) => ({ timestamp: today / 1_000 - (90 - i) * 86_400, unlocked: 1_000 + i }));
const emission = { body: { documentedData: { data: [{ data: points }] } } };
const yahooSummary = JSON.parse(recorded('yahoo-quoteSummary-META.json')) as object;
const yahooRoot = 'quoteSummary.result[0]';

const fmp = { provider: 'fmp', host: 'financialmodelingprep.com' };
const rated = { ...fmp, plugin: 'alpha_analyst_revisions', query: { provider: 'fmp', issuers: [{ symbol: 'COIN' }] } };
const ratings = { '/stable/grades': [grade], '/stable/analyst-estimates': quarters };
const yahoo = {
  provider: 'yahoo',
  host: 'query2.finance.yahoo.com',
  plugin: 'alpha_analyst_revisions',
  query: { provider: 'yahoo', issuers: [{ symbol: 'META' }] },
  more: { settings: settings({ unofficial: { google: false, yahoo: true } }) },
};
const google = {
  provider: 'googleUnofficial',
  host: 'trends.google.com',
  plugin: 'alpha_google_trends',
  query: { provider: 'googleUnofficial', keyword: 'bitcoin' },
  more: { settings: settings({ unofficial: { google: true, yahoo: false } }) },
};
const whispers = {
  url: 'https://whispers.test/v1/eps?symbol={symbol}',
  key: 'FMP_API_KEY',
  header: 'x-api-key',
  fields: { date: 'date', whisper: 'whisper', price: 'price' },
};
const llama = {
  provider: 'defillama',
  host: 'pro-api.llama.fi',
  plugin: 'alpha_whisper_spread',
  query: { mode: 'unlock', protocol: 'arbitrum', symbol: 'ARB' },
  answers: { '/llama-key/api/emissions': emissions, '/llama-key/api/emission/arbitrum': emission },
};
const article =
  '/api/rest_v1/metrics/pageviews/per-article/en.wikipedia.org/all-access/user/Bitcoin/daily/20250203/20250630';
const klines = '/api/v3/klines';

/** Every answer that a fetch half reads. */
export const endpoints: Readonly<Record<string, Endpoint>> = {
  'DVOL of Deribit': {
    provider: 'deribit',
    host: 'www.deribit.com',
    plugin: 'alpha_vix_regime',
    query: { provider: 'deribit', days: 20 },
    answers: { '/api/v2/public/get_volatility_index_data': dvol },
    path: '/api/v2/public/get_volatility_index_data',
    fields: [
      ['result.data', {}],
      ['result.data[1][0]', '2025-06-01'],
      ['result.data[1][4]', 'NaN'],
      ['result.continuation', 'more', 'allowed'],
    ],
    rows: { at: 'result.data', time: '[0]' },
  },
  'the chain of Deribit': {
    provider: 'deribit',
    host: 'www.deribit.com',
    plugin: 'alpha_risk_reversal',
    query: { currency: 'ETH' },
    answers: { '/api/v2/public/get_book_summary_by_currency': { result: chain } },
    path: '/api/v2/public/get_book_summary_by_currency',
    fields: [
      ['result', 'none'],
      ['result[0].instrument_name', 7],
      ['result[1].mark_iv', 'NaN'],
      ['result[1].underlying_price', null],
      ['result[2].creation_timestamp', 0.5],
    ],
    rows: { at: 'result', time: '.instrument_name', anyOrder: true },
  },
  FRED: {
    provider: 'fred',
    host: 'api.stlouisfed.org',
    plugin: 'alpha_vix_regime',
    query: { provider: 'fred', days: 20 },
    answers: {
      '/fred/series/observations': { observations: flows.map(({ date }) => ({ date, value: '17.48' })) },
    },
    path: '/fred/series/observations',
    fields: [
      ['observations', null],
      ['observations[3].date', '2025-02-30'],
      ['observations[3].value', 17],
    ],
    rows: { at: 'observations', time: '.date' },
  },
  'bars of Binance': {
    provider: 'binance',
    host: 'data-api.binance.vision',
    plugin: 'alpha_vrp',
    query: { days: 50 },
    answers: {
      '/api/v2/public/get_volatility_index_data': dvol,
      [klines]: [[today - dayMs, '1', '1', '1', '1']],
    },
    path: klines,
    fields: [
      ['[0][0]', 'soon'],
      ['[0][4]', 80_000],
    ],
    rows: { at: '' },
  },
  SoSoValue: {
    provider: 'sosovalue',
    host: 'openapi.sosovalue.com',
    plugin: 'alpha_etf_flow_div',
    query: { provider: 'sosovalue' },
    answers: {
      '/openapi/v1/etfs/summary-history': { data: flows },
      [klines]: [[today - 20 * dayMs, '1', '1', '1', '1']],
    },
    path: '/openapi/v1/etfs/summary-history',
    fields: [
      ['data', 'none'],
      ['data[2].date', '2025-13-01'],
      ['data[2].total_net_inflow', 'NaN'],
      ['data[2].total_net_assets', null],
      ['data[1].total_net_inflow', '9'.repeat(400)],
    ],
    rows: { at: 'data', time: '.date' },
  },
  'grades of FMP': {
    ...rated,
    answers: ratings,
    path: '/stable/grades',
    fields: [
      ['[0].date', '2025-02-30'],
      ['[0].action', 7],
      ['[0].gradingCompany', null],
    ],
    rows: { at: '', mayBeEmpty: true },
  },
  'estimates of FMP': {
    ...rated,
    answers: ratings,
    path: '/stable/analyst-estimates',
    fields: [['[1].date', '30 June']],
    rows: { at: '', time: '.date', mayBeEmpty: true },
  },
  'reports of FMP': {
    ...fmp,
    plugin: 'alpha_whisper_spread',
    query: { mode: 'earnings', symbol: 'AAPL' },
    more: { settings: settings({ whispers }) },
    answers: { '/stable/earnings': reports, '/v1/eps': whispered },
    path: '/stable/earnings',
    fields: [
      ['[1].date', 'soon'],
      ['[1].epsActual', 'NaN'],
      ['[1].epsEstimated', '1.3'],
    ],
    rows: { at: '', time: '.date' },
  },
  'whispers under licence': {
    provider: 'whispers.test',
    host: 'whispers.test',
    plugin: 'alpha_whisper_spread',
    query: { mode: 'earnings', symbol: 'AAPL' },
    more: { settings: settings({ whispers }) },
    answers: { '/stable/earnings': reports, '/v1/eps': whispered },
    path: '/v1/eps',
    fields: [
      ['[1].date', '2025-02-30'],
      ['[1].whisper', 'NaN'],
      ['[1].price', null],
    ],
    rows: { at: '', time: '.date', anyOrder: true },
  },
  'the summary of Yahoo': {
    ...yahoo,
    answers: { '/v1/test/getcrumb': 'crumb', '/v10/finance/quoteSummary/META': yahooSummary },
    path: '/v10/finance/quoteSummary/META',
    fields: [
      [`${yahooRoot}.upgradeDowngradeHistory.history[0].epochGradeDate`, '2024-09-30'],
      [`${yahooRoot}.upgradeDowngradeHistory.history[1].action`, 1],
      [`${yahooRoot}.earningsTrend.trend[0].epsTrend.current`, 'NaN'],
      [`${yahooRoot}.price.regularMarketPrice.raw`, -1],
      [yahooRoot, []],
    ],
    rows: { at: 'quoteSummary.result' },
  },
  Wikipedia: {
    provider: 'wikipedia',
    host: 'wikimedia.org',
    plugin: 'alpha_google_trends',
    query: { provider: 'wikipedia', article: 'Bitcoin', weeks: 22 },
    answers: { [article]: { items: views } },
    path: article,
    fields: [
      ['items', {}],
      ['items[2].timestamp', '2025139900'],
      ['items[2].views', -1],
      ['items[3].views', 'NaN'],
    ],
    rows: { at: 'items', time: '.timestamp' },
  },
  SerpApi: {
    provider: 'serpapi',
    host: 'serpapi.com',
    plugin: 'alpha_google_trends',
    query: { provider: 'serpapi', keyword: 'bitcoin' },
    answers: { '/search.json': { interest_over_time: { timeline_data: timeline } } },
    path: '/search.json',
    fields: [
      ['interest_over_time', []],
      ['interest_over_time.timeline_data[1].timestamp', 'Jan 5'],
      ['interest_over_time.timeline_data[1].values', []],
      ['interest_over_time.timeline_data[1].values[0].extracted_value', 'NaN'],
    ],
    rows: { at: 'interest_over_time.timeline_data', time: '.timestamp' },
  },
  'weeks of Google': {
    ...google,
    answers: { '/trends/api/explore': trends, '/trends/api/widgetdata/multiline': { default: { timelineData } } },
    path: '/trends/api/widgetdata/multiline',
    prefix: ")]}',\n",
    otherPrefix: ")]}'\n",
    fields: [
      ['default', null],
      ['default.timelineData[1].time', 'Jan 5'],
      ['default.timelineData[1].value', 'NaN'],
    ],
    rows: { at: 'default.timelineData', time: '.time' },
  },
  'unlocks of DefiLlama': {
    ...llama,
    path: '/llama-key/api/emissions',
    fields: [
      ['[0].name', null],
      ['[0].events[0].timestamp', 'NaN'],
      ['[0].events[0].noOfTokens', '50'],
    ],
    rows: { at: '' },
  },
  'the schedule of DefiLlama': {
    ...llama,
    path: '/llama-key/api/emission/arbitrum',
    fields: [
      ['body.documentedData', []],
      ['body.documentedData.data[0].data[1].timestamp', '2025-01-01'],
      ['body.documentedData.data[0].data[1].unlocked', 'NaN'],
    ],
    rows: { at: 'body.documentedData.data[0].data', time: '.timestamp' },
  },
};
