import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectFolder } from '../config/paths.ts';
import { loadValidationGates } from '../config/validation-gates.ts';
import { DeskError } from '../core/errors.ts';
import { type GatePower, measuredWith } from '../core/validation/gate-power.ts';

/** Where the bench keeps what it found; it ships with the desk. */
const powerFile = join(projectFolder, 'bench', 'results', 'gate-power-rates.json');

/** What simulated strategies pass, as `npm run bench -- gate-power` measured it; NotFound where it never did. */
export function readGatePower(): GatePower {
  try {
    const power = JSON.parse(readFileSync(powerFile, 'utf8')) as GatePower;
    return measuredWith(power, loadValidationGates()) ? power : { ...power, isOfOtherThresholds: true };
  } catch (thrown) {
    throw new DeskError('NotFound', 'the measured rates cannot be read', {
      file: powerFile,
      expected: 'what `npm run bench -- gate-power` writes',
      cause: thrown,
    });
  }
}
