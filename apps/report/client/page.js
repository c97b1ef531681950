/**
 * The page's script: draws interactive charts where the still drawings are, sorts the overview, shows a trade on its
 * chart. Without it every number is there all the same.
 *
 * These files are plain JavaScript because a page that loads nothing cannot load modules: ../assets.ts puts them
 * one after the other into one script. `tsc -p apps/report/client` checks their types.
 */
import { drawEquity } from './equity-chart.js';
import { drawPrice } from './price-chart.js';

/** @typedef {import('./chart.js').Drawn} Drawn */

// Charts live only near what is seen: many strategies would need many canvases.

/** @type {Map<Element, Drawn>} */
const drawn = new Map();

/** @param {HTMLElement} plot */
function draw(plot) {
  const known = drawn.get(plot);
  if (known) return known;
  const made = plot.dataset.chart === 'price' ? drawPrice(plot) : drawEquity(plot);
  made.apply();
  drawn.set(plot, made);
  plot.classList.add('on');
  return made;
}

/** @param {HTMLElement} plot */
function undraw(plot) {
  drawn.get(plot)?.chart.remove();
  drawn.delete(plot);
  plot.classList.remove('on');
  for (const part of plot.querySelectorAll('.live, .readout')) part.remove();
}

/** @param {string} selector */
const every = (selector) =>
  [...document.querySelectorAll(selector)].filter((element) => element instanceof HTMLElement);

const plots = every('.plot');
const watcher = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) {
      if (!(target instanceof HTMLElement)) continue;
      if (isIntersecting) draw(target);
      else undraw(target);
    }
  },
  { rootMargin: '400px 0px' },
);
for (const plot of plots) {
  watcher.observe(plot);
  plot.tabIndex = 0;
  plot.setAttribute('role', 'group');
  plot.setAttribute('aria-roledescription', 'chart');
  plot.addEventListener('keydown', moveByKey);
  if (plot.dataset.chart === 'price') addZoomButtons(plot);
}
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
  for (const chart of drawn.values()) chart.apply();
});

/** @param {KeyboardEvent} event */
function moveByKey(event) {
  const { chart } = draw(/** @type {HTMLElement} */ (event.currentTarget));
  const scale = chart.timeScale();
  const range = scale.getVisibleLogicalRange();
  if (!range) return;
  const step = (range.to - range.from) / 8;
  /** @type {Record<string, () => void>} */
  const moves = {
    ArrowLeft: () => scale.setVisibleLogicalRange({ from: range.from - step, to: range.to - step }),
    ArrowRight: () => scale.setVisibleLogicalRange({ from: range.from + step, to: range.to + step }),
    '+': () => scale.setVisibleLogicalRange({ from: range.from + step, to: range.to - step }),
    '-': () => scale.setVisibleLogicalRange({ from: range.from - step, to: range.to + step }),
    Home: () => scale.fitContent(),
  };
  const move = moves[event.key === '=' ? '+' : event.key];
  if (!move) return;
  event.preventDefault();
  move();
}

/** @param {HTMLElement} plot */
function addZoomButtons(plot) {
  const group = document.createElement('span');
  group.className = 'zoom';
  group.setAttribute('role', 'group');
  group.setAttribute('aria-label', 'Zoom');
  const choices = /** @type {const} */ ([
    ['1 week', 7],
    ['1 month', 30],
    ['All', Infinity],
  ]);
  for (const [label, days] of choices) {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = label;
    button.setAttribute('aria-pressed', String(days === Infinity));
    button.addEventListener('click', () => {
      press(group, button);
      draw(plot).showDays?.(days);
    });
    group.append(button);
  }
  plot.closest('figure')?.querySelector('figcaption')?.append(group);
}

/** @param {Element} group @param {Element} [pressed] */
function press(group, pressed) {
  for (const button of group.children) button.setAttribute('aria-pressed', String(button === pressed));
}

for (const cell of every('td[data-trade]')) {
  const plot = /** @type {HTMLElement | null | undefined} */ (
    cell.closest('article')?.querySelector('.plot[data-chart="price"]')
  );
  if (!plot) continue;
  const [entryMs = 0, exitMs = 0] = (cell.dataset.trade ?? '').split('-').map(Number);
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = cell.textContent;
  button.setAttribute('aria-label', `Show trade ${cell.textContent} on the chart`);
  button.addEventListener('click', () => {
    const group = plot.closest('figure')?.querySelector('.zoom');
    if (group) press(group);
    plot.scrollIntoView({ block: 'center' });
    plot.focus({ preventScroll: true });
    draw(plot).showTrade?.(entryMs, exitMs);
  });
  cell.replaceChildren(button);
}

const body = document.querySelector('.overview tbody');
for (const header of every('.overview th[data-sort]')) {
  if (!(header instanceof HTMLTableCellElement)) continue;
  const button = document.createElement('button');
  button.type = 'button';
  button.setAttribute('aria-label', `Sort by ${header.textContent?.trim()}`);
  button.addEventListener('click', () => sortBy(header));
  header.append(button);
}

/** @param {HTMLTableCellElement} header */
function sortBy(header) {
  if (!body) return;
  const numeric = header.dataset.sort === 'number';
  const was = header.getAttribute('aria-sort');
  const direction = was ? (was === 'ascending' ? 'descending' : 'ascending') : numeric ? 'descending' : 'ascending';
  for (const other of header.parentElement?.children ?? []) other.removeAttribute('aria-sort');
  header.setAttribute('aria-sort', direction);
  const sign = direction === 'ascending' ? 1 : -1;
  /** @param {Element} row */
  const key = (row) => {
    const cell = /** @type {HTMLElement | undefined} */ (row.children[header.cellIndex]);
    return cell?.dataset.value ?? cell?.textContent?.trim() ?? '';
  };
  body.append(
    ...[...body.children].toSorted((a, b) => {
      const [x, y] = [key(a), key(b)];
      if (!numeric) return sign * x.localeCompare(y);
      // What has no number stays below, whichever way it is sorted.
      if (x === '' || y === '') return Number(x === '') - Number(y === '');
      return sign * (Number(x) - Number(y));
    }),
  );
}
