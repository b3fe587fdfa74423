// Brings the marked place into view whenever other evidence is shown.
// `element` and `watch` are given by Gradio's HTML component.

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
