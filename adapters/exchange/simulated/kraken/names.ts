import type { SimulatedMarket } from '../markets.ts';
import type { KrakenHost } from './host.ts';
import { KrakenError } from './errors.ts';

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Kraken's form of a number: a letter (O orders, T trades, L ledger) and 17 signs in groups, reversible. */
export function txid(kind: 'O' | 'T' | 'L', id: number): string {
  let text = '';
  for (let rest = id; text.length < 16; rest = Math.floor(rest / 32)) text = (letters[rest % 32] ?? 'A') + text;
  return `${kind}${text.slice(0, 5)}-${text.slice(5, 10)}-${text.slice(10)}`;
}

/** The number behind a txid, or undefined where it is none. */
export function idOf(text: string): number | undefined {
  if (!/^[OTL][A-Z2-7]{5}-[A-Z2-7]{5}-[A-Z2-7]{6}$/.test(text)) return undefined;
  return text
    .slice(1)
    .replaceAll('-', '')
    .split('')
    .reduce((sum, letter) => sum * 32 + letters.indexOf(letter), 0);
}

/** The market of a pair by any of Kraken's names for it. */
export function pairNamed(host: KrakenHost, name: string): SimulatedMarket {
  const found = host.markets.find(
    ({ market, kraken }) =>
      market.id === name || kraken?.altname === name || kraken?.wsname === name || kraken?.symbol === name,
  );
  if (found === undefined) throw new KrakenError('EQuery:Unknown asset pair');
  return found;
}

/** Kraken's asset names of its newer API. */
const newNames: Readonly<Record<string, string>> = { XXBT: 'BTC', XETH: 'ETH', ZUSD: 'USD' };

export const newAssetName = (asset: string): string => newNames[asset] ?? asset;

/** Kraken's older short names. */
export const altAssetName = (asset: string): string =>
  asset === 'XXBT' ? 'XBT' : asset.replace(/^[XZ](?=[A-Z]{3}$)/, '');

export const krakenNames = ({
  kraken,
}: SimulatedMarket): Readonly<{ altname: string; wsname: string; symbol: string }> =>
  kraken ?? { altname: '', wsname: '', symbol: '' };
