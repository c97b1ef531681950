import { orderSeed } from '../../core/orders/order-id.ts';
import type { ExecutionInput, ExecutionOutcome } from '../../core/orders/execution-types.ts';
import { sumText, units, unitText } from '../../core/orders/amount.ts';
import { runExecution, type ExecutionRun, type RunParts } from './execution-run.ts';
import { symbols, type SimVenue } from './venue.ts';
import { account } from './world.ts';

/** One decision of a strategy, and how far it has come: the workflow above an execution. */
export type Parent = {
  readonly workflowId: string;
  readonly seed: string;
  readonly leg: string;
  /** All amounts that it ever decided: a reset may decide anew, and what was traded may not exceed the largest. */
  readonly decided: string[];
  wanted: Decision;
  child: ExecutionRun | undefined;
  childRuns: number;
  outcomes: ExecutionOutcome[];
  finished: boolean;
};

type Decision = Readonly<{
  symbol: string;
  side: 'buy' | 'sell';
  type: 'limit' | 'market';
  amount: string;
  price?: string;
  timeInForce: 'GTC' | 'IOC' | 'PO';
  restMs?: number;
}>;

export type Parents = Readonly<{
  all: readonly Parent[];
  start(index: number): void;
  reset(parent: Parent): void;
  isRunning(workflowId: string): boolean;
}>;

export function createParents(parts: RunParts, venue: SimVenue): Parents {
  const { world } = parts;
  const { plan } = world;
  const all: Parent[] = [];
  const runs = new Map<string, ExecutionRun>();

  const decide = (index: number): Decision => {
    const prng = world.chance('decisions');
    if (plan.focus === 'reduce') {
      const amount = `${1 + prng.nextBelow(2)}.${1000 + prng.nextBelow(9000)}`;
      const building = index < plan.legs / 2;
      // The limit orders stand a little away, so that they are under way together.
      const far = { type: 'limit', price: '100.3', timeInForce: 'GTC', restMs: 10_000 } as const;
      return building
        ? { symbol: symbols[0], side: 'buy', type: 'market', amount, timeInForce: 'GTC' }
        : { symbol: symbols[0], side: 'sell', amount, ...far };
    }
    const symbol = symbols[prng.nextBelow(symbols.length)] ?? symbols[0];
    const side = prng.nextFloat() < 0.6 ? 'buy' : 'sell';
    const amount = `${1 + prng.nextBelow(3)}.${1000 + prng.nextBelow(9000)}`;
    const kind = prng.nextFloat();
    if (kind < 0.35) return { symbol, side, type: 'market', amount, timeInForce: 'GTC' };
    const away = prng.nextBelow(500) - 150;
    const price = unitText(units('100') + (side === 'buy' ? -1n : 1n) * BigInt(away) * 10n ** 16n);
    if (kind < 0.55) return { symbol, side, type: 'limit', amount, price, timeInForce: 'IOC' };
    const restMs = 2_000 + prng.nextBelow(30_000);
    return { symbol, side, type: 'limit', amount, price, timeInForce: kind < 0.65 ? 'PO' : 'GTC', restMs };
  };

  const startChild = (parent: Parent, amount: string, intentNumber: number): void => {
    parent.childRuns += 1;
    const { symbol, side, type, price, timeInForce, restMs } = parent.wanted;
    const workflowId = `${parent.workflowId}/child`;
    const input: ExecutionInput = {
      namespace: 'sim',
      seed: world.bug === 'the seed is read in the child' ? `${parent.seed}-child${parent.childRuns}` : parent.seed,
      leg: parent.leg,
      intentNumber,
      order: {
        account,
        symbol,
        side,
        type,
        amount,
        ...(price === undefined ? {} : { price }),
        timeInForce,
        reduceOnly: false,
        book: `STR-00${1 + (all.indexOf(parent) % 3)}`,
        reason: 'simulated',
      },
      traits: venue.traits,
      replans: world.bug === 'new intents without end' ? 99 : 3,
      ...(restMs === undefined ? {} : { restMs }),
    };
    const run = runExecution(parts, { workflowId, input, done: (outcome) => ended(parent, outcome) });
    parent.child = run;
    runs.set(workflowId, run);
  };

  function ended(parent: Parent, outcome: ExecutionOutcome): void {
    parent.outcomes.push(outcome);
    world.note('outcome', parent.workflowId, outcome.kind, outcome.last.state, outcome.last.executed);
    const executed = sumText(
      ...parent.outcomes.flatMap(({ last, earlier }) => [last, ...earlier]).map((each) => each.executed),
    );
    const left = units(parent.wanted.amount) - units(executed);
    if (outcome.kind === 'intentChanged' && left > 0n)
      return startChild(parent, unitText(left), world.bug === 'the intent number falls' ? 1 : outcome.nextIntentNumber);
    parent.finished = true;
  }

  return {
    all,
    start(index) {
      // A workflow id is used again once its run is over: the first execution's run id keeps the two apart.
      const before = all.at(-1);
      const reuses = plan.reusesIds && before !== undefined && before.finished;
      const workflowId = reuses ? before.workflowId : `parent-${index}`;
      const wanted = decide(index);
      const parent: Parent = {
        workflowId,
        seed: orderSeed(workflowId, world.bug === 'the seed leaves out the run id' ? '' : `run-${index}`),
        leg: '1',
        decided: [wanted.amount],
        wanted,
        child: undefined,
        childRuns: 0,
        outcomes: [],
        finished: false,
      };
      all.push(parent);
      startChild(parent, wanted.amount, 1);
    },
    /** Its history is cut before the child began: the child is ended by force and begins anew, perhaps with another decision. */
    reset(parent) {
      parent.child?.terminate();
      world.note('parent reset', parent.workflowId);
      parent.outcomes = [];
      parent.finished = false;
      if (plan.faults.decidesAnew) {
        const { symbol, side } = parent.wanted;
        parent.wanted = { ...decide(plan.legs), symbol, side };
        parent.decided.push(parent.wanted.amount);
      }
      startChild(parent, parent.wanted.amount, 1);
    },
    isRunning: (workflowId) =>
      world.bug === 'nobody looks after abandoned orders' || (runs.get(workflowId)?.running ?? false),
  };
}
