import { expect, test } from 'vitest';
import { parseBinanceFrame } from '../../../adapters/feeds/binance/messages.ts';
import { balanceEvents, orderEvents } from '../../../adapters/feeds/binance/own-events.ts';
import type { FeedEvent } from '../../../core/ports/market-feed.ts';
import { singleMessages } from './recorded-session.ts';

const recorded = singleMessages('binance');

const place = { venue: 'binance', receivedMs: 1, symbol: { symbol: 'ETH/USDT', quote: 'USDT' } };

/** What an event says of money, in one line. */
function line(event: FeedEvent): string {
  if (event.type === 'balance') {
    const { asset, total, locked } = event.balance;
    return `${asset} ${total}${locked === undefined ? '' : `, ${locked} locked`}`;
  }
  if (event.type === 'fill') {
    const { side, amount, price, quoteAmount, fee, feeAsset, liquidity, realizedPnl, tradeId } = event.fill;
    const profit = realizedPnl === undefined ? '' : `, profit ${realizedPnl}`;
    return `fill ${tradeId}: ${side} ${amount} at ${price} for ${quoteAmount}, fee ${fee} ${feeAsset}, ${liquidity}${profit}`;
  }
  if (event.type !== 'order') return event.type;
  const { venueOrderId, clientOrderId, side, type, state, executed, amount, price, stopPrice } = event.order;
  const at = [price, stopPrice && `stop ${stopPrice}`].filter((each) => each !== undefined).join(' ');
  return `${venueOrderId} ${clientOrderId}: ${side} ${type} ${executed} of ${amount} at ${at}, ${state}`;
}

// Read off the recorded messages by hand.
test.each([
  ['spot', 'execution_report_new', ['12345678 x-TD67BGP9-T0000000000000: buy limit 0 of 1 at 2500, accepted']],
  ['spot', 'execution_report_canceled', ['12345678 x-TD67BGP9-T0000000000000: buy limit 0 of 1 at 2500, canceled']],
  ['spot', 'execution_report_expired', ['12345678 x-TD67BGP9-T0000000000000: buy limit 0 of 1 at 2500, expired']],
  [
    'spot',
    'execution_report_stop_loss',
    ['12345679 x-TD67BGP9-T0000000000001: sell stopMarket 0 of 1 at 2400 stop 2450, accepted'],
  ],
  ['spot', 'execution_report_wrapped', ['4293153 mUvoqJxFIILMdfAW5iGSOW: buy limit 0 of 1 at 0.1026441, accepted']],
  [
    'spot',
    'execution_report_trade',
    [
      'fill 98765432: buy 1 at 2500 for 2500, fee 0.001 ETH, maker',
      '12345678 x-TD67BGP9-T0000000000000: buy limit 1 of 1 at 2500, filled',
    ],
  ],
  ['spot', 'account_position', ['USDT 12500, 2500 locked', 'ETH 5, 0 locked']],
  ['spot', 'account_position_wrapped', ['ETH 10000, 0 locked']],
  ['spot', 'balance_update', []],
  ['spot', 'list_status_wrapped', []],
  ['futures', 'order_update_new', ['8886774 TEST: buy stopMarket 0 of 0.001 at stop 7103.04, accepted']],
  [
    'futures',
    'order_update_trade_partial',
    [
      'fill 12345678: buy 0.001 at 7100.5 for 7.1005, fee 0.01 USDT, maker, profit 12.34',
      '8886774 TEST: buy limit 0.001 of 0.002 at 7100.5, partiallyFilled',
    ],
  ],
  [
    'futures',
    'order_update_calculated',
    [
      'fill 12345999: sell 0.014 at 9910.12 for 138.74168, fee 0.06937084 USDT, taker, profit -5.67',
      '8886999 autoclose-1234567890: sell limit 0.014 of 0.014 at 9910, filled',
    ],
  ],
  [
    'futures',
    'order_update_calculated_pending',
    ['8887004 autoclose-pending-0000: sell limit 0 of 0.014 at 9910, accepted'],
  ],
  [
    'futures',
    'order_update_adl',
    [
      'fill 12346001: buy 0.005 at 42000 for 210, fee 0.105 USDT, taker, profit -2.5',
      '8887001 adl_autoclose_12345: buy limit 0.005 of 0.005 at 42000, filled',
    ],
  ],
  [
    'futures',
    'order_update_insurance',
    [
      'fill 12346003: sell 0.02 at 45000 for 900, fee 0.45 USDT, taker, profit -8',
      '8887003 autoclose-insurance-5678: sell limit 0.02 of 0.02 at 45000, filled',
    ],
  ],
  [
    'futures',
    'algo_update_canceled',
    ['algo-2148719 Q5xaq5EGKgXXa0fD7fs0Ip: sell stopMarket 0 of 0.01 at stop 750, canceled'],
  ],
  ['futures', 'account_update', ['USDT 122624.12345678']],
  ['futures', 'trade_lite', []],
] as const)('%s %s says what was recorded', (market, name, expected) => {
  const frame = parseBinanceFrame(JSON.stringify(recorded[`${market}/user_data_json/${name}.json`]));
  if (frame.kind !== 'event') throw new Error(`no event but ${frame.kind}`);
  expect([...orderEvents(frame.event, place), ...balanceEvents(frame.event, 1)].map(line)).toEqual(expected);
});
