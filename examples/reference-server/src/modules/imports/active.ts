/** How far an import is. */
export interface ImportProgress {
  readonly phase: "judge" | "write";
  readonly rows: number;
  readonly bytes: number;
  readonly totalBytes: number;
}

type Running = Map<number, { progress: ImportProgress; readonly cancel: () => void }>;

/** Imports that run in this process, by database and id: what a dry run can't write down, since all of it is rolled back. */
const databases = new WeakMap<object, Running>();

/** Notes that an import runs here. @returns what tells how far it is, and that it ended */
export function startActive(stores: object, id: number, cancel: () => void) {
  const running: Running = databases.get(stores) ?? new Map();
  databases.set(stores, running);
  const entry = { progress: { phase: "judge" as ImportProgress["phase"], rows: 0, bytes: 0, totalBytes: 0 }, cancel };
  running.set(id, entry);
  return {
    tell(progress: ImportProgress) {
      entry.progress = progress;
    },
    end: () => void running.delete(id),
  };
}

/** How far an import is that runs in this process. */
export function activeProgress(stores: object, id: number): ImportProgress | undefined {
  return databases.get(stores)?.get(id)?.progress;
}

/** Ends an import that runs in this process, at once. */
export function cancelActive(stores: object, id: number): void {
  databases.get(stores)?.get(id)?.cancel();
}
