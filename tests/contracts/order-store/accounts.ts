import { describe, expect, test } from 'vitest';
import { account, noonMs, stored, symbol } from '../order-fixtures.ts';
import { badInput, type WithStore } from './with-store.ts';

export function accountContract(name: string, withStore: WithStore): void {
  describe(`${name}: accounts`, () => {
    const halt = { reason: 'book is wrong', by: 'guard', person: false };

    test(
      'are active until somebody says something else',
      withStore(async (store) => {
        expect(await store.accountState(account)).toEqual({
          account,
          mode: 'ACTIVE',
          reason: '',
          by: '',
          changedMs: 0,
          haltedSymbols: [],
        });
        expect(await store.accounts()).toEqual([]);
        await stored(store, 'a');
        await store.setMode('kraken-main', 'REDUCING', halt, noonMs, noonMs);
        expect(await store.accounts()).toEqual([account, 'kraken-main']);
      }),
    );

    test(
      'leave a halt only by a person with a reason; the first halt is what they are judged by',
      withStore(async (store) => {
        const set = (mode: 'ACTIVE' | 'REDUCING' | 'HALTED', why: typeof halt, at = noonMs) =>
          store.setMode(account, mode, why, at, at + 3);
        const halted = await set('HALTED', halt);
        expect(halted).toEqual({
          account,
          mode: 'HALTED',
          reason: 'book is wrong',
          by: 'guard',
          changedMs: noonMs + 3,
          haltedVenueMs: noonMs,
          haltedSymbols: [],
        });
        expect(await set('HALTED', { ...halt, by: 'ada', person: true }, noonMs + 5_000)).toEqual(halted);
        const refused: [typeof halt, string][] = [
          [{ reason: 'all well', by: 'guard', person: false }, 'by'],
          [{ reason: '  ', by: 'ada', person: true }, 'reason'],
          [{ reason: 'all well', by: '', person: true }, 'by'],
        ];
        for (const [why, path] of refused) {
          await expect(set('ACTIVE', why)).rejects.toMatchObject(badInput(path));
          await expect(set('REDUCING', why)).rejects.toMatchObject(badInput(path));
        }
        expect(await store.accountState(account)).toEqual(halted);
        const resumed = await set('ACTIVE', { reason: 'positions agree', by: 'ada', person: true }, noonMs + 9_000);
        expect(resumed).toMatchObject({ mode: 'ACTIVE', by: 'ada', reason: 'positions agree' });
        expect(resumed).not.toHaveProperty('haltedVenueMs');
        expect((await store.decisions({ account })).map(({ what, by }) => [what, by])).toEqual([
          ['halted', 'guard'],
          ['resumed', 'ada'],
        ]);
      }),
    );

    test(
      'tell a newer mode from an older one, whatever the clocks say',
      withStore(async (store) => {
        const person = { reason: 'a drill', by: 'ada', person: true };
        const set = async (mode: 'ACTIVE' | 'HALTED', atMs: number) =>
          (await store.setMode(account, mode, person, noonMs, atMs)).changedMs;
        expect(await set('HALTED', noonMs)).toBe(noonMs);
        expect(await set('ACTIVE', noonMs - 7_200_000)).toBe(noonMs + 1);
        expect(await set('ACTIVE', noonMs + 5)).toBe(noonMs + 1);
        expect(await set('HALTED', noonMs + 1)).toBe(noonMs + 2);
        expect(await set('ACTIVE', noonMs + 9)).toBe(noonMs + 9);
        expect((await store.accountState(account)).changedMs).toBe(noonMs + 9);
      }),
    );

    test(
      'halt and resume symbols, each once',
      withStore(async (store) => {
        await store.haltSymbol(account, symbol, 'price of 0', noonMs);
        await store.haltSymbol(account, symbol, 'again', noonMs + 1);
        await store.haltSymbol(account, 'ETH/USDT', 'stale', noonMs + 2);
        expect((await store.accountState(account)).haltedSymbols).toEqual([
          { symbol, reason: 'price of 0', sinceMs: noonMs },
          { symbol: 'ETH/USDT', reason: 'stale', sinceMs: noonMs + 2 },
        ]);
        await store.resumeSymbol(account, symbol, { reason: 'price is back', by: 'ada' }, noonMs + 3);
        await store.resumeSymbol(account, symbol, { reason: 'price is back', by: 'ada' }, noonMs + 4);
        expect((await store.accountState(account)).haltedSymbols).toHaveLength(1);
        await expect(store.resumeSymbol(account, 'ETH/USDT', { reason: '', by: 'ada' }, noonMs)).rejects.toMatchObject(
          badInput('reason'),
        );
        expect((await store.decisions({ account })).map(({ what }) => what)).toEqual([
          'symbolHalted',
          'symbolHalted',
          'symbolResumed',
        ]);
      }),
    );
  });
}
