import { describe, expect, test } from 'vitest';
import { resumeExecution, stepExecution } from '../../../core/orders/execution.ts';
import type { ExecutionState } from '../../../core/orders/execution-types.ts';
import { intentOf, noonMs } from '../../contracts/order-fixtures.ts';
import {
  idOfNumber,
  recordOf,
  tell,
  stored,
  reserved,
  priced,
  cancel,
  sent,
  read,
  followed,
  cancelAnswered,
  types,
  follows,
  begin,
  rest,
  refusedOf,
  type Event,
} from './execution-fixtures.ts';

describe('a cancel', () => {
  test('that the venue answered while the order goes on is sent again 5 s later, however long it was to be followed', () => {
    const asked = tell(rest(), cancel);
    expect(types(asked)).toEqual(['cancel']);
    const answered = tell(asked, cancelAnswered('accepted'));
    expect(answered.commands).toEqual([{ type: 'follow', clientOrderId: idOfNumber(7), atMostMs: 5_000 }]);
    const again = tell(answered, followed('accepted', { atMostMs: 5_000 }));
    expect(again.commands).toEqual([
      { type: 'cancel', clientOrderId: idOfNumber(7), reason: 'a person' },
      { type: 'follow', clientOrderId: idOfNumber(7), atMostMs: 5_000 },
    ]);
    const ended = tell(again, cancelAnswered('canceled'));
    expect(ended.commands).toEqual([{ type: 'end', clientOrderId: idOfNumber(7), executed: '0' }]);
  });

  test('that was asked for once is not asked for again: its repetition goes by time', () => {
    const answered = tell(rest(), cancel, cancelAnswered('accepted'));
    expect(tell(answered, () => ({ type: 'cancelRequested', reason: 'another' }))).toEqual({
      state: answered.state,
      commands: [],
    });
  });

  test('of an order that may rest for long is repeated too, and the longer follow no longer counts', () => {
    const limit = { untilVenueMs: noonMs + 3_600_000 };
    const answered = tell(rest({ restMs: 3_600_000 }), cancel, cancelAnswered('partiallyFilled'));
    expect(follows(answered)).toEqual([{ atMostMs: 5_000 }]);
    const older = tell(answered, followed('partiallyFilled', limit));
    expect(older).toEqual({ state: answered.state, commands: [] });
    // But its end is the order's end.
    expect(types(tell(answered, followed('canceled', limit)))).toEqual(['end']);
  });

  test('is sent one at a time: the next one waits for the answer', () => {
    const unanswered = tell(rest({ restMs: 1_000 }), followed('accepted', { untilVenueMs: noonMs + 1_000 }));
    expect(types(unanswered)).toEqual(['cancel', 'follow']);
    const later = tell(unanswered, followed('accepted', { atMostMs: 5_000 }));
    expect(types(later)).toEqual(['follow']);
    const answered = tell(later, cancelAnswered('accepted'));
    expect(types(answered)).toEqual([]);
    expect(types(tell(answered, followed('accepted', { atMostMs: 5_000 })))).toEqual(['cancel', 'follow']);
  });

  test('that was under way when the workflow continued as new is sent again', () => {
    const { state } = tell(rest(), cancel);
    const resumed = tell(resumeExecution(state), (intent) => ({
      type: 'intentStored',
      kind: 'same',
      record: recordOf(intent, 'accepted'),
    }));
    expect(types(resumed)).toEqual(['cancel', 'follow']);
  });

  test('whose answer is an end with fills still missing changes nothing: following brings them', () => {
    const asked = tell(rest(), cancel);
    expect(tell(asked, cancelAnswered('canceled', { venueExecuted: '0.01' })).commands).toEqual([]);
  });

  test('while the order is looked for goes out at once, and again when it has been found', () => {
    const asked = tell(begin(), stored, reserved, priced, sent('unknown'), cancel);
    expect([asked.state.phase, ...types(asked)]).toEqual(['resolving', 'cancel']);
    const answered = tell(asked, cancelAnswered('unknown'));
    expect(answered.commands).toEqual([]);
    expect(types(tell(answered, read('accepted')))).toEqual(['cancel', 'follow']);
  });

  test('that was refused for good is sent again too: the order still rests', () => {
    const refused: Event = () => ({ type: 'cancelAnswered' });
    const answered = tell(rest(), cancel, refused);
    expect(follows(answered)).toEqual([{ atMostMs: 5_000 }]);
    const again = tell(answered, followed('accepted', { atMostMs: 5_000 }));
    expect(types(again)).toEqual(['cancel', 'follow']);
    expect(tell(again, refused).commands).toEqual([]);
  });

  test('whose order has meanwhile rested as long as it may keeps its own reason', () => {
    const limit = { untilVenueMs: noonMs + 1_000 };
    const overdue = tell(rest({ restMs: 1_000 }), cancel, followed('accepted', limit));
    expect([types(overdue), overdue.state.cancelReason]).toEqual([['follow'], 'a person']);
  });

  test('asked for twice keeps its first reason', () => {
    const asked = tell(rest(), cancel);
    const again = stepExecution(asked.state, { type: 'cancelRequested', reason: 'another' });
    expect(again).toEqual({ state: asked.state, commands: [] });
  });

  test.each<[string, readonly Event[], Event]>([
    ['stored', [], stored],
    ['reserved', [stored], reserved],
    ['held against a price', [stored, reserved], priced],
    ['refused by the store', [stored, reserved, priced], (intent) => refusedOf(intent, 'grant')],
  ])('before it is %s: the next answer denies it, and nothing is sent', (_, before, answer) => {
    const asked = tell(begin(), ...before, cancel);
    expect(asked.commands).toEqual([]);
    const denied = tell(asked, answer, ...(asked.state.phase === 'submitting' ? [reserved] : []));
    expect(denied.commands).toEqual([{ type: 'deny', clientOrderId: idOfNumber(7), reason: 'a person' }]);
  });
});

