import { always, unknownIfSent, type Complaint, type ErrorTable, type Meaning } from './failure.ts';

const rejected = always('rejected');
const lookUp = unknownIfSent('rejected');

/**
 * Spot and USD-M, after binance-spot-api-docs errors.md and the USD-M error codes. What is missing here is unknown.
 * -1000 to -1007 can mean that the order stands: the venue says so itself of -1006 and -1007.
 */
const meanings: Readonly<Record<string, Meaning>> = {
  '-1002': always('badCredentials'),
  '-1003': always('rateLimited', 60_000),
  '-1008': always('rateLimited', 1_000),
  '-1013': rejected,
  '-1015': always('rateLimited', 10_000),
  '-1016': always('maintenance'),
  '-1020': rejected,
  // A copy of a request that was accepted gets these too: whoever sent looks.
  '-1021': lookUp,
  '-1022': always('badCredentials'),
  '-1034': always('rateLimited', 60_000),
  '-2010': rejected,
  '-2011': always('unknownOrder'),
  '-2013': always('unknownOrder'),
  '-2014': always('badCredentials'),
  '-2015': always('badCredentials'),
  '-2018': rejected,
  '-2019': rejected,
  '-2020': rejected,
  '-2021': rejected,
  '-2022': rejected,
  '-2023': rejected,
  '-2024': rejected,
  '-2025': rejected,
  '-2026': rejected,
  '-2027': rejected,
  '-2028': rejected,
  '-4116': lookUp,
  '-5021': rejected,
  '-5022': rejected,
};

/** Malformed parameters (-11xx) and filters and settings of USD-M (-4xxx): found before the engine sees anything. */
const ranges: readonly (readonly [least: number, most: number])[] = [
  [-1199, -1100],
  [-4999, -4000],
];

function meaning({ code, text }: Complaint): Meaning | undefined {
  if (code === '-2010' && /duplicate/i.test(text)) return lookUp;
  const listed = Object.hasOwn(meanings, code) ? meanings[code] : undefined;
  if (listed !== undefined) return listed;
  const number = Number(code);
  return ranges.some(([least, most]) => number >= least && number <= most) ? rejected : undefined;
}

export const binanceErrors: ErrorTable = {
  complaint: (answer) => {
    if (typeof answer !== 'object' || answer === null || !('code' in answer)) return undefined;
    const { code } = answer;
    const text = 'msg' in answer && typeof answer.msg === 'string' ? answer.msg : '';
    // Cancels of USD-M say {code: 200, msg: 'success'}, those of algo orders {code: '200'}.
    return Number(code) < 0 ? { code: String(code), text } : undefined;
  },
  meaning,
  statusMeaning: (status) =>
    status === 429 || status === 418
      ? always('rateLimited', 60_000)
      : // The web application firewall in front of the API: nothing came through.
        status === 403
        ? { ...always('rateLimited', 300_000), guessed: true }
        : undefined,
};
