// The buyer's chooser: one select per axis, made from the plain list of options that works without a script. A value
// with nothing left under it says so and cannot be chosen; the next axis offers what there is for the values before.

interface Variant {
  id: string;
  values: string[];
  left: number;
  price: string;
}

document.querySelectorAll<HTMLSelectElement>("select[data-axes]").forEach((list) => {
  const axes = JSON.parse(list.dataset.axes ?? "[]") as string[];
  const variants = Array.from(list.options)
    .filter((option) => option.value)
    .map((option) => ({
      id: option.value,
      values: JSON.parse(option.dataset.values ?? "[]") as string[],
      left: Number(option.dataset.left ?? 0),
      price: option.dataset.price ?? "",
    }));
  if (axes.length && variants.every((variant) => variant.values.length === axes.length)) build(list, axes, variants);
});

function build(list: HTMLSelectElement, axes: string[], variants: Variant[]): void {
  const box = document.createElement("div");
  box.className = "chooser";
  const told = document.createElement("p");
  told.className = "small muted";
  told.setAttribute("role", "status");
  const selects = axes.map((axis, n) => {
    const field = document.createElement("div");
    field.className = "field";
    const label = document.createElement("label");
    label.className = "field__label";
    label.textContent = axis;
    const select = document.createElement("select");
    select.className = "select";
    select.required = true;
    select.id = `axis-${n}`;
    label.htmlFor = select.id;
    field.append(label, select);
    box.append(field);
    select.addEventListener("change", () => offer(n + 1));
    return select;
  });
  box.append(told);

  /** Offer the values of the axes from `first` on, under what is chosen before. */
  function offer(first: number): void {
    for (const [n, select] of [...selects.entries()].slice(first)) {
      const before = selects.slice(0, n).map((earlier) => earlier.value);
      const ready = before.every(Boolean);
      const under = variants.filter((variant) => before.every((value, i) => variant.values[i] === value));
      const values = ready ? [...new Set(under.map((variant) => variant.values[n] ?? ""))] : [];
      const was = select.value;
      select.replaceChildren(new Option(list.dataset.choose ?? "", ""));
      select.disabled = !ready;
      for (const value of values) {
        const these = under.filter((variant) => variant.values[n] === value);
        const left = these.some((variant) => variant.left > 0);
        const price = n === axes.length - 1 ? ` · ${these[0]?.price ?? ""}` : "";
        const option = new Option(`${value}${price}${left ? "" : ` (${list.dataset.gone ?? ""})`}`, value);
        option.disabled = !left;
        select.append(option);
      }
      const alone = values.length === 1 && under.some((variant) => variant.left > 0) ? (values[0] ?? "") : "";
      select.value = values.includes(was) ? was : alone;
      if (select.selectedOptions[0]?.disabled) select.value = "";
    }
    const chosen = variants.find((variant) => selects.every((select, n) => select.value === variant.values[n]));
    list.value = chosen?.id ?? "";
    told.textContent = chosen
      ? chosen.price + (chosen.left <= 10 ? ` · ${(list.dataset.few ?? "").replace("{n}", String(chosen.left))}` : "")
      : "";
  }

  // The plain list stays in the form and carries the answer.
  const start = variants.find((variant) => variant.id === list.value && variant.left > 0);
  offer(0);
  if (start) {
    for (const [n, select] of selects.entries()) {
      select.value = start.values[n] ?? "";
      offer(n + 1);
    }
  }
  list.hidden = true;
  list.required = false;
  const label = list.labels?.[0];
  if (label) label.hidden = true;
  list.after(box);
}
