// The shape of the rack: from the address, else as it was last on this device.

const KEPT = "isobole-rack";
const USUAL = { 4: [2, 2], 6: [2, 3], 8: [2, 4], 9: [3, 3], 10: [2, 5], 12: [3, 4] };

function read(text, count) {
  const found = /^([1-9][0-9]?)x([1-9][0-9]?)$/.exec(text ?? "");
  if (!found) return null;
  const [rows, columns] = [Number(found[1]), Number(found[2])];
  return rows * columns >= count && (rows - 1) * columns < count ? { rows, columns } : null;
}

export function rememberRack(count, shape) {
  localStorage.setItem(`${KEPT}-${count}`, shape);
  return read(shape, count);
}

export function rackOf(count, asked) {
  const given = read(asked, count);
  if (given) {
    localStorage.setItem(`${KEPT}-${count}`, asked);
    return given;
  }
  const kept = read(localStorage.getItem(`${KEPT}-${count}`), count);
  if (kept) return kept;
  const [rows, columns] = USUAL[count] ?? (count > 3 ? [2, Math.ceil(count / 2)] : [1, Math.max(1, count)]);
  return { rows, columns };
}

export function shapesFor(count, rack) {
  const shapes = new Set([`${rack.rows}x${rack.columns}`]);
  for (let rows = 1; rows <= Math.min(4, count); rows += 1) {
    const shape = `${rows}x${Math.ceil(count / rows)}`;
    if (read(shape, count)) shapes.add(shape);
  }
  return [...shapes];
}
