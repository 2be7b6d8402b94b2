// What every page must keep, for who sees it and for who hears it.  check({form, colours}) returns
// what is wrong in its form, in its colours, or in both.

function check({ form, colours }) {
  const problems = [];
  const say = (what, one) => problems.push(`${what}: ${one.outerHTML.slice(0, 120)}`);
  const all = (selector) => [...document.querySelectorAll(selector)];
  const shown = (one) => one.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  if (form) {
    const width = document.documentElement.scrollWidth;
    if (width > innerWidth) problems.push(`the page is ${width} pixels wide`);
    if (!document.documentElement.lang) problems.push("no language");
    if (!document.title) problems.push("no title");
    if (all("main").length !== 1) problems.push("not one main");
    if (all("h1").length !== 1) problems.push(`${all("h1").length} h1`);
    let level = 0;
    for (const one of all("main :is(h1, h2, h3, h4, h5, h6)")) {
      if (one.closest(".visual")) continue; // a drawing has headings of its own
      const next = Number(one.tagName[1]);
      if (level && next > level + 1) say(`h${next} below h${level}`, one);
      level = next;
    }
    for (const one of all("img")) if (!one.hasAttribute("alt")) say("no alt text", one);
    for (const one of all("main figure > svg")) {
      const ids = (one.getAttribute("aria-labelledby") || "").split(" ");
      if (!ids.every((id) => document.getElementById(id)?.textContent)) say("no name", one);
    }
    for (const one of all("a[href], button, summary"))
      if (shown(one) && !nameOf(one)) say("no name", one);
    for (const one of all("input, textarea, select"))
      if (shown(one) && !nameOf(one) && !one.labels?.length && one.type !== "hidden") say("no label", one);
    const seen = new Set();
    for (const one of all("main [id]")) {
      if (seen.has(one.id)) say("twice the same id", one);
      seen.add(one.id);
    }
    for (const one of all("main table code"))
      if (shown(one) && one.textContent.length > 3 && one.getBoundingClientRect().width < 14) say("broken code", one);
  }
  return colours ? problems.concat(faint()) : problems;
}

function nameOf(one) {
  const said = one.getAttribute("aria-label") || one.getAttribute("title") || one.textContent;
  const picture = one.querySelector?.("img[alt], svg title");
  return said.trim() || picture?.getAttribute("alt") || picture?.textContent || one.getAttribute("placeholder");
}

// Texts that have less contrast to what is behind them than 4.5 to 1, or 3 to 1 where they are large.
function faint() {
  const found = new Map();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent.trim();
    const one = walker.currentNode.parentElement;
    if (!text || !one || one.closest("script, style, noscript, title, desc, .md-skip, .headerlink, [hidden]")) continue;
    const style = getComputedStyle(one);
    const key = `${kind(one.parentElement)} > ${kind(one)}`;
    if (found.has(key)) continue; // those of a kind look alike
    if (!one.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    const svg = one.closest("svg text");
    const colour = parse(svg ? style.fill : style.color);
    const ground = svg ? groundOfBox(one) : groundOf(one);
    if (!colour || !ground) continue;
    const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.6 && Number(style.fontWeight) >= 700);
    const value = contrast(over(colour, ground), ground);
    const enough = value >= (large ? 3 : 4.5);
    found.set(key, enough ? null : `contrast ${value.toFixed(2)}: ${key} ${text.slice(0, 30)}`);
  }
  return [...found.values()].filter(Boolean);
}

function kind(one) {
  return `${one.tagName}.${one.className.baseVal ?? one.className}`;
}

function parse(text) {
  const hex = text.match(/^color\(srgb ([\d.]+) ([\d.]+) ([\d.]+)(?: \/ ([\d.]+))?\)$/);
  if (hex) return [hex[1] * 255, hex[2] * 255, hex[3] * 255, Number(hex[4] ?? 1)];
  const numbers = text.match(/^rgba?\(([^)]+)\)$/)?.[1].split(/[ ,/]+/).map(Number);
  return numbers && [numbers[0], numbers[1], numbers[2], numbers[3] ?? 1];
}

function groundOf(one) {
  const layers = [];
  for (let node = one; node; node = node.parentElement) {
    const layer = parse(getComputedStyle(node).backgroundColor);
    if (layer && layer[3] > 0) layers.push(layer);
    if (layer && layer[3] === 1) break;
  }
  return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255, 1]);
}

function groundOfBox(one) {
  const box = one.closest("g.box")?.querySelector("rect");
  return (box && parse(getComputedStyle(box).fill)) || groundOf(one.closest("svg").parentElement);
}

function over([r, g, b, a], [R, G, B]) {
  return [r * a + R * (1 - a), g * a + G * (1 - a), b * a + B * (1 - a), 1];
}

function contrast(one, other) {
  const [light, dark] = [one, other].map(luminance).sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

function luminance([r, g, b]) {
  const part = (x) => ((x /= 255) <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4);
  return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
}

window.check = check;
