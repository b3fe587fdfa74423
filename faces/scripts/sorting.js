// Sorts a table by one of its headings: numbers as numbers, other texts as Chinese sorts them.

const textOf = (row, place) => row.children[place].dataset.key ?? row.children[place].textContent;

function sortTable(table, place, direction) {
  const headings = [...table.tHead.rows[0].cells];
  headings.forEach((heading, at) => {
    if (heading.hasAttribute('aria-sort')) heading.setAttribute('aria-sort', at === place ? direction : 'none');
  });
  const body = table.tBodies[0];
  const keyOf = (row) => textOf(row, place).replace(/,/g, '').trim();
  const isNumber = [...body.rows].every((row) => /^(—|-?[\d.]*)$/.test(keyOf(row)));
  const compare = isNumber
    ? (a, b) => (Number.parseFloat(a) || 0) - (Number.parseFloat(b) || 0)
    : (a, b) => a.localeCompare(b, 'zh-Hans-CN', { numeric: true });
  const turned = direction === 'ascending' ? 1 : -1;
  body.append(...[...body.rows].sort((a, b) => turned * compare(keyOf(a), keyOf(b))));
}

function directionAfter(heading) {
  return heading.getAttribute('aria-sort') === 'ascending' ? 'descending' : 'ascending';
}
