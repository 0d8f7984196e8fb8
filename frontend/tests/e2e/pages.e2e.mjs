// Every page, in light and dark, on a desk and on a phone: it can be used by everybody, and it fits.
import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { missing, openPage, PATIENCE, sample, shoot, startBrowser, startServer, transcribe, web } from "./harness.mjs";

const axe = readFileSync(new URL("../../node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
const PHONE = { viewport: { width: 375, height: 740 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true };
const START_PAGE_BYTES = 250_000;

const lacking = missing();
const options = { skip: lacking ? `missing: ${lacking}` : false, timeout: 5 * PATIENCE };

let server, browser, jobId;

before(async () => {
  if (lacking) return;
  server = await startServer();
  browser = await startBrowser();
  jobId = await transcribe(server.url, readFileSync(sample), { title: "Spring launch of the bike pass" });
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

const pages = () => [
  ["start", "/", (page) => page.getByRole("button", { name: "Choose files" })],
  ["meetings", "/meetings/", (page) => page.getByRole("link", { name: /Spring launch/ })],
  ["meeting", `/meeting/?id=${jobId}`, (page) => page.getByRole("feed").getByRole("article").first()],
  ["search", "/search/?q=launch", (page) => page.getByRole("main").getByRole("link").filter({ hasText: /launch/i }).first()],
  ["not-found", "/no-such-page/", (page) => page.getByText("There is no such page")],
];

/** What axe calls serious or critical, in words. */
async function findings(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.slice(0, 3).map((n) => n.html.slice(0, 160)).join(" | ")}`);
}

for (const colorScheme of ["light", "dark"])
  for (const [device, settings] of [["desk", {}], ["phone", PHONE]])
    test(`${colorScheme}, ${device}: no serious accessibility finding, nothing sticks out`, options, async (t) => {
      const page = await openPage(browser, server.url, { colorScheme, ...settings });
      for (const [name, path, there] of pages())
        await t.test(name, async () => {
          await page.goto(path);
          await there(page).waitFor();
          await shoot(page, `${name}-${colorScheme}-${device}`);
          assert.deepEqual(await findings(page), []);
          const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
          assert.ok(content <= window, `${name} is ${content} px wide in a window of ${window}`);
        });
      assert.deepEqual(page.faults, []);
      await page.context().close();
    });

test("by keyboard alone: past the menu, to the list, into a meeting, and play", options, async () => {
  const page = await openPage(browser, server.url);
  const focused = () => page.evaluate(() => document.activeElement?.textContent?.trim() || document.activeElement?.getAttribute("aria-label"));
  const tabTo = async (wanted) => {
    for (let i = 0; i < 60; i++) {
      await page.keyboard.press("Tab");
      if (wanted.test((await focused()) ?? "")) return;
    }
    assert.fail(`nothing like ${wanted} can be reached with the tab key`);
  };
  await page.goto("/");
  await page.getByRole("button", { name: "Choose files" }).waitFor();
  await page.keyboard.press("Tab");
  assert.equal(await focused(), "Skip to content");
  await tabTo(/^Meetings$/);
  await page.keyboard.press("Enter");
  await page.getByRole("link", { name: /Spring launch/ }).waitFor();
  await tabTo(/Spring launch/);
  await page.keyboard.press("Enter");
  await page.getByRole("feed").getByRole("article").first().waitFor();
  await page.keyboard.press("k");
  await page.waitForFunction(() => !document.querySelector("video,audio").paused);
  await page.context().close();
});

test("the start page loads less than 250 kB of scripts", options, () => {
  const html = readFileSync(join(web, "index.html"), "utf8");
  const tags = [...html.matchAll(/<script[^>]* src="([^"]+)"[^>]*>/g)].filter(([tag]) => !/ nomodule/i.test(tag));
  const scripts = new Set(tags.map(([, src]) => src.split("?")[0]));
  assert.ok(scripts.size > 0);
  let bytes = 0;
  for (const script of scripts) {
    const file = join(web, script); // what is small is not compressed
    bytes += (statSync(`${file}.gz`, { throwIfNoEntry: false }) ?? statSync(file)).size;
  }
  assert.ok(bytes < START_PAGE_BYTES, `${bytes} bytes`);
});

test("a browser that is not signed in is asked for the key, and comes back", options, async () => {
  const locked = await startServer({ API_KEY: "correct-horse-battery" });
  try {
    const page = await openPage(browser, locked.url);
    await page.goto("/meetings/");
    const field = page.getByLabel(/key/i).first();
    await field.waitFor();
    await shoot(page, "sign-in-light-desk");
    await field.fill("correct-horse-battery");
    await field.press("Enter");
    await page.getByText("No meetings yet").waitFor();
    assert.match(page.url(), /\/meetings\//);
    assert.deepEqual(page.faults, []);
    await page.context().close();
  } finally {
    await locked.stop();
  }
});
