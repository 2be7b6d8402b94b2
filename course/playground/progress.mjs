// Check marks beside the milestones that the learner has passed, where `groundup learn serve` shows
// the pages: it sets a cookie, and answers the WebSocket /progress with {"router": [1, 2]}, at once
// and after each change.  Anywhere else this does nothing.

function mark(passed) {
  const chapter = location.pathname.match(/\d\d-([a-z]+)\//)?.[1];
  for (const heading of document.querySelectorAll("h2")) {
    const number = heading.textContent.match(/^Milestone (\d):/)?.[1];
    if (number) heading.classList.toggle("passed", passed[chapter]?.includes(Number(number)) ?? false);
  }
  for (const link of document.querySelectorAll(".md-nav__link[href]")) {
    const name = link.getAttribute("href").match(/\d\d-([a-z]+)\/$/)?.[1];
    if (name) link.classList.toggle("passed", passed[name]?.length === 4);
  }
}

function listen() {
  const socket = new WebSocket(`${location.protocol.replace("http", "ws")}//${location.host}/progress`);
  socket.onmessage = ({ data }) => mark(JSON.parse(data));
  socket.onclose = () => setTimeout(listen, 3000); // the server was started anew
}

if (document.cookie.split("; ").includes("groundup_learn=1")) listen();
