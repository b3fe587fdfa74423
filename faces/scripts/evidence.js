// Shows another of the citations at a click, and brings the marked place into view.
// `element`, `trigger` and `watch` are given by Gradio's HTML component.

element.addEventListener('click', (event) => {
  const chosen = event.target.closest('.place');
  if (chosen) trigger('select', { index: 0, value: Number(chosen.dataset.n) });
});

watch('value', () => {
  element.querySelector('td.mark, .passage mark')?.scrollIntoView({ block: 'nearest', inline: 'center' });
  const sheet = element.querySelector('.sheet');
  if (!sheet) return;
  sheet.classList.remove('zoomed');
  const picture = sheet.querySelector('img');
  picture.decode().then(() => {
    sheet.scrollTop = Number(sheet.dataset.middle) * picture.height - sheet.clientHeight / 2;
  });
});
