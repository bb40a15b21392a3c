"use strict";
// A single image on click, beside the one of the night before where that was another; arrow keys,
// buttons and swipes go on to the next of its model.

const viewer = document.getElementById("viewer");
const caption = document.getElementById("caption");
const sides = ["old", "new"].map((name) => document.getElementById(name));
let shown = [];
let place = 0;

function fill(figure, address, words) {
  figure.hidden = !address;
  if (!address) return;
  const image = figure.querySelector("img");
  image.src = address;
  image.alt = words;
}

function show(index) {
  place = (index + shown.length) % shown.length;
  const link = shown[place];
  const { caption: words, before, hash } = link.dataset;
  fill(sides[0], before, `${words}, before`);
  fill(sides[1], link.getAttribute("href"), words);
  const small = document.createElement("small");
  small.textContent = `${place + 1} of ${shown.length} · ${hash}`;
  caption.replaceChildren(words, small);
}

for (const grid of document.querySelectorAll(".images")) {
  const links = [...grid.querySelectorAll("a")];
  links.forEach((link, index) => {
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      shown = links;
      show(index);
      viewer.showModal();
    });
  });
}

const go = { previous: () => show(place - 1), next: () => show(place + 1), close: () => viewer.close() };
for (const [name, act] of Object.entries(go)) {
  document.getElementById(name).addEventListener("click", act);
}

viewer.addEventListener("keydown", (event) => {
  const act = {
    ArrowLeft: go.previous, ArrowRight: go.next, Home: () => show(0), End: () => show(shown.length - 1),
  }[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

// A click beside the image closes it, and the link that it came from has the focus again.
viewer.addEventListener("click", (event) => {
  if (event.target === viewer) viewer.close();
});
viewer.addEventListener("close", () => shown[place].focus());

let from = null;
viewer.addEventListener("pointerdown", (event) => {
  from = event.pointerType === "mouse" ? null : event.clientX;
});
viewer.addEventListener("pointerup", (event) => {
  if (from === null) return;
  const way = event.clientX - from;
  from = null;
  if (Math.abs(way) > 40) (way > 0 ? go.previous : go.next)();
});
