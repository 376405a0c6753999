// The real identity check: PortOne's own script opens the window. Where the outside world is simulated this file is not loaded
// and the form's post leads to the simulator's window.

interface PortOneScript {
  requestIdentityVerification(request: {
    storeId: string;
    channelKey: string;
    identityVerificationId: string;
    redirectUrl: string;
  }): Promise<{ code?: string; message?: string } | undefined>;
}

export {};

declare global {
  interface Window {
    PortOne?: PortOneScript;
  }
}

const SDK = "https://cdn.portone.io/v2/browser-sdk.js";

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || !("identity" in form.dataset)) return;
  event.preventDefault();
  void verify(form);
});

async function verify(form: HTMLFormElement): Promise<void> {
  const { store = "", channel = "", id = "", back = "" } = form.dataset;
  await load(SDK);
  const told = await window.PortOne?.requestIdentityVerification({
    storeId: store,
    channelKey: channel,
    identityVerificationId: id,
    redirectUrl: back,
  });
  const said = new URLSearchParams({ identityVerificationId: id, ...(told?.code ? { code: told.code } : {}) });
  window.location.assign(`${back}&${said}`);
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
