// Says each answer to a screen reader once, when it comes; the chat itself, which would read out its
// buttons and sources too, keeps quiet.

element.setAttribute('role', 'status');
element.setAttribute('aria-live', 'polite');

watch('value', () => document.querySelector('#chat [role=log]')?.setAttribute('aria-live', 'off'));
