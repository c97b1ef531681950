import { z } from 'zod';
import { themes } from './palette.ts';

/** Parameters that every plugin with a picture has. */
export const chartParams = {
  theme: z.enum(themes).default('auto').describe('auto follows the reader’s colour scheme'),
  render: z.boolean().default(true).describe('false: no svg'),
};

/** Outputs that every plugin with a picture has beside `plot`; the runner adds `svg`. */
export const chartOutputs = {
  vegaLite: z.record(z.string(), z.unknown()).describe('Vega-Lite 6 specification of the chart'),
  svg: z.string().optional().describe('the chart, when params.render'),
};
