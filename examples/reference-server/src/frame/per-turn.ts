/**
 * Reads once for all who ask for the same in one turn of the event loop. The read begins when the turn is over, so that nobody
 * is told less than was stored when they asked; whoever asks later starts another one.
 *
 * @param read what a key stands for; a failure is everybody's who asked for it in that turn
 */
export function perTurn<V>(read: (key: string) => Promise<V>): (key: string) => Promise<V> {
  const waiting = new Map<string, Promise<V>>();
  return (key) => {
    const known = waiting.get(key);
    if (known) return known;
    const asked = new Promise<V>((resolve, reject) => {
      setImmediate(() => {
        waiting.delete(key);
        read(key).then(resolve, reject);
      });
    });
    waiting.set(key, asked);
    return asked;
  };
}
