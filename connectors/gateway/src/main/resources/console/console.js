// The console: the native API of this gateway, as any page may use it. Whatever comes from a request is set as text.

import { $, Refused, askForKey, button, call, element, hasKey, list, local, onKey, say, text } from "/console/api.js";

const OPEN = new Set(["submitted", "queued", "running", "waiting", "ending", "unknown"]);
const WAITING = new Set(["submitted", "queued", "waiting"]);
const BAD = new Set(["failed", "rejected", "expired"]);
const STAGES = [["queued", "queued"], ["batch_wait", "waiting for its batch"], ["lane_wait", "waiting for a worker"],
  ["fetch", "fetching the picture"], ["preprocess", "preparing it"], ["inference", "the model"], ["publish", "publishing"]];
const EXAMPLES = {
  unifluid: {
    ask: [["What color is the background?", ""], ["Is there a cat?", "yes\nno"], ["How many objects are there?", "one\ntwo\nthree"]],
    generate: [["a red apple"], ["a cat and a rocket"], ["a pizza on a blue background"]],
    edit: [["make the background green"], ["remove the cat"]],
  },
};
const MOST_ROWS = 200;
const MOST_TIMED = 500;
const SECONDS = 600;
const THUMB = 96;
const MOST_AGAIN = 100;

let models = [];
let paused = false;
let running = null;
const requests = new Map();
const pictures = new Map();
const timed = [];
const batches = [];
const failures = new Map();
const rates = new Array(SECONDS).fill(0);
const opens = new Array(SECONDS).fill(0);
const waits = new Array(SECONDS).fill(0);
const sizes = new Array(SECONDS).fill(0);
let batchesNow = [];
let cached = 0;
let counted = 0;

// ---- what runs

async function look() {
  models = (await (await call("/v1/models")).json()).data;
  const list = $("models");
  list.replaceChildren(...(models.length === 0
    ? [text("p", "No worker runs now: requests wait until one does.", "hint")]
    : models.map(card)));
  examples();
}

function card(model) {
  const more = model.unifluid;
  const box = element("div", "card");
  box.append(text("h3", model.id));
  const facts = [["family", more.family], ["version", more.version], ["workers", more.workers], ["on", more.devices.join(", ")],
    ["tasks", more.tasks.join(", ")], ...Object.entries(more.card ?? {}).map(([name, said]) => [words(name), said])];
  if (more.limits) {
    facts.push(["takes", `${more.limits.max_prompt_tokens} tokens of text, writes ${more.limits.max_new_tokens}`]);
    if (more.limits.width) facts.push(["draws", `${more.limits.width} x ${more.limits.height} px, up to ${more.limits.max_count} at once`]);
  }
  box.append(list(facts));
  return box;
}

function words(name) {
  return name.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();
}

// ---- try it

function task() {
  return document.querySelector("input[name=task]:checked").value;
}

function show() {
  for (const part of document.querySelectorAll("#ask-form [data-for]")) {
    part.hidden = !part.dataset.for.split(" ").includes(task());
  }
  examples();
}

function examples() {
  const known = EXAMPLES[models[0]?.unifluid.family]?.[task()] ?? [];
  $("examples").replaceChildren(...known.map(([words, choices]) => {
    return button(words, () => {
      if (task() === "ask") {
        $("question").value = words;
        $("choices").value = choices;
      } else {
        $("prompt").value = words;
      }
    });
  }));
}

$("tasks").addEventListener("change", show);

$("picture").addEventListener("change", () => {
  const file = $("picture").files[0];
  $("preview").hidden = !file;
  if (file) $("preview").src = URL.createObjectURL(file);
});

for (const kind of ["dragover", "dragleave", "drop"]) {
  $("try").addEventListener(kind, (event) => {
    event.preventDefault();
    $("try").classList.toggle("over", kind === "dragover");
    if (kind === "drop" && event.dataTransfer.files.length > 0) {
      $("picture").files = event.dataTransfer.files;
      $("picture").dispatchEvent(new Event("change"));
    }
  });
}

