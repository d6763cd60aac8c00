// What the pages have in common: they ask the native API of this gateway, as any page may, and set whatever comes as text.

export const $ = (id) => document.getElementById(id);

let key = sessionStorage.getItem("unifluid-key") ?? "";

export class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

export async function call(path, options = {}) {
  const headers = new Headers(options.headers);
  if (key) headers.set("authorization", `Bearer ${key}`);
  const response = await fetch(path, { ...options, headers });
  if (response.ok) return response;
  let message = `The gateway answered ${response.status}.`;
  try {
    message = (await response.json()).error.message;
  } catch { /* not in the API's shape: the status says it */ }
  throw new Refused(response.status, message);
}

export async function post(path, what) {
  return (await call(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(what) })).json();
}

export function hasKey() {
  return key !== "";
}

export function say(words) {
  $("connection").textContent = words;
}

export function askForKey(why) {
  $("key-form").hidden = false;
  $("key-problem").textContent = why;
  say("a key is needed");
  $("key").focus();
}

/** Calls back whenever a key was given. */
export function onKey(then) {
  $("key-form").addEventListener("submit", (event) => {
    event.preventDefault();
    key = $("key").value.trim();
    sessionStorage.setItem("unifluid-key", key);
    $("key-form").hidden = true;
    then();
  });
}

/** Signed links name the gateway as others reach it; this page is there already. */
export function local(link) {
  const url = new URL(link, location.href);
  return url.pathname + url.search;
}

export function list(facts) {
  const all = document.createElement("dl");
  for (const [name, value] of facts) all.append(text("dt", name), text("dd", String(value)));
  return all;
}

export function text(name, words, kind = "") {
  const made = element(name, kind);
  made.textContent = words;
  return made;
}

export function element(name, kind) {
  const made = document.createElement(name);
  if (kind) made.className = kind;
  return made;
}

export function button(words, act) {
  const made = text("button", words);
  made.type = "button";
  made.addEventListener("click", act);
  return made;
}
