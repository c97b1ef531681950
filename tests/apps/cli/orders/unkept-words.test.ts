import { expect, test } from 'vitest';
import { switchText, unkeptText } from '../../../../apps/cli/orders/unkept.ts';
import type { VenueOrder } from '../../../../core/orders/types.ts';
import { noonMs } from '../../../contracts/order-fixtures.ts';

const resting = (symbol: string, type: VenueOrder['type'] = 'limit'): VenueOrder => ({
  venue: 'binanceusdm',
  symbol,
  venueOrderId: '1',
  side: 'buy',
  type,
  state: 'accepted',
  amount: '1',
  executed: '0',
  reduceOnly: false,
  venueMs: noonMs,
});

const [btc, eth] = ['BTC/USDT:USDT', 'ETH/USDT:USDT'];
const both = [resting(btc), resting(eth)];
const withStop = [...both, resting(btc, 'stopMarket')];

type Case = Parameters<typeof switchText>[0] & Readonly<{ text: string }>;

test.each<Case>([
  { traits: { deadManSwitch: 'none' }, enabled: true, open: both, text: 'switch not armed: the venue has none' },
  {
    traits: { deadManSwitch: 'symbol' },
    enabled: false,
    open: both,
    text: 'switch not armed: off in config/orders.yaml',
  },
  {
    traits: { deadManSwitch: 'symbol' },
    enabled: true,
    open: both,
    text: 'switch not armed, unless a worker ended less than 60 s ago',
  },
  {
    traits: { deadManSwitch: 'symbol' },
    enabled: true,
    open: both,
    armed: [btc, eth],
    text: `switch armed for ${btc}, ${eth}: the venue cancels in 60 s what no worker takes over`,
  },
  {
    traits: { deadManSwitch: 'symbol' },
    enabled: true,
    open: withStop,
    armed: [eth],
    text: `switch armed for ${eth}: the venue cancels in 60 s what no worker takes over; not armed for ${btc}: a protective stop rests there`,
  },
  {
    traits: { deadManSwitch: 'account' },
    enabled: true,
    open: withStop,
    armed: [],
    text: `switch not armed for ${btc}, ${eth}: a protective stop rests there`,
  },
])('$text', ({ text, ...situation }) => expect(switchText(situation)).toBe(text));

test.each([
  [1, 0, '1 order rests at the venue and no worker keeps the account; x'],
  [3, 2, '3 orders rest at the venue (2 of others) and no worker keeps the account; x'],
])('%i orders, %i of others', (orders, ofOthers, text) => {
  expect(unkeptText({ orders, ofOthers, deadManSwitch: 'x' })).toBe(text);
});
