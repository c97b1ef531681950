import type { ServerResponse } from 'node:http';
import type { z } from 'zod';
import type { Call } from './call.ts';
import { closeWith } from './close-code.ts';
import type { Connections } from './connection.ts';
import { controlBodies, ControlError, readBody, type DisconnectBody } from './control-body.ts';
import type { FaultRequest } from './faults.ts';
import type { Gateway } from './gateway.ts';
import { orderAs } from './order-as.ts';
import { fundedAccount } from './settings.ts';
import type { Simulation } from './simulation.ts';
import { truth } from './truth.ts';

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
  const name = `${call.method} ${call.path}`;
  const answer = (status: number, body: unknown) =>
    void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  const run = Object.hasOwn(routes, name) ? routes[name] : undefined;
  if (run === undefined) return answer(404, { error: `no ${name}; there is ${Object.keys(routes).join(', ')}` });
  try {
    const body: unknown = call.body === '' ? {} : JSON.parse(call.body);
    if (typeof body !== 'object' || body === null || Array.isArray(body))
      throw new ControlError('the body has to be a JSON object');
    control.simulation.sync();
    answer(200, run(control, body) ?? { ok: true });
  } catch (error) {
    if (!(error instanceof ControlError || error instanceof SyntaxError || error instanceof RangeError)) throw error;
    answer(400, { error: error.message });
  }
}

type Hand = Omit<Control, 'call' | 'response'>;
type Route = (control: Hand, body: object) => unknown;

const route =
  <Shape extends z.ZodType>(shape: Shape, run: (control: Hand, body: z.infer<Shape>) => unknown): Route =>
  (control, body) =>
    run(control, readBody(shape, body));

const { nothing } = controlBodies;

const routes: Readonly<Record<string, Route>> = {
  'POST /advance': route(controlBodies.advance, ({ simulation }, { ms }) => {
    if (!simulation.advance(ms)) throw new ControlError('ms: not by hand where the market has a speed');
    return { marketMs: simulation.sync(), wireMs: simulation.wireMs() };
  }),
  'POST /fault': route(controlBodies.fault, ({ simulation }, body) => addFault(simulation, body)),
  'POST /faults/clear': route(nothing, ({ simulation }) => simulation.faults.clear()),
  'POST /disconnect': route(controlBodies.disconnect, disconnect),
  'POST /price': route(controlBodies.price, ({ simulation }, body) => setPrice(simulation, body)),
  'POST /order-as': route(controlBodies.orderAs, ({ simulation }, body) => {
    if (body.account !== undefined) checkAccount(simulation, body.account);
    return orderAs(simulation, body);
  }),
  'POST /account': route(controlBodies.account, ({ simulation }, { id, trade = true, withdraw = false }) => {
    if (simulation.accounts.some((account) => account.id === id)) throw new ControlError(`there is an account ${id}`);
    const account = fundedAccount(simulation.seed, id, { trade, withdraw });
    simulation.openAccount(account);
    return account;
  }),
  'POST /ban': route(controlBodies.ban, ({ simulation, gateways }, { account, ip, ms }) => {
    if (account !== undefined) checkAccount(simulation, account);
    const who = account === undefined ? { ip: ip ?? '' } : { account };
    for (const gateway of gateways) gateway.ban(who, simulation.wireMs() + ms);
  }),
  'GET /truth': route(nothing, ({ simulation }) => truth(simulation)),
  'GET /log': route(nothing, ({ simulation: { log } }) => ({ dropped: log.dropped(), requests: log.entries })),
  'GET /accounts': route(nothing, ({ simulation }) => simulation.accounts),
};

function checkAccount({ accounts }: Simulation, id: string): void {
  if (accounts.some((account) => account.id === id)) return;
  throw new ControlError(`account: expected one of ${accounts.map((known) => known.id).join(', ')}, found ${id}`);
}

function addFault(simulation: Simulation, body: FaultRequest): unknown {
  const { faults } = simulation;
  if (body.kind !== 'clock-skew') return faults.add(body);
  const skewMs = body.args?.ms ?? 0;
  faults.add({ ...body, count: 1 });
  faults.strike(['clock-skew'], {});
  simulation.clocks.setSkew(skewMs);
  return { ok: true, skewMs };
}

/** Closes the sockets that a text finds in venue and address, or that fit venue, path and account; without, all. */
function disconnect({ simulation, connections }: Hand, { match = '', code }: DisconnectBody): unknown {
  if (typeof match === 'object' && match.account !== undefined) checkAccount(simulation, match.account);
  const hit = [...connections.values()].filter(({ venue, url, accounts }) => {
    if (typeof match === 'string') return `${venue} ${url}`.includes(match);
    const { venue: at = '', path = '', account } = match;
    return venue.includes(at) && url.includes(path) && (account === undefined || accounts.has(account));
  });
  for (const { socket } of hit) closeWith(socket, code);
  return { closed: hit.length };
}

/** Sets the price of an underlying, by its name or by a market of it; the makers follow at once. */
function setPrice(
  { world, markets, sync, clocks, advance }: Simulation,
  { symbol, price: text }: Readonly<{ symbol: string; price: string }>,
): unknown {
  const price = Number(text);
  if (!(price > 0 && Number.isFinite(price))) throw new ControlError('price: expected a number above 0');
  const underlying = markets.find(({ market, underlying: name, kraken }) =>
    [market.id, name, kraken?.symbol, kraken?.altname].includes(symbol),
  )?.underlying;
  if (underlying === undefined) throw new ControlError(`symbol: nothing is traded as ${symbol}`);
  world.settings.sources.get(underlying)?.set(price);
  // A step of the grid has to pass before the makers stand at the new price.
  if (clocks.mode === 'manual' && advance(world.settings.stepMs)) sync();
  return { underlying, price };
}
