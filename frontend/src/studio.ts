// The control room (`/studio/<code>/room/`). Other pages of the studio need only the styles.

import "./css/live.css";
import "./css/studio.css";
import { Chat, talk } from "./live/chat";
import { byId, clock, csrf, fill, readJson, won, type Offer, type Snapshot, type State } from "./live/page";
import { enter } from "./live/room";
import { Camera, QUALITIES } from "./studio/camera";
import { format, Publisher, type StreamState } from "./studio/publisher";

interface Status {
  status: string;
  label: string;
  pause: string;
  onAirAt: string | null;
  now: string;
  cue: { id: number; startedAt: string } | null;
  pin: number | null;
  lacking: string[];
  sales: { orders: number; amount: number };
}

interface Page {
  code: string;
  room: string;
  token: string;
  base: string;
  report: string;
  badge: string;
  wording: string;
  status: Status;
  offers: { id: number; option: number; name: string; photo: string }[];
  words: Record<string, string>;
}

const page = readJson<Page>("studio-room");
const control = byId("control");
if (page && control) open(page, control);

function open(page: Page, control: HTMLElement): void {
  const { words } = page;
  const canvas = byId<HTMLCanvasElement>("canvas")!;
  const camera = new Camera(canvas);
  camera.disclosure = { badge: page.badge, wording: page.wording };
  let now = page.status;
  let skew = Date.parse(now.now) - Date.now(); // the server's clock minus ours
  let publisher: Publisher | null = null;
  let picture: StreamState = "off";

  const quality = byId<HTMLSelectElement>("quality")!;
  quality.value = window.localStorage.getItem("dure.quality") ?? "540";
  if (!QUALITIES[quality.value]) quality.value = "540";

  // Status, and what may be done in it

  function take(status: Status): void {
    const before = now.status;
    now = status;
    skew = Date.parse(status.now) - Date.now();
    draw();
    if (before !== status.status) follow(before);
  }

  /** The picture goes where the show is: nowhere, to the rehearsal, on air. */
  function follow(before: string): void {
    const running = (s: string) => s === "ON_AIR" || s === "PAUSED";
    if (now.status === "ENDED") {
      publisher?.stop();
      window.removeEventListener("beforeunload", stay);
      window.location.assign(page!.report);
    } else if (camera.on && running(now.status) !== running(before)) publisher?.start();
    else if (camera.on && now.status === "REHEARSING" && picture === "off") publisher?.start();
  }

  function draw(): void {
    control.dataset.status = now.status;
    const chip = byId("state")?.querySelector(".status");
    if (chip) {
      chip.textContent = now.label;
      chip.className = `status status--${{ ON_AIR: "live", PAUSED: "warn", READY: "good", REHEARSING: "info" }[now.status] ?? ""}`;
    }
    control.querySelectorAll<HTMLElement>("[data-when]").forEach((box) => (box.hidden = box.dataset.when !== now.status));
    const running = now.status === "ON_AIR" || now.status === "PAUSED";
    control.querySelectorAll<HTMLButtonElement>("[data-on-air]").forEach((button) => (button.disabled = !running));
    const why = reason();
    byId("why")!.textContent = why;
    control.querySelectorAll<HTMLButtonElement>('form[data-deed="on-air"] button, form[data-deed="ready"] button').forEach(
      (button) => (button.disabled = why !== ""),
    );
    byId("orders")!.textContent = String(now.sales.orders);
    byId("sales")!.textContent = won(now.sales.amount, words.won);
    control.querySelectorAll<HTMLElement>("[data-cue]").forEach((line) => {
      const current = Number(line.dataset.cue) === now.cue?.id;
      line.classList.toggle("cue--now", current);
      if (current && now.cue) line.dataset.started = now.cue.startedAt;
    });
    pins(now.pin);
  }

  /** Why the show cannot begin yet, in a sentence beside the button. */
  function reason(): string {
    if (!["PLANNED", "REHEARSING", "READY"].includes(now.status) || now.status === "PLANNED") return "";
    if (now.lacking.length) return fill(words.lacking, { names: now.lacking.join(", ") });
    if (!camera.on) return words.cameraFirst ?? "";
    return "";
  }

  function pins(id: number | null): void {
    control.querySelectorAll<HTMLElement>(".pin-row").forEach((row) => {
      const on = Number(row.dataset.offer) === id;
      row.classList.toggle("pin-row--on", on);
      row.querySelector("button")?.setAttribute("aria-pressed", String(on));
    });
  }

  // Deeds: each is a form; sent from here it answers with the new status

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || form.dataset.deed === undefined || event.defaultPrevented) return;
    event.preventDefault();
    void send(form.action, new FormData(form)).finally(() => {
      form.querySelectorAll<HTMLElement>("[data-sent]").forEach((button) => {
        delete button.dataset.sent;
        button.removeAttribute("aria-busy");
      });
    });
  });

  async function send(url: string, body: FormData): Promise<boolean> {
    const answer = await fetch(url, { method: "POST", body, headers: { accept: "application/json" } }).catch(() => null);
    const value = (await answer?.json().catch(() => null)) as (Status & { error?: { message: string } }) | null;
    const fault = byId("deed-fault")!;
    fault.hidden = Boolean(answer?.ok);
    if (answer?.ok && value) {
      take(value);
      return true;
    }
    fault.querySelector("span")!.textContent = value?.error?.message ?? words.fault ?? "";
    return false;
  }

  function post(path: string): Promise<boolean> {
    const body = new FormData();
    body.set("csrfmiddlewaretoken", csrf());
    return send(`${page!.base}${path}`, body);
  }

  byId("next-cue")?.addEventListener("click", () => {
    const lines = [...control.querySelectorAll<HTMLElement>("[data-cue]")];
    const at = lines.findIndex((line) => Number(line.dataset.cue) === now.cue?.id);
    const next = lines[at + 1];
    if (next) void post(`cue/${next.dataset.cue}/`);
  });

  // Camera

  const mine = `dure.camera.${page.code}`; // this tab is the one that sends the picture
  byId("camera-on")?.addEventListener("click", () => {
    const elsewhere = now.status === "ON_AIR" && !window.sessionStorage.getItem(mine);
    if (!elsewhere || window.confirm(words.takeOver)) void turnOn();
  });
  byId("camera-pick")?.addEventListener("change", () => void turnOn());
  byId("mic-pick")?.addEventListener("change", () => void turnOn());
  quality.addEventListener("change", () => {
    window.localStorage.setItem("dure.quality", quality.value);
    if (!camera.on) return;
    publisher?.stop();
    camera.resize(QUALITIES[quality.value]!);
    publisher = newPublisher();
    if (now.status !== "PLANNED") publisher.start();
  });
  byId("mic")?.addEventListener("click", (event) => {
    const button = event.currentTarget as HTMLElement;
    const on = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(on));
    const use = button.querySelector("use");
    use?.setAttribute("href", (use.getAttribute("href") ?? "").replace(/#.*/, on ? "#mic" : "#mic-off"));
    camera.mute(!on);
  });

  async function turnOn(): Promise<void> {
    const fault = byId("camera-fault")!;
    fault.hidden = true;
    try {
      if (!format() || !navigator.mediaDevices) throw new DOMException("", "NotSupportedError");
      if (!camera.on) camera.resize(QUALITIES[quality.value]!);
      await document.fonts.load('800 22px "Pretendard Variable"', page!.badge || " ").catch(() => undefined);
      await camera.open(
        byId<HTMLSelectElement>("camera-pick")?.value || undefined,
        byId<HTMLSelectElement>("mic-pick")?.value || undefined,
      );
    } catch (error) {
      const name = error instanceof DOMException ? error.name : "";
      const why = { NotAllowedError: words.denied, NotFoundError: words.noCamera, NotSupportedError: words.unsupported }[name];
      fault.hidden = false;
      fault.querySelector("span")!.textContent = why ?? words.noCamera ?? "";
      return;
    }
    byId("camera-off")!.hidden = true;
    window.sessionStorage.setItem(mine, "yes");
    await devices();
    if (!publisher) {
      publisher = newPublisher();
      if (now.status !== "PLANNED") publisher.start();
    }
    draw();
  }

  async function devices(): Promise<void> {
    const all = await navigator.mediaDevices.enumerateDevices();
    for (const [id, kind] of [["camera-pick", "videoinput"], ["mic-pick", "audioinput"]] as const) {
      const select = byId<HTMLSelectElement>(id)!;
      const chosen = select.value;
      const found = all.filter((device) => device.kind === kind);
      select.replaceChildren(...found.map((device) => new Option(device.label, device.deviceId)));
      if (chosen) select.value = chosen;
      select.hidden = found.length < 2;
    }
  }

  function newPublisher(): Publisher {
    return new Publisher(
      camera,
      async () => {
        const body = new FormData();
        body.set("csrfmiddlewaretoken", csrf());
        const answer = await fetch(`${page!.base}ingest/`, { method: "POST", body });
        if (!answer.ok) throw new Error(String(answer.status));
        return (await answer.json()) as { url: string; stage: "rehearsal" | "air" };
      },
      streamState,
      () => void post("stream-lost/"),
      QUALITIES[quality.value]!.bits,
    );
  }

  function streamState(state: StreamState, detail?: "slow"): void {
    const came = state === "air" && picture !== "air";
    picture = state;
    control.dataset.stream = state;
    const label = byId("stream-state")!;
    label.hidden = state === "off";
    const text = {
      off: "",
      connecting: words.connecting,
      rehearsal: words.rehearsal,
      air: words.live,
      again: words.again,
      taken: words.taken,
    };
    if (state === "taken") {
      window.sessionStorage.removeItem(mine);
      camera.close();
      publisher = null;
      byId("camera-off")!.hidden = false;
    }
    label.textContent = (detail === "slow" ? words.slow : text[state]) ?? "";
    if (came) window.setTimeout(() => void look(), 400); // the media has told the web by now
  }

  async function look(): Promise<void> {
    const answer = await fetch(`${page!.base}status/`).catch(() => null);
    if (answer?.ok) take((await answer.json()) as Status);
  }

  // The room: chat, viewers, stock

  const chat = new Chat(byId("chat")!, words, (line, message) => {
    if (message.kind !== "VIEWER") return;
    for (const deed of ["hide", "mute"]) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "chat__deed";
      button.textContent = words[deed] ?? "";
      button.addEventListener("click", () => void post(`message/${message.id}/${deed}/`));
      line.append(button);
    }
  });
  talk(byId<HTMLFormElement>("talk")!, page, chat);
  enter(page.room, {
    snapshot(snapshot: Snapshot) {
      room(snapshot);
      chat.reset(snapshot.chat);
      byId("viewers")!.textContent = String(snapshot.viewers);
      byId("likes")!.textContent = String(snapshot.likes);
    },
    frame(frame) {
      if (frame.state) room(frame.state);
      if (frame.chat) chat.add(frame.chat);
      if (frame.hidden) chat.hide(frame.hidden);
      if (frame.viewers !== undefined) byId("viewers")!.textContent = String(frame.viewers);
      if (frame.likes !== undefined) byId("likes")!.textContent = String(frame.likes);
      if (frame.orders) void look();
    },
  }, true);

  function room(state: State): void {
    pins(state.pin);
    state.offers.forEach(offer);
    if (state.status !== now.status || state.pause !== now.pause) void look();
  }

  function offer(offer: Offer): void {
    const row = control.querySelector<HTMLElement>(`.pin-row[data-offer="${offer.id}"]`);
    if (!row) return;
    row.querySelector("[data-price]")!.textContent = won(offer.price, words.won);
    row.querySelector(".price")?.classList.toggle("price--live", offer.live);
    row.querySelector("[data-left]")!.textContent = offer.left > 0 ? fill(words.left, { n: offer.left }) : (words.gone ?? "");
  }

  // Clocks

  window.setInterval(() => {
    const time = Date.now() + skew;
    byId("timer")!.textContent = now.onAirAt ? clock((time - Date.parse(now.onAirAt)) / 1000) : "0:00";
    const line = now.cue && control.querySelector<HTMLElement>(`[data-cue="${now.cue.id}"]`);
    const label = byId("cue-clock")!;
    if (line && now.cue) {
      const planned = Number(line.dataset.minutes) * 60;
      const passed = (time - Date.parse(now.cue.startedAt)) / 1000;
      label.textContent = `${clock(passed)} / ${clock(planned)}`;
      label.toggleAttribute("data-over", passed > planned);
    }
    const numbers = byId("stream-numbers")!;
    numbers.textContent =
      publisher && picture !== "off"
        ? `${Math.round(publisher.bits / 1000).toLocaleString("ko-KR")} kbit/s · ${(publisher.sent / 1e6).toFixed(1)} MB · ${Math.round(publisher.waiting / 1000)} kB`
        : "";
  }, 500);
  window.setInterval(() => {
    const bar = byId("sound-level");
    if (bar && camera.on) bar.style.width = `${Math.round(camera.level() * 100)}%`;
  }, 120);
  window.setInterval(() => void look(), 10_000);

  function stay(event: BeforeUnloadEvent): void {
    if (picture === "air") event.preventDefault();
  }
  window.addEventListener("beforeunload", stay);
  draw();
  const running = now.status === "ON_AIR" || now.status === "PAUSED";
  if (running && window.sessionStorage.getItem(mine)) void turnOn(); // reloaded in the middle of the show
}
