// Recordings of the microphone, kept in this browser piece by piece while they are made, so that neither a crash
// nor a closed tab loses more than the last second. They are removed when a job has them.

const DATABASE = "chip.recordings";
const PIECES = "pieces";

export interface Piece {
  recording: string;
  n: number;
  name: string;
  startedAt: number;
  /** of the recording up to here, without pauses */
  ms: number;
  type: string;
  // Bytes instead of a Blob: not every browser keeps Blobs in private windows.
  data: ArrayBuffer;
}

export interface KeptRecording {
  id: string;
  name: string;
  startedAt: number;
  ms: number;
}

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(PIECES, { keyPath: ["recording", "n"] });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function run<T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const db = await open();
  try {
    return await new Promise<T>((resolve, reject) => {
      const transaction = db.transaction(PIECES, mode);
      const request = work(transaction.objectStore(PIECES));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    db.close();
  }
}

const range = (recording: string) => IDBKeyRange.bound([recording, 0], [recording, Infinity]);

export const keepPiece = (piece: Piece): Promise<unknown> => run("readwrite", (store) => store.put(piece));

/** The whole recording as a file; null when nothing of it is here. */
export async function readRecording(id: string): Promise<File | null> {
  try {
    const pieces: Piece[] = await run("readonly", (store) => store.getAll(range(id)));
    const [first] = pieces;
    if (!first) return null;
    const data = pieces.map((piece) => piece.data);
    return new File(data, first.name, { type: first.type, lastModified: first.startedAt });
  } catch {
    return null;
  }
}

export async function forgetRecording(id: string): Promise<void> {
  await run("readwrite", (store) => store.delete(range(id))).catch(() => {});
}

/** Oldest first. */
export async function listRecordings(): Promise<KeptRecording[]> {
  try {
    const last = new Map<string, IDBValidKey>();
    for (const key of await run("readonly", (store) => store.getAllKeys()))
      if (Array.isArray(key)) last.set(String(key[0]), key); // keys come in order, so the last one stays
    const kept: KeptRecording[] = [];
    for (const [id, key] of last) {
      const piece: Piece = await run("readonly", (store) => store.get(key));
      kept.push({ id, name: piece.name, startedAt: piece.startedAt, ms: piece.ms });
    }
    return kept.sort((a, b) => a.startedAt - b.startedAt);
  } catch {
    return []; // no IndexedDB here
  }
}
