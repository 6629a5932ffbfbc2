// Goes on with the page of a run where the server's HTML ends: the events of its journal, as they
// come, in the same markup (the templates at the end of run.html). All of it is text, never HTML.
"use strict";

const page = document.getElementById("run");
const lastLines = 5000; // as many as the server would show
const longLog = 200; // from here on, steps that went well are closed
let lines = Number(page.dataset.lines);
let begun = document.getElementById("since")?.dateTime;
const groups = new Map(); // step element -> the group that its lines go to

function clone(name) {
  return document.getElementById(name).content.firstElementChild.cloneNode(true);
}

function setState(within, word) {
  const state = within.querySelector(".state");
  state.dataset.state = word;
  state.textContent = word;
}

function setText(element, text) {
  element.textContent = text ?? "";
  element.hidden = !text;
}

function humanDuration(ms) {
  const seconds = Math.floor(ms / 1000);
  const two = (number) => String(number).padStart(2, "0");
  if (ms < 1000) return `${ms} ms`;
  if (ms < 10000) return `${seconds}.${Math.floor((ms % 1000) / 100)} s`;
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${two(seconds % 60)} s`;
  return `${Math.floor(seconds / 3600)} h ${two(Math.floor(seconds / 60) % 60)} min`;
}

function took(event) {
  return event.conclusion === "skipped" ? "" : humanDuration(event.duration_ms);
}

// The colours of terminals: as ansi_html.cpp has them.
function appendColoured(to, text) {
  let colour = -1;
  let bold = false;
  const append = (piece) => {
    const plain = piece.replace(/[\x00-\x08\x0a-\x1f]/g, "");
    if (!plain) return;
    const classes = [colour >= 0 ? `ansi-${colour}` : "", bold ? "ansi-bold" : ""].join(" ").trim();
    if (!classes) return to.append(plain);
    const span = document.createElement("span");
    span.className = classes;
    span.textContent = plain;
    to.append(span);
  };
  const apply = (numbers) => {
    for (let i = 0; i < numbers.length; ++i) {
      const number = numbers[i];
      if (number === 0) (colour = -1), (bold = false);
      if (number === 1) bold = true;
      if (number === 22) bold = false;
      if (number >= 30 && number <= 37) colour = number - 30;
      if (number >= 90 && number <= 97) colour = number - 82;
      if (number === 39) colour = -1;
      if (number !== 38 && number !== 48) continue;
      if (number === 38 && numbers[i + 1] === 5) colour = numbers[i + 2] < 16 ? numbers[i + 2] : -1;
      i += numbers[i + 1] === 5 ? 2 : numbers[i + 1] === 2 ? 4 : 0;
    }
  };
  const sequence = /\x1b(?:\[([0-?]*)[ -/]*([@-~])|\][^\x07\x1b]*(?:\x07|\x1b\\|$)|[^[\]]|$)/g;
  let from = 0;
  for (const match of text.matchAll(sequence)) {
    append(text.slice(from, match.index));
    from = match.index + match[0].length;
    if (match[2] === "m") apply(match[1].split(/[;:]/).map(Number));
  }
  append(text.slice(from));
}

function findJob(event) {
  const key = CSS.escape(event.job);
  const found = page.querySelector(`.job[data-job="${key}"]`);
  if (found) return found;
  document.getElementById("waiting")?.remove();
  const all = document.getElementById("jobs");
  const job = clone("new-job");
  job.id = `job-${all.querySelectorAll(".job").length + 1}`;
  job.dataset.job = event.job;
  job.querySelector(".name").textContent = event.name ?? event.job;
  all.append(job);
  const link = clone("new-link");
  link.firstElementChild.href = `#${job.id}`;
  link.firstElementChild.dataset.job = event.job;
  link.querySelector(".name").textContent = event.name ?? event.job;
  document.getElementById("links").append(link);
  return job;
}

function findStep(event) {
  const job = findJob(event);
  const found = job.querySelector(`.step[data-step="${event.step}"]`);
  if (found) return found;
  const step = clone("new-step");
  step.dataset.step = event.step;
  step.open = true;
  step.querySelector(".name").textContent = event.name ?? "The job itself";
  if (event.step === 0) setState(step, "");
  job.querySelector(".steps").append(step);
  return step;
}

function startStep(event) {
  const job = findJob(event);
  for (const step of job.querySelectorAll(".step[open]")) {
    const state = step.querySelector(".state").dataset.state;
    if (lines > longLog && state !== "failure" && state !== "running") step.open = false;
  }
  findStep(event);
}

function finishStep(event) {
  const step = findStep(event);
  setState(step, event.conclusion);
  step.querySelector("summary .why").textContent = event.reason ?? "";
  step.querySelector(".took").textContent = took(event);
  groups.delete(step);
}

function addLine(event) {
  const step = findStep(event);
  const log = step.querySelector(".log");
  if (event.kind === "endgroup") return groups.delete(step);
  let line;
  if (event.kind === "group") {
    line = document.createElement("details");
    line.className = "group";
    const summary = document.createElement("summary");
    appendColoured(summary, event.line);
    line.append(summary);
    log.append(line);
    groups.set(step, line);
  } else {
    line = document.createElement("div");
    line.className = `line ${event.kind}`;
    appendColoured(line, event.line);
    (groups.get(step) ?? log).append(line);
  }
  if (++lines > lastLines) page.querySelector(".log .line")?.remove();
}

