/** The frames that a server sends over a WebSocket, read without keeping what nobody asks for. */
export interface FrameReader {
  /** Takes what has arrived; calls for each frame that is complete. */
  take(bytes: Buffer, length: number): void;
}

export interface Frame {
  readonly opcode: number;
  /** All of it where frames are kept whole, otherwise at least its beginning where that came in one piece. */
  readonly text: string;
}

/** Characters of a message that tell its type, where the message is not kept. */
const beginning = 80;

export function frameReader(whole: () => boolean, complete: (frame: Frame) => void): FrameReader {
  let left = -1;
  let opcode = 0;
  let text = '';
  let head: Buffer | undefined;

  return {
    take(bytes, length) {
      let at = 0;
      while (at < length) {
        if (left < 0) {
          const source = head ? Buffer.concat([head, bytes.subarray(at, length)]) : bytes;
          const from = head ? 0 : at;
          const size = headSize(source, from, head ? source.length : length);
          if (size === 0) {
            head = Buffer.from(source.subarray(from, head ? source.length : length));
            return;
          }
          at += size - (head?.length ?? 0);
          head = undefined;
          opcode = (source[from] ?? 0) & 15;
          left = payloadSize(source, from);
          text = '';
        }
        const part = Math.min(left, length - at);
        if (whole() || opcode !== 1) text += bytes.toString('latin1', at, at + part);
        else if (text === '') text = bytes.toString('latin1', at, at + Math.min(part, beginning));
        at += part;
        left -= part;
        if (left > 0) return;
        left = -1;
        complete({ opcode, text });
      }
    },
  };
}

/** Bytes of a frame's head; 0 where it is not there yet. */
function headSize(bytes: Buffer, from: number, to: number): number {
  if (to - from < 2) return 0;
  const length = (bytes[from + 1] ?? 0) & 127;
  const size = length < 126 ? 2 : length === 126 ? 4 : 10;
  return to - from < size ? 0 : size;
}

function payloadSize(bytes: Buffer, from: number): number {
  const length = (bytes[from + 1] ?? 0) & 127;
  if (length < 126) return length;
  return length === 126 ? bytes.readUInt16BE(from + 2) : Number(bytes.readBigUInt64BE(from + 2));
}

/** A frame as a client sends it: masked, here with zeros. */
export function frameOf(opcode: number, text: string): Buffer {
  const payload = Buffer.from(text);
  const { length } = payload;
  const head = length < 126 ? Buffer.from([128 | opcode, 128 | length]) : Buffer.alloc(4);
  if (length >= 126) {
    head[0] = 128 | opcode;
    head[1] = 128 | 126;
    head.writeUInt16BE(length, 2);
  }
  return Buffer.concat([head, Buffer.alloc(4), payload]);
}
