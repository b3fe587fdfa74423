// The documents: their list is sorted and filtered here; removal, undoing and the audit are the server's.
// `element`, `trigger` and `watch` are given by Gradio's HTML component.

const order = { place: null, direction: 'ascending' };
const wantedBox = () => document.querySelector('#listing-filter textarea, #listing-filter input');

function filter(table) {
  const wanted = (wantedBox()?.value ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const row of table.tBodies[0].rows) {
    const text = row.textContent.toLowerCase();
    row.hidden = !wanted.every((word) => text.includes(word));
    shown += !row.hidden;
  }
  table.parentElement.classList.toggle('none', shown === 0);
}

function arrange() {
  const table = element.querySelector('.listing table');
  if (!table) return;
  if (order.place !== null) sortTable(table, order.place, order.direction);
  filter(table);
}

element.addEventListener('click', (event) => {
  const at = (name) => event.target.closest(name);
  if (at('.sort')) {
    const heading = at('th');
    Object.assign(order, { place: heading.cellIndex, direction: directionAfter(heading) });
    arrange();
  }
  else if (at('.remove')) trigger('delete', { document: Number(at('.remove').dataset.document) });
  else if (at('.undo')) trigger('undo', { token: at('.undo').dataset.token });
  else if (at('.audit')) trigger('select', { document: Number(at('.audit').dataset.document) });
});

document.addEventListener('input', (event) => { if (event.target === wantedBox()) arrange(); });
watch('value', arrange);