function addAnnotation(event) {
  const item = clone("new-annotation");
  const { file, line, col, title } = event.properties ?? {};
  item.className = event.level;
  item.querySelector(".level").textContent = event.level;
  item.querySelector(".quiet").textContent = findJob(event).querySelector(".name").textContent;
  item.querySelector("code").textContent = file ? [file, line, col].filter(Boolean).join(":") : "";
  item.querySelector("strong").textContent = title ?? "";
  appendColoured(item.querySelector(".message"), event.message);
  const section = document.getElementById("annotations");
  const rank = ({ className }) => ["error", "warning"].indexOf(className) + 1 || 3; // worse ones first
  const later = [...section.querySelectorAll("li")].find((other) => rank(other) > rank(item));
  section.querySelector("ul").insertBefore(item, later ?? null);
  section.hidden = false;
}

function addImage(event) {
  const item = clone("new-image");
  setState(item, event.verified ? "verified" : event.state);
  item.querySelector(".ref").textContent = event.ref;
  item.querySelector(".digest").textContent = event.digest;
  item.querySelector(".why").textContent = event.detail ?? "";
  const section = document.getElementById("images");
  section.querySelector("ul").append(item);
  section.hidden = false;
}

function finishJob(event) {
  const job = findJob(event);
  setState(job, event.conclusion);
  job.querySelector(".took").textContent = took(event);
  setText(job.querySelector(".reason"), event.reason);
  const key = CSS.escape(event.job);
  setState(page.querySelector(`#links a[data-job="${key}"]`), event.conclusion);
}

function showState(word) {
  const state = document.getElementById("state");
  const old = state.textContent;
  state.dataset.state = word;
  state.textContent = word;
  document.title = word + document.title.slice(old.length);
}

// The service knows the end of a run a little later than its journal, and more about it.
async function showEnd(triesLeft = 20) {
  const answer = await fetch(`/api/runs/${page.dataset.run}`, { cache: "no-store" });
  const run = await answer.json();
  if (run.state !== "ended" && triesLeft > 0) return setTimeout(showEnd, 500, triesLeft - 1);
  showState(run.conclusion ?? run.state);
  for (const state of page.querySelectorAll(".job .state, #links .state")) {
    if (state.dataset.state === "running") setState(state.parentElement, run.conclusion);
  }
  const reason = document.getElementById("reason");
  reason.className = `banner ${run.conclusion}`;
  setText(reason, run.reason);
  const note = document.getElementById("note");
  if (note.textContent === run.reason) setText(note, "");
  if (run.duration !== null) {
    document.getElementById("duration").textContent = humanDuration(Math.round(run.duration * 1000));
  }
}

const handlers = {
  "run.started"(event) {
    begun = event.time;
    page.querySelector(".title").textContent = event.name;
    showState("running");
  },
  "job.started": findJob,
  "step.started": startStep,
  log: addLine,
  annotation: addAnnotation,
  "step.finished": finishStep,
  "step.summary"(event) {
    const summary = document.createElement("pre");
    summary.className = "summary";
    summary.textContent = event.markdown;
    findStep(event).append(summary);
  },
  "image.pushed": addImage,
  "job.finished": finishJob,
  notice(event) {
    const item = document.createElement("li");
    item.textContent = event.text;
    document.getElementById("notices").append(item);
  },
  "run.finished"(event) {
    finished = true;
    stream.close();
    clearInterval(clock);
    showState(event.conclusion);
    setText(document.getElementById("note"), event.note);
    showEnd().catch(() => {});
  },
};

// Events come in bursts: what is read stays in view, and the page is moved once a frame.
function atEnd() {
  const root = document.documentElement;
  return root.scrollHeight > root.clientHeight && root.scrollTop + root.clientHeight >= root.scrollHeight - 40;
}

const clock = setInterval(() => {
  if (!begun || document.getElementById("state").dataset.state !== "running") return;
  document.getElementById("duration").textContent = humanDuration(Date.now() - Date.parse(begun));
}, 1000);
let lastId = page.dataset.after;
let finished = false;
let scrolling = false;
let stream;

function receive(message) {
  const event = JSON.parse(message.data);
  const follow = atEnd();
  lastId = message.lastEventId;
  handlers[event.event]?.(event);
  if (!follow || scrolling) return;
  scrolling = true;
  requestAnimationFrame(() => {
    scrolling = false;
    scrollTo(0, document.documentElement.scrollHeight);
  });
}

// Browsers connect again by themselves, but not after every error. Of a run that has ended there
// is nothing more.
async function reopen() {
  const answer = await fetch(`/api/runs/${page.dataset.run}`, { cache: "no-store" });
  const run = await answer.json();
  if (run.state === "ended" && lastId === reopen.before) return showEnd();
  reopen.before = lastId;
  open();
}

function open() {
  stream = new EventSource(`/api/runs/${page.dataset.run}/events?after=${lastId}`);
  stream.onmessage = receive;
  stream.onerror = () => {
    if (finished || stream.readyState !== EventSource.CLOSED) return;
    const again = () => reopen().catch(() => setTimeout(again, 3000));
    setTimeout(again, 1000);
  };
}

open();
