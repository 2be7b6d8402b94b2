// Comments that arrive while the page is open.  Text is set as text, never as HTML.
"use strict";

const list = document.getElementById("comment-list");
const form = document.getElementById("comment-form");
const live = document.getElementById("live");
const problem = document.getElementById("comment-error");

function show(comment) {
  const id = `comment-${comment.id}`;
  if (document.getElementById(id)) return;
  const item = document.createElement("li");
  const meta = document.createElement("p");
  const name = document.createElement("strong");
  const time = document.createElement("time");
  const said = document.createElement("p");
  item.id = id;
  item.className = "new";
  meta.className = "meta";
  said.className = "said";
  name.textContent = comment.name;
  time.textContent = comment.created.text;
  time.dateTime = comment.created.iso;
  said.textContent = comment.text;
  meta.append(name, " · ", time);
  item.append(meta, said);
  list.append(item);
}

let wait = 1000;

function connect() {
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  const socket = new WebSocket(`${scheme}//${location.host}/notifications?post=${list.dataset.post}`);
  socket.onopen = () => {
    wait = 1000;
    live.hidden = false;
  };
  socket.onmessage = (event) => show(JSON.parse(event.data).comment);
  socket.onclose = () => {
    live.hidden = true;
    setTimeout(connect, wait);
    wait = Math.min(wait * 2, 30000);
  };
}

connect();

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  problem.hidden = true;
  const button = form.querySelector("button");
  button.disabled = true;
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      headers: { Accept: "application/json" },
      body: new FormData(form),
    });
    const said = await answer.json();
    if (!answer.ok) throw new Error(said.detail || said.title || "The comment was not accepted.");
    show(said);
    form.elements.text.value = "";
  } catch (error) {
    problem.textContent = error.message;
    problem.hidden = false;
  } finally {
    button.disabled = false;
  }
});

for (const button of document.querySelectorAll("[data-confirm]")) {
  button.form.addEventListener("submit", (event) => {
    if (!confirm(button.dataset.confirm)) event.preventDefault();
  });
}
