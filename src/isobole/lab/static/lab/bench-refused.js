// What the bench does by itself when the server refuses an entry; the rest is shown.

export async function onRefused(row, problems, { queue, model, entry, config, say, commit }) {
  const code = problems[0]?.code;
  const tile = model.tiles.get(row.obj);
  if (code === "device-seq-taken") {
    // The device counted anew: the same entry under a new number.
    const { problems: _, state, device, device_seq, ...content } = row;
    await queue.remove([row]);
    commit({ ...content, id: `${row.id}-2` }, null);
    model.drop(row);
    return;
  }
  if (code === "t0-taken" && tile && row.run === config.run) {
    // Somebody else pressed first: theirs holds, and later entries count from it.
    await queue.discard(row, problems[0].message);
    model.drop(row);
    const wall = /[0-9-]+T[0-9:.]+Z/.exec(problems[0].message)?.[0];
    if (wall) model.setStart(tile, { wall, row: "", by: "the other observer", chamber: null });
    say(tile, "The other observer pressed first; their start counts");
    return;
  }
  if (code === "other-t0" && tile && row.run === config.run) {
    const wall = /\(it is ([0-9-]+T[0-9:.]+Z) now\)/.exec(problems[0].message)?.[1];
    if (wall && row.data.t0 !== wall) {
      if (tile.t0?.wall !== wall) model.setStart(tile, { wall, row: "", by: "the other observer", chamber: null });
      model.drop(row);
      await queue.discard(row, problems[0].message);
      if (!entry.rebase(row, tile)) say(tile, `${row.data.type} came before the start that holds`, "wrong");
      return;
    }
  }
  if (row.action === "amend" && "void" in row.data && code === "unknown-row") {
    // What it takes back never came to the record.
    await queue.discard(row, problems[0].message);
    return;
  }
  await queue.refuse(row, problems);
}
