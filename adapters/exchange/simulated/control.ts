import type { ServerResponse } from 'node:http';
import type { Call } from './call.ts';
import type { Connections } from './connection.ts';
import { ControlError, numberIn, textIn, type Body } from './control-body.ts';
import { faultKinds, type FaultArguments } from './faults.ts';
import type { Gateway } from './gateway.ts';
import { fundedAccount } from './settings.ts';
import type { Simulation } from './simulation.ts';
import { truth } from './truth.ts';
import { orderAs } from './order-as.ts';

export const controlPrefix = '/_sim';

type Control = Readonly<{
  simulation: Simulation;
  gateways: readonly Gateway[];
  connections: Connections;
  call: Call;
  response: ServerResponse;
}>;

/** The hand behind the exchange: never on a venue's path, so that no client of a venue meets it by accident. */
export function answerControl({ call, response, ...control }: Control): void {
  const route = `${call.method} ${call.path}`;
  const answer = (status: number, body: unknown) =>
    void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  const handler = Object.hasOwn(routes, route) ? routes[route] : undefined;
  if (handler === undefined) return answer(404, { error: `no ${route}; there is ${Object.keys(routes).join(', ')}` });
  try {
    const body: unknown = call.body === '' ? {} : JSON.parse(call.body);
    if (typeof body !== 'object' || body === null || Array.isArray(body))
      throw new ControlError('the body has to be a JSON object');
    control.simulation.sync();
    answer(200, handler(control, { ...body }) ?? { ok: true });
  } catch (error) {
    if (!(error instanceof ControlError || error instanceof SyntaxError || error instanceof RangeError)) throw error;
    answer(400, { error: error.message });
  }
}

type Handler = (control: Omit<Control, 'call' | 'response'>, body: Body) => unknown;

const routes: Readonly<Record<string, Handler>> = {
  'POST /advance': ({ simulation }, body) => {
    if (!simulation.clocks.advance(numberIn(body, 'ms'))) throw new ControlError('only a manual clock can be advanced');
    return { marketMs: simulation.sync(), wireMs: simulation.wireMs() };
  },
  'POST /fault': ({ simulation }, body) => addFault(simulation, body),
  'POST /faults/clear': ({ simulation }) => simulation.faults.clear(),
  'POST /disconnect': ({ connections }, body) => disconnect(connections, body),
  'POST /price': ({ simulation }, body) => setPrice(simulation, body),
  'POST /order-as': ({ simulation }, body) => orderAs(simulation, body),
  'POST /account': ({ simulation }, body) => {
    const id = textIn(body, 'id');
    if (simulation.accounts.some((account) => account.id === id)) throw new ControlError(`there is an account ${id}`);
    const account = fundedAccount(simulation.seed, id, {
      trade: body.trade !== false,
      withdraw: body.withdraw === true,
    });
    simulation.openAccount(account);
    return account;
  },
  'POST /ban': ({ simulation, gateways }, body) => {
    const untilMs = simulation.wireMs() + numberIn(body, 'ms');
    const who = {
      ...(typeof body.account === 'string' && { account: body.account }),
      ...(typeof body.ip === 'string' && { ip: body.ip }),
    };
    for (const gateway of gateways) gateway.ban(who, untilMs);
  },
  'GET /truth': ({ simulation }) => truth(simulation),
  'GET /log': ({ simulation: { log } }) => ({ dropped: log.dropped(), requests: log.entries }),
  'GET /accounts': ({ simulation }) => simulation.accounts,
};

function addFault(simulation: Simulation, body: Body): unknown {
  const kind = faultKinds.find((name) => name === body.kind);
  if (kind === undefined) throw new ControlError(`kind: expected ${faultKinds.join(', ')}, found ${String(body.kind)}`);
  const args = faultArguments(body.args ?? {});
  if (kind !== 'clock-skew') return simulation.faults.add({ ...body, kind, args });
  simulation.clocks.setSkew(args.ms ?? 0);
  return { ok: true, skewMs: args.ms ?? 0 };
}

/** Arguments of the right types; what is not known is refused rather than ignored. */
function faultArguments(given: unknown): FaultArguments {
  if (typeof given !== 'object' || given === null) throw new ControlError('args: expected an object');
  const types = {
    ms: 'number',
    status: 'number',
    retryAfter: 'number',
    html: 'boolean',
    code: 'number',
    mode: 'string',
  };
  for (const [name, value] of Object.entries(given)) {
    const type = Object.entries(types).find(([known]) => known === name)?.[1];
    if (typeof value !== type) {
      throw new ControlError(`args.${name}: expected ${type ?? `one of ${Object.keys(types).join(', ')}`}`);
    }
  }
  return given;
}

function disconnect(connections: Connections, body: Body): unknown {
  const match = typeof body.match === 'string' ? body.match : '';
  const code = body.code === undefined ? undefined : numberIn(body, 'code');
  const hit = [...connections.values()].filter(({ venue, url }) => `${venue} ${url}`.includes(match));
  for (const { socket } of hit) {
    if (code === undefined) socket.terminate();
    else socket.close(code);
  }
  return { closed: hit.length };
}

/** Sets the price of an underlying, by its name or by a market of it; the makers follow at once. */
function setPrice({ world, markets, sync, clocks }: Simulation, body: Body): unknown {
  const symbol = textIn(body, 'symbol');
  const price = numberIn(body, 'price');
  if (!(price > 0)) throw new ControlError('price: expected a number above 0');
  const underlying = markets.find(({ market, underlying: name, kraken }) =>
    [market.id, name, kraken?.symbol, kraken?.altname].includes(symbol),
  )?.underlying;
  if (underlying === undefined) throw new ControlError(`symbol: nothing is traded as ${symbol}`);
  world.settings.sources.get(underlying)?.set(price);
  // A step of the grid has to pass before the makers stand at the new price.
  if (clocks.advance(world.settings.stepMs)) sync();
  return { underlying, price };
}
