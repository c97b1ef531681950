import { stepGuard } from '../../core/orders/guard.ts';
import type { GuardEvent, GuardState, GuardStep } from '../../core/orders/guard-types.ts';

/** The guard with one rule of orders.md 6 taken out; without a bug it is what it is. */
export function buggyStep(bug: string | undefined, state: GuardState, event: GuardEvent): GuardStep {
  if (event.type !== 'reserve') return stepGuard(state, event);
  const { request } = event;
  const held = state.reservations.filter(({ clientOrderId }) => clientOrderId === request.clientOrderId);
  switch (bug ?? 'none') {
    case 'exposure counts one symbol only': {
      const others = Object.fromEntries(
        Object.entries(state.positions).filter(([symbol]) => symbol !== request.symbol),
      );
      const ofSymbol = state.reservations.filter(({ symbol }) => symbol === request.symbol);
      const positions = Object.fromEntries(
        Object.entries(state.positions).filter(([symbol]) => symbol === request.symbol),
      );
      const step = stepGuard({ ...state, positions, reservations: ofSymbol }, event);
      const elsewhere = state.reservations.filter(({ symbol }) => symbol !== request.symbol);
      const reservations = [...elsewhere, ...step.state.reservations];
      return { ...step, state: { ...step.state, positions: { ...others, ...step.state.positions }, reservations } };
    }
    case 'limits ignore what is under way':
    case 'reducers under way are not counted': {
      if (bug?.startsWith('reducers') === true && state.mode !== 'REDUCING') return stepGuard(state, event);
      const step = stepGuard({ ...state, reservations: held }, event);
      const others = state.reservations.filter((entry) => !held.includes(entry));
      return { ...step, state: { ...step.state, reservations: [...others, ...step.state.reservations] } };
    }
    case 'rates are counted without grace': {
      const timing = { receiveWindowMs: -5_000, engineTimeMs: 0 };
      const step = stepGuard({ ...state, timing }, event);
      return { ...step, state: { ...step.state, timing: state.timing } };
    }
    case 'a reservation is granted again without deciding': {
      const [{ clientOrderId, reservationId, reduces } = { clientOrderId: '', reservationId: '', reduces: false }] =
        held;
      if (clientOrderId === '' || state.mode !== 'ACTIVE') return stepGuard(state, event);
      const grant = { clientOrderId, reservationId, grantedMs: event.venueMs };
      return { state, decision: { kind: 'granted', grant, reduces } };
    }
    case 'REDUCING lets everything through': {
      const step = stepGuard({ ...state, mode: state.mode === 'REDUCING' ? 'ACTIVE' : state.mode }, event);
      const decision = step.decision?.kind === 'granted' ? { ...step.decision, reduces: true } : step.decision;
      return { ...step, state: { ...step.state, mode: state.mode }, ...(decision === undefined ? {} : { decision }) };
    }
    default:
      return stepGuard(state, event);
  }
}

export function buggyLoad(bug: string | undefined, loaded: GuardState): GuardState {
  switch (bug ?? 'none') {
    case 'a reset guard forgets what is under way':
      return { ...loaded, reservations: [], positions: {}, recentGrantsMs: [], notionalByMinute: [], decided: [] };
    default:
      return loaded;
  }
}

export function buggyCarry(bug: string | undefined, state: GuardState): GuardState {
  switch (bug ?? 'none') {
    case 'positions are a Map over continue-as-new':
      return { ...state, positions: {} };
    case 'decided ids are lost at continue-as-new':
      return { ...state, decided: [] };
    default:
      return state;
  }
}
