import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { DeskError } from '../../core/errors.ts';
import { defineEffectPlugin } from '../../plugins/define-plugin.ts';
import { effectOf, runEffect } from '../../plugins/run-effect.ts';
import { plugins } from '../../plugins/run-plugin.ts';

type Ports = { shelf: { put(text: string): Promise<number> } };

const shelve = defineEffectPlugin<Ports>()({
  id: 'infra_shelve',
  category: 'fe',
  kind: 'effect',
  summary: 'Puts a text on a shelf.',
  reference: 'none',
  ports: ['shelf'],
  input: z.strictObject({ text: z.string() }),
  params: z.strictObject({ times: z.int().default(1) }),
  output: z.strictObject({ place: z.number() }),
  example: { input: { text: 'x' }, params: {} },
  act: async ({ text }, { times }, { shelf }) => ({ place: await shelf.put(text.repeat(times)) }),
});

const effect = effectOf(shelve);
if (effect === undefined) throw new Error('an effect plugin acts');

const shelf = { put: async (text: string) => text.length };
const run = (input: unknown, ports: Record<string, unknown> = { shelf }, params: unknown = { times: 2 }) =>
  runEffect(effect, { input, params, ports });

describe('runEffect', () => {
  test('checks, acts through the port that the plugin names, returns plain JSON', async () => {
    expect(await run({ text: 'abc' })).toEqual({ place: 6 });
    expect(effectOf(plugins.risk_time_decay_size)).toBeUndefined();
  });

  test.each([
    ['a bad field', { text: 3 }, { shelf }, { code: 'BadInput', place: { path: 'input.text', found: '3' } }],
    ['a missing port', { text: '' }, {}, { code: 'NotFound', place: { expected: 'shelf' } }],
    ['an inherited port', { text: '' }, Object.create({ shelf }), { code: 'NotFound', place: { expected: 'shelf' } }],
    [
      'an output that is no number',
      { text: '' },
      { shelf: { put: async () => Number.NaN } },
      { code: 'BadInput', message: expect.stringMatching(/^infra_shelve: /) },
    ],
    [
      'what the port refuses',
      { text: '' },
      { shelf: { put: () => Promise.reject(new DeskError('StoreUnavailable', 'no room')) } },
      { code: 'StoreUnavailable', message: 'infra_shelve: no room' },
    ],
  ])('refuses %s', async (_, input, ports, refused) => {
    await expect(run(input, ports as Record<string, unknown>)).rejects.toMatchObject(refused);
  });
});
