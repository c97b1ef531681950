import { DeskError } from '../../core/errors.ts';
import { analysts } from './analysts.ts';
import { attention } from './attention.ts';
import { etfFlows } from './etf-flows.ts';
import type { SourceHalf } from './fetch-half.ts';
import { optionChain } from './option-chain.ts';
import { variancePremium } from './variance-premium.ts';
import { volatilityRegime } from './volatility-regime.ts';
import { whispers } from './whispers.ts';

/** The fetch half of every source plugin, by the plugin's id. */
export const sourceHalves: Readonly<Record<string, SourceHalf>> = {
  alpha_vix_regime: volatilityRegime,
  alpha_google_trends: attention,
  alpha_vrp: variancePremium,
  alpha_analyst_revisions: analysts,
  alpha_whisper_spread: whispers,
  alpha_risk_reversal: optionChain,
  alpha_etf_flow_div: etfFlows,
};

/** The half of a plugin, or a refusal that says which have one. */
export function sourceHalfOf(id: string): SourceHalf {
  const half = sourceHalves[id];
  if (half !== undefined && Object.hasOwn(sourceHalves, id)) return half;
  const expected = `one of ${Object.keys(sourceHalves).join(', ')}`;
  throw new DeskError('Usage', `${id} fetches nothing`, { path: '--fetch', expected });
}