describe('how long an order rests', () => {
  const until = { untilVenueMs: noonMs + 60_000 };

  test('counts from its signed timestamp, also after a continue-as-new', () => {
    const first = rest({ restMs: 60_000 });
    expect(follows(first)).toEqual([until]);
    const carried = JSON.parse(JSON.stringify(first.state)) as ExecutionState;
    const resumed = tell(resumeExecution(carried), (intent) => ({
      type: 'intentStored',
      kind: 'same',
      record: recordOf(intent, 'partiallyFilled'),
    }));
    expect(follows(resumed)).toEqual([until]);
  });

  test('of a row that was adopted before its intent counts from when it was made', () => {
    const { submission: _, ...adopted } = recordOf(intentOf('adopted'), 'accepted');
    const { commands } = tell(begin({ restMs: 60_000 }), () => ({
      type: 'intentStored',
      kind: 'same',
      record: adopted,
    }));
    expect(commands).toEqual([expect.objectContaining({ untilVenueMs: noonMs - 500 + 60_000 })]);
  });

  test('ends with a cancel, unless the order ended by itself', () => {
    const overdue = tell(rest({ restMs: 60_000 }), followed('accepted', until));
    expect(overdue.commands[0]).toMatchObject({ type: 'cancel', reason: 'rested as long as it may' });
    const filled = { venueExecuted: '0.03', appliedExecuted: '0.03' };
    const ended = tell(rest({ restMs: 60_000 }), followed('filled', { ...until, ...filled }));
    expect([ended.commands, ended.state.cancelReason]).toEqual([
      [{ type: 'end', clientOrderId: idOfNumber(7), executed: '0.03' }],
      '',
    ]);
  });

  test('is no reason to cancel what has ended but whose fills are missing', () => {
    const ended = tell(rest({ restMs: 60_000 }), followed('filled', { ...until, venueExecuted: '0.03' }));
    expect([types(ended), follows(ended), ended.state.cancelReason]).toEqual([['follow'], [{}], '']);
  });
});
