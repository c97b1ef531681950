/** Every plugin under its id, one line each. */
export { timeDecaySize as risk_time_decay_size } from './risk/time-decay-size.ts';
