import { z } from 'zod';
import type { CollarSettings } from '../core/orders/collar.ts';
import type { GuardLimits } from '../core/orders/guard-types.ts';
import { loadSettings } from './load.ts';

const decimalPattern = /^(0|[1-9]\d{0,14})(\.\d{1,18})?$/;

/** Money: a number, or a decimal text where a number would lose digits. Kept as a text, as everywhere on the order path. */
const money = z
  .union([z.number(), z.string()], 'a decimal number above 0, as 2500.50')
  .transform(String)
  .refine((text) => decimalPattern.test(text) && Number(text) > 0, 'a decimal number above 0, as 2500.50');

const seconds = (least: number, most: number) => z.number().min(least).max(most);

const currency = z.string().regex(/^[A-Z0-9]{2,15}$/, 'a currency, as USDT');

const limitKeys = {
  currency,
  at_par: z.array(currency).max(20),
  max_order_notional: money,
  max_position_notional: money,
  max_exposure: money,
  max_orders_per_minute: z.int().min(1).max(6_000),
  max_notional_per_day: money,
};

const priceCheck = {
  collar_bps: z.number().positive().max(10_000),
  stale_after_seconds: seconds(1, 3_600),
  reference_account: z.string().min(1).optional(),
};

const reconcile = {
  orders_every_seconds: seconds(1, 3_600),
  positions_every_seconds: seconds(1, 3_600),
};

const netting = { window_ms: z.int().min(0).max(60_000) };

const deadManSwitch = { enabled: z.boolean() };

const fewIntents = 'a whole number from 0 to 3';
const intents = z.int(fewIntents).min(0, fewIntents).max(3, fewIntents);

/** Values that stand in config/orders.yaml too; a test compares them. */
const defaults = {
  limits: {
    currency: 'USDT',
    at_par: ['USD', 'USDC'],
    max_order_notional: '10000',
    max_position_notional: '50000',
    max_exposure: '100000',
    max_orders_per_minute: 60,
    max_notional_per_day: '500000',
  },
  price_check: { collar_bps: 200, stale_after_seconds: 30 },
  reconcile: { orders_every_seconds: 5, positions_every_seconds: 30 },
  netting: { window_ms: 250 },
  dead_man_switch: { enabled: true },
  new_intents_after_not_sent: 3,
} as const;

const sections = {
  limits: z.strictObject(limitKeys).partial(),
  price_check: z.strictObject(priceCheck).partial(),
  reconcile: z.strictObject(reconcile).partial(),
  netting: z.strictObject(netting).partial(),
  dead_man_switch: z.strictObject(deadManSwitch).partial(),
  new_intents_after_not_sent: intents,
};

const schema = z
  .strictObject({
    ...sections,
    accounts: z.record(z.string(), z.strictObject(sections).partial()).default({}),
  })
  .partial();

/** What holds for one account; money is a decimal text, of limits in their currency. */
export type OrderSettings = Readonly<{
  limits: Readonly<z.output<z.ZodObject<typeof limitKeys>>>;
  price_check: Readonly<z.output<z.ZodObject<typeof priceCheck>>>;
  reconcile: Readonly<z.output<z.ZodObject<typeof reconcile>>>;
  netting: Readonly<z.output<z.ZodObject<typeof netting>>>;
  dead_man_switch: Readonly<z.output<z.ZodObject<typeof deadManSwitch>>>;
  new_intents_after_not_sent: number;
}>;

/** Reads config/orders.yaml: the common sections with what the account has of its own over them. */
export function loadOrderSettings(account: string, folder?: string): OrderSettings {
  const common = loadSettings('orders.yaml', schema, folder);
  const own = common.accounts?.[account] ?? {};
  const merged = {
    limits: { ...defaults.limits, ...common.limits, ...own.limits },
    price_check: { ...defaults.price_check, ...common.price_check, ...own.price_check },
    reconcile: { ...defaults.reconcile, ...common.reconcile, ...own.reconcile },
    netting: { ...defaults.netting, ...common.netting, ...own.netting },
    dead_man_switch: { ...defaults.dead_man_switch, ...common.dead_man_switch, ...own.dead_man_switch },
    new_intents_after_not_sent:
      own.new_intents_after_not_sent ?? common.new_intents_after_not_sent ?? defaults.new_intents_after_not_sent,
  };
  return merged as OrderSettings;
}

/** The limits as the guard takes them. */
export const limitsOf = ({ limits }: OrderSettings): GuardLimits => ({
  currency: limits.currency,
  atPar: limits.at_par,
  maxOrderNotional: limits.max_order_notional,
  maxPositionNotional: limits.max_position_notional,
  maxExposureNotional: limits.max_exposure,
  maxOrdersPerMinute: limits.max_orders_per_minute,
  maxNotionalPerDay: limits.max_notional_per_day,
});

/** The collar as fractions and ms. */
export const collarOf = ({ price_check: { collar_bps: bps, stale_after_seconds } }: OrderSettings): CollarSettings => ({
  maxDeviation: (bps / 10_000).toFixed(10),
  maxAgeMs: stale_after_seconds * 1_000,
});
