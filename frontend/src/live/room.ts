// One stream down: server-sent events of the lane. The browser reconnects by itself and says which frame it saw last.

import type { Frame, Snapshot } from "./page";

export interface Room {
  close(): void;
}

export function enter(
  url: string,
  hear: { snapshot(s: Snapshot): void; frame(f: Frame): void; connected?(alive: boolean): void },
  staff = false,
): Room {
  let source: EventSource;
  let retry = 0;
  let timer = 0;
  let closed = false;

  function open(): void {
    source = new EventSource(`${url}/events${staff ? "?as=staff" : ""}`);
    source.addEventListener("open", () => {
      retry = 0;
      hear.connected?.(true);
    });
    source.addEventListener("snapshot", (event) => hear.snapshot(JSON.parse((event as MessageEvent<string>).data)));
    source.addEventListener("frame", (event) => hear.frame(JSON.parse((event as MessageEvent<string>).data)));
    source.addEventListener("error", () => {
      hear.connected?.(false);
      if (source.readyState !== EventSource.CLOSED || closed) return;
      // An answer that was no stream (the lane is starting): the browser gave up, we do not.
      window.clearTimeout(timer);
      timer = window.setTimeout(open, Math.min(8000, 500 * 2 ** retry++));
    });
  }

  open();
  return {
    close() {
      closed = true;
      window.clearTimeout(timer);
      source.close();
    },
  };
}
