import { sumText, units, unitText } from '../../../core/orders/amount.ts';
import { terminalStates, type Fill, type VenueOrder, type VenueOrderState } from '../../../core/orders/types.ts';
import { createSecret } from '../../http/secret.ts';
import { inOrder, type InOrder } from '../in-order.ts';
import type { OwnAccount } from '../own-account.ts';
import { noticeEvent, type LinePlan, type Session, type SessionHandle } from '../venue.ts';
import type { KrakenAddresses } from './feed.ts';
import { parseKrakenFrame, type ExecutionRow, type KrakenMessage } from './messages.ts';
import { fetchToken, type TokenMeans } from './token.ts';

export type OwnMeans = TokenMeans & Readonly<{ addresses: KrakenAddresses; account: OwnAccount }>;

type OwnMessage = Extract<KrakenMessage, { channel: 'executions' | 'balances' }>;
type OwnWork = Readonly<{ message: OwnMessage; receivedMs: number }>;

/** What has been told of each order that is still open: later messages say only what changed. */
type Orders = Map<string, ExecutionRow>;

/** Orders whose fields are remembered; the oldest are let go beyond it. */
const ordersLimit = 10_000;

const channels = ['executions', 'balances'] as const;

/** Both private channels on one socket; their messages are numbered, so a lost one shows. */
export function krakenOwnPlan(means: OwnMeans): LinePlan {
  let token = '';
  return {
    name: 'own',
    streams: [{ channel: 'own' }],
    address: async (signal) => {
      token = await fetchToken(means, signal);
      return means.addresses.userSocket;
    },
    begin: (handle) => beginOwnSession(means, handle, token),
  };
}

function beginOwnSession({ account }: OwnMeans, handle: SessionHandle, token: string): Session {
  const orders: Orders = new Map();
  const sequences = new Map<string, number>();
  const queue: InOrder<OwnWork> = inOrder(
    ({ message, receivedMs }) => {
      for (const event of message.channel === 'balances' ? balanceEvents(message, receivedMs) : []) handle.emit(event);
      if (message.channel !== 'executions') return;
      for (const row of message.data) tellRow(row, receivedMs);
    },
    {
      overflow: () => handle.fail('too many own events wait'),
      failed: (error) => handle.fail(error instanceof Error ? error.message : String(error)),
    },
  );
  const tellRow = (row: ExecutionRow, receivedMs: number) => {
    const whole = remember(orders, row);
    const fill = fillOf(whole, row);
    const order = orderOf(whole);
    if (fill !== undefined) {
      account.note({ type: 'fill', fill, receivedMs });
      handle.emit({ type: 'fill', fill, receivedMs });
    }
    if (order === undefined) return;
    account.note({ type: 'order', order, receivedMs });
    handle.emit({ type: 'order', order, receivedMs });
    if (terminalStates.includes(order.state)) orders.delete(row.order_id);
  };
  const numbered = ({ channel, type, sequence }: OwnMessage): boolean => {
    const found = Number(sequence);
    const last = sequences.get(channel);
    if (type !== 'snapshot' && last !== undefined && found <= last) return false;
    if (type !== 'snapshot' && found !== (last ?? found - 1) + 1) {
      handle.fail(`${channel}: message ${found} after ${last}`);
      return false;
    }
    sequences.set(channel, found);
    return true;
  };
  let unconfirmed = channels.length;
  for (const [index, channel] of channels.entries()) {
    const options = channel === 'executions' ? { snap_orders: true, snap_trades: true } : { snapshot: true };
    handle.send({ method: 'subscribe', params: { channel, token, ...options }, req_id: index + 1 });
  }
  const confirm = () => {
    unconfirmed -= 1;
    if (unconfirmed !== 0) return;
    handle.ready();
    queue.run(async () => {
      for (const event of await account.catchUp(handle.signal)) handle.emit(event);
      handle.settled();
    });
  };
  return receiver(handle, {
    redact: createSecret(token).redact,
    confirm,
    take: (message, receivedMs) => {
      if (numbered(message)) queue.take({ message, receivedMs });
    },
  });
}

type Receiving = Readonly<{
  redact(text: string): string;
  confirm(): void;
  take(message: OwnMessage, receivedMs: number): void;
}>;

