// Saves what the server wrote into this component as a file of the browser's.

watch('value', () => {
  const text = element.querySelector('pre');
  if (!text) return;
  const address = URL.createObjectURL(new Blob([text.textContent], { type: text.dataset.type }));
  const link = Object.assign(document.createElement('a'), { href: address, download: text.dataset.name });
  link.click();
  text.remove();
  setTimeout(() => URL.revokeObjectURL(address), 60000);
});
