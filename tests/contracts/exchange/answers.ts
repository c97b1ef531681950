import { describe, expect, test } from 'vitest';
import { DeskError } from '../../../core/errors.ts';
import { units } from '../../../core/orders/amount.ts';
import { VenueError } from '../../../core/ports/exchange.ts';
import { accept, intentOf, low, submissionOf, type WithStand } from './stand.ts';

const decimal = /^-?\d+(\.\d*[1-9])?$/;

/** What every venue tells of itself and of the account. */
export function answerContract(name: string, withStand: WithStand): void {
  describe(`${name}: what it tells`, () => {
    test(
      'trading rules are decimal texts above zero, a market is known by its CCXT symbol',
      withStand(async ({ exchange, symbol, base, quote }) => {
        const markets = await exchange.markets();
        expect(markets.find((market) => market.symbol === symbol)).toMatchObject({ base, quote, active: true });
        for (const { priceTick, amountStep, minAmount, minNotional, maxAmount } of markets) {
          for (const rule of [priceTick, amountStep, minAmount, maxAmount ?? '1']) {
            expect(rule).toMatch(decimal);
            expect(units(rule)).toBeGreaterThan(0n);
          }
          expect(minNotional).toMatch(decimal);
        }
      }),
    );

    test(
      'balances add up, and what an open order needs is locked',
      withStand(async (stand) => {
        const { exchange, quote } = stand;
        const quoteOf = async () => (await exchange.balances()).find(({ asset }) => asset === quote);
        const before = await quoteOf();
        expect(before).toMatchObject({ locked: '0' });
        await accept(stand, { ...low, amount: '0.02' });
        const after = await quoteOf();
        expect(units(after?.locked ?? '')).toBeGreaterThan(0n);
        const total = units(after?.free ?? '') + units(after?.locked ?? '');
        expect(total).toBe(units(before?.free ?? ''));
      }),
    );

    test(
      'the venue’s clock decides, however wrong the host’s is',
      withStand(
        async (stand) => {
          const { exchange } = stand;
          expect((await exchange.serverTimeMs()) - Date.now()).toBeGreaterThan(88_000);
          const before = await exchange.venueTimeMs();
          const told = await exchange.serverTimeMs();
          expect(told).toBeGreaterThan(before - 2_500);
          expect(told).toBeLessThan((await exchange.venueTimeMs()) + 2_500);
          // Signed by this host's clock, it would be a minute and a half too early.
          await accept(stand, low);
        },
        { skewMs: 90_000 },
      ),
    );

    test(
      'a reference price is near the market and has the venue’s time',
      withStand(async ({ exchange, symbol, trade }) => {
        const before = await exchange.venueTimeMs();
        await trade('buy', '0.01');
        const { price, venueMs, lastTrade } = await exchange.referencePrice(symbol);
        expect(Number(price)).toBeGreaterThan(64_000);
        expect(Number(price)).toBeLessThan(66_000);
        expect(lastTrade?.price).toMatch(/^6[45]\d{3}/);
        const after = await exchange.venueTimeMs();
        for (const ms of [venueMs, lastTrade?.venueMs]) {
          expect(ms).toBeGreaterThan(before - 5_000);
          expect(ms).toBeLessThan(after + 5_000);
        }
      }),
    );

    test.each([
      { withdraw: false, trade: true },
      { withdraw: true, trade: true },
      { withdraw: false, trade: false },
    ])('the rights of a key: %j', async (rights) => {
      await withStand(async ({ exchange }) => {
        const told = await exchange.keyRights();
        expect([rights.withdraw, 'unknown']).toContain(told.withdraw);
        expect([rights.trade, 'unknown']).toContain(told.trade);
        expect([true, 'unknown']).toContain(told.read);
      }, rights)();
    });

    test(
      'a key that the venue does not know is badCredentials',
      withStand(async (stand) => {
        const stranger = await stand.stranger();
        try {
          const submission = await submissionOf(stand);
          expect(await stranger.createOrder(intentOf(stand), submission)).toMatchObject({
            kind: 'failed',
            failure: { kind: 'badCredentials' },
          });
          await expect(stranger.balances()).rejects.toMatchObject({ failure: { kind: 'badCredentials' } });
        } finally {
          await stranger.close();
        }
      }),
    );

    test(
      'reading stops when it is told to, and says so in a VenueError',
      withStand(async ({ exchange, fault, symbol }) => {
        await exchange.markets();
        await fault({ kind: 'hang-before', on: 'queries', count: 9 });
        const controller = new AbortController();
        const asked = exchange.openOrders(symbol, { signal: controller.signal });
        controller.abort();
        await expect(asked).rejects.toBeInstanceOf(VenueError);
      }),
    );

    test(
      'the dead man’s switch is armed and disarmed, or refused in words',
      withStand(async (stand) => {
        const { exchange, symbol, accepted } = stand;
        const scope = exchange.traits.deadManSwitch;
        const where = scope === 'symbol' ? symbol : undefined;
        const wrongPlace = scope === 'symbol' ? undefined : symbol;
        await expect(exchange.armDeadManSwitch(1_000, wrongPlace)).rejects.toMatchObject({ code: 'BadInput' });
        const { intent } = await accept(stand, low);
        const armed = async (timeoutMs: number) => {
          await exchange.armDeadManSwitch(timeoutMs, where);
          return 'armed';
        };
        const refusal = (thrown: unknown) => (thrown instanceof DeskError ? thrown.code : 'other');
        const answers = [
          await armed(60_000).catch(refusal),
          await armed(0).catch(refusal),
          await armed(1_000).catch(refusal),
        ];
        const answer = scope === 'none' ? 'BadInput' : 'armed';
        expect(answers).toEqual([answer, answer, answer]);
        const status = async () => (await accepted(intent.clientOrderId))[0]?.status;
        await expect.poll(status).toBe(scope === 'none' ? 'open' : 'canceled');
      }),
    );
  });
}
