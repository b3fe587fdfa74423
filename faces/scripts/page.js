// What Gradio leaves out for those who do not see the page.

document.documentElement.lang = navigator.language.startsWith('zh') ? navigator.language : 'en';

// Browsers offer the clipboard on https and loopback only; elsewhere a selected text is copied, as of old.
async function writeText(text) {
  const held = Object.assign(document.createElement('textarea'), { value: text });
  document.body.append(held);
  held.select();
  document.execCommand('copy');
  held.remove();
}
if (!navigator.clipboard) Object.defineProperty(navigator, 'clipboard', { value: { writeText } });

// Examples are buttons in what calls itself a list, but has no list items.
const mendRoles = () => document.querySelectorAll('#chat .examples[role="list"]')
  .forEach((examples) => examples.setAttribute('role', 'group'));
new MutationObserver(mendRoles).observe(document.body, { childList: true, subtree: true });
mendRoles();

