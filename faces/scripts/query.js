// The table of what was found, and the sum of what is chosen in it: one script for both.
// `element`, `trigger` and `watch` are given by Gradio's HTML component.

const boxes = (which) => [...document.querySelectorAll(`#query-found ${which}`)];
const doOnNarrow = (doing) => { if (matchMedia('(max-width: 1100px)').matches) doing(); };

function showEvidence(event) {
  trigger('select', event);
  doOnNarrow(() => document.getElementById('query-evidence').scrollIntoView());
}

function copyLink(link) {
  const label = link.textContent;
  navigator.clipboard.writeText(link.href).then(() => {
    link.textContent = link.dataset.done;
    setTimeout(() => { link.textContent = label; }, 2500);
  });
}

function leaveOut(key) {
  for (const box of boxes(key ? `.choose[data-key="${key}"]` : 'input')) box.checked = false;
  trigger('delete', { key: key ?? null });
}

element.addEventListener('click', (event) => {
  const at = (name) => event.target.closest(name);
  if (at('.open')) showEvidence({ key: at('.open').dataset.key });
  else if (at('.place')) showEvidence({ n: Number(at('.place').dataset.n) });
  else if (at('.turn')) trigger('submit', { page: Number(at('.turn').dataset.page) });
  else if (at('.export')) trigger('download', { form: at('.export').dataset.form });
  else if (at('.drop')) leaveOut(at('.drop').dataset.key);
  else if (at('.clear')) leaveOut();
  else if (at('.link')) { event.preventDefault(); copyLink(at('.link')); }
});

element.addEventListener('change', (event) => {
  const every = event.target.matches('.every');
  if (!every && !event.target.matches('.choose')) return;
  const changed = every ? boxes('.choose') : [event.target];
  for (const box of changed) box.checked = event.target.checked;
  trigger('input', { keys: changed.map((box) => box.dataset.key), on: event.target.checked });
});

watch('value', () => {
  // A row that is drawn anew in the place of another keeps that one's tick otherwise.
  for (const box of element.querySelectorAll('input')) box.checked = box.defaultChecked;
});
