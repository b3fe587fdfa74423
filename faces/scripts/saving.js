// Saves what the server wrote into this component as a file of the browser's. A long data address
// is not saved by every browser, so it becomes a blob first.

watch('value', async () => {
  const written = element.querySelector('a[download]');
  if (!written) return;
  written.remove();
  const address = URL.createObjectURL(await (await fetch(written.href)).blob());
  Object.assign(document.createElement('a'), { href: address, download: written.download }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60000);
});
