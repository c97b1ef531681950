/** Every plugin under its id, one line each. */
export { crossAssetCorr as alpha_cross_asset_corr } from './alpha/cross-asset-corr.ts';
export { tStatThreshold as alpha_t_stat_threshold } from './alpha/t-stat-threshold.ts';
export { positionAgnostic as alpha_position_agnostic } from './alpha/position-agnostic.ts';
export { varBudget as risk_var_budget } from './risk/var-budget.ts';
export { drawdownDerisk as risk_drawdown_derisk } from './risk/drawdown-derisk.ts';
export { fracKellyAtten as risk_frac_kelly_atten } from './risk/frac-kelly-atten.ts';
export { volTarget as risk_vol_target } from './risk/vol-target.ts';
export { timeDecaySize as risk_time_decay_size } from './risk/time-decay-size.ts';
export { trackingError as risk_tracking_error } from './risk/tracking-error.ts';
export { liquidityHotspot as risk_liquidity_hotspot } from './risk/liquidity-hotspot.ts';
export { cvarSize as risk_cvar_size } from './risk/cvar-size.ts';
export { entropyWeights as risk_entropy_weights } from './risk/entropy-weights.ts';
export { autoHedgeRatio as risk_auto_hedge_ratio } from './risk/auto-hedge-ratio.ts';
export { kalman as fe_kalman } from './fe/kalman.ts';
export { garch as fe_garch } from './fe/garch.ts';
export { priceNewsDiv as fe_price_news_div } from './fe/price-news-div.ts';
export { sharpeCi as diag_sharpe_ci } from './diag/sharpe-ci.ts';
