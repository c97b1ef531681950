import type { VerdictStatus } from '../../core/validation/verdict.ts';
import { type Html, html } from './html.ts';

type Shown = Readonly<{ mark: string; label: string; plural: string }>;

/** A shape and a word for every status: colour only repeats what they say. */
export const statuses: Readonly<Record<VerdictStatus | 'OPEN', Shown>> = {
  PASS: { mark: '✓', label: 'Pass', plural: 'passed' },
  FAIL: { mark: '✕', label: 'Fail', plural: 'failed' },
  TIMEOUT: { mark: '◷', label: 'Time-out', plural: 'timed out' },
  ERROR: { mark: '!', label: 'Error', plural: 'with errors' },
  OPEN: { mark: '…', label: 'Not done', plural: 'not done' },
};

export const statusBadge = (status: VerdictStatus | 'OPEN'): Html =>
  html`<span class="badge ${status.toLowerCase()}"
    ><span aria-hidden="true">${statuses[status].mark}</span> ${statuses[status].label}</span
  >`;

export const passMark = (passed: boolean): Html =>
  html`<span class="mark ${passed ? 'pass' : 'fail'}"
    ><span aria-hidden="true">${passed ? '✓' : '✕'}</span
    ><span class="unseen">${passed ? 'passed' : 'failed'}</span></span
  >`;

/** Passed, though under what is wanted. */
export const marginalMark = html`<span class="mark timeout"><span aria-hidden="true">~</span></span>`;
