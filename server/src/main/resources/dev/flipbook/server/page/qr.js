/** Makes a QR code (ISO/IEC 18004) of a text: byte mode, level M, versions 1 to 10. */

/**
 * Sizes for each version: number of codewords, error correction codewords of each block, number of blocks. ISO/IEC
 * 18004, table 9.
 */
const SIZES = [
  [26, 10, 1], [44, 16, 1], [70, 26, 1], [100, 18, 2], [134, 24, 2],
  [172, 16, 4], [196, 18, 4], [242, 22, 4], [292, 22, 5], [346, 26, 5],
];

const MASKS = [
  (x, y) => (x + y) % 2,
  (x, y) => y % 2,
  (x) => x % 3,
  (x, y) => (x + y) % 3,
  (x, y) => ((x / 3 | 0) + (y / 2 | 0)) % 2,
  (x, y) => x * y % 2 + x * y % 3,
  (x, y) => (x * y % 2 + x * y % 3) % 2,
  (x, y) => ((x + y) % 2 + x * y % 3) % 2,
];

/**
 * The rows of a code: 1 is dark, 0 is light. The caller must leave a border of four around them. Null if the text is
 * too long.
 */
export function qr(text) {
  const bytes = new TextEncoder().encode(text);
  const version = SIZES.findIndex(([all, correcting, blocks], i) => all - correcting * blocks >= bytes.length + (i < 9 ? 2 : 3)) + 1;
  if (!version) return null;
  const words = interleave(version, pack(version, bytes));
  const tried = MASKS.map((mask, number) => draw(version, words, mask, number));
  const worths = tried.map(penalty);
  return tried[worths.indexOf(Math.min(...worths))];
}

function pack(version, bytes) {
  const [all, correcting, blocks] = SIZES[version - 1];
  const bits = [];
  const put = (value, count) => { while (count--) bits.push(value >> count & 1); };
  put(4, 4);
  put(bytes.length, version < 10 ? 8 : 16);
  bytes.forEach((byte) => put(byte, 8));
  put(0, 4);
  while (bits.length % 8) bits.push(0);
  const words = [];
  for (let i = 0; i < bits.length; i += 8) words.push(parseInt(bits.slice(i, i + 8).join(''), 2));
  for (let pad = 0xec; words.length < all - correcting * blocks; pad ^= 0xfd) words.push(pad);
  return words;
}

/** Splits the words into blocks, of which the last ones are longer by one, and takes from each block in turn. */
function interleave(version, words) {
  const [, correcting, blocks] = SIZES[version - 1];
  const short = Math.floor(words.length / blocks);
  const data = [];
  for (let i = 0, at = 0; i < blocks; i++) {
    const length = short + Number(i >= blocks - words.length % blocks);
    data.push(words.slice(at, at += length));
  }
  const extra = data.map((block) => remainder(block, correcting));
  const mixed = [];
  for (let i = 0; i <= short; i++) for (const block of data) if (i < block.length) mixed.push(block[i]);
  for (let i = 0; i < correcting; i++) for (const block of extra) mixed.push(block[i]);
  return mixed;
}

/** The Reed-Solomon code over GF(256) with the polynomial 0x11d. */
function remainder(block, count) {
  const times = (a, b) => {
    let product = 0;
    for (let i = 7; i >= 0; i--) product = product << 1 ^ (product >> 7) * 0x11d ^ (b >> i & 1) * a;
    return product;
  };
  let divisor = [1];
  for (let i = 0, root = 1; i < count; i++, root = times(root, 2)) {
    divisor = [...divisor, 0].map((one, at) => one ^ times(divisor[at - 1] ?? 0, root));
  }
  const rest = Array(count).fill(0);
  for (const word of block) {
    const factor = word ^ rest.shift();
    rest.push(0);
    rest.forEach((_, i) => rest[i] ^= times(divisor[i + 1], factor));
  }
  return rest;
}