function wanted() {
  const form = new FormData();
  const what = { task: task() };
  if (what.task !== "generate") {
    const file = $("picture").files[0];
    if (!file) throw new Error("There is no picture: choose one.");
    form.set("image", file);
  }
  if (what.task === "ask") {
    what.question = $("question").value.trim();
    if (!what.question) throw new Error("There is no question: write one.");
    const choices = $("choices").value.split("\n").map((line) => line.trim()).filter(Boolean);
    if (choices.length > 0) what.choices = choices;
  }
  if (what.task === "generate" || what.task === "edit") {
    const words = $("prompt").value.trim();
    if (!words) throw new Error("There are no words: say what it shall be.");
    what[what.task === "generate" ? "prompt" : "instruction"] = words;
  }
  form.set("request", JSON.stringify(what));
  return form;
}

$("ask-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  $("ask-problem").textContent = "";
  let form;
  try {
    form = wanted();
  } catch (problem) {
    $("ask-problem").textContent = problem.message;
    return;
  }
  $("send").disabled = true;
  $("answer").replaceChildren(text("p", "Sent.", "hint"));
  try {
    let request = await (await call("/requests", { method: "POST", body: form })).json();
    running = request.id;
    $("stop").hidden = false;
    if (form.get("image")) pictures.set(request.id, URL.createObjectURL(form.get("image")));
    while (OPEN.has(request.status)) {
      $("answer").replaceChildren(text("p", `It is ${request.status}.`, "hint"));
      request = await (await call(`/requests/${encodeURIComponent(request.id)}?wait=20s`)).json();
    }
    $("answer").replaceChildren(...shown(request));
    heard(request);
  } catch (problem) {
    $("answer").replaceChildren();
    if (problem.status === 401) askForKey(problem.message);
    $("ask-problem").textContent = problem.message;
  } finally {
    running = null;
    $("send").disabled = false;
    $("stop").hidden = true;
  }
});

$("stop").addEventListener("click", async () => {
  try {
    if (running) await call(`/requests/${encodeURIComponent(running)}`, { method: "DELETE" });
  } catch (problem) {
    $("ask-problem").textContent = problem.message;
  }
});

// ---- a request, shown

function shown(request) {
  const parts = [];
  if (request.error) parts.push(text("p", `${request.error.kind}: ${request.error.message}`, "problem"));
  const output = request.output ?? {};
  if (output.caption !== undefined) {
    parts.push(text("p", output.caption || "(an empty caption)", "caption"));
    parts.push(text("p", `log-probability ${output.log_probability.toFixed(2)} over ${output.tokens} tokens`, "hint"));
  }
  for (const answer of output.answers ?? []) {
    parts.push(text("p", answer.question, "hint"), text("p", answer.answer, "caption"));
    if (answer.scores) parts.push(bars(answer.scores));
  }
  for (const image of output.images ?? []) {
    const picture = document.createElement("img");
    picture.src = local(image.url);
    picture.alt = `A picture of ${image.width} x ${image.height} pixels that the model made, seed ${image.seed}`;
    picture.className = "picture";
    parts.push(picture);
  }
  parts.push(list(facts(request)));
  if (BAD.has(request.status)) parts.push(button("Send it again", () => again([request.id])));
  return parts;
}

/** The gateway asks what it remembers of them once more; each gets an id of its own. */
async function again(ids) {
  let sent = 0;
  let why = "";
  for (const id of ids) {
    try {
      await call(`/requests/${encodeURIComponent(id)}/again`, { method: "POST" });
      sent++;
    } catch (problem) {
      why = problem.message;
      if (problem.status === 401) {
        askForKey(problem.message);
        break;
      }
    }
  }
  $("again-said").textContent = `${sent} of ${ids.length} sent again.${why ? ` ${why}` : ""}`;
}

