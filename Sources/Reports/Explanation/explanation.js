"use strict";
// Draws the heads' maps, and one of them large with the tokens at its sides.

const labels = [...document.querySelectorAll("#prompt a")].map((token) => token.textContent);
const count = labels.length;
const buttons = [...document.querySelectorAll("[data-map]")];
const dialog = document.getElementById("large");
const large = dialog.querySelector("canvas");
const output = dialog.querySelector("output");
let shown = null;

/** The weights of a map: 0 to 1 by row and column. */
function weights(button) {
  const bytes = atob(button.dataset.map);
  return (row, column) =>
    column > row ? 0 : (bytes.charCodeAt((row * (row + 1)) / 2 + column) / 255) ** 2;
}

/** A color of the page: "24 82 190" as three numbers, or any other as it is. */
function color(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** How strong the color of a weight is: little weights are to be seen, too. */
const strength = (weight) => Math.sqrt(weight);

function drawSmall(button) {
  const canvas = button.querySelector("canvas");
  canvas.width = canvas.height = count;
  const image = new ImageData(count, count);
  const [red, green, blue] = color("--map").split(" ").map(Number);
  const weight = weights(button);
  for (let row = 0; row < count; row++) {
    for (let column = 0; column <= row; column++) {
      const alpha = 255 * strength(weight(row, column));
      image.data.set([red, green, blue, alpha], 4 * (row * count + column));
    }
  }
  canvas.getContext("2d").putImageData(image, 0, 0);
}

/** Where things lie in the large map, in pixels of the page. */
function layout() {
  const space = Math.min(innerWidth * 0.88, innerHeight * 0.7);
  const font = "14px ui-monospace, 'DejaVu Sans Mono', monospace";
  const context = large.getContext("2d");
  context.font = font;
  const longest = Math.max(...labels.map((label) => context.measureText(label).width));
  const margin = Math.ceil(longest) + 8;
  const cell = Math.max(15, Math.min(36, Math.floor((space - margin) / count)));
  return { font, margin, cell, size: margin + cell * count + 1 };
}

function drawLarge(marked) {
  const { font, margin, cell, size } = layout();
  const context = large.getContext("2d");
  const scale = devicePixelRatio || 1;
  large.width = large.height = Math.round(size * scale);
  large.style.width = large.style.height = `${size}px`;
  context.scale(scale, scale);
  context.font = font;
  context.textBaseline = "middle";
  const weight = weights(shown);
  for (let row = 0; row < count; row++) {
    for (let column = 0; column <= row; column++) {
      context.fillStyle = `rgb(${color("--map")} / ${strength(weight(row, column))})`;
      context.fillRect(margin + column * cell, margin + row * cell, cell, cell);
    }
  }
  const side = (text, isMarked, place) => {
    context.fillStyle = color(isMarked ? "--ink" : "--faint");
    place();
    context.fillText(text, 0, 0);
    context.restore();
  };
  for (let index = 0; index < count; index++) {
    const middle = margin + (index + 0.5) * cell;
    side(labels[index], marked?.row === index, () => {
      context.save();
      context.textAlign = "right";
      context.translate(margin - 4, middle);
    });
    side(labels[index], marked?.column === index, () => {
      context.save();
      context.textAlign = [...labels[index]].length > 1 ? "left" : "center";
      context.translate(middle, margin - (context.textAlign === "left" ? 4 : 10));
      if (context.textAlign === "left") context.rotate(-Math.PI / 2);
    });
  }
  context.strokeStyle = color("--line");
  context.strokeRect(margin + 0.5, margin + 0.5, cell * count, cell * count);
  if (marked) {
    context.strokeStyle = color("--ink");
    context.strokeRect(
      margin + marked.column * cell + 0.5, margin + marked.row * cell + 0.5, cell - 1, cell - 1);
  }
}

function open(button) {
  shown = button;
  dialog.querySelector("h3").textContent = button.dataset.name;
  output.textContent = "Point at a cell.";
  drawLarge(null);
  dialog.showModal();
}

function point(event) {
  const { margin, cell } = layout();
  const box = large.getBoundingClientRect();
  const column = Math.floor((event.clientX - box.left - margin) / cell);
  const row = Math.floor((event.clientY - box.top - margin) / cell);
  if (column < 0 || row < column || row >= count) return;
  const percent = (100 * weights(shown)(row, column)).toFixed(1);
  output.textContent =
    `${labels[row]} (${row + 1}) takes ${percent} % from ${labels[column]} (${column + 1})`;
  drawLarge({ row, column });
}

for (const button of buttons) {
  drawSmall(button);
  button.addEventListener("click", () => open(button));
}
large.addEventListener("pointermove", point);
large.addEventListener("pointerdown", point);
dialog.addEventListener("click", (event) => {
  if (event.target === dialog) dialog.close();
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  buttons.forEach(drawSmall);
  if (dialog.open) drawLarge(null);
});
