// What people must look at: one picture at a time, blurred until asked for, with the keyboard or without.

import { $, askForKey, call, element, hasKey, list, local, onKey, post, say, text } from "/console/api.js";

const NAME = "unifluid-reviewer";
let items = [];
let at = -1;
let shown = "";

/** One at a time: an earlier answer must not come after a later one. */
async function look() {
  if ($("again").disabled) return;
  $("again").disabled = true;
  const before = items[at]?.id;
  try {
    items = (await (await call("/v1/moderations/reviews")).json()).data;
    say("ready");
    $("problem").textContent = "";
  } catch (problem) {
    items = [];
    if (problem.status === 401) askForKey(hasKey() ? problem.message : "");
    else say(problem.message);
  } finally {
    $("again").disabled = false;
  }
  const still = items.findIndex((item) => item.id === before);
  at = still >= 0 ? still : items.length > 0 ? Math.min(Math.max(at, 0), items.length - 1) : -1;
  show();
}

function show() {
  $("queue-count").textContent = items.length ? `${items.length}` : "";
  $("queue-empty").hidden = items.length > 0;
  $("items").replaceChildren(...items.map((item, i) => {
    const line = document.createElement("li");
    const pick = element("button", "pick");
    pick.type = "button";
    if (i === at) pick.setAttribute("aria-current", "true");
    pick.append(text("span", item.subject_id), text("span", item.labels.join(", ") || item.decision, "hint"));
    pick.addEventListener("click", () => go(i));
    line.append(pick);
    return line;
  }));
  const item = items[at];
  $("item-body").hidden = !item;
  if (!item) {
    $("item-title").textContent = "No picture";
    shown = "";
    return;
  }
  $("item-title").textContent = `${at + 1} of ${items.length}: ${item.subject_id}`;
  if (item.id !== shown) {
    blur(true);
    $("reason").value = "";
  }
  shown = item.id;
  $("seen").hidden = $("show").hidden = !item.image_url;
  $("seen-none").hidden = Boolean(item.image_url);
  if (item.image_url) $("seen").src = local(item.image_url);
  else $("seen").removeAttribute("src");
  $("reasons").replaceChildren(...item.reasons.map((reason) => text("li", reason.text)));
  const facts = [["in force", item.decision], ["judged", new Date(item.judged_at).toLocaleString()]];
  if (item.labels.length) facts.push(["labels", item.labels.join(", ")]);
  if (item.sampled) facts.push(["sampled", "it was allowed, and picked to be looked at"]);
  const last = item.last_decision;
  if (last) facts.push(["decided before", `${last.decision} by ${last.by}: ${last.reason}`]);
  $("facts").replaceChildren(list(facts));
}

function blur(blurred) {
  $("seen").classList.toggle("blurred", blurred);
  $("seen").alt = blurred ? "The picture, blurred until you ask for it" : "The picture that is judged";
  $("show").setAttribute("aria-pressed", !blurred);
}

/** The heading takes the focus, so that a screen reader says which one it is. */
function go(to) {
  if (items.length === 0) return;
  at = Math.min(Math.max(to, 0), items.length - 1);
  $("problem").textContent = "";
  show();
  $("items").children[at].scrollIntoView({ block: "nearest" });
  $("item-title").focus();
}

async function decide(decision) {
  const item = items[at];
  if (!item) return;
  for (const [id, words] of [["by", "Say who you are."], ["reason", "Say why."]]) {
    if (!$(id).value.trim()) {
      $("problem").textContent = words;
      $(id).focus();
      return;
    }
  }
  const by = $("by").value.trim();
  sessionStorage.setItem(NAME, by);
  $("problem").textContent = "";
  for (const id of ["approve", "block"]) $(id).disabled = true;
  try {
    const made = await post(`/v1/moderations/reviews/${encodeURIComponent(item.id)}`,
      { decision, by, reason: $("reason").value.trim(), revision: item.revision });
    $("done").textContent = `${item.subject_id}: ${made.before} became ${made.decision}.`;
    items = items.filter((other) => other.id !== item.id);
    at = Math.min(at, items.length - 1);
    show();
    $("item-title").focus();
  } catch (problem) {
    if (problem.status === 401) askForKey(problem.message);
    $("problem").textContent = problem.message;
  } finally {
    for (const id of ["approve", "block"]) $(id).disabled = false;
  }
}

$("decide").addEventListener("submit", (event) => {
  event.preventDefault();
  decide(event.submitter?.value ?? "");
});
$("again").addEventListener("click", look);
$("show").addEventListener("click", () => blur(!$("seen").classList.contains("blurred")));
$("previous").addEventListener("click", () => go(at - 1));
$("next").addEventListener("click", () => go(at + 1));

const KEYS = { j: () => go(at + 1), k: () => go(at - 1), s: () => $("show").click(), a: () => decide("approve"), b: () => decide("block") };

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
  const act = KEYS[event.key];
  if (act && !$("item-body").hidden) {
    event.preventDefault();
    act();
  }
});

$("by").value = sessionStorage.getItem(NAME) ?? "";
onKey(look);
look();
