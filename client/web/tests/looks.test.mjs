//! What the page is for everyone: by keyboard alone, with names for a screen reader, at any width, with contrast in light and dark.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { call, finish, inState, tell, text, workshop } from "./browser.mjs";
import { STORY } from "./story.mjs";

let shop;
before(async () => (shop = await workshop()));
after(() => shop.close());

const SCENES = {
  idle: async () => {},
  talking: (page) => call(page, STORY),
  denied: async (page) => {
    await page.click("#call");
    await inState(page, "error:denied");
  },
  key: async (page) => {
    shop.server.answer = () => ({ status: 401, body: '{"error":{"message":"A key is needed."}}' });
    await page.click("#call");
    await inState(page, "error:key");
  },
  lost: async (page) => {
    await call(page, [...STORY, { type: "repartee.notice", code: "n", message: "A notice of some length, so that it must break into lines on a phone." }]);
    shop.server.answer = () => "drop";
    await page.evaluate(() => globalThis.fake.drop());
    await inState(page, "lost");
  },
  pushing: async (page) => {
    await call(page, STORY);
    await page.click("#push-mode");
  },
  details: async (page) => {
    await call(page, STORY);
    if (!(await page.isVisible("#panel"))) await page.click("#panel-open");
  },
  longWord: (page) => call(page, [{ type: "repartee.partial", item_id: "i", text: "x".repeat(400), stable: 9 }]),
};

for (const [scene, act] of Object.entries(SCENES)) {
  const microphone = scene === "denied" ? "deny" : "allow";
  test(`${scene}: nothing sticks out sideways, from 320 pixels to a desk`, async () => {
    const page = await shop.open({ microphone, width: 320, height: 700, reducedMotion: "reduce" });
    await act(page);
    for (const width of [320, 360, 390, 768, 1079, 1280, 1920]) {
      await page.setViewportSize({ width, height: 700 });
      const wide = await page.evaluate(() => {
        const room = document.documentElement.clientWidth;
        const shown = [...document.body.querySelectorAll("*")].filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.closest(".unseen, .skip, .symbols"));
        const out = shown.filter((one) => one.getBoundingClientRect().right > room + 1).map((one) => one.id || one.className || one.tagName);
        return { scroll: document.documentElement.scrollWidth - room, out };
      });
      assert.deepEqual(wide, { scroll: 0, out: [] }, `at ${width}`);
    }
    await finish(page);
  });

  test(`${scene}: text stands out by 4.5 to 1, in light and dark`, async () => {
    const page = await shop.open({ microphone, reducedMotion: "reduce" });
    await act(page);
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      const { measured, weak } = await page.evaluate(contrasts);
      assert.ok(measured > 4, `only ${measured} texts measured`);
      assert.deepEqual(weak, [], colorScheme);
    }
    await finish(page);
  });

  test(`${scene}: every control has a name and a size to hit`, async () => {
    const page = await shop.open({ microphone, width: 390, height: 844, hasTouch: true });
    await act(page);
    const tree = await page.locator("body").ariaSnapshot();
    const bare = tree.split("\n").filter((row) => /^\s*- (button|textbox|combobox|slider|checkbox|link|meter)(:| \[|$)/.test(row));
    assert.deepEqual(bare, []);
    const small = await page.$$eval("button, input:not([type=checkbox]), select, textarea", (all) =>
      all.filter((one) => one.checkVisibility({ visibilityProperty: true })).map((one) => [one.id || one.textContent, one.getBoundingClientRect().height]).filter(([, height]) => height < 32),
    );
    assert.deepEqual(small, []);
    await finish(page);
  });
}

