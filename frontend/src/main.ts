import "./css/index.css";
import htmx from "htmx.org";
import { enhance } from "./enhance";
import { rememberSeen } from "./recent";
import { completeSearch } from "./search";

// No eval and no injected styles: the pages' Content-Security-Policy forbids both.
htmx.config.allowEval = false;
htmx.config.includeIndicatorStyles = false;
htmx.config.scrollBehavior = "auto";

// An answer that says why something cannot be done (409, 422 …) is shown like any other.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { detail } = event as CustomEvent<{ xhr: XMLHttpRequest; shouldSwap: boolean; isError: boolean }>;
  const { status } = detail.xhr;
  if (status >= 400 && status < 500 && status !== 404) {
    detail.shouldSwap = true;
    detail.isError = false;
  }
});

document.addEventListener("htmx:configRequest", (event) => {
  const { detail } = event as CustomEvent<{ headers: Record<string, string> }>;
  const token = /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie)?.[1];
  if (token) detail.headers["X-CSRFToken"] = token;
});

enhance();
completeSearch();
rememberSeen();
