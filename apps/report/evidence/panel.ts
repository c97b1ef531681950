import type { TierDetails } from '../../../core/validation/details.ts';
import type { Tier } from '../../../core/validation/verdict.ts';
import { type Html, html } from '../html.ts';
import type { StrategyReport } from '../model.ts';

export type Panel = Readonly<{
  title: string;
  /** Where the numbers come from. */
  tier?: Tier;
  /** What was found, in a sentence. */
  finding: string;
  /** What was asked and how, for those who have not read the docs. */
  asks: string;
  body: Html;
  /** Needs the whole width. */
  wide?: true;
}>;

/** One piece of evidence: what was found comes before how, and numbers before drawings are believed. */
export const panel = ({ title, tier, finding, asks, body, wide }: Panel): Html =>
  html`<section class="panel${wide && ' wide'}" aria-label="${title}">
    <h4>${title}${tier && html` <small>${tier}</small>`}</h4>
    <p class="finding">${finding}</p>
    ${body}
    <p class="asks">${asks}</p>
  </section> `;

/** A part of the details from the highest tier that has it. */
export function latest<Part extends keyof TierDetails>(
  { verdict, details, earlier = [] }: StrategyReport,
  part: Part,
): Readonly<{ value: NonNullable<TierDetails[Part]>; tier: Tier }> | undefined {
  const tiers = [...earlier, ...(verdict ? [{ verdict, ...(details && { details }) }] : [])];
  for (const { verdict: of, details: left } of tiers.toReversed()) {
    const value = left?.[part];
    if (value !== undefined) return { value, tier: of.tier };
  }
  return undefined;
}

export type Column = Readonly<{ label: string; text?: true }>;

/** A table whose rows become cards on a narrow screen. The first cell of a row names it. */
export const evidenceTable = (
  caption: string,
  columns: readonly Column[],
  rows: readonly (readonly (Html | string)[])[],
): Html =>
  html`<table class="stacks small" role="table">
    <caption class="unseen">
      ${caption}
    </caption>
    <thead role="rowgroup">
      <tr role="row">
        ${columns.map(
          ({ label, text }) =>
            html`<th scope="col" role="columnheader" class="${text ? 'text' : 'number'}">${label}</th>`,
        )}
      </tr>
    </thead>
    <tbody role="rowgroup">
      ${rows.map(
        ([name = '', ...cells]) =>
          html`<tr role="row">
            <th scope="row" role="rowheader">${name}</th>
            ${cells.map((cell, index) => {
              const { label, text } = columns[index + 1] ?? { label: '' };
              return html`<td role="cell" class="number${text && ' text'}" data-label="${label}">${cell}</td>`;
            })}
          </tr> `,
      )}
    </tbody>
  </table>`;

/** A gain or a loss, which its sign and its colour say. */
export const gainText = (value: number, show: (value: number) => string): Html =>
  html`<span class="${value > 0 ? 'gain' : value < 0 ? 'pain' : 'none'}">${show(value)}</span>`;
