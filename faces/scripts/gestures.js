// The page's few gestures, passed on as events of one invisible component.
// `element`, `trigger`, `props` and `watch` are given by Gradio's HTML component.

const ELEMENT_OF = { cite: '.cite, .compare', choice: '.choice', stop: '.stop', copy: '.copy' };

function copyText(button) {
  const label = button.textContent;
  const done = () => {
    button.textContent = button.dataset.done;
    setTimeout(() => { button.textContent = label; }, 2500);
  };
  navigator.clipboard.writeText(button.dataset.copy ?? new URL(button.dataset.link, location).href).then(done);
}

function showEvidence() {
  // On a telephone the evidence stands below the chat.
  if (matchMedia('(max-width: 720px)').matches) document.getElementById('evidence').scrollIntoView();
}

function recallQuestion(box, event) {
  const asked = [...document.querySelectorAll('#chat .user .message-content')].at(-1);
  if (!asked) return;
  event.preventDefault();
  box.value = asked.textContent;
  box.dispatchEvent(new Event('input', { bubbles: true }));
}

document.addEventListener('click', (event) => {
  const at = (name) => event.target.closest?.(ELEMENT_OF[name]);
  if (at('cite')) {
    trigger('select', { index: Number(at('cite').dataset.turn), value: JSON.parse(at('cite').dataset.n) });
    showEvidence();
  }
  else if (at('choice')) trigger('submit', { question: at('choice').dataset.question });
  else if (at('stop')) trigger('stop');
  else if (at('copy')) copyText(at('copy'));
});

document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && document.querySelector('#chat .stop')) trigger('stop');
  const box = event.target.closest?.('#question textarea');
  if (box && event.key === 'ArrowUp' && !box.value) recallQuestion(box, event);
});
