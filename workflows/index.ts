export { parallelValidation } from './parallel-validation.ts';
export { strategyValidation } from './strategy-validation.ts';
export { orderExecution } from './order-execution.ts';
export { accountGuard } from './account-guard.ts';
export { bookTrading } from './book-trading.ts';
