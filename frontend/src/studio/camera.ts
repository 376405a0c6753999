// Camera and microphone onto a canvas, upright as phones hold it, with the disclosure burnt in: a replay, a clip, a copy
// carries it too.

const RATE = 30; // pictures a second

export interface Sizes {
  width: number;
  height: number;
  bits: number; // a second
}

export const QUALITIES: Record<string, Sizes> = {
  "540": { width: 540, height: 960, bits: 1_600_000 },
  "720": { width: 720, height: 1280, bits: 2_600_000 },
};

export class Camera {
  readonly video = document.createElement("video");
  private media: MediaStream | null = null;
  private output: MediaStream | null = null;
  private audio: AudioContext | null = null;
  private analyser: AnalyserNode | null = null;
  private mixer: MediaStreamAudioDestinationNode | null = null;
  private source: MediaStreamAudioSourceNode | null = null;
  private stopClock: (() => void) | null = null;
  disclosure: { badge: string; wording: string } = { badge: "", wording: "" };

  constructor(private readonly canvas: HTMLCanvasElement) {
    this.video.muted = true;
    this.video.playsInline = true;
  }

  get on(): boolean {
    return this.media !== null;
  }

  resize(sizes: Sizes): void {
    if (this.canvas.width === sizes.width) return;
    this.canvas.width = sizes.width;
    this.canvas.height = sizes.height;
  }

  /** Opens the devices, or changes them while on. Rejects with the browser's DOMException. */
  async open(cameraId?: string, micId?: string): Promise<void> {
    const media = await navigator.mediaDevices.getUserMedia({
      video: {
        ...(cameraId ? { deviceId: { exact: cameraId } } : { facingMode: "user" }),
        width: { ideal: 1280 },
        height: { ideal: 720 },
        frameRate: { ideal: RATE },
      },
      audio: {
        ...(micId ? { deviceId: { exact: micId } } : {}),
        echoCancellation: true,
        noiseSuppression: true,
      },
    });
    this.media?.getTracks().forEach((track) => track.stop());
    this.media = media;
    this.video.srcObject = media;
    await this.video.play();
    this.hear(media);
    this.stopClock ??= everyFrame(() => this.draw());
  }

  /** What goes out: the canvas, and the microphone through a mixer that outlives a change of device. */
  stream(): MediaStream {
    this.output ??= new MediaStream([
      ...this.canvas.captureStream(RATE).getVideoTracks(),
      ...(this.mixer?.stream.getAudioTracks() ?? []),
    ]);
    return this.output;
  }

  mute(silent: boolean): void {
    this.media?.getAudioTracks().forEach((track) => (track.enabled = !silent));
  }

  /** 0 to 1. */
  level(): number {
    if (!this.analyser) return 0;
    const samples = new Uint8Array(this.analyser.fftSize);
    this.analyser.getByteTimeDomainData(samples);
    let peak = 0;
    for (const sample of samples) peak = Math.max(peak, Math.abs(sample - 128));
    return Math.min(1, peak / 100);
  }

  close(): void {
    this.stopClock?.();
    this.stopClock = null;
    this.media?.getTracks().forEach((track) => track.stop());
    this.media = this.output = this.mixer = this.analyser = this.source = null;
    void this.audio?.close();
    this.audio = null;
  }

  private hear(media: MediaStream): void {
    this.audio ??= new AudioContext();
    void this.audio.resume();
    this.mixer ??= this.audio.createMediaStreamDestination();
    if (!this.analyser) {
      this.analyser = this.audio.createAnalyser();
      this.analyser.fftSize = 512;
      this.analyser.connect(this.mixer);
    }
    this.source?.disconnect();
    this.source = this.audio.createMediaStreamSource(media);
    this.source.connect(this.analyser);
  }

  private draw(): void {
    const pen = this.canvas.getContext("2d", { alpha: false });
    const { videoWidth: vw, videoHeight: vh } = this.video;
    if (!pen || !vw) return;
    const { width, height } = this.canvas;
    const scale = Math.max(width / vw, height / vh);
    pen.drawImage(this.video, (width - vw * scale) / 2, (height - vh * scale) / 2, vw * scale, vh * scale);
    if (this.disclosure.badge) this.burnIn(pen, width);
  }

  /** Below the bar that the player lays over the top, above the chat; inside what a long phone shows of the picture. */
  private burnIn(pen: CanvasRenderingContext2D, width: number): void {
    const unit = width / 540;
    const { badge, wording } = this.disclosure;
    pen.textBaseline = "middle";
    pen.font = `800 ${22 * unit}px "Pretendard Variable", sans-serif`;
    const badgeWidth = pen.measureText(badge).width + 24 * unit;
    const [x, y, tall] = [62 * unit, 150 * unit, 38 * unit];
    pen.fillStyle = "#fff";
    pen.strokeStyle = "#241f1a";
    pen.lineWidth = 2 * unit;
    pen.beginPath();
    pen.roundRect(x, y, badgeWidth, tall, 6 * unit);
    pen.fill();
    pen.stroke();
    pen.fillStyle = "#241f1a";
    pen.fillText(badge, x + 12 * unit, y + tall / 2 + unit);
    if (!wording) return;
    pen.font = `600 ${17 * unit}px "Pretendard Variable", sans-serif`;
    pen.lineWidth = 4 * unit;
    pen.strokeStyle = "rgb(0 0 0 / 75%)";
    pen.lineJoin = "round";
    pen.fillStyle = "#fff";
    const below = y + tall + 18 * unit;
    pen.strokeText(wording, x, below, width - 2 * x);
    pen.fillText(wording, x, below, width - 2 * x);
  }
}

/** A page in the background gets no animation frames and slow timers; a worker's timer goes on. */
function everyFrame(draw: () => void): () => void {
  const code = `setInterval(() => postMessage(0), ${Math.round(1000 / RATE)})`;
  const address = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  const worker = new Worker(address);
  worker.onmessage = draw;
  return () => {
    worker.terminate();
    URL.revokeObjectURL(address);
  };
}
