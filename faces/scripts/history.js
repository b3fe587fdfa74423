// The drawer with the conversations kept, and the rating of answers.
// `element`, `trigger` and `watch` are given by Gradio's HTML component.

const drawer = element.closest('#history');
const opener = () => document.getElementById('history-open');
drawer.setAttribute('role', 'region');
drawer.setAttribute('aria-labelledby', 'history-title');

// The conversation that is shown, and its last answer.
function shown() {
  return [...document.querySelectorAll('#chat .kept')].at(-1)?.dataset ?? {};
}

// Another answer in the chat while the drawer is open belongs into the list, or is of another entry.
let last;
const chat = new MutationObserver(() => {
  if (last === shown().token) return;
  last = shown().token;
  markCurrent();
  trigger('expand');
});

function isOpen() {
  return drawer.classList.contains('open');
}

function focusSearch() {
  drawer.querySelector('#history-search input').focus();
}

// In a narrow window the drawer lies over the chat.
function liesOver() {
  return getComputedStyle(drawer).position === 'fixed';
}

function toggle(open) {
  drawer.classList.toggle('open', open);
  opener().setAttribute('aria-expanded', open);
  chat.disconnect();
  if (!open) return opener().focus();
  chat.observe(document.getElementById('chat'), { childList: true, subtree: true });
  trigger('expand');
  focusSearch();
}

function markCurrent() {
  for (const entry of element.querySelectorAll('.conversation')) {
    entry.setAttribute('aria-current', entry.dataset.id === shown().conversation);
  }
}

watch('value', () => {
  const here = new Intl.DateTimeFormat(navigator.language, { dateStyle: 'short', timeStyle: 'short' });
  for (const time of element.querySelectorAll('time')) time.textContent = here.format(new Date(time.dateTime));
  markCurrent();
});

// The first click asks, the second deletes.
function remove(button) {
  const id = button.closest('.doings').dataset.id;
  if (!button.classList.contains('sure')) {
    const label = button.textContent;
    const calm = () => { button.classList.remove('sure'); button.textContent = label; };
    button.classList.add('sure');
    button.textContent = button.dataset.sure;
    button.addEventListener('blur', calm, { once: true });
    return;
  }
  if (!id || id === shown().conversation) document.getElementById('restart').click();
  trigger('delete', { id });
  focusSearch();  // the button goes with its conversation
}

element.addEventListener('click', (event) => {
  const button = event.target.closest('button');
  if (!button) return;
  if (button.matches('.conversation')) {
    trigger('select', { id: button.dataset.id });
    if (liesOver()) toggle(false);
  }
  else if (button.dataset.form) {
    trigger('download', { id: button.closest('.doings').dataset.id, form: button.dataset.form });
  }
  else remove(button);
});

// -- ratings ---------------------------------------------------------------------------------

function rate(kept) {
  const rating = kept.querySelector('.rate[aria-pressed=true]')?.dataset.rating ?? null;
  const comment = kept.querySelector('textarea').value;
  trigger('like', { token: kept.dataset.token, rating, comment });
}

function press(button) {
  const kept = button.closest('.kept');
  const pressed = button.getAttribute('aria-pressed') !== 'true';
  for (const other of kept.querySelectorAll('.rate')) other.setAttribute('aria-pressed', pressed && other === button);
  kept.querySelector('.comment').hidden = !pressed;
  rate(kept);
}

document.addEventListener('click', (event) => {
  if (event.target.closest('#history-open')) toggle(!isOpen());
  else if (event.target.closest('#history-close')) toggle(false);
  else if (event.target.closest('.rate')) press(event.target.closest('.rate'));
  else if (isOpen() && liesOver() && !drawer.contains(event.target)) toggle(false);
});

document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && isOpen() && drawer.contains(document.activeElement)) toggle(false);
});

document.addEventListener('submit', (event) => {
  if (!event.target.matches('.kept .comment')) return;
  event.preventDefault();
  rate(event.target.closest('.kept'));
  const send = event.target.querySelector('button');
  const label = send.textContent;
  send.textContent = send.dataset.done;
  setTimeout(() => { send.textContent = label; }, 1500);
});
