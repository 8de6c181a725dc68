// Opens pages in headless Chromium: node check.mjs CHROMIUM FOLDER_OF_PAGES FOLDER_FOR_PICTURES
// Each page must load nothing, run nothing but its own script, fit every width, and satisfy axe in light and dark.
import { createRequire } from "node:module";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [program, pages, pictures] = process.argv.slice(2).map((path) => resolve(path));
// The packages are beside the pictures, not beside this file.
const require = createRequire(join(pictures, "..", "package.json"));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const WIDTHS = [400, 800, 1400];
const SCHEMES = ["light", "dark"];
// Pictures of more than that are not looked at.
const HEIGHT = 4000;

mkdirSync(pictures, { recursive: true });
const browser = await chromium.launch({
  executablePath: program,
  args: ["--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP * ~NOTFOUND"],
});
let passed = 0;
const faults = [];
function expect(is, what) {
  if (is) passed += 1;
  else faults.push(what);
}

/** Opens a page in a browser of its own, with whatever it says or asks for. */
async function open(file, options, width = 1400) {
  const context = await browser.newContext({ viewport: { width, height: 900 }, ...options });
  const page = await context.newPage();
  const said = [];
  page.on("console", (message) => said.push(message.text()));
  page.on("pageerror", (error) => said.push(String(error)));
  const url = pathToFileURL(file).href;
  await page.route("**/*", (route) => {
    if (route.request().url() === url) return route.continue();
    said.push(`asks for ${route.request().url()}`);
    return route.abort();
  });
  await page.goto(url);
  return { page, context, said };
}

/** What is wider than the window, or cut off. */
function overflow() {
  const width = document.documentElement.clientWidth;
  const wide = [...document.querySelectorAll("body *")].filter((element) => {
    if (element.closest(".hidden") || element.closest(".skip")) return false;
    const box = element.getBoundingClientRect();
    return box.width > 0 && (box.right > width + 1 || box.left < -1);
  });
  const cut = [...document.querySelectorAll("th, td, dd, p, li, code, label, h1, h2, h3")].filter((element) =>
    !element.classList.contains("hidden") && !element.closest(".hidden") && !element.querySelector("svg") &&
    getComputedStyle(element).display !== "inline" && element.scrollWidth > element.clientWidth + 1);
  return [...wide, ...cut].slice(0, 5).map((element) => `${element.tagName}.${element.className} ${element.textContent.slice(0, 30)}`);
}

async function look(name, file) {
  for (const colorScheme of SCHEMES) {
    for (const width of WIDTHS) {
      const what = `${name}, ${colorScheme}, ${width} px`;
      const { page, context, said } = await open(file, { colorScheme }, width);
      expect(said.length === 0, `${what}: ${said.join("; ")}`);
      const wide = await page.evaluate(overflow);
      expect(wide.length === 0, `${what}: does not fit: ${wide.join(" | ")}`);
      expect(await page.evaluate(() => window.pwned === undefined), `${what}: ran a script`);
      const height = Math.min(HEIGHT, await page.evaluate(() => document.body.scrollHeight));
      const path = join(pictures, `${name}-${colorScheme}-${width}.png`);
      await page.setViewportSize({ width, height });
      await page.screenshot({ path });
      await context.close();
    }
    for (const width of [400, 1400]) {
      // The policy of the page keeps axe out, too.
      const { page, context } = await open(file, { colorScheme, bypassCSP: true }, width);
      await page.evaluate(axe);
      const { violations } = await page.evaluate(() => window.axe.run({
        include: document,
        // Hundreds of cards are alike, and take axe minutes.
        exclude: ["article.card:nth-of-type(n + 31)"],
      }, {
        runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
      }));
      const found = violations.map((one) => `${one.id} (${one.nodes.length}): ${one.nodes[0].html.slice(0, 120)} ${one.nodes[0].failureSummary}`);
      expect(found.length === 0, `${name}, ${colorScheme}, ${width} px: axe: ${found.join("\n    ")}`);
      await context.close();
    }
  }
}

/** The filters and keys work with a script, and nothing is missed without one. */
async function use(name, file) {
  const without = await open(file, { javaScriptEnabled: false });
  expect(await without.page.locator("h1").isVisible(), `${name}: no verdict without a script`);
  expect(await without.page.locator("#filters").count() === 0 || !(await without.page.locator("#filters").isVisible()),
    `${name}: filters that do nothing`);
  const all = await without.page.locator("article.card").count();
  expect(await without.page.locator("article.card:visible").count() === all, `${name}: hides keys without a script`);
  await without.context.close();
  if (all < 2) return;

  const { page, context, said } = await open(file, {});
  const visible = () => page.locator("article.card:visible").count();
  const focused = () => page.evaluate(() => document.activeElement.id);
  for (const field of ["issuer", "severity", "exposure"]) {
    const select = page.locator(`#by-${field}`);
    if (await select.count() === 0) continue;
    for (const value of (await select.locator("option").evaluateAll((options) => options.map((one) => one.value))).slice(1)) {
      await select.selectOption(value);
      const fits = await page.locator("article.card").evaluateAll(
        (cards, [field, value]) => cards.filter((card) => card.getAttribute(`data-${field}`) === value).length, [field, value]);
      expect(fits > 0 && await visible() === fits, `${name}: ${field} ${value} shows ${await visible()} of ${fits}`);
    }
    await page.locator("#filters button").click();
    await page.waitForTimeout(20);
    expect(await visible() === all, `${name}: "Show all" does not`);
  }
  await page.locator("h1").click();
  await page.keyboard.press("j");
  expect(await focused() === "key-1", `${name}: j goes to ${await focused()}`);
  await page.keyboard.press("j");
  expect(await focused() === "key-2", `${name}: j goes on to ${await focused()}`);
  await page.keyboard.press("k");
  expect(await focused() === "key-1", `${name}: k goes back to ${await focused()}`);
  await page.keyboard.press("/");
  expect(await focused() === "by-path", `${name}: / goes to ${await focused()}`);
  const path = await page.locator("#key-2 code.path").first().textContent();
  await page.keyboard.type(path);
  expect(await visible() >= 1 && await page.locator("#key-2").isVisible(), `${name}: the path ${path} is not found`);
  await page.keyboard.type(" such a path is nowhere");
  expect(await visible() === 0 && (await page.locator("#shown").textContent()) === "No key fits", `${name}: fits all`);
  // A link from elsewhere reaches a key that is hidden.
  await page.evaluate(() => { location.hash = "#key-1"; });
  await page.waitForTimeout(100);
  expect(await page.locator("#key-1").isVisible() && await visible() === all, `${name}: a link does not reach its key`);
  await page.locator("#by-path").fill("nowhere at all");
  await page.keyboard.press("Escape");
  await page.waitForTimeout(20);
  expect(await visible() === all, `${name}: Escape does not reset`);
  expect(said.length === 0, `${name}: ${said.join("; ")}`);
  await context.close();
}

for (const file of readdirSync(pages).filter((file) => file.endsWith(".html")).sort()) {
  const name = file.slice(0, -".html".length);
  await look(name, join(pages, file));
  await use(name, join(pages, file));
  console.log(`${name}: ${Math.round(performance.now() / 1000)} s`);
}
const { page, context } = await open(join(pages, "all.html"), { colorScheme: "dark" });
await page.pdf({ path: join(pictures, "all.pdf"), format: "A4", preferCSSPageSize: true });
await context.close();
await browser.close();

faults.forEach((fault) => console.error(fault));
console.log(`${passed} passed, ${faults.length} failed`);
process.exitCode = faults.length === 0 && passed > 0 ? 0 : 1;
