import type { SavedState } from '../series-function.ts';
import { remember, saveMemory, type Memory } from '../saved-numbers.ts';

/** How the last `window` pairs move together. */
export type RollingCoMoments = Readonly<{
  /** Takes one more pair; true when `window` pairs without a missing value are there in a row. */
  push(x: number, y: number): boolean;
  /** The sums of squared deviations and of their products; only after a push that gave true. */
  squaresX(): number;
  squaresY(): number;
  products(): number;
  save(): SavedState;
}>;

/** Places in the `cells`. */
const POSITION = 0;
const HAS_TAIL = 1;
const REFERENCE_X = 2;
const REFERENCE_Y = 3;
const MEAN_X = 4;
const MEAN_Y = 5;
const SQUARES_X = 6;
const SQUARES_Y = 7;
const PRODUCTS = 8;
const TAIL_REFERENCE_X = 9;
const TAIL_REFERENCE_Y = 10;
const WHOLE_SQUARES_X = 11;
const WHOLE_SQUARES_Y = 12;
const WHOLE_PRODUCTS = 13;

type State = Readonly<{
  window: number;
  memory: Memory<'cells' | 'tailMeansX' | 'tailMeansY' | 'tailSquaresX' | 'tailSquaresY' | 'tailProducts'>;
}>;

/** rolling-moments.ts for two series and their products. */
export function rollingCoMoments(window: number, saved?: SavedState): RollingCoMoments {
  const size = window + 1;
  const memory = remember(
    { cells: 14, tailMeansX: size, tailMeansY: size, tailSquaresX: size, tailSquaresY: size, tailProducts: size },
    saved,
  );
  const { cells } = memory;
  const state: State = { window, memory };
  return {
    push: (x, y) => push(state, x, y),
    squaresX: () => cells[WHOLE_SQUARES_X],
    squaresY: () => cells[WHOLE_SQUARES_Y],
    products: () => cells[WHOLE_PRODUCTS],
    save: () => saveMemory(memory),
  };
}

function push(state: State, x: number, y: number): boolean {
  const { window, memory } = state;
  const { cells } = memory;
  if (x !== x || y !== y) {
    cells.fill(0);
    return false;
  }
  const position = Math.trunc(cells[POSITION]);
  if (position === 0) {
    cells[REFERENCE_X] = x;
    cells[REFERENCE_Y] = y;
  }
  const relativeX = x - cells[REFERENCE_X];
  const relativeY = y - cells[REFERENCE_Y];
  const count = position + 1;
  const stepX = relativeX - cells[MEAN_X];
  const stepY = relativeY - cells[MEAN_Y];
  const meanX = cells[MEAN_X] + stepX / count;
  const meanY = cells[MEAN_Y] + stepY / count;
  cells[MEAN_X] = meanX;
  cells[MEAN_Y] = meanY;
  cells[SQUARES_X] += stepX * (relativeX - meanX);
  cells[SQUARES_Y] += stepY * (relativeY - meanY);
  cells[PRODUCTS] += stepX * (relativeY - meanY);
  cells[POSITION] = count;
  // Slot `position` of the tails is not needed any more: it keeps the pair until the block is full.
  memory.tailMeansX[position] = x;
  memory.tailMeansY[position] = y;
  if (count === window || cells[HAS_TAIL] === 1) joinTail(state, count);
  if (count === window) turnBlock(state);
  return cells[HAS_TAIL] === 1;
}

/** Head and tail together; a full head is the whole window. */
function joinTail({ window, memory }: State, count: number): void {
  const { cells } = memory;
  cells[WHOLE_SQUARES_X] = cells[SQUARES_X];
  cells[WHOLE_SQUARES_Y] = cells[SQUARES_Y];
  cells[WHOLE_PRODUCTS] = cells[PRODUCTS];
  if (count === window) return;
  const weight = ((window - count) / window) * count;
  const apartX = cells[TAIL_REFERENCE_X] - cells[REFERENCE_X] + memory.tailMeansX[count] - cells[MEAN_X];
  const apartY = cells[TAIL_REFERENCE_Y] - cells[REFERENCE_Y] + memory.tailMeansY[count] - cells[MEAN_Y];
  cells[WHOLE_SQUARES_X] += memory.tailSquaresX[count] + apartX * apartX * weight;
  cells[WHOLE_SQUARES_Y] += memory.tailSquaresY[count] + apartY * apartY * weight;
  cells[WHOLE_PRODUCTS] += memory.tailProducts[count] + apartX * apartY * weight;
}

/** The full block becomes tails: moments of its pairs j..window-1, relative to the last pair. */
function turnBlock({ window, memory }: State): void {
  const { cells, tailMeansX, tailMeansY, tailSquaresX, tailSquaresY, tailProducts } = memory;
  const referenceX = tailMeansX[window - 1];
  const referenceY = tailMeansY[window - 1];
  let meanX = 0;
  let meanY = 0;
  let squaresX = 0;
  let squaresY = 0;
  let products = 0;
  for (let j = window - 1; j >= 0; j -= 1) {
    const relativeX = tailMeansX[j] - referenceX;
    const relativeY = tailMeansY[j] - referenceY;
    const stepX = relativeX - meanX;
    const stepY = relativeY - meanY;
    meanX += stepX / (window - j);
    meanY += stepY / (window - j);
    squaresX += stepX * (relativeX - meanX);
    squaresY += stepY * (relativeY - meanY);
    products += stepX * (relativeY - meanY);
    tailMeansX[j] = meanX;
    tailMeansY[j] = meanY;
    tailSquaresX[j] = squaresX;
    tailSquaresY[j] = squaresY;
    tailProducts[j] = products;
  }
  cells.fill(0, POSITION, TAIL_REFERENCE_X);
  cells[HAS_TAIL] = 1;
  cells[TAIL_REFERENCE_X] = referenceX;
  cells[TAIL_REFERENCE_Y] = referenceY;
}
