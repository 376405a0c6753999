// The page of a show (`/live/<code>/`).

import "./css/live.css";
import { Chat, talk } from "./live/chat";
import { Offers } from "./live/offers";
import { byId, clock, fill, readJson, type Frame, type Page, type Snapshot, type State } from "./live/page";
import { Player } from "./live/player";
import { enter } from "./live/room";

const page = readJson<Page>("live-page");
const watch = byId("watch");
const video = byId<HTMLVideoElement>("video");
if (page && watch && video) open(page, watch, video);

function open(page: Page, watch: HTMLElement, video: HTMLVideoElement): void {
  const player = new Player(video, page.playlist, page.replay);
  const chat = new Chat(byId("chat")!, page.words);
  const offers = new Offers(page);
  let shown: number | null = null; // the product held at this moment of the replay
  const form = byId<HTMLFormElement>("talk");
  if (form) talk(form, page, chat);
  sound(video, page);
  likes(page);
  countdown(page);

  document.querySelectorAll<HTMLElement>("[data-seek]").forEach((button) => {
    button.addEventListener("click", () => player.seek(Number(button.dataset.seek) / 1000));
  });
  if (page.replay) {
    player.start();
    video.addEventListener("timeupdate", () => {
      const at = markNow(video.currentTime);
      const held = page.markers[at]?.offer ?? null;
      if (held !== shown) offers.hold((shown = held));
    });
  }

  enter(page.room, {
    snapshot(snapshot: Snapshot) {
      state(snapshot);
      chat.reset(snapshot.chat);
      number("viewers", snapshot.viewers);
      number("likes", snapshot.likes);
    },
    frame(frame: Frame) {
      if (frame.state) state(frame.state);
      if (frame.chat) chat.add(frame.chat);
      if (frame.hidden) chat.hide(frame.hidden);
      if (frame.viewers !== undefined) number("viewers", frame.viewers);
      if (frame.likes !== undefined) number("likes", frame.likes);
      if (frame.orders) ticker(page, frame.orders);
    },
  });

  function state(now: State): void {
    watch.dataset.status = now.status;
    watch.dataset.pause = now.pause;
    if (!page.replay && now.status === "REPLAY") window.location.reload();
    const notice = byId("notice");
    if (notice) {
      notice.hidden = !now.notice;
      notice.querySelector("span")!.textContent = now.notice;
    }
    offers.show(now.offers, page.replay ? shown : now.pin);
    if (page.replay) return;
    if (now.status === "ON_AIR" || now.status === "PAUSED") player.start();
    else player.stop();
  }
}

function number(id: string, value: number): void {
  const element = byId(id);
  if (element) element.textContent = value.toLocaleString("ko-KR");
}

function ticker(page: Page, orders: { n: number; sample: string[] }): void {
  const box = byId("ticker");
  const name = orders.sample[orders.sample.length - 1] ?? "";
  if (!box || !name) return;
  const sentence = orders.n > 1 ? page.words.boughtMany : page.words.bought;
  box.querySelector("span")!.textContent = fill(sentence, { name, n: orders.n - 1 });
  box.hidden = false;
  window.clearTimeout(Number(box.dataset.timer));
  box.dataset.timer = String(window.setTimeout(() => (box.hidden = true), 5000));
}

/** Muted until somebody asks for sound: browsers insist, and so do people on a bus. */
function sound(video: HTMLVideoElement, page: Page): void {
  const buttons = [byId("sound"), byId("unmute")];
  const draw = () => {
    const [small, large] = buttons;
    if (large) large.hidden = !video.muted || page.replay;
    small?.setAttribute("aria-pressed", String(!video.muted));
    const use = small?.querySelector("use");
    use?.setAttribute("href", (use.getAttribute("href") ?? "").replace(/#.*/, video.muted ? "#volume-x" : "#volume-2"));
    small?.querySelector("svg")?.setAttribute("aria-label", (video.muted ? page.words.soundOn : page.words.soundOff) ?? "");
  };
  for (const button of buttons) {
    button?.addEventListener("click", () => {
      video.muted = !video.muted;
      draw();
    });
  }
  video.addEventListener("volumechange", draw);
  draw();
}

/** Hearts are counted here and sent together, at most twice a second. */
function likes(page: Page): void {
  const button = byId("like");
  const sky = byId("hearts");
  const heart = byId<HTMLTemplateElement>("heart");
  let waiting = 0;
  let timer = 0;
  button?.addEventListener("click", () => {
    waiting = Math.min(15, waiting + 1);
    if (sky && heart && sky.childElementCount < 20) {
      const one = document.createElement("span");
      one.className = "floating-heart";
      one.style.setProperty("--way", `${Math.round(Math.random() * 40 - 20)}px`);
      one.append(heart.content.cloneNode(true));
      one.addEventListener("animationend", () => one.remove());
      sky.append(one);
    }
    if (!timer) timer = window.setTimeout(send, 600);
  });
  function send(): void {
    const n = waiting;
    [waiting, timer] = [0, 0];
    void fetch(`${page.room}/like`, {
      method: "POST",
      headers: { authorization: `Bearer ${page.token}`, "content-type": "application/json" },
      body: JSON.stringify({ n }),
    }).catch(() => undefined);
  }
}

function countdown(page: Page): void {
  const label = byId("until");
  if (!label) return;
  const at = Date.parse(page.plannedAt);
  const draw = () => {
    const left = (at - Date.now()) / 1000;
    const days = Math.floor(left / 86400);
    const time = days >= 1 ? fill(page.words.day, { n: days }) : clock(left);
    label.textContent = left > 0 ? fill(page.words.starts, { time }) : (page.words.soon ?? "");
  };
  draw();
  window.setInterval(draw, 1000);
}

/** Marks the product of this moment in the list; its place there, -1 before the first. */
function markNow(seconds: number): number {
  const buttons = [...document.querySelectorAll<HTMLElement>("[data-seek]")];
  const passed = buttons.filter((button) => Number(button.dataset.seek) / 1000 <= seconds + 0.2);
  for (const button of buttons) button.toggleAttribute("aria-current", button === passed[passed.length - 1]);
  return passed.length - 1;
}
