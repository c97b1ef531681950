import type { HoldoutDetails } from '../../../core/validation/details.ts';
import { place, scale } from '../drawing.ts';
import { day, fixed, signedPercent } from '../format.ts';
import { namesInWords } from '../gate-meanings.ts';
import { type Html, html } from '../html.ts';
import type { LedgerReport, StrategyReport } from '../model.ts';
import { latest, panel } from './panel.ts';

/** Where the last stretch of history begins, and whether anybody has looked at it. */
export function holdoutPanel(report: StrategyReport): Html | undefined {
  const judged = latest(report, 'holdout')?.value;
  const now = report.ledger?.holdout;
  const wasOpened = judged !== undefined && judged.sealed === undefined;
  const [finding, ...others] = [judged && judgedText(judged), now && nowText(now, wasOpened)].flatMap(
    (line) => line ?? [],
  );
  if (finding === undefined) return undefined;
  return panel({
    title: 'Holdout',
    finding,
    asks: 'The last fifth of history, at most a year, is kept from every tier but the last, from sweeps and from backtests. L3 opens it once, for what has passed all else. Whoever looks earlier uses it up: what was seen steers the next choice, and the test proves nothing any more.',
    body: html`${others.map((line) => html`<p class="more">${line}</p>`)}
      <figure class="still">
        ${timeline(stretches(report, judged, now))}
        <p class="legend">
          <span class="key-used">used by this tier</span> <span class="key-seen">holdout, seen</span>
          <span class="key-sealed">holdout, unseen</span>
        </p>
      </figure>`,
  });
}

function judgedText({ fromMs, toMs, sealed, sharpe, totalReturn, trades }: HoldoutDetails): string {
  const span = `from ${day(fromMs)} to ${day(toMs)}`;
  if (sealed !== undefined) return `Kept shut at L3 (${span}): ${namesInWords(sealed)}.`;
  const earned =
    totalReturn === undefined ? '' : ` ${signedPercent(totalReturn, 1)} in ${fixed(trades ?? 0, 0)} trades,`;
  return `Opened once, ${span}:${earned} an annual Sharpe ratio of ${sharpe === undefined ? 'n/a' : fixed(sharpe, 2)}. It is used up: no later attempt of this family can be judged on it.`;
}

function nowText(
  { state, sealedFromMs, fromMs, toMs, note }: NonNullable<LedgerReport['holdout']>,
  wasOpened: boolean,
): string {
  if (state === 'sealed') {
    return `Sealed from ${day(sealedFromMs)} to ${day(toMs)}: nobody has seen a result of this family there.`;
  }
  if (state === 'partlySeen') return `Partly seen; what is left of it begins on ${day(fromMs)}: ${note}.`;
  return `${wasOpened ? 'For the next attempt' : 'Seen, so L3 refuses this family'}: ${note}.`;
}

type Stretches = Readonly<{ fromMs: number; usedToMs: number; sealedMs: number; seenToMs: number; toMs: number }>;

function stretches(
  { verdict }: StrategyReport,
  judged: HoldoutDetails | undefined,
  now: LedgerReport['holdout'],
): Stretches {
  const sealedMs = now?.sealedFromMs ?? judged?.fromMs ?? 0;
  const toMs = now?.toMs ?? judged?.toMs ?? sealedMs;
  const window = verdict?.windows[0];
  return {
    fromMs: Math.min(window?.fromMs ?? sealedMs, sealedMs),
    usedToMs: Math.min(window?.toMs ?? sealedMs, sealedMs),
    sealedMs,
    seenToMs: judged !== undefined && judged.sealed === undefined ? toMs : Math.max(sealedMs, now?.fromMs ?? sealedMs),
    toMs,
  };
}

function timeline({ fromMs, usedToMs, sealedMs, seenToMs, toMs }: Stretches): Html {
  const x = scale(fromMs, toMs, 1, 399);
  const block = (from: number, to: number, name: string) =>
    to > from && html`<path class="${name}" d="M${place(x(from))} 18H${place(x(to))}V36H${place(x(from))}Z" />`;
  return html`<svg class="small-drawing" viewBox="0 0 400 52" aria-hidden="true">
    <text x="${place(Math.min(365, x(sealedMs)))}" y="11" text-anchor="middle">${day(sealedMs)}</text>
    ${block(fromMs, usedToMs, 'used')}${block(sealedMs, seenToMs, 'seen')}${block(seenToMs, toMs, 'sealed')}
    <text x="0" y="50">${day(fromMs)}</text>
    <text x="400" y="50" text-anchor="end">${day(toMs)}</text>
  </svg>`;
}
