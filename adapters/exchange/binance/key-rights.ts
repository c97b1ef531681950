import { z } from 'zod';
import type { KeyRights } from '../../../core/ports/exchange.ts';
import { readAnswer } from '../read-answer.ts';
import type { BinanceApi } from './api.ts';

const rightsShape = z.object({
  enableReading: z.boolean(),
  enableSpotAndMarginTrading: z.boolean(),
  enableFutures: z.boolean(),
  enableWithdrawals: z.boolean(),
  ipRestrict: z.boolean(),
});

/** What a Binance key may do; `trades` picks the right of spot or futures. */
export async function binanceKeyRights(
  { signed }: BinanceApi,
  trades: 'enableSpotAndMarginTrading' | 'enableFutures',
  signal?: AbortSignal,
): Promise<KeyRights> {
  const answer = await signed({ api: 'sapi', method: 'GET', path: 'account/apiRestrictions', purpose: 'read', signal });
  const rights = readAnswer(rightsShape, answer, 'apiRestrictions');
  return {
    read: rights.enableReading,
    trade: rights[trades],
    withdraw: rights.enableWithdrawals,
    ipBound: rights.ipRestrict,
  };
}
