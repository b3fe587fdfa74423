// Results of an answer: sorts their table, saves their picture, and asks for and saves their files.
// Stands behind sorting.js.
// `element`, `trigger` and `watch` are given by Gradio's HTML component.

const MARGIN = 20;  // in CSS pixels
const SCALE = 2;  // sharp in print

function save(name, address) {
  const link = document.createElement('a');
  link.download = name;
  link.href = address;
  link.click();
}

// A picture of the chart in its own, light colours, with its title and source: the page's styles do not reach it.
function savePicture(chart, name) {
  const [above, below, inside] = [chart.dataset.above, chart.dataset.below, chart.dataset.width].map(Number);
  const height = above + Number(chart.getAttribute('height')) + below + 2 * MARGIN;
  const width = inside + 2 * MARGIN;
  const inner = chart.cloneNode(true);
  Object.entries({ x: MARGIN, y: MARGIN + above, width: inside, overflow: 'visible' })
    .forEach(([attribute, value]) => inner.setAttribute(attribute, value));
  const sheet = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">`
    + `<rect width="100%" height="100%" fill="#fff"/>${new XMLSerializer().serializeToString(inner)}</svg>`;
  const picture = new Image();
  picture.onload = () => {
    const canvas = document.createElement('canvas');
    canvas.width = width * SCALE;
    canvas.height = height * SCALE;
    canvas.getContext('2d').drawImage(picture, 0, 0, canvas.width, canvas.height);
    save(name, canvas.toDataURL('image/png'));
  };
  picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(sheet)}`;
}

document.addEventListener('click', (event) => {
  const sorting = event.target.closest?.('.results .sort');
  if (sorting) {
    const heading = sorting.closest('th');
    sortTable(heading.closest('table'), heading.cellIndex, directionAfter(heading));
  }
  const saving = event.target.closest?.('.results .save');
  if (!saving) return;
  const { turn, form, name } = saving.dataset;
  if (form === 'png') savePicture(saving.closest('.results').querySelector('.chart'), name);
  else trigger('download', { turn: Number(turn), form, at: Date.now() });
});
