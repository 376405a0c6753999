// Completion under the search field (WAI-ARIA combobox with a list). Without it the field is a plain form.

const WAIT = 120; // ms without a key before the server is asked

export function completeSearch(): void {
  document.querySelectorAll<HTMLInputElement>("input[data-completes]").forEach(combobox);
}

function combobox(input: HTMLInputElement): void {
  const list = document.createElement("ul");
  list.id = `${input.id}-terms`;
  list.className = "completions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.dataset.completesLabel ?? "");
  list.hidden = true;
  input.after(list);
  for (const [name, value] of Object.entries({
    role: "combobox",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": list.id,
    autocomplete: "off",
  }))
    input.setAttribute(name, value);

  let timer = 0;
  let asking: AbortController | undefined;
  let typed = input.value;
  let active = -1;

  const options = () => Array.from(list.children) as HTMLElement[];

  const close = () => {
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };

  const show = (terms: string[]) => {
    list.replaceChildren(
      ...terms.map((term, i) => {
        const option = document.createElement("li");
        option.id = `${list.id}-${i}`;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        option.textContent = term;
        return option;
      }),
    );
    active = -1;
    list.hidden = terms.length === 0;
    input.setAttribute("aria-expanded", String(terms.length > 0));
    input.removeAttribute("aria-activedescendant");
  };

  const choose = (to: number) => {
    const all = options();
    if (!all.length) return;
    active = (to + all.length + 1) % (all.length + 1); // one place is the field as it was typed
    all.forEach((option, i) => option.setAttribute("aria-selected", String(i === active)));
    const chosen = all[active];
    input.value = chosen?.textContent ?? typed;
    if (chosen) input.setAttribute("aria-activedescendant", chosen.id);
    else input.removeAttribute("aria-activedescendant");
  };

  const ask = async () => {
    asking?.abort();
    asking = new AbortController();
    const words = input.value.trim();
    if (!words) return close();
    try {
      const answer = await fetch(`${input.dataset.completes}?q=${encodeURIComponent(words)}`, { signal: asking.signal });
      if (!answer.ok) return close();
      const { terms } = (await answer.json()) as { terms: string[] };
      if (document.activeElement === input) show(terms.filter((term) => term !== words));
    } catch {
      // Aborted by the next key, or offline: the field still works.
    }
  };

  // While a syllable is being composed its value is already in the field: 사ㄱ completes to 사과.
  input.addEventListener("input", () => {
    typed = input.value;
    window.clearTimeout(timer);
    timer = window.setTimeout(() => void ask(), WAIT);
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (list.hidden) return;
      event.preventDefault();
      choose(event.key === "ArrowDown" ? active + 1 : active - 1 < -1 ? options().length - 1 : active - 1);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      input.value = typed;
      close();
    } else if (event.key === "Enter") close();
  });
  input.addEventListener("blur", () => window.setTimeout(close, 150));
  list.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
  list.addEventListener("click", (event) => {
    const option = event.target instanceof Element ? event.target.closest("li") : null;
    if (!option) return;
    input.value = option.textContent ?? "";
    close();
    input.form?.requestSubmit();
  });
}
