import { orderStoreContract } from '../contracts/order-store.ts';
import { createMemoryStore } from './memory-store.ts';

orderStoreContract('the simulation’s store', () => {
  const store = createMemoryStore();
  return Promise.resolve({ store, second: () => store });
});
