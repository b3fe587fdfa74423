// The page's few gestures, passed on as events of one invisible component.
// `element`, `trigger`, `props` and `watch` are given by Gradio's HTML component.

const ELEMENT_OF = { cite: '.cite', choice: '.choice', remove: '.remove', copy: '.copy', sheet: '.sheet' };

function copyText(button) {
  const label = button.textContent;
  const done = () => {
    button.textContent = button.dataset.done;
    setTimeout(() => { button.textContent = label; }, 1500);
  };
  navigator.clipboard.writeText(button.dataset.copy).then(done);
}

function toggleZoom(sheet, event) {
  const box = sheet.getBoundingClientRect();
  const across = (event.clientX - box.left + sheet.scrollLeft) / sheet.scrollWidth;
  const down = (event.clientY - box.top + sheet.scrollTop) / sheet.scrollHeight;
  sheet.classList.toggle('zoomed');
  sheet.scrollTo(across * sheet.scrollWidth - sheet.clientWidth / 2, down * sheet.scrollHeight - sheet.clientHeight / 2);
}

function showEvidence() {
  // On a telephone the evidence stands below the chat.
  if (matchMedia('(max-width: 720px)').matches) document.getElementById('evidence').scrollIntoView();
}

document.addEventListener('click', (event) => {
  const at = (name) => event.target.closest?.(ELEMENT_OF[name]);
  if (at('cite')) {
    trigger('select', { index: Number(at('cite').dataset.turn), value: Number(at('cite').dataset.n) });
    showEvidence();
  }
  else if (at('choice')) trigger('submit', { question: at('choice').dataset.question });
  else if (at('remove')) trigger('delete', { document: Number(at('remove').dataset.document) });
  else if (at('copy')) copyText(at('copy'));
  else if (at('sheet')) toggleZoom(at('sheet'), event);
});
