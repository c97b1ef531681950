import { afterEach } from 'vitest';
import { type OrderDeskOptions, type OrderTestDesk, startOrderDesk } from './order-desk.ts';

/** How the tests of a file start a desk: each its own, which ends with the test. `defaults` hold where a test says nothing. */
export function orderDesks(defaults: OrderDeskOptions = {}): (options?: OrderDeskOptions) => Promise<OrderTestDesk> {
  const opened: OrderTestDesk[] = [];
  afterEach(async () => {
    for (const desk of opened.splice(0)) await desk.stop();
  });
  return async (options) => {
    const desk = await startOrderDesk({ ...defaults, ...options });
    opened.push(desk);
    return desk;
  };
}
