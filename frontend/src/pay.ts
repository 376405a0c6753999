// The real payment window: Toss's own script draws it, ours only hands over the fields of the form. Where the outside
// world is simulated this file is not loaded and the form's post leads to the simulator's window.

interface Toss {
  payment(options: { customerKey: string }): {
    requestPayment(request: {
      method: "CARD" | "TRANSFER" | "VIRTUAL_ACCOUNT" | "MOBILE_PHONE";
      amount: { currency: "KRW"; value: number };
      orderId: string;
      orderName: string;
      successUrl: string;
      failUrl: string;
      customerName?: string;
      card?: { flowMode: "DIRECT"; easyPay: string };
      virtualAccount?: { validHours: number; cashReceipt: { type: "미발행" } };
    }): Promise<void>;
  };
}

export {};

declare global {
  interface Window {
    TossPayments?: ((clientKey: string) => Toss) & { ANONYMOUS: string };
  }
}

const SDK = "https://js.tosspayments.com/v2/standard";

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || !form.dataset.toss) return;
  event.preventDefault();
  void openWindow(form);
});

async function openWindow(form: HTMLFormElement): Promise<void> {
  const way = String(new FormData(form).get("way") ?? "CARD");
  const { toss = "", orderId = "", orderName = "", amount = "", successUrl = "", failUrl = "", customerName, validHours = "24" } =
    form.dataset;
  // The order must be known to our side as being paid before the window opens: the same post, without following it.
  const prepared = await fetch(form.action, { method: "POST", body: new FormData(form), redirect: "manual" });
  if (prepared.type !== "opaqueredirect") {
    form.dataset.toss = "";
    form.submit(); // shows what is wrong
    return;
  }
  await load(SDK);
  const sdk = window.TossPayments;
  if (!sdk) throw new Error("the payment script did not load");
  try {
    await sdk(toss).payment({ customerKey: sdk.ANONYMOUS }).requestPayment({
      ...asked(way, Number(validHours)),
      amount: { currency: "KRW", value: Number(amount) },
      orderId,
      orderName,
      successUrl,
      failUrl,
      customerName,
    });
  } catch (error) {
    const code = (error as { code?: string }).code ?? "UNKNOWN";
    window.location.assign(`${failUrl}?${new URLSearchParams({ code, orderId })}`);
  }
}

/** Our ways to pay in the words of Toss's script. Cash receipts are issued by our side, after the money came. */
function asked(way: string, validHours: number) {
  if (way === "EASY_PAY") return { method: "CARD", card: { flowMode: "DIRECT", easyPay: "토스페이" } } as const;
  if (way === "VIRTUAL_ACCOUNT") {
    return { method: "VIRTUAL_ACCOUNT", virtualAccount: { validHours, cashReceipt: { type: "미발행" } } } as const;
  }
  return { method: way === "TRANSFER" || way === "MOBILE_PHONE" ? way : "CARD" } as const;
}

function load(src: string): Promise<void> {
  return new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = src;
    script.onload = () => done();
    script.onerror = () => failed(new Error(`${src} did not load`));
    document.head.append(script);
  });
}
