import { type CancellationScope, defineQuery, defineUpdate, setHandler } from '@temporalio/workflow';
import type { RunPlan } from '../core/validation/plan.ts';
import type { RunBoard, RunProgress } from '../core/validation/run-board.ts';
import { maxWorkers } from '../core/validation/run-input.ts';
import { type Escalation, type EscalationChoice, escalationChoices } from '../core/validation/run.ts';

/** How the run stands; undefined while it is being planned. */
export const progressQuery = defineQuery<RunProgress | undefined>('progress');
/** Who runs what; undefined while it is being planned. */
export const planQuery = defineQuery<RunPlan | undefined>('plan');
/** Cancels one strategy, whether it runs or waits; the others go on. */
export const cancelStrategyUpdate = defineUpdate<void, [{ strategyId: string }]>('cancelStrategy');
/** Changes how many strategies are in flight at once; those that run are not stopped. */
export const setWorkersUpdate = defineUpdate<number, [{ workers: number }]>('setWorkers');
/** Answers the question that a run asks when too many of its strategies failed. */
export const answerEscalationUpdate = defineUpdate<Escalation | undefined, [{ choice: EscalationChoice; by: string }]>(
  'answerEscalation',
);

/** What a run keeps between its steps, and what its message handlers read. */
export type Run = {
  /** Undefined while the run is being planned. */
  board: RunBoard | undefined;
  /** Of the children in flight, by strategy id: cancelling one leaves the others alone. */
  readonly scopes: Map<string, CancellationScope>;
  escalation: Escalation | undefined;
};

/** Lets the messages of `parallelValidation` in; their effects are on `run`. */
export function handleMessages(run: Run): void {
  setHandler(progressQuery, () => run.board?.progress(), { description: 'How the run stands' });
  setHandler(planQuery, () => run.board?.plan, { description: 'Which strategies, how many at once, which limits' });
  setHandler(
    cancelStrategyUpdate,
    ({ strategyId }) => {
      const scope = run.scopes.get(strategyId);
      if (scope === undefined) run.board?.cancelWaiting(strategyId);
      else scope.cancel();
    },
    {
      validator: (change) => validateCancel(run, change),
      description: 'Cancels one strategy: {"strategyId": "STR-001"}',
    },
  );
  setHandler(
    setWorkersUpdate,
    ({ workers }) => {
      run.board?.setWorkers(workers);
      return workers;
    },
    {
      validator: (change) => validateWorkers(run, change),
      description: 'Strategies in flight at once: {"workers": 8}',
    },
  );
  setHandler(
    answerEscalationUpdate,
    (answer) => {
      if (run.escalation !== undefined) run.escalation = { ...run.escalation, answer };
      return run.escalation;
    },
    { validator: (answer) => validateAnswer(run, answer), description: 'Answers the question of an escalated run' },
  );
}

// Validators run without being awaited: they must be synchronous, and a rejected update leaves no trace in history.

function plannedBoard({ board }: Run): RunBoard {
  if (board === undefined) throw new Error('the run is still being planned');
  return board;
}

function validateCancel(run: Run, change: { strategyId: string } | undefined): void {
  if (typeof change?.strategyId !== 'string')
    throw new Error('strategyId: expected a text, as {"strategyId": "STR-001"}');
  const refusal = plannedBoard(run).refuseCancel(change.strategyId);
  if (refusal !== undefined) throw new Error(refusal);
}

function validateWorkers(run: Run, change: { workers: number } | undefined): void {
  const workers = change?.workers;
  const fits = typeof workers === 'number' && Number.isInteger(workers) && workers >= 1 && workers <= maxWorkers;
  if (!fits) throw new Error(`workers: expected a whole number from 1 to ${maxWorkers}, as {"workers": 8}`);
  plannedBoard(run);
}

function validateAnswer(run: Run, answer: { choice: EscalationChoice; by: string } | undefined): void {
  if (plannedBoard(run).phase() !== 'escalated') throw new Error('the run asks nothing');
  if (run.escalation?.answer !== undefined) throw new Error(`it is answered already, by ${run.escalation.answer.by}`);
  if (answer === undefined || !escalationChoices.includes(answer.choice)) {
    throw new Error(`choice: expected one of ${escalationChoices.join(', ')}`);
  }
  if (typeof answer.by !== 'string' || answer.by === '') throw new Error('by: expected who answers');
}
