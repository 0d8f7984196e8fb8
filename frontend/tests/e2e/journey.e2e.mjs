// One person's way through the app, in a real browser, against the real program: from a file that is uploaded over
// a bad line to a meeting that is corrected, searched, exported and deleted. The tests build upon each other.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startCuttingProxy } from "./cutting-proxy.mjs";
import { missing, openPage, PATIENCE, sample, shoot, startBrowser, startServer } from "./harness.mjs";

const HOSTILE = "<img src=x onerror=\"document.title='owned'\">";

const lacking = missing();
let broken = ""; // the first step that failed; those after it have nothing to stand on
const journey = (name, fn) =>
  test(name, { skip: lacking ? `missing: ${lacking}` : false, timeout: 5 * PATIENCE }, async () => {
    assert.equal(broken, "", "an earlier step has failed");
    broken = name;
    await fn().catch(async (error) => {
      await shoot(page, "failed").catch(() => {});
      throw error;
    });
    broken = "";
  });

let server, proxy, browser, page;
let jobId = "";

before(async () => {
  if (lacking) return;
  server = await startServer();
  proxy = await startCuttingProxy(Number(new URL(server.url).port), { cuts: 2, after: 300_000 });
  browser = await startBrowser();
  page = await openPage(browser, proxy.url);
  // On a fast machine the words are there for less than a second before all is done.
  await page.addInitScript(() => {
    new MutationObserver(() => {
      if (document.querySelector("[role=log]")?.textContent.trim()) globalThis.sawWords = true;
    }).observe(document, { childList: true, subtree: true, characterData: true });
  });
});

after(async () => {
  await browser?.close();
  await proxy?.stop();
  await server?.stop();
});

const analysis = async () => (await fetch(`${server.url}/api/jobs/${jobId}/analysis`)).json();
const words = (of) => of.transcript.segments.flatMap((s) => s.words);
const feed = () => page.getByRole("feed");
const articles = () => feed().getByRole("article");
/** Does something that corrects the result, and waits until the server has it. */
const saved = async (act) => {
  const answer = page.waitForResponse((r) => r.request().method() === "PATCH" && r.ok());
  await act();
  await answer;
};

journey("a recording is uploaded although the line breaks twice", async () => {
  await page.goto("/");
  await page.locator("input[type=file]").first().setInputFiles(sample);
  await page.getByRole("progressbar").first().waitFor();
  const accepted = await page.waitForResponse((r) => /\/api\/process/.test(r.url()) && r.request().method() === "POST");
  assert.equal(proxy.cut(), 2);
  jobId = (await accepted.json()).jobId;
  const [upload] = (await (await fetch(`${server.url}/api/jobs`)).json()).jobs;
  assert.equal(upload.id ?? upload.jobId, jobId);
});

journey("its progress and words are seen while it is understood, then it opens", async () => {
  await page.getByRole("progressbar", { name: "Progress of meeting" }).or(page.getByRole("link", { name: "Open the meeting" })).first().waitFor();
  await shoot(page, "start-progress-light");
  await page.getByRole("link", { name: "Open the meeting" }).waitFor();
  assert.ok(await page.evaluate(() => globalThis.sawWords), "no words were seen before the end");
  await page.getByRole("link", { name: "Open the meeting" }).click();
  await articles().first().waitFor();
  assert.match(page.url(), new RegExp(`/meeting/\\?id=${jobId}`));
  const result = await analysis();
  assert.ok(words(result).length > 500);
  assert.equal(result.transcript.speakers.length, 4);
});

journey("a click on a word takes the player there", async () => {
  const word = feed().locator("[data-word]").nth(12);
  const at = Number(await word.getAttribute("data-word"));
  const start = words(await analysis())[at].start;
  await word.click();
  await page.waitForFunction((s) => Math.abs(document.querySelector("video,audio").currentTime - s) < 0.05, start);
});

journey("the word that is played is lit, and space stops it", async () => {
  await page.locator("body").press("Space");
  await page.waitForFunction(() => !document.querySelector("video,audio").paused);
  await page.locator("[data-word][data-now]").first().waitFor({ state: "attached" });
  await page.locator("body").press("Space");
  await page.waitForFunction(() => document.querySelector("video,audio").paused);
});

journey("a speaker is renamed, and a hostile name stays text", async () => {
  await page.getByRole("tab", { name: "Speakers" }).click();
  const field = page.getByRole("textbox", { name: /^Name of/ }).first();
  await field.fill(HOSTILE);
  await saved(() => field.press("Enter"));
  await feed().getByText(HOSTILE).first().waitFor();
  assert.equal(await page.locator("img[src='x']").count(), 0);
  assert.notEqual(await page.title(), "owned");
  assert.ok((await analysis()).transcript.speakers.some((s) => s.name === HOSTILE));
  await page.getByRole("textbox", { name: `Name of ${HOSTILE}` }).fill("Maria");
  await saved(() => page.keyboard.press("Enter"));
});

