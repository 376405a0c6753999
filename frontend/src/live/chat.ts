// The chat log: what came in, what one said oneself (shown at once), what was hidden.

import { byId, fill, type Message, type Page } from "./page";

const KEPT = 120; // lines; older ones leave the page

export class Chat {
  private readonly seen = new Set<number>();

  constructor(
    private readonly log: HTMLElement,
    private readonly words: Record<string, string>,
    private readonly decorate?: (line: HTMLElement, message: Message) => void,
  ) {}

  reset(messages: Message[]): void {
    this.log.replaceChildren();
    this.seen.clear();
    this.add(messages);
  }

  add(messages: Message[]): void {
    const atEnd = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 60;
    for (const message of messages) {
      if (this.seen.has(message.id)) continue;
      this.seen.add(message.id);
      this.log.append(this.line(message));
    }
    while (this.log.childElementCount > KEPT) this.log.firstElementChild?.remove();
    if (atEnd) this.log.scrollTop = this.log.scrollHeight;
  }

  hide(ids: number[]): void {
    for (const id of ids) this.log.querySelector(`[data-message="${id}"]`)?.remove();
  }

  private line(message: Message): HTMLElement {
    const line = document.createElement("li");
    line.className = `chat__line chat__line--${message.kind.toLowerCase()}`;
    line.dataset.message = String(message.id);
    const tag = message.kind === "HOST" ? "host" : message.kind === "HOUSE" ? "house" : message.buyer ? "buyer" : "";
    if (tag) line.append(piece("chat__tag", this.words[tag] ?? ""));
    if (message.name) line.append(piece("chat__name", message.name));
    line.append(piece("chat__text", message.text));
    this.decorate?.(line, message);
    return line;
  }
}

/** The form below the chat: sends, says why not, keeps what was typed. */
export function talk(form: HTMLFormElement, page: Pick<Page, "room" | "token" | "words">, chat: Chat): void {
  const input = form.querySelector<HTMLInputElement>("input[name=text]");
  const fault = byId("talk-fault");
  if (!input) return;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void send();
  });

  async function send(): Promise<void> {
    const text = input!.value.trim();
    if (!text) return;
    const why = await post(page, text).then(
      (message) => (chat.add([message]), ""),
      (error: Error) => error.message,
    );
    if (!why) input!.value = "";
    if (fault) {
      fault.textContent = why;
      fault.hidden = !why;
      if (why) window.setTimeout(() => (fault.hidden = true), 4000);
    }
    input!.toggleAttribute("aria-invalid", Boolean(why));
  }
}

async function post(page: Pick<Page, "room" | "token" | "words">, text: string): Promise<Message> {
  const answer = await fetch(`${page.room}/chat`, {
    method: "POST",
    headers: { authorization: `Bearer ${page.token}`, "content-type": "application/json" },
    body: JSON.stringify({ text }),
  }).catch(() => null);
  if (answer?.ok) return (await answer.json()) as Message;
  const error = (await answer?.json().catch(() => null)) as { error?: { code: string; seconds?: number } } | null;
  const code = error?.error?.code ?? "fault";
  throw new Error(fill(page.words[code] ?? page.words.fault, { n: error?.error?.seconds ?? "" }));
}

function piece(css: string, text: string): HTMLElement {
  const span = document.createElement("span");
  span.className = css;
  span.textContent = text;
  return span;
}
