// Plays a show: hls.js where there is Media Source, the browser's own HLS elsewhere. Comes back by itself after every
// interruption: a publisher that reconnects is a discontinuity, a media process that restarts is a retry.

import type Hls from "hls.js";

export class Player {
  private hls: Hls | null = null;
  private retry = 0;
  private timer = 0;
  private stopped = true;

  constructor(
    private readonly video: HTMLVideoElement,
    private readonly url: string,
    private readonly replay: boolean,
  ) {
    video.addEventListener("playing", () => {
      this.retry = 0;
      video.dataset.playing = "yes";
    });
    video.addEventListener("loadedmetadata", () => {
      video.toggleAttribute("data-wide", video.videoWidth > video.videoHeight);
    });
  }

  start(): void {
    if (!this.stopped) return;
    this.stopped = false;
    void this.open();
  }

  stop(): void {
    this.stopped = true;
    window.clearTimeout(this.timer);
    this.hls?.destroy();
    this.hls = null;
    delete this.video.dataset.playing;
  }

  seek(seconds: number): void {
    this.video.currentTime = seconds;
    void this.play();
  }

  /** Browsers refuse sound before a tap, never a muted picture. */
  async play(): Promise<void> {
    try {
      await this.video.play();
    } catch {
      this.video.muted = true;
      await this.video.play().catch(() => undefined);
    }
  }

  private async open(): Promise<void> {
    const { default: HlsClass } = await import("hls.js");
    if (this.stopped) return;
    if (!HlsClass.isSupported()) {
      this.video.src = this.url;
      this.video.addEventListener("error", () => this.again(), { once: true });
      await this.play();
      return;
    }
    const hls = new HlsClass(
      this.replay
        ? { maxBufferLength: 30 }
        : {
            liveSyncDuration: 2.5,
            liveMaxLatencyDuration: 9,
            maxLiveSyncPlaybackRate: 1.2,
            backBufferLength: 20,
            manifestLoadingMaxRetry: 0, // we retry ourselves, for as long as it takes
          },
    );
    this.hls = hls;
    hls.on(HlsClass.Events.MANIFEST_PARSED, () => void this.play());
    hls.on(HlsClass.Events.ERROR, (_, data) => {
      if (!data.fatal) return;
      if (data.type === HlsClass.ErrorTypes.MEDIA_ERROR && this.retry++ < 2) hls.recoverMediaError();
      else this.again();
    });
    hls.loadSource(this.url);
    hls.attachMedia(this.video);
  }

  private again(): void {
    if (this.stopped) return;
    this.hls?.destroy();
    this.hls = null;
    delete this.video.dataset.playing;
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.open(), Math.min(5000, 700 * 1.6 ** this.retry++));
  }
}
