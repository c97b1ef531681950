import { type Html, html } from './html.ts';

/** Terms and what they are, in columns. */
export const facts = (rows: readonly (readonly [string, Html | string])[]): Html =>
  html`<dl class="facts">
    ${rows.map(
      ([term, value]) =>
        html`<div>
          <dt>${term}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;

/** What deserves attention, under a name for those who don't see its colour; nothing where there is nothing. */
export const warningList = (warnings: readonly string[], name: string): Html | undefined =>
  warnings.length === 0
    ? undefined
    : html`<ul class="warnings" aria-label="${name}">
        ${warnings.map((warning) => html`<li>${warning}</li>`)}
      </ul>`;
