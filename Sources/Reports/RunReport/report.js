"use strict";
// The slider over the samples, and the numbers under the pointer on the charts.

const frames = [...document.querySelectorAll(".frame")];
const slider = document.getElementById("slider");
const play = document.getElementById("play");
const stepLabel = document.getElementById("step");
let timer = null;

/** Shows one sample; without a script all of them stand one below the other. */
function show(index) {
  frames.forEach((frame, place) => { frame.hidden = place !== index; });
  slider.value = index;
  stepLabel.textContent = `step ${frames[index].dataset.step}`;
  slider.setAttribute("aria-valuetext", stepLabel.textContent);
}

function stop() {
  clearInterval(timer);
  timer = null;
  play.textContent = "Play";
  play.setAttribute("aria-pressed", "false");
}

function start() {
  if (Number(slider.value) === frames.length - 1) show(0);
  timer = setInterval(() => {
    const next = Number(slider.value) + 1;
    if (next < frames.length) show(next);
    if (next >= frames.length - 1) stop();
  }, Math.max(150, Math.min(700, 9000 / frames.length)));
  play.textContent = "Pause";
  play.setAttribute("aria-pressed", "true");
}

/** The sample that the address names: report.html#step-500. */
function showNamed() {
  const named = frames.findIndex((frame) => `#${frame.id}` === location.hash);
  if (named >= 0) show(named);
  return named >= 0;
}

if (slider) {
  if (!showNamed()) show(frames.length - 1);
  addEventListener("hashchange", showNamed);
  slider.addEventListener("input", () => {
    stop();
    show(Number(slider.value));
  });
  play.addEventListener("click", () => (timer ? stop() : start()));
}

const charts = JSON.parse(document.getElementById("charts").textContent);

/** The place of the point whose step is nearest. */
function nearest(points, step) {
  let [low, high] = [0, points.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (points[middle][0] <= step) low = middle;
    else high = middle;
  }
  return step - points[low][0] <= points[high][0] - step ? low : high;
}

for (const figure of document.querySelectorAll(".chart")) {
  const chart = charts[Number(figure.dataset.chart)];
  const area = figure.querySelector(".area");
  const cross = figure.querySelector(".cross");
  const told = figure.querySelector(".told");
  const longest = chart.curves.reduce((a, b) => (b.points.length > a.points.length ? b : a));
  let shown = null;

  function tell(place) {
    shown = Math.max(0, Math.min(longest.points.length - 1, place));
    const step = longest.points[shown][0];
    cross.hidden = false;
    cross.style.left = `${(100 * (step - chart.from)) / (chart.to - chart.from)}%`;
    told.replaceChildren(`step ${step.toLocaleString("en-US")}`);
    for (const curve of chart.curves) {
      const point = curve.points[nearest(curve.points, step)];
      const value = document.createElement("b");
      value.textContent = point[1];
      const from = point[0] === step ? "" : ` at ${point[0].toLocaleString("en-US")}`;
      told.append(` · ${curve.label} `, value, from);
    }
  }

  function clear() {
    shown = null;
    cross.hidden = true;
    told.replaceChildren();
  }

  function point(event) {
    const box = area.getBoundingClientRect();
    const part = (event.clientX - box.left) / box.width;
    tell(nearest(longest.points, chart.from + part * (chart.to - chart.from)));
  }

  area.addEventListener("pointermove", point);
  area.addEventListener("pointerdown", point);
  area.addEventListener("pointerleave", (event) => { if (event.pointerType === "mouse") clear(); });
  figure.addEventListener("blur", clear);
  figure.addEventListener("keydown", (event) => {
    const last = longest.points.length - 1;
    const stride = event.shiftKey ? 10 : 1;
    const place = {
      ArrowLeft: (shown ?? last + 1) - stride, ArrowRight: (shown ?? -1) + stride, Home: 0, End: last,
    }[event.key];
    if (event.key === "Escape") clear();
    if (place === undefined) return;
    event.preventDefault();
    tell(place);
  });
}
