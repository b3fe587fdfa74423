// What Gradio leaves out for those who do not see the page.

document.documentElement.lang = navigator.language.startsWith('zh') ? navigator.language : 'en';

// Examples are buttons in what calls itself a list, but has no list items.
const mendRoles = () => document.querySelectorAll('#chat .examples[role="list"]')
  .forEach((examples) => examples.setAttribute('role', 'group'));
new MutationObserver(mendRoles).observe(document.body, { childList: true, subtree: true });
mendRoles();

