// Says each answer to a screen reader once, when it comes, and shows it from its question on. The chat
// itself, which would read out its buttons and sources too, keeps quiet.
// `element` and `watch` are given by Gradio's HTML component.

element.setAttribute('role', 'status');
element.setAttribute('aria-live', 'polite');

watch('value', () => requestAnimationFrame(() => {
  const log = document.querySelector('#chat [role=log]');
  log?.setAttribute('aria-live', 'off');
  const asked = [...document.querySelectorAll('#chat .user-row')].at(-1);
  if (asked) log.scrollTop += asked.getBoundingClientRect().top - log.getBoundingClientRect().top - 8;
}));
