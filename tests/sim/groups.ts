import { sumText } from '../../core/orders/amount.ts';
import type { ExecutionOutcome } from '../../core/orders/execution-types.ts';
import { crossEntries, netIntents, type NettingPlan, type WaitingIntent } from '../../core/orders/netting.ts';
import { orderSeed } from '../../core/orders/order-id.ts';
import { runExecution, type ExecutionRun, type RunParts } from './execution-run.ts';
import { symbols, usualPrice, type SimVenue } from './venue.ts';
import { account, startMs } from './world.ts';

/** What one guard decision found waiting, netted, sent as one order, and shared out when it has ended. */
export type Group = {
  readonly workflowId: string;
  /** Every member that was ever in it. */
  readonly waiting: WaitingIntent[];
  plan: NettingPlan;
  child: ExecutionRun | undefined;
  readonly clientOrderIds: string[];
  finished: boolean;
  generation: number;
};

export type Groups = Readonly<{
  all: readonly Group[];
  start(index: number): void;
  reset(group: Group): void;
  restore(): void;
  isRunning(workflowId: string): boolean;
}>;

const mostReplans = 3;

export function createGroups(parts: RunParts, venue: SimVenue): Groups {
  const { world, activities } = parts;
  const all: Group[] = [];

  const draw = (name: string, symbol: string): WaitingIntent => {
    const prng = world.chance('groups');
    return {
      intentId: name,
      book: `book-${name}`,
      symbol,
      side: prng.nextFloat() < 0.6 ? 'buy' : 'sell',
      amount: `${prng.nextBelow(2)}.${1000 + prng.nextBelow(9000)}`,
    };
  };

  const planOf = (waiting: readonly WaitingIntent[]): NettingPlan => {
    const [plan] = netIntents(waiting, account, startMs);
    if (plan === undefined) throw new Error('nothing waits');
    return plan;
  };

  const begin = async (group: Group): Promise<void> => {
    const mine = (group.generation += 1);
    const { group: row, outgoing } = group.plan;
    const stored = await activities.run('putGroup', ({ orders }) => orders.putGroup(row));
    world.note('group', group.workflowId, stored);
    if (mine !== group.generation) return;
    if (outgoing === undefined) return finish(group);
    send(group, 1, mostReplans);
  };

  const send = (group: Group, intentNumber: number, replansLeft: number): void => {
    const { group: row, outgoing } = group.plan;
    if (outgoing === undefined) return;
    const mine = group.generation;
    const run = runExecution(parts, {
      workflowId: `${group.workflowId}/child`,
      input: {
        namespace: 'sim',
        seed: orderSeed(group.workflowId, 'run'),
        leg: row.groupId,
        intentNumber,
        order: {
          account,
          symbol: row.symbol,
          ...outgoing,
          type: 'market',
          timeInForce: 'GTC',
          reduceOnly: false,
          book: row.groupId,
          reason: 'netted',
        },
        traits: venue.traits,
        // The group alone plans anew, after its leg has ended.
        replans: 0,
      },
      done: (outcome) => {
        if (mine === group.generation) ended(group, outcome, replansLeft);
      },
    });
    group.child = run;
  };

  const ended = (group: Group, outcome: ExecutionOutcome, replansLeft: number): void => {
    group.clientOrderIds.push(outcome.last.clientOrderId);
    if (outcome.last.state === 'notSent' && replansLeft > 0)
      return send(group, outcome.nextIntentNumber, replansLeft - 1);
    void finish(group);
  };

  const finish = async (group: Group): Promise<void> => {
    const mine = group.generation;
    await activities.run('cross', async ({ orders, exchange }) => {
      const { group: row } = group.plan;
      const fills = (
        await Promise.all(group.clientOrderIds.map((clientOrderId) => orders.fills({ clientOrderId })))
      ).flat();
      const market = (await exchange.markets()).find(({ symbol }) => symbol === row.symbol);
      if (market === undefined) throw new Error(`no market ${row.symbol}`);
      const filled = {
        amount: sumText('0', ...fills.map(({ amount }) => amount)),
        quote: sumText('0', ...fills.map(({ quoteAmount }) => quoteAmount)),
      };
      const { ledgerDecimals } = exchange.traits;
      await orders.postEntries(
        crossEntries(row, { market, ledgerDecimals, filled, middle: usualPrice, venueMs: row.atMs }),
      );
    });
    if (mine !== group.generation) return;
    group.finished = true;
    world.note('group done', group.workflowId);
  };

  return {
    all,
    start(index) {
      const symbol = symbols[world.chance('groups').nextBelow(2)] ?? symbols[0];
      const count = 2 + world.chance('groups').nextBelow(3);
      const waiting = Array.from({ length: count }, (_, member) => draw(`g${index}m${member}`, symbol));
      const group: Group = {
        workflowId: `group-${index}`,
        waiting,
        plan: planOf(waiting),
        child: undefined,
        clientOrderIds: [],
        finished: false,
        generation: 0,
      };
      all.push(group);
      void begin(group);
    },
    /** Its history is cut before the group was stored: the same members are put again, under the same id. */
    reset(group) {
      group.child?.terminate();
      group.clientOrderIds.length = 0;
      group.finished = false;
      world.note('group reset', group.workflowId);
      if (world.bug === 'regrouped') {
        group.waiting.push(draw(`${group.waiting[0]?.intentId ?? ''}x`, group.plan.group.symbol));
        group.plan = planOf(group.waiting);
      }
      void begin(group);
    },
    restore() {
      for (const group of all) if (!group.finished) this.reset(group);
    },
    isRunning: (workflowId) =>
      all.some((group) => `${group.workflowId}/child` === workflowId && group.child?.running === true),
  };
}
