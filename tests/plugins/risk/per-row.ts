type Json = Record<string, unknown>;

/**
 * Turns what a catalogue variant lists over the rows (`components: [1, 2]`) into the rows that the output has
 * (`assets: [{component: 1}, {component: 2}]`).
 */
export function perRow(expected: Json, fields: Readonly<Record<string, string>>): Json {
  const { assets, ...rest } = expected;
  const rows = (assets as Json[] | undefined)?.map((row) => ({ ...row })) ?? [];
  for (const [listed, field] of Object.entries(fields)) {
    (rest[listed] as unknown[] | undefined)?.forEach((value, i) => (rows[i] = { ...rows[i], [field]: value }));
    delete rest[listed];
  }
  return rows.length === 0 ? rest : { ...rest, assets: rows };
}