test("by keyboard alone: call, type, mute, details, hang up, and the place is never lost", async () => {
  const page = await shop.open({ width: 800 });
  const focus = () => page.evaluate(() => document.activeElement.id || document.activeElement.tagName);
  const tabTo = async (id) => {
    for (let step = 0; step < 40 && (await focus()) !== id; step += 1) await page.keyboard.press("Tab");
    assert.equal(await focus(), id);
    const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
    assert.notEqual(outline, "none", `${id} shows no focus`);
  };
  await tabTo("call");
  await page.keyboard.press("Enter");
  await inState(page, "talking");
  assert.equal(await focus(), "room");
  await tell(page, STORY);
  await tabTo("mute");
  await page.keyboard.press(" ");
  assert.equal(await page.getAttribute("#mute", "aria-pressed"), "true");
  await tabTo("panel-open");
  await page.keyboard.press("Enter");
  assert.equal(await focus(), "panel-close");
  assert.equal(await page.getAttribute("#panel-open", "aria-expanded"), "true");
  await page.keyboard.press("Escape");
  assert.equal(await focus(), "panel-open");
  await tabTo("hangup");
  await page.keyboard.press("Enter");
  await inState(page, "ended");
  assert.equal(await focus(), "call");
  await finish(page);
});

test("a screen reader hears states and finished lines once, politely", async () => {
  const page = await shop.open();
  const said = [];
  await page.exposeFunction("told", (words) => said.push(words.trim()));
  await page.evaluate(() => {
    const region = document.querySelector("#announcer");
    new MutationObserver((records) => {
      for (const record of records) for (const node of record.addedNodes) globalThis.told(node.textContent);
    }).observe(region, { childList: true });
  });
  await call(page, STORY);
  await tell(page, [{ type: "repartee.citation", response_id: "resp_2", source: "late.md", heading: "", text: "late" }]);
  assert.equal(await page.getAttribute("#announcer", "aria-live"), "polite");
  for (const line of ["The call stands. You may speak.", "You: what is repartee", "Repartee: Choose another speaker under Details, or set the voice (cut off)"]) {
    assert.equal(said.filter((one) => one === line).length, 1, `${line} in ${said.join(" | ")}`);
  }
  await page.uncheck("#announce");
  const before = said.length;
  await tell(page, [{ type: "conversation.item.input_audio_transcription.completed", item_id: "item_9", transcript: "quiet now" }]);
  assert.equal(await text(page, "#captions .line:last-child .heard"), "quiet now");
  assert.equal(said.length, before);
  await finish(page);
});

test("with less motion asked for, nothing moves", async () => {
  const page = await shop.open({ reducedMotion: "reduce" });
  await call(page, STORY);
  assert.equal(await page.evaluate(() => document.getAnimations().length), 0);
  await finish(page);
});

test("the newest words stay in view unless one scrolls back", async () => {
  const page = await shop.open({ height: 500 });
  await call(page, STORY);
  const gap = () => page.$eval("#captions", (box) => Math.round(box.scrollHeight - box.scrollTop - box.clientHeight));
  assert.ok((await gap()) <= 1);
  await page.$eval("#captions", (box) => (box.scrollTop = 0));
  await page.waitForSelector("#latest:visible");
  await tell(page, [{ type: "repartee.partial", item_id: "item_8", text: "one more", stable: 8 }]);
  assert.ok((await gap()) > 100);
  await page.click("#latest");
  assert.ok((await gap()) <= 1);
  await finish(page);
});

/** Runs in the page: every visible text against the nearest painted ground behind it. */
function contrasts() {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const parse = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = ([red, green, blue]) => {
    const [r, g, b] = [red, green, blue].map((value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const over = (top, ground, alpha) => top.map((value, index) => value * alpha + ground[index] * (1 - alpha));
  const groundOf = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const colour = parse(getComputedStyle(one).backgroundColor);
      if (colour[3] > 250) return colour.slice(0, 3);
    }
    return [255, 255, 255];
  };
  const weak = [];
  let measured = 0;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    const off = !node.data.trim() || !element.checkVisibility({ visibilityProperty: true }) || element.closest(".unseen, .skip, option, :disabled, script, noscript");
    if (off) continue;
    let opacity = 1;
    for (let one = element; one; one = one.parentElement) opacity *= Number(getComputedStyle(one).opacity);
    const ground = groundOf(element);
    const colour = parse(getComputedStyle(element).color);
    const ink = over(colour.slice(0, 3), ground, (colour[3] / 255) * opacity);
    const [high, low] = [light(ink), light(ground)].sort((a, b) => b - a);
    measured += 1;
    const ratio = (high + 0.05) / (low + 0.05);
    if (ratio < 4.5) weak.push(`${node.data.trim().slice(0, 40)} ${ratio.toFixed(2)}`);
  }
  return { measured, weak };
}