journey("another number of speakers takes effect at once, and can be undone", async () => {
  const people = () => page.getByRole("textbox", { name: /^Name of/ });
  assert.equal(await people().count(), 4);
  await page.getByRole("button", { name: "One speaker fewer" }).click();
  await people().nth(3).waitFor({ state: "detached" });
  await page.waitForFunction(() => document.querySelectorAll("input[aria-label^='Name of']").length === 3);
  assert.equal((await analysis()).transcript.speakers.length, 3);
  await page.getByRole("button", { name: "One speaker more" }).click();
  await people().nth(3).waitFor();
});

journey("words are corrected in place, undone, done again, and are there after a reload", async () => {
  const said = async () => (await analysis()).transcript.segments[0].text;
  const before = await said();
  const first = articles().first();
  await first.hover();
  await first.getByRole("button", { name: "Correct the words" }).click();
  const box = first.getByRole("textbox", { name: /^What/ });
  await box.fill(`Corrected by hand. ${await box.inputValue()}`);
  await saved(() => box.press("Enter"));
  assert.match(await said(), /^Corrected by hand\./);
  await saved(() => page.getByRole("button", { name: "Undo" }).click());
  assert.equal(await said(), before);
  await saved(() => page.getByRole("button", { name: "Redo" }).click());
  await page.reload();
  await articles().first().getByText("Corrected").waitFor();
});

journey("the minutes are there, and a task's evidence plays", async () => {
  await page.getByRole("tab", { name: "Minutes" }).click();
  await page.getByRole("heading", { name: "Decisions" }).waitFor();
  await page.evaluate(() => (document.querySelector("video,audio").currentTime = 0));
  await page.getByRole("tabpanel").getByRole("button", { name: /^Play \d/ }).last().click();
  await page.waitForFunction(() => document.querySelector("video,audio").currentTime > 1);
  await shoot(page, "meeting-minutes-light");
});

journey("a question about it is answered with the words that prove it", async () => {
  await page.getByRole("tab", { name: "Ask" }).click();
  await page.getByRole("tabpanel").getByRole("textbox").fill("What was decided about the price?");
  await page.keyboard.press("Enter");
  await page.getByRole("tabpanel").getByRole("button", { name: /\d:\d\d/ }).first().waitFor();
  await shoot(page, "meeting-ask-light");
});

journey("every format is exported", async () => {
  const formats = { srt: /-->/, vtt: /^WEBVTT/, txt: /\w/, md: /^#/, json: /^\{/, rttm: /^SPEAKER/, tsv: /\t/ };
  for (const [format, looks] of Object.entries(formats)) {
    const text = await page.evaluate(async (url) => (await fetch(url)).text(), `/api/jobs/${jobId}/export?format=${format}`);
    assert.match(text, looks, format);
  }
});

journey("its words are found again from anywhere, and the result leads to the moment", async () => {
  await page.goto("/search/?q=launch");
  const hit = page.getByRole("main").locator("a[href*=\"t=\"]").filter({ hasText: /launch/i }).first();
  await hit.waitFor();
  await shoot(page, "search-light");
  await hit.click();
  await articles().first().waitFor();
  assert.match(page.url(), /[?&]t=\d/);
});

journey("it is deleted, undone, and deleted with all that belongs to it", async () => {
  const remove = async () => {
    await page.goto(`/meeting/?id=${jobId}`);
    await page.getByRole("button", { name: "More" }).click();
    await page.getByRole("menuitem", { name: "Delete this meeting" }).click();
    await page.getByRole("button", { name: "Undo", exact: true }).waitFor();
  };
  await remove();
  await page.getByRole("button", { name: "Undo", exact: true }).click();
  await page.getByRole("link", { name: "meeting", exact: true }).waitFor();
  assert.equal((await fetch(`${server.url}/api/jobs/${jobId}`)).status, 200);
  const gone = page.waitForResponse((r) => r.request().method() === "DELETE" && r.ok());
  await remove();
  await page.getByText("No meetings yet").waitFor();
  await gone;
  assert.equal((await fetch(`${server.url}/api/jobs/${jobId}`)).status, 404);
});

journey("no page has asked another host for anything, broken its policy, or failed", async () => {
  assert.deepEqual(page.faults, []);
});
