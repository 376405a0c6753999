// What was looked at, kept in this browser alone: pages that are the same for everybody set no cookie (shop/recent.py reads it).
import htmx from "htmx.org";

const DAYS = 30;
const MOST = 20;

export function rememberSeen(): void {
  const seen = read();
  const now = document.querySelector<HTMLElement>("[data-seen]")?.dataset.seen;
  if (now) write([now, ...seen.filter((id) => id !== now)].slice(0, MOST));
  const place = document.querySelector<HTMLElement>("[data-recent]");
  if (place && seen.length > 0) {
    void htmx.ajax("get", place.dataset.recent ?? "", { target: place, swap: "innerHTML" }).then(() => {
      place.hidden = place.children.length === 0;
    });
  }
}

function read(): string[] {
  const kept = /(?:^|; )seen=([\d.]+)/.exec(document.cookie)?.[1] ?? "";
  return kept.split(".").filter(Boolean);
}

function write(ids: string[]): void {
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `seen=${ids.join(".")}; max-age=${DAYS * 86400}; path=/; samesite=lax${secure}`;
}
