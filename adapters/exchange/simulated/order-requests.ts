import type { LoggedRequest } from './request-log.ts';

/** One request that wanted to place an order, whatever came of it: what invariants about sending are judged by. */
export type OrderRequestTruth = Readonly<{
  index: number;
  venue: string;
  account: string | undefined;
  clientOrderId: string | undefined;
  symbol: string | undefined;
  side: string | undefined;
  /** When it came, wire clock. */
  receivedMs: number;
  /** The timestamp that was signed (Binance), and until when the venue was to take it. */
  signedMs: number | undefined;
  deadlineMs: number | undefined;
  status: number | undefined;
  /** The venue's code or words where it said no. */
  refusal: string | undefined;
  fault: string | undefined;
}>;

const placing = new Set([
  'POST /api/v3/order',
  'POST /api/v3/order/cancelReplace',
  'POST /fapi/v1/order',
  'POST /fapi/v1/algoOrder',
  'POST /fapi/v1/batchOrders',
  'POST /0/private/AddOrder',
  'POST /0/private/AddOrderBatch',
  'WS order.place',
  'WS order.cancelReplace',
  'WS algoOrder.place',
  'WS add_order',
  'WS batch_add',
]);

/** Every order that was asked for, batches row by row, oldest first. */
export const orderRequests = (entries: readonly LoggedRequest[]): OrderRequestTruth[] =>
  entries.filter(({ method, path }) => placing.has(`${method} ${path}`)).flatMap(readRequest);

type Fields = Readonly<Record<string, unknown>>;

function readRequest(entry: LoggedRequest): OrderRequestTruth[] {
  const shared = fieldsOf(entry.parameters);
  const rows = listIn(shared.batchOrders) ?? listIn(shared.orders) ?? [{}];
  const { index, venue, account, wireMs: receivedMs, status, refusal, fault } = entry;
  return rows.map((row) => {
    const fields = { ...shared, ...row };
    const text = (...names: string[]) => {
      const found = names.map((name) => fields[name]).find((value) => value !== undefined && value !== '');
      return typeof found === 'string' || typeof found === 'number' ? String(found) : undefined;
    };
    const signedMs = numberOf(text('timestamp'));
    const deadline = text('deadline');
    const windowEndMs = signedMs === undefined ? undefined : signedMs + Number(text('recvWindow') ?? 5000);
    return {
      index,
      venue,
      account,
      clientOrderId: text('newClientOrderId', 'clientAlgoId', 'cl_ord_id'),
      symbol: text('symbol', 'pair'),
      side: text('side', 'type')?.toLowerCase(),
      receivedMs,
      signedMs,
      deadlineMs: deadline === undefined ? windowEndMs : Date.parse(deadline),
      status,
      refusal,
      fault,
    };
  });
}

const numberOf = (text: string | undefined) => (text === undefined ? undefined : Number(text));

/** Parameters of a form or of a JSON body; of both where they were put together. */
function fieldsOf(parameters: string): Fields {
  const brace = parameters.indexOf('{');
  const isJson = brace === 0 || parameters[brace - 1] === '&';
  const form = Object.fromEntries(new URLSearchParams(isJson ? parameters.slice(0, brace) : parameters));
  return isJson ? { ...form, ...parsed(parameters.slice(brace)) } : form;
}

function parsed(text: string): Fields {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {}; // longer than what the log keeps
  }
}

function listIn(value: unknown): Fields[] | undefined {
  const list: unknown = typeof value === 'string' ? Object.values(parsed(value)) : value;
  if (!Array.isArray(list)) return undefined;
  return list.map((row: unknown) => (typeof row === 'object' && row !== null ? { ...row } : {}));
}
