export { parallelValidation } from './parallel-validation.ts';
export { strategyValidation } from './strategy-validation.ts';
