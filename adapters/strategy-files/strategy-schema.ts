import { z } from 'zod';
import { timeframes } from '../../core/market/timeframe.ts';

/*
 * The shape of a strategy file. Every `error` is what the value is expected to be: check-strategy.ts prints it as
 * "expected …", and `npm run schema` turns the same schema into config/schema/strategy.schema.json for editors.
 */

/** Limits of one file. */
const maxSymbols = 200;

const text = (most: number, what = 'a text') =>
  z.string({ error: what }).min(1, `${what} that is not empty`).max(most, `${what} of at most ${most} characters`);

const number = (what: string) => z.number({ error: what });

const expression = (what: string) =>
  z.union([z.string(), z.number()], { error: 'an expression (text or number; quote one that holds ? :)' }).meta({
    description: what,
  });

const params = z.record(z.string(), z.unknown(), { error: 'a map of settings' });

const parameter = z
  .strictObject(
    {
      default: number('a number').meta({ description: 'The value when nothing is set; within min..max.' }),
      min: number('a number').meta({ description: 'The smallest value that is allowed.' }),
      max: number('a number').meta({ description: 'The largest value that is allowed.' }),
      step: number('a number')
        .optional()
        .meta({ description: 'Distance of sweep points; (max - min) / 10 when left out, rounded for integers.' }),
      role: z.enum(['lookback', 'threshold', 'other'], { error: 'one of lookback threshold other' }).optional(),
    },
    { error: 'a map of default, min, max and, if wanted, step and role' },
  )
  .meta({ description: 'A number that a sweep may move. An integer when all of its numbers are.' });

const signals = z
  .strictObject(
    {
      enterLong: expression('Opens a long position when true (non-zero).').optional(),
      exitLong: expression('Closes a long position when true.').optional(),
      enterShort: expression('Opens a short position when true.').optional(),
      exitShort: expression('Closes a short position when true.').optional(),
    },
    { error: 'a map with at least one of enterLong, enterShort' },
  )
  .meta({
    description: 'Decided at the close of a bar, executed at the next open. At least one enter*.',
    anyOf: [{ required: ['enterLong'] }, { required: ['enterShort'] }],
  });

const exits = z
  .strictObject(
    {
      stopLoss: expression('Loss, as a fraction of the entry price, at which it is closed; within 0..1.').optional(),
      takeProfit: expression('Gain, as a fraction of the entry price, at which it is closed; above 0.').optional(),
      trailingStop: expression('Fall from the best price since entry at which it is closed; within 0..1.').optional(),
      maxBars: expression('Longest time in a position, in bars; an integer >= 1.').optional(),
    },
    { error: 'a map of stopLoss, takeProfit, trailingStop, maxBars' },
  )
  .meta({ description: 'Numbers or expressions over parameters.' });

const fractionSizing = z.strictObject({
  method: z.literal('fraction', { error: 'one of fraction volTarget' }),
  fraction: expression('Share of the equity that is put into a position.'),
});
const volTargetSizing = z.strictObject({
  method: z.literal('volTarget'),
  annualVol: expression('Volatility a year that is aimed at, as a fraction.'),
  lookback: expression('Bars over which volatility is measured; an integer >= 2.'),
  maxFraction: expression('Largest share of the equity.'),
});
const pluginSizing = z.strictObject({
  plugin: text(100, 'the id of a sizing plugin'),
  params: params.optional(),
  maxFraction: expression('Largest share of the equity.'),
});

/** The sizing forms; which one a file means is seen from `method` or `plugin`, so that errors speak of that one. */
export const sizingForms = { fraction: fractionSizing, volTarget: volTargetSizing, plugin: pluginSizing } as const;