function facts(request) {
  const all = [["id", request.id], ["status", request.status]];
  if (request.model) all.push(["model", `${request.model.name} ${request.model.version} on ${request.model.device}`]);
  if (request.batch) all.push(["batch of", request.batch.size]);
  if (request.attempts > 1) all.push(["attempts", request.attempts]);
  if (request.domain > 0.5) all.push(["note", "the picture is unlike those that the model was trained on: do not rely on what it says of it"]);
  if (request.cached) all.push(["reused", "an equal request had been answered"]);
  if (request.timings_ms) {
    all.push(["took", `${millis(Object.values(request.timings_ms).reduce((sum, each) => sum + each, 0))} ms, of it the model ${millis(request.timings_ms.inference)} ms`]);
  }
  if (request.detail) all.push(["detail", request.detail]);
  for (const [name, value] of Object.entries(request.labels ?? {})) all.push([name, value]);
  return all;
}

function bars(scores) {
  const items = Object.entries(scores).sort((a, b) => b[1] - a[1]).map(([choice, score]) => {
    const item = document.createElement("li");
    const meter = document.createElement("meter");
    meter.max = 1;
    meter.value = score;
    meter.setAttribute("aria-label", choice);
    item.append(text("span", choice), meter, text("span", `${(100 * score).toFixed(1)} %`));
    return item;
  });
  const all = element("ul", "bars");
  all.append(...items);
  return all;
}

// ---- live

function heard(request) {
  const known = requests.get(request.id);
  if (known && !OPEN.has(known.request.status)) return;
  if (!OPEN.has(request.status)) {
    counted++;
    rates[SECONDS - 1]++;
    if (request.timings_ms) keep(timed, request.timings_ms, MOST_TIMED);
    if (request.batch) {
      keep(batches, request.batch.size, MOST_TIMED);
      batchesNow.push(request.batch.size);
    }
    if (request.cached) cached++;
    if (request.error) {
      const of = failures.get(request.error.kind) ?? { count: 0, example: request.error.message, ids: [] };
      of.count++;
      keep(of.ids, request.id, MOST_AGAIN);
      failures.set(request.error.kind, of);
    }
  }
  const entry = known ?? { row: null };
  entry.request = request;
  requests.set(request.id, entry);
  if (!paused) row(entry);
  forget();
}

function keep(all, one, most) {
  all.push(one);
  if (all.length > most) all.shift();
}

/** The oldest that have ended go first. */
function forget() {
  for (const [id, entry] of requests) {
    if (requests.size <= MOST_ROWS) return;
    if (OPEN.has(entry.request.status) && requests.size <= 10 * MOST_ROWS) continue;
    if (entry.row) onScreen.unobserve(entry.row);
    entry.row?.remove();
    requests.delete(id);
    askedFor.delete(id);
    if (pictures.has(id)) URL.revokeObjectURL(pictures.get(id));
    pictures.delete(id);
  }
}

function row(entry) {
  const request = entry.request;
  if (!entry.row) {
    entry.row = $("request-template").content.firstElementChild.cloneNode(true);
    entry.row.classList.add("new");
    entry.row.querySelector("details").addEventListener("toggle", () => more(entry));
    $("requests").prepend(entry.row);
    onScreen.observe(entry.row);
    entry.row.dataset.id = request.id;
  }
  const at = new Date(request.completed_at ?? request.updated_at ?? request.submitted_at ?? Date.now());
  entry.row.querySelector("time").textContent = at.toLocaleTimeString();
  entry.row.querySelector(".what").textContent = summary(request);
  const status = entry.row.querySelector(".status");
  status.textContent = request.status;
  status.className = `status ${request.status}`;
  thumb(entry);
  more(entry);
  entry.row.hidden = !wantedRow(request);
}

function thumb(entry) {
  const request = entry.request;
  const source = request.output?.images?.[0] ? local(request.output.images[0].url) : pictures.get(request.id);
  const thumb = entry.row.querySelector(".thumb");
  if (source && thumb.firstChild?.getAttribute("src") !== source) {
    const picture = document.createElement("img");
    picture.alt = "";
    picture.loading = "lazy";
    picture.src = source;
    thumb.replaceChildren(picture);
  }
}

// Pictures that others sent are asked for when their row is seen, one after the other: each is a request of the tenant's.
const unseen = [];
const askedFor = new Set();
let asking = false;
const onScreen = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    const id = target.dataset.id;
    if (!isIntersecting || pictures.has(id) || askedFor.has(id)) continue;
    askedFor.add(id);
    unseen.push(id);
  }
  pictureNext();
});