function draw(version, words, mask, number) {
  const size = version * 4 + 17;
  const rows = Array.from({ length: size }, () => Array(size).fill(-1));
  fixed(rows, version);
  info(rows, version, number);
  let bit = 0;
  for (let right = size - 1; right > 0; right -= right === 8 ? 3 : 2) {
    for (let step = 0; step < size; step++) {
      const up = (right > 6 ? size - 1 - right : size - 2 - right) / 2 % 2 === 0;
      const y = up ? size - 1 - step : step;
      for (const x of [right, right - 1]) {
        if (rows[y][x] >= 0) continue;
        const value = words[bit >> 3] >> 7 - bit % 8 & 1; // 0 after the last word
        bit++;
        rows[y][x] = value ^ Number(mask(x, y) === 0);
      }
    }
  }
  return rows;
}

/** Draws what is the same in every code of this version: finders, timing, alignment, the dark module. */
function fixed(rows, version) {
  const size = rows.length;
  for (let i = 0; i < size; i++) rows[6][i] = rows[i][6] = 1 - i % 2;
  const square = (cx, cy, radius, light) => {
    for (let y = -radius; y <= radius; y++) {
      for (let x = -radius; x <= radius; x++) {
        const ring = Math.max(Math.abs(x), Math.abs(y));
        if (rows[cy + y]?.[cx + x] !== undefined) rows[cy + y][cx + x] = light.includes(ring) ? 0 : 1;
      }
    }
  };
  for (const [x, y] of [[3, 3], [size - 4, 3], [3, size - 4]]) square(x, y, 4, [2, 4]);
  const last = size - 7;
  const centres = version === 1 ? [] : version < 7 ? [6, last] : [6, (6 + last) / 2, last];
  for (const x of centres) {
    for (const y of centres) {
      const corner = x === 6 && y === 6 || x === 6 && y === last || x === last && y === 6;
      if (!corner) square(x, y, 2, [1]);
    }
  }
  rows[size - 8][8] = 1;
}

/** Draws level and mask, and from version 7 on the version, each with its BCH code. */
function info(rows, version, mask) {
  const size = rows.length;
  const coded = (value, polynomial, degree) => {
    let rest = value;
    for (let i = 0; i < degree; i++) rest = rest << 1 ^ (rest >> degree - 1) * polynomial;
    return value << degree | rest;
  };
  const format = coded(mask, 0x537, 10) ^ 0x5412; // level M is 0
  for (let i = 0; i < 15; i++) {
    const bit = format >> i & 1;
    rows[i < 6 ? i : i < 8 ? i + 1 : size - 15 + i][8] = bit;
    rows[8][i < 8 ? size - 1 - i : i === 8 ? 7 : 14 - i] = bit;
  }
  for (let i = 0; version > 6 && i < 18; i++) {
    const bit = coded(version, 0x1f25, 12) >> i & 1;
    const [a, b] = [Math.floor(i / 3), size - 11 + i % 3];
    rows[a][b] = rows[b][a] = bit;
  }
}

/** How hard a code is to read: runs, squares, patterns that look like a finder, too much of one colour. */
function penalty(rows) {
  const lines = [...rows, ...rows.map((_, i) => rows.map((row) => row[i]))].map((line) => line.join(''));
  let sum = 0;
  for (const line of lines) {
    for (const run of line.match(/0{5,}|1{5,}/g) ?? []) sum += run.length - 2;
    sum += 40 * (line.match(/(?=00001011101|10111010000)/g) ?? []).length;
  }
  const at = (x, y) => rows[y][x];
  for (let y = 1; y < rows.length; y++) {
    for (let x = 1; x < rows.length; x++) {
      if (at(x, y) === at(x - 1, y) && at(x, y) === at(x, y - 1) && at(x, y) === at(x - 1, y - 1)) sum += 3;
    }
  }
  const dark = rows.flat().filter(Boolean).length / rows.length ** 2;
  return sum + 10 * Math.floor(Math.abs(dark * 20 - 10));
}
