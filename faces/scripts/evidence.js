// Chooses places, turns pages and enlarges them; keeps size, view and focus when other content comes.
// `element`, `trigger` and `watch` are given by Gradio's HTML component.

const SIZES = [1, 1.5, 2.2, 3.2, 4.5];
const NARROW_PIXELS = 480;
const NARROW_SIZE = 2.2;
const sizes = new Map(); // by what a side shows
let focused = null; // the control that was used last, as a selector

const sideOf = (inside) => inside.closest('.side');
const sizeOf = (side) => sizes.get(side.dataset.shown) ?? 1;

function resize(side, size, across = 0.5, down = 0.5) {
  // The point at these shares of the visible part stays where it is.
  const sheet = side.querySelector('.sheet');
  const x = (sheet.scrollLeft + across * sheet.clientWidth) / sheet.scrollWidth;
  const y = (sheet.scrollTop + down * sheet.clientHeight) / sheet.scrollHeight;
  setSize(side, size);
  sheet.scrollTo(x * sheet.scrollWidth - across * sheet.clientWidth, y * sheet.scrollHeight - down * sheet.clientHeight);
}

function setSize(side, size) {
  sizes.set(side.dataset.shown, size);
  side.querySelector('.page').style.width = `${size * 100}%`;
  side.querySelector('.sheet').classList.toggle('zoomed', size > 1);
  side.querySelector('[data-zoom=fit]').textContent = `${Math.round(size * 100)}%`;
}

function middleOf(side) {
  // Of what is cited, when it is in view; else of the visible part. In shares of that part.
  const mark = side.querySelector('.box.cited')?.getBoundingClientRect();
  const view = side.querySelector('.sheet').getBoundingClientRect();
  if (!mark) return [0.5, 0.5];
  const across = (mark.left + mark.width / 2 - view.left) / view.width;
  const down = (mark.top + mark.height / 2 - view.top) / view.height;
  return across > 0 && across < 1 && down > 0 && down < 1 ? [across, down] : [0.5, 0.5];
}

function zoom(side, kind) {
  const size = sizeOf(side);
  const next = {
    in: SIZES.find((larger) => larger > size) ?? size,
    out: SIZES.findLast((smaller) => smaller < size) ?? size,
    fit: 1,
  }[kind];
  resize(side, next, ...middleOf(side));
}

function zoomAt(sheet, event) {
  const side = sideOf(sheet);
  if (sizeOf(side) > 1) return resize(side, 1);
  const box = sheet.getBoundingClientRect();
  resize(side, 2.2, (event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
}

function move(button) {
  if (button.getAttribute('aria-disabled')) return;
  const { side, at, page } = button.dataset;
  const [kind, turning] = button.classList;
  focused = `.${turning ?? kind}[data-side="${side}"]${turning ? '' : '[aria-current]'}`;
  trigger('select', { index: Number(side), value: [Number(at), page ? Number(page) : null] });
}

element.addEventListener('click', (event) => {
  const at = (selector) => event.target.closest(selector);
  if (at('.place, .turn')) move(at('.place, .turn'));
  else if (at('.zoom')) zoom(sideOf(at('.zoom')), at('.zoom').dataset.zoom);
  else if (at('.sheet')) zoomAt(at('.sheet'), event);
});

element.addEventListener('keydown', (event) => {
  const kind = { '+': 'in', '=': 'in', '-': 'out', 0: 'fit' }[event.key];
  if (!kind || event.ctrlKey || event.metaKey || event.altKey || !event.target.matches('.sheet')) return;
  event.preventDefault();
  zoom(sideOf(event.target), kind);
});

function bringIntoView(side) {
  side.querySelector('.grid td.mark, .passage mark')?.scrollIntoView({ block: 'nearest', inline: 'center' });
  const sheet = side.querySelector('.sheet');
  if (!sheet) return;
  setSize(side, sizes.get(side.dataset.shown) ?? (sheet.clientWidth < NARROW_PIXELS ? NARROW_SIZE : 1));
  const { across = 0.5, down = 0 } = sheet.dataset;
  side.querySelector('.page img').decode().then(() => {
    sheet.scrollTo(across * sheet.scrollWidth - sheet.clientWidth / 2, down * sheet.scrollHeight - sheet.clientHeight / 2);
  });
}

watch('value', () => {
  const shown = [...element.querySelectorAll('.side')];
  for (const key of [...sizes.keys()]) if (!shown.some((side) => side.dataset.shown === key)) sizes.delete(key);
  shown.forEach(bringIntoView);
  if (focused && (document.activeElement === document.body || element.contains(document.activeElement))) {
    (element.querySelector(focused) ?? element.querySelector('.next'))?.focus({ preventScroll: true });
  }
  focused = null;
});