async function pictureNext() {
  if (asking) return;
  asking = true;
  for (let id = unseen.pop(); id; id = unseen.pop()) {
    const entry = requests.get(id);
    if (!entry || entry.request.output?.images) continue;
    try {
      const whole = await createImageBitmap(await (await call(`/requests/${encodeURIComponent(id)}/picture`)).blob());
      const canvas = document.createElement("canvas");
      const scale = THUMB / Math.min(whole.width, whole.height);
      canvas.width = Math.min(4 * THUMB, Math.ceil(whole.width * scale));
      canvas.height = Math.min(4 * THUMB, Math.ceil(whole.height * scale));
      canvas.getContext("2d").drawImage(whole, 0, 0, canvas.width, canvas.height);
      whole.close();
      const small = await new Promise((resolve) => canvas.toBlob(resolve));
      if (!requests.has(id)) continue;
      pictures.set(id, URL.createObjectURL(small));
      thumb(entry);
    } catch (problem) {
      if (problem.status === 429) await new Promise((resolve) => setTimeout(resolve, 30000));
      // Else there is none to be shown: it has no picture, or one that lies elsewhere or is not remembered.
    }
  }
  asking = false;
}

function more(entry) {
  if (entry.row.querySelector("details").open) entry.row.querySelector(".more").replaceChildren(...shown(entry.request));
}

function summary(request) {
  const output = request.output ?? {};
  if (request.error) return `${request.error.kind}: ${request.error.message}`;
  if (output.caption !== undefined) return output.caption || "(an empty caption)";
  if (output.answers) return output.answers.map((answer) => `${answer.question} ${answer.answer}`).join("; ");
  if (output.images) return `${output.images.length} picture${output.images.length === 1 ? "" : "s"}`;
  return request.detail ?? request.id;
}

function wantedRow(request) {
  const filter = $("filter").value;
  return filter === "" || filter === request.status || (filter === "open" && OPEN.has(request.status))
    || (filter === "failed" && BAD.has(request.status));
}

$("filter").addEventListener("change", () => {
  for (const entry of requests.values()) if (entry.row) entry.row.hidden = !wantedRow(entry.request);
});

$("pause").addEventListener("click", () => {
  paused = !paused;
  $("pause").setAttribute("aria-pressed", paused);
  $("pause").textContent = paused ? "Go on" : "Pause";
  if (!paused) for (const entry of requests.values()) row(entry);
});

/** Server-sent events by hand, since an EventSource can send no key. */
async function follow() {
  let last = "";
  let pause = 1000;
  while (true) {
    try {
      const response = await call("/events", { headers: last ? { "last-event-id": last } : {} });
      say("live");
      pause = 1000;
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      let rest = "";
      for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
        rest += piece.value.replaceAll("\r", "");
        for (let end = rest.indexOf("\n\n"); end >= 0; end = rest.indexOf("\n\n")) {
          last = told(rest.slice(0, end)) ?? last;
          rest = rest.slice(end + 2);
        }
      }
      say("the connection ended; it is made anew");
    } catch (problem) {
      if (problem.status === 401) {
        askForKey(problem.message);
        return;
      }
      say(problem instanceof Refused ? problem.message : "the gateway does not answer; it is asked again");
    }
    await new Promise((resolve) => setTimeout(resolve, pause));
    pause = Math.min(30000, 2 * pause);
  }
}

function told(event) {
  let name = "message";
  let data = "";
  let id;
  for (const line of event.split("\n")) {
    const [, field, value] = /^([a-z]*):? ?(.*)$/s.exec(line) ?? [];
    if (field === "event") name = value;
    if (field === "data") data += value;
    if (field === "id") id = value;
  }
  if (name === "request") heard(JSON.parse(data));
  if (name === "missed") say("live; some events were missed");
  return id;
}

// ---- numbers

function millis(time) {
  return time > 0 && time < 10 ? time.toFixed(1) : time.toFixed(0);
}

