// The names that conditions and letters may use, asked once for each revision and place.
const known = new Map();

export function namesFor(root, kind, at = "") {
  const key = `${root.dataset.revision}|${kind}|${kind === "letter" ? "" : at}`;
  if (!known.has(key)) {
    const address = `${root.dataset.base}names?${new URLSearchParams({ for: kind, at })}`;
    known.set(key, fetch(address, { headers: { Accept: "application/json" } }).then((answer) => answer.json()).catch(() => ({ names: [], comparisons: {}, alone: [] })));
  }
  return known.get(key);
}
