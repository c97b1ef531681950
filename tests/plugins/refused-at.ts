import { expect } from 'vitest';

/** Matches the refusal of a field by plugin `id`: its code, its path, and the plugin's name at the head of the text. */
export const refusedAt = (id: string, path: string) =>
  expect.objectContaining({
    code: 'BadInput',
    message: expect.stringMatching(new RegExp(`^${id}: `)),
    place: expect.objectContaining({ path }),
  });
