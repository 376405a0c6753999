// Price, stock and time of the show's products, wherever they stand on the page; buying without leaving the show.

import { clock, csrf, fill, toast, won, type Offer, type Page } from "./page";

export class Offers {
  private offers: Offer[] = [];
  private ends = new Map<number, number>(); // offer id → milliseconds
  private shown = new Map<number, number>(); // option id → the price on the screen, won
  private keys = new Map<number, string>(); // option id → the key of an order whose answer did not come

  constructor(private readonly page: Page) {
    document.addEventListener("submit", (event) => {
      const form = event.target;
      if (form instanceof HTMLFormElement && form.dataset.buy !== undefined) this.buy(form, event as SubmitEvent);
    });
    window.setInterval(() => this.tick(), 500);
  }

  show(offers: Offer[], pin: number | null): void {
    this.offers = offers;
    for (const offer of offers) {
      this.shown.set(offer.option, offer.price);
      if (offer.closes_at) this.ends.set(offer.id, Date.parse(offer.closes_at));
      else this.ends.delete(offer.id);
      document.querySelectorAll<HTMLElement>(`[data-offer="${offer.id}"]`).forEach((box) => this.draw(box, offer));
    }
    this.hold(pin);
    this.tick();
  }

  private draw(box: HTMLElement, offer: Offer): void {
    const { words } = this.page;
    const live = offer.live && offer.price < offer.list;
    box.classList.toggle("offer--live", live);
    box.toggleAttribute("data-gone", offer.left <= 0);
    box.querySelector(".offer__price")?.classList.toggle("price--live", live);
    set(box, "[data-price]", won(offer.price, words.won));
    set(box, "[data-off]", `${Math.floor(((offer.list - offer.price) * 100) / offer.list)}%`, live);
    set(box, "[data-list]", won(offer.list, words.won), live);
    set(box, "[data-left]", offer.left > 0 ? fill(words.left, { n: offer.left }) : (words.gone ?? ""));
    const bar = box.querySelector<HTMLElement>("[data-bar]");
    if (bar) {
      bar.parentElement!.hidden = !offer.allotment;
      if (offer.allotment) bar.style.width = `${Math.round((Math.max(0, offer.left) * 100) / offer.allotment)}%`;
    }
    box.querySelectorAll("button").forEach((button) => (button.disabled = offer.left <= 0));
  }

  /** The pinned card is a copy of the product's card in the list. */
  hold(id: number | null): void {
    const holder = document.getElementById("pinned");
    if (!holder) return;
    const now = holder.querySelector<HTMLElement>("[data-offer]");
    if (String(id ?? "") === (now?.dataset.offer ?? "")) return;
    holder.replaceChildren();
    const source = id === null ? null : document.querySelector(`.goods [data-offer="${id}"], #bag [data-offer="${id}"]`);
    if (!source) return;
    const card = source.cloneNode(true) as HTMLElement;
    const offer = this.offers.find((o) => o.id === id);
    if (offer) this.draw(card, offer);
    holder.append(card);
  }

  private tick(): void {
    document.querySelectorAll<HTMLElement>("[data-offer]").forEach((box) => {
      const ends = this.ends.get(Number(box.dataset.offer));
      const label = box.querySelector<HTMLElement>("[data-ends]");
      if (!label) return;
      const left = ends === undefined ? 0 : (ends - Date.now()) / 1000;
      label.hidden = left <= 0;
      if (left > 0) label.textContent = fill(this.page.words.ends, { time: clock(left) });
    });
  }

  private buy(form: HTMLFormElement, event: SubmitEvent): void {
    if (event.defaultPrevented) return;
    const button = event.submitter;
    const now = button instanceof HTMLButtonElement && button.name === "then";
    if (now && !this.page.buyToken) return; // the form's own way: the checkout asks to sign in
    event.preventDefault();
    void (now ? this.claim(form) : this.put(form)).finally(() => {
      if (!(button instanceof HTMLElement)) return;
      delete button.dataset.sent; // it may be pressed again at once
      button.removeAttribute("aria-busy");
    });
  }

  /** Buy at once: the lane holds the goods, the next page asks where they go. */
  private async claim(form: HTMLFormElement): Promise<void> {
    const option = Number(new FormData(form).get("option"));
    const key = this.keys.get(option) ?? crypto.randomUUID();
    this.keys.set(option, key);
    const order = { option, quantity: 1, price: this.shown.get(option), key, show: this.page.show };
    const answer = await fetch(this.page.orders, {
      method: "POST",
      headers: { authorization: `Bearer ${this.page.buyToken}`, "content-type": "application/json" },
      body: JSON.stringify(order),
    }).catch(() => null);
    const value = (await answer?.json().catch(() => null)) as { number?: string; error?: { code: string } } | null;
    if (answer?.ok && value?.number) {
      this.keys.delete(option);
      window.location.assign(this.page.claimed.replace("NUMBER", value.number));
      return;
    }
    if (answer && answer.status < 500) this.keys.delete(option); // an answer: the next press is a new order
    if (!answer || answer.status === 404 || value?.error?.code === "through_cart") return checkout(form); // the slow road
    toast(this.page.words[value?.error?.code ?? "fault"] ?? this.page.words.fault ?? "", true);
  }

  private async put(form: HTMLFormElement): Promise<void> {
    const body = new FormData(form);
    body.set("csrfmiddlewaretoken", csrf());
    const answer = await fetch(form.action, { method: "POST", body }).catch(() => null);
    toast((answer?.ok ? this.page.words.put : this.page.words.notPut) ?? "", !answer?.ok);
  }
}

function checkout(form: HTMLFormElement): void {
  const then = document.createElement("input");
  [then.type, then.name, then.value] = ["hidden", "then", "checkout"];
  form.append(then);
  form.submit();
}

function set(box: HTMLElement, selector: string, text: string, shown = true): void {
  const element = box.querySelector<HTMLElement>(selector);
  if (!element) return;
  element.hidden = !shown;
  if (element.lastChild instanceof Text && element.childElementCount) element.lastChild.data = ` ${text}`;
  else element.textContent = text;
}