const costs = z
  .strictObject(
    {
      feeBps: number('basis points, 0 to 1,000')
        .min(0, 'basis points, 0 to 1,000')
        .max(1_000, 'basis points, 0 to 1,000')
        .optional(),
      slippageBps: number('basis points, 0 to 1,000')
        .min(0, 'basis points, 0 to 1,000')
        .max(1_000, 'basis points, 0 to 1,000')
        .optional(),
    },
    { error: 'a map of feeBps and slippageBps' },
  )
  .meta({ description: 'A side, in basis points of the price; 10 and 0 when left out.' });

const lineage = z.strictObject(
  {
    source: z.enum(['manual', 'discovery', 'retry', 'pivot'], { error: 'one of manual discovery retry pivot' }),
    parent: text(10, 'STR- and 3 to 6 digits')
      .regex(/^STR-\d{3,6}$/, 'STR- and 3 to 6 digits')
      .optional(),
    ref: text(500, 'a finding id or link').optional(),
  },
  { error: 'a map of source and, if wanted, parent and ref' },
);

const plugin = z.strictObject(
  {
    plugin: text(100, 'the id of a series plugin'),
    input: z.record(z.string(), expression('A series.'), { error: 'a map of expressions' }),
    params: params.optional(),
  },
  { error: 'a map of plugin, input and, if wanted, params' },
);

const namedMap = <Value extends z.ZodType>(value: Value, what: string) =>
  z.record(z.string(), value, { error: `a map of ${what}` });

/** Everything but sizing, which has three forms. */
const sections = {
  id: z.string({ error: 'STR- and 3 to 6 digits' }).regex(/^STR-\d{3,6}$/, 'STR- and 3 to 6 digits'),
  name: text(200),
  hypothesis: text(5_000).optional().meta({ description: 'Why this should earn money, so that a test can say no.' }),
  lineage: lineage.optional(),
  universe: z
    .array(z.string({ error: 'a symbol as BTC/USDT or BTC/USDT:USDT' }), { error: 'a list of symbols' })
    .min(1, `1 to ${maxSymbols} symbols`)
    .max(maxSymbols, `1 to ${maxSymbols} symbols`)
    .meta({
      description: 'CCXT symbols: BTC/USDT is spot, BTC/USDT:USDT a perpetual. The first is the primary asset.',
    }),
  timeframe: z.enum(timeframes, { error: `one of ${timeframes.join(' ')}` }),
  parameters: namedMap(parameter, 'parameters').optional(),
  constraints: z
    .array(expression('Over parameters only.'), { error: 'a list of expressions' })
    .max(100, 'at most 100 constraints')
    .optional()
    .meta({ description: 'Over parameters only; sweep points that break one are left out.' }),
  features: namedMap(expression('A series.'), 'named series').optional().meta({
    description: 'Named series; they may use each other in any order.',
  }),
  plugins: namedMap(plugin, 'series plugins').optional(),
  signals,
  forecast: expression('What the information coefficient is measured on.').optional(),
  exits: exits.optional(),
  costs: costs.optional(),
} as const;

const sizingError = 'a map with method: fraction, method: volTarget, or plugin';

/** The schema of a file whose sizing has one of the forms, or any value when it shows none. */
export const strategySchema = (form: keyof typeof sizingForms | undefined) =>
  z.strictObject(
    {
      ...sections,
      sizing: (form === undefined ? z.never({ error: sizingError }) : sizingForms[form]).optional(),
    },
    { error: 'a map of id, name, hypothesis, universe, timeframe, signals and more' },
  );

/** The schema as editors see it (JSON Schema, draft 7): the text of config/schema/strategy.schema.json. */
export function editorSchemaText(): string {
  const sizing = z
    .union([fractionSizing, volTargetSizing, pluginSizing])
    .optional()
    .meta({ description: 'How much of the equity goes into a position; all of it when left out.' });
  const file = z.strictObject({ ...sections, sizing }).meta({
    title: 'Nightdesk strategy',
    description:
      'A strategy file: strategies/<id>-<slug>.yaml. `nightdesk strategies check` checks what a schema cannot.',
  });
  return `${JSON.stringify(z.toJSONSchema(file, { target: 'draft-7' }), null, 2)}\n`;
}
