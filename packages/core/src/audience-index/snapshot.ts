import { arraysOf, type Columns } from "./columns.js";

/** What a snapshot says of itself before its bytes. */
interface Header {
  readonly tenantId: number;
  readonly revision: number;
  readonly statuses: readonly string[];
  /** Null: there are no orders. */
  readonly latestAt: number | null;
  readonly arrays: readonly { readonly name: string; readonly length: number }[];
}

/** Where bytes go, one piece after the other. */
export type WriteBytes = (bytes: Uint8Array) => Promise<void> | void;

const MAGIC = "RKAI0001";
const PIECE = 1 << 20;

const MAKE = {
  ids: Float64Array,
  bornOn: Int32Array,
  orderStart: Uint32Array,
  orderOwner: Uint32Array,
  orderedAt: Float64Array,
  amountMinor: Float64Array,
  status: Uint8Array,
  refundOrder: Uint32Array,
  refundMinor: Float64Array,
  refundAt: Float64Array,
  labelIds: Float64Array,
  labelPeopleStart: Uint32Array,
  labelPeople: Uint32Array,
  labelOrdersStart: Uint32Array,
  labelOrders: Uint32Array,
  labelBuyers: Uint32Array,
} as const satisfies Readonly<Record<keyof Omit<Columns, "statuses" | "latestAt">, unknown>>;

/** Hands columns out as bytes: a mark, the length of the header, the header, the arrays, and a sum of all that. */
export async function writeColumns(
  columns: Columns,
  of: { readonly tenantId: number; readonly revision: number },
  write: WriteBytes,
): Promise<void> {
  const arrays = Object.entries(arraysOf(columns));
  const { statuses, latestAt } = columns;
  const header: Header = {
    ...of,
    statuses,
    latestAt: Number.isFinite(latestAt) ? latestAt : null,
    arrays: arrays.map(([name, { length }]) => ({ name, length })),
  };
  const told = new TextEncoder().encode(JSON.stringify(header));
  const head = new Uint8Array(MAGIC.length + 8 + told.length);
  head.set(new TextEncoder().encode(MAGIC));
  // The order of bytes is that of the machine: a snapshot of another order has another length here, and is refused.
  head.set(new Uint8Array(new Uint32Array([told.length, 1]).buffer), MAGIC.length);
  head.set(told, MAGIC.length + 8);
  const sum = checksum();
  const put = async (bytes: Uint8Array) => {
    for (let at = 0; at < bytes.length; at += PIECE) {
      const piece = bytes.subarray(at, at + PIECE);
      sum.add(piece);
      await write(piece);
    }
  };
  await put(head);
  for (const [, { buffer, byteOffset, byteLength }] of arrays)
    await put(new Uint8Array(buffer, byteOffset, byteLength));
  await write(new Uint8Array(new Uint32Array([sum.value()]).buffer));
}

/** Reads what {@link writeColumns} wrote. Undefined: it is another tenant's, cut off, or anything else. */
export async function readColumns(
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  tenantId: number,
  maxBytes: number,
): Promise<{ readonly columns: Columns; readonly revision: number } | undefined> {
  const bytes = await collected(pieces, maxBytes);
  if (!bytes || bytes.length < MAGIC.length + 12) return undefined;
  const body = bytes.subarray(0, bytes.length - 4);
  const sum = checksum();
  sum.add(body);
  const [told] = new Uint32Array(bytes.slice(bytes.length - 4).buffer);
  if (told !== sum.value() || new TextDecoder().decode(bytes.subarray(0, MAGIC.length)) !== MAGIC) return undefined;
  const [length = 0, one] = new Uint32Array(bytes.slice(MAGIC.length, MAGIC.length + 8).buffer);
  if (one !== 1) return undefined;
  const begin = MAGIC.length + 8;
  // The sum says that it is what was written.
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(begin, begin + length))) as Header;
  if (header.tenantId !== tenantId) return undefined;
  const arrays: Record<string, unknown> = {};
  let at = begin + length;
  for (const { name, length: size } of header.arrays) {
    if (!isArrayName(name)) return undefined;
    const end = at + size * MAKE[name].BYTES_PER_ELEMENT;
    if (end > body.length) return undefined;
    // A copy of its own, which begins where its type may begin.
    arrays[name] = new MAKE[name](bytes.slice(at, end).buffer);
    at = end;
  }
  if (at !== body.length || Object.keys(arrays).length !== Object.keys(MAKE).length) return undefined;
  const { statuses, latestAt, revision } = header;
  // Every name of `MAKE` has its array, of its type.
  return { columns: { ...arrays, statuses, latestAt: latestAt ?? Number.NEGATIVE_INFINITY } as Columns, revision };
}

function isArrayName(name: string): name is keyof typeof MAKE {
  return Object.hasOwn(MAKE, name);
}

async function collected(
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  maxBytes: number,
): Promise<Uint8Array | undefined> {
  const all: Uint8Array[] = [];
  let size = 0;
  for await (const piece of pieces) {
    size += piece.length;
    if (size > maxBytes) return undefined;
    all.push(piece);
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const piece of all) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/** Adler-32: finds what was cut off or written over. */
function checksum() {
  let [a, b] = [1, 0];
  return {
    add(bytes: Uint8Array) {
      for (let at = 0; at < bytes.length; ) {
        // So many bytes can be summed before anything grows too large.
        const end = Math.min(at + 3800, bytes.length);
        for (; at < end; at++) {
          a += bytes[at] ?? 0;
          b += a;
        }
        a %= 65_521;
        b %= 65_521;
      }
    },
    value: () => ((b << 16) | a) >>> 0,
  };
}