function receiver(handle: SessionHandle, { redact, confirm, take }: Receiving): Session {
  return {
    receive: (text, receivedMs) => {
      let frame: ReturnType<typeof parseKrakenFrame>;
      try {
        frame = parseKrakenFrame(text);
      } catch (error) {
        const reason = error instanceof SyntaxError ? 'no JSON' : 'not the shape it has to be';
        handle.emit(noticeEvent({ kind: 'badFrame', stream: 'own', receivedMs, reason }));
        return handle.fail('a frame that cannot be read');
      }
      if (frame.kind === 'answer') {
        const { method, success, error = 'no reason' } = frame.answer;
        if (success === false) handle.fail(`${method} refused: ${redact(error).slice(0, 100)}`);
        else if (method === 'subscribe') confirm();
        return;
      }
      if (frame.kind === 'unknown') return;
      const { message } = frame;
      if (message.channel === 'executions' || message.channel === 'balances') take(message, receivedMs);
    },
  };
}

function remember(orders: Orders, row: ExecutionRow): ExecutionRow {
  const whole = { ...orders.get(row.order_id), ...row };
  orders.set(row.order_id, whole);
  if (orders.size > ordersLimit) orders.delete(orders.keys().next().value ?? '');
  return whole;
}

const states: Readonly<Record<string, VenueOrderState>> = {
  new: 'accepted',
  triggered: 'accepted',
  partially_filled: 'partiallyFilled',
  filled: 'filled',
  canceled: 'canceled',
  expired: 'expired',
};

const text = (decimal: string): string => unitText(units(decimal));

const stopTypes = /^(?:stop|take|trailing)/;

/** Undefined for what is not accepted yet, and for orders of which too little was told to say what they are. */
function orderOf(row: ExecutionRow): VenueOrder | undefined {
  const { symbol, side, order_type: type, order_qty: amount, cl_ord_id: clientOrderId } = row;
  const state = Object.hasOwn(states, row.order_status) ? states[row.order_status] : undefined;
  if (state === undefined || symbol === undefined || side === undefined || amount === undefined) return undefined;
  const isStop = type !== undefined && stopTypes.test(type);
  const executed = text(row.cum_qty ?? '0');
  return {
    venue: 'kraken',
    symbol,
    venueOrderId: row.order_id,
    ...(clientOrderId !== undefined && clientOrderId !== '' && { clientOrderId }),
    side,
    type: isStop ? 'stopMarket' : type === 'market' ? 'market' : 'limit',
    state: terminalStates.includes(state) ? state : stateBy(executed, text(amount)),
    amount: text(amount),
    executed,
    ...(row.limit_price !== undefined && !isStop && { price: text(row.limit_price) }),
    ...(isStop && row.triggers?.price !== undefined && { stopPrice: text(row.triggers.price) }),
    reduceOnly: row.reduce_only ?? false,
    venueMs: Date.parse(row.timestamp),
  };
}

/** The trade that completes an order still says partially filled, and so do trades of a snapshot. */
function stateBy(executed: string, amount: string): VenueOrderState {
  if (executed === '0') return 'accepted';
  return executed === amount ? 'filled' : 'partiallyFilled';
}

/** The trade of a row, under its txid (`exec_id`) as REST names it. */
function fillOf(whole: ExecutionRow, row: ExecutionRow): Fill | undefined {
  const { exec_id: tradeId, last_qty: amount, last_price: price, cost } = row;
  const { symbol, side, cl_ord_id: clientOrderId } = whole;
  if (row.exec_type !== 'trade' || tradeId === undefined || amount === undefined || price === undefined)
    return undefined;
  if (symbol === undefined || side === undefined || cost === undefined) return undefined;
  const [fee] = row.fees ?? [];
  return {
    venue: 'kraken',
    symbol,
    tradeId,
    venueOrderId: row.order_id,
    ...(clientOrderId !== undefined && clientOrderId !== '' && { clientOrderId }),
    side,
    amount: text(amount),
    price: text(price),
    quoteAmount: text(cost),
    fee:
      fee === undefined
        ? '0'
        : sumText(...(row.fees ?? []).filter(({ asset }) => asset === fee.asset).map(({ qty }) => qty)),
    feeAsset: fee?.asset ?? symbol.slice(symbol.indexOf('/') + 1),
    liquidity: row.liquidity_ind === 'm' ? 'maker' : 'taker',
    venueMs: Date.parse(row.timestamp),
  };
}

const balanceEvents = ({ data }: Extract<OwnMessage, { channel: 'balances' }>, receivedMs: number) =>
  data.map(({ asset, balance, timestamp }) => ({
    type: 'balance' as const,
    balance: { asset, total: text(balance) },
    venueMs: timestamp === undefined ? receivedMs : Date.parse(timestamp),
    receivedMs,
  }));