function quantile(sorted, share) {
  return sorted.length === 0 ? 0 : sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

function numbers() {
  const open = [...requests.values()].filter((entry) => OPEN.has(entry.request.status)).length;
  opens[SECONDS - 1] = open;
  waits[SECONDS - 1] = [...requests.values()].filter((entry) => WAITING.has(entry.request.status)).length;
  sizes[SECONDS - 1] = batchesNow.length ? batchesNow.reduce((sum, each) => sum + each, 0) / batchesNow.length : 0;
  batchesNow = [];
  $("n-open").textContent = open;
  $("n-rate").textContent = (rates.slice(-11, -1).reduce((sum, each) => sum + each, 0) / 10).toFixed(1);
  $("n-batch").textContent = batches.length ? (batches.reduce((sum, each) => sum + each, 0) / batches.length).toFixed(1) : "–";
  $("n-cached").textContent = cached;
  $("live-count").textContent = counted ? `${counted} ended` : "";
  $("live-empty").hidden = requests.size > 0;
  draw();
  stages();
  if (failures.size > 0) {
    $("failures").tBodies[0].replaceChildren(...[...failures].sort((a, b) => b[1].count - a[1].count).map(([kind, of]) => {
      const line = document.createElement("tr");
      const act = document.createElement("td");
      const send = button("Send again", () => again(of.ids.splice(0)));
      send.setAttribute("aria-label", `Send again what failed as ${kind}`);
      send.disabled = of.ids.length === 0;
      act.append(send);
      line.append(text("th", kind), text("td", String(of.count)), text("td", of.example), act);
      line.firstChild.scope = "row";
      return line;
    }));
  }
  rates.push(0);
  rates.shift();
  for (const [values, next] of [[opens, open], [waits, waits[SECONDS - 1]], [sizes, 0]]) {
    values.push(next);
    values.shift();
  }
}

function draw() {
  const line = (values, kind) => {
    const most = Math.max(1, ...values);
    const made = document.createElementNS("http://www.w3.org/2000/svg", "polyline");
    made.setAttribute("class", kind);
    made.setAttribute("points", values.map((value, i) => `${(480 * i) / (SECONDS - 1)},${86 - (80 * value) / most}`).join(" "));
    return made;
  };
  const chart = (name, said, a, b) => {
    const title = $(`${name}-words`);
    title.textContent = said;
    $(name).replaceChildren(title, line(a, "a"), line(b, "b"));
  };
  chart("rate", `at most ${Math.max(...rates)} results a second and ${Math.max(...opens)} requests under way`, rates, opens);
  chart("depth", `at most ${Math.max(...waits)} requests waiting and ${Math.max(...sizes).toFixed(1)} in a batch`, waits, sizes);
  $("depth-most").textContent = Math.max(...waits);
  $("size-most").textContent = Math.max(...sizes).toFixed(1);
  $("rate-most").textContent = Math.max(...rates);
  $("open-most").textContent = Math.max(...opens);
}

function stages() {
  const medians = STAGES.map(([name]) => timed.map((one) => one[name]).sort((a, b) => a - b));
  const whole = Math.max(1, medians.reduce((sum, values) => sum + quantile(values, 0.5), 0));
  $("stages").tBodies[0].replaceChildren(...STAGES.map(([, said], i) => {
    const line = document.createElement("tr");
    const meter = document.createElement("meter");
    meter.max = 1;
    meter.value = quantile(medians[i], 0.5) / whole;
    meter.setAttribute("aria-label", `share of ${said}`);
    const share = document.createElement("td");
    share.append(meter);
    line.append(text("th", said), text("td", millis(quantile(medians[i], 0.5))), text("td", millis(quantile(medians[i], 0.95))), share);
    line.firstChild.scope = "row";
    return line;
  }));
}

// ---- begin

let followed = false;

async function begin() {
  try {
    await look();
  } catch (problem) {
    if (problem.status === 401) {
      askForKey(hasKey() ? problem.message : "");
      return;
    }
    say(problem.message);
  }
  if (!followed) {
    followed = true;
    follow().finally(() => { followed = false; });
  }
}

show();
numbers();
setInterval(numbers, 1000);
setInterval(() => look().catch(() => {}), 10000);
onKey(begin);
begin();
