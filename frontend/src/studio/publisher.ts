// Sends the picture: MediaRecorder chunks over a WebSocket, for as long as it is asked to. A lost connection, a restarted
// media process, a slow uplink: each is a new recorder on a new connection, which viewers survive.

import type { Camera } from "./camera";

const SLICE = 200; // milliseconds of picture in a message
const LATE = 1.5; // seconds of picture waiting in the browser before the rate is lowered
const LOWEST = 400_000; // bits a second
const REPLACED = 4409; // the media's word for: another camera of this show came

export type StreamState = "off" | "connecting" | "rehearsal" | "air" | "again" | "taken";

interface Ingest {
  url: string;
  stage: "rehearsal" | "air";
}

const FORMATS: [string, string][] = [
  ["video/webm;codecs=h264,opus", "h264"],
  ["video/mp4;codecs=avc1.42E01E,mp4a.40.2", "h264"],
  ["video/mp4;codecs=avc1.42E01E,opus", "h264"],
  ["video/webm;codecs=vp8,opus", "vp8"],
];

export function format(): [string, string] | undefined {
  return FORMATS.find(([mime]) => window.MediaRecorder?.isTypeSupported(mime));
}

export class Publisher {
  bits: number;
  sent = 0; // bytes on this connection
  private wanted = false;
  private socket: WebSocket | null = null;
  private recorder: MediaRecorder | null = null;
  private retry = 0;
  private timer = 0;
  private watch = 0;
  private run = 0; // connections made; answers for an earlier one are stale

  constructor(
    private readonly camera: Camera,
    private readonly ask: () => Promise<Ingest>,
    private readonly tell: (state: StreamState, detail?: "slow") => void,
    private readonly lost: () => void,
    private readonly full: number,
  ) {
    this.bits = full;
  }

  get waiting(): number {
    return this.socket?.bufferedAmount ?? 0;
  }

  /** Begin, or begin again on another stage (a rehearsal became a show). */
  start(): void {
    this.wanted = true;
    this.retry = 0;
    this.drop();
    void this.connect();
  }

  stop(): void {
    this.wanted = false;
    this.drop();
    this.tell("off");
  }

  private async connect(): Promise<void> {
    const run = ++this.run;
    window.clearTimeout(this.timer);
    this.tell(this.retry ? "again" : "connecting");
    try {
      const ingest = await this.ask();
      if (run !== this.run || !this.wanted) return;
      this.open(ingest, run);
    } catch {
      this.later(run);
    }
  }

  private open(ingest: Ingest, run: number): void {
    const [mime, codec] = format() ?? ["", ""];
    const socket = new WebSocket(`${ingest.url}&codec=${codec}`);
    socket.binaryType = "arraybuffer";
    this.socket = socket;
    this.sent = 0;
    let was = false;
    socket.onopen = () => {
      if (run !== this.run) return socket.close();
      was = true;
      this.record(socket, mime);
    };
    // The media says how many segments came out: only then does somebody see the picture.
    socket.onmessage = () => {
      this.retry = 0;
      this.tell(ingest.stage);
    };
    socket.onclose = (event) => {
      if (run !== this.run) return;
      this.drop();
      if (event.code === REPLACED) {
        this.wanted = false;
        return this.tell("taken"); // coming back would throw the other one out in turn
      }
      if (was && ingest.stage === "air" && this.wanted) this.lost();
      this.later(this.run);
    };
  }

  private record(socket: WebSocket, mime: string): void {
    const options = {
      mimeType: mime,
      videoBitsPerSecond: this.bits,
      audioBitsPerSecond: 96_000,
      videoKeyFrameIntervalDuration: 1000, // each segment begins with a key frame
    };
    const recorder = new MediaRecorder(this.camera.stream(), options);
    this.recorder = recorder;
    recorder.ondataavailable = (event) => {
      if (socket.readyState !== WebSocket.OPEN || !event.data.size) return;
      this.sent += event.data.size;
      socket.send(event.data);
    };
    recorder.start(SLICE);
    this.watch = window.setInterval(() => this.lookAtUplink(socket), 500);
  }

  private lookAtUplink(socket: WebSocket): void {
    if (socket.bufferedAmount * 8 < LATE * this.bits || this.bits <= LOWEST) return;
    this.bits = Math.max(LOWEST, Math.round(this.bits * 0.6));
    this.drop();
    this.tell("again", "slow");
    void this.connect();
  }

  private later(run: number): void {
    if (!this.wanted || run !== this.run) return;
    this.tell("again");
    this.timer = window.setTimeout(() => void this.connect(), Math.min(4000, 400 * 1.7 ** this.retry++));
  }

  /** Leave the connection without coming back by itself. */
  private drop(): void {
    this.run += this.socket ? 1 : 0;
    window.clearTimeout(this.timer);
    window.clearInterval(this.watch);
    if (this.recorder && this.recorder.state !== "inactive") {
      const { recorder, socket } = this;
      if (socket?.readyState === WebSocket.OPEN) {
        recorder.onstop = () => socket.close(1000); // the last slice goes out first
        recorder.stop();
      } else recorder.stop();
    } else this.socket?.close();
    this.recorder = null;
    this.socket = null;
  }

  /** A good uplink for a while may carry the full rate again; taken up at the next connection. */
  recover(): void {
    this.bits = this.full;
  }
}
