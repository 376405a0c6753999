// What the server told this page (`viewer/views.py`), and small things every part of it needs.

export interface Page {
  code: string;
  show: number;
  status: string;
  room: string;
  orders: string;
  buyToken: string;
  claimed: string;
  token: string;
  signedIn: boolean;
  signIn: string;
  cart: string;
  playlist: string;
  replay: boolean;
  plannedAt: string;
  markers: { at_ms: number; offer: number; title: string }[];
  words: Record<string, string>;
  offers: { id: number; option: number; name: string; photo: string }[];
}

export interface Offer {
  id: number;
  option: number;
  price: number;
  list: number;
  live: boolean;
  left: number;
  allotment: number | null;
  closes_at: string | null;
}

export interface State {
  id: number;
  status: string;
  pause: string;
  notice: string;
  pin: number | null;
  disclosure: string[];
  offers: Offer[];
}

export interface Message {
  id: number;
  kind: "VIEWER" | "HOST" | "HOUSE";
  name: string;
  text: string;
  buyer?: boolean;
}

export interface Frame {
  seq: number;
  state?: State;
  orders?: { n: number; total: number; sample: string[] };
  likes?: number;
  viewers?: number;
  chat?: Message[];
  hidden?: number[];
}

export interface Snapshot extends State {
  seq: number;
  likes: number;
  viewers: number;
  orders: number;
  chat: Message[];
}

export function readJson<T>(id: string): T | null {
  const element = document.getElementById(id);
  return element?.textContent ? (JSON.parse(element.textContent) as T) : null;
}

export function byId<T extends HTMLElement>(id: string): T | null {
  return document.getElementById(id) as T | null;
}

/** `fill("{n}개 남음", {n: 3})` */
export function fill(sentence: string | undefined, values: Record<string, string | number> = {}): string {
  return (sentence ?? "").replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ""));
}

export function won(amount: number, sentence = "{n}원"): string {
  return fill(sentence, { n: amount.toLocaleString("ko-KR") });
}

/** Seconds as 1:05 or 1:01:05. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (n: number) => String(n).padStart(2, "0");
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

export function csrf(): string {
  return document.querySelector<HTMLInputElement>("input[name=csrfmiddlewaretoken]")?.value ?? "";
}

/** A short word at the usual place for them. */
export function toast(text: string, bad = false): void {
  const box = byId("toasts");
  if (!box) return;
  const word = document.createElement("div");
  word.className = `toast${bad ? " toast--error" : " toast--success"}`;
  const span = document.createElement("span");
  span.className = "grow";
  span.textContent = text;
  word.append(span);
  box.append(word);
  window.setTimeout(() => word.remove(), 4000);
}
