// The findings: their places and their files are asked for here.
// `element` and `trigger` are given by Gradio's HTML component.

element.addEventListener('click', (event) => {
  const at = (name) => event.target.closest(name);
  if (at('.both')) {
    element.querySelector('[aria-current]')?.removeAttribute('aria-current');
    at('.both').setAttribute('aria-current', 'true');
    trigger('select', { finding: Number(at('.both').dataset.finding) });
    if (matchMedia('(max-width: 720px)').matches) document.getElementById('audit-evidence').scrollIntoView();
  }
  else if (at('.save')) trigger('download', { form: at('.save').dataset.form, at: Date.now() });
});
