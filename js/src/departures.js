const KEY = "rt_widget.left";
/** More pages than this are not reloaded before their kernel hears of it. */
const KEPT = 20;

/**
 * Pages of this browser tab that are gone. A page that is closed says so, but a tab that is reloaded may drop its last
 * message; the page that comes after it says it again.
 *
 * @returns {string[]} Their names, oldest first.
 */
export function departures() {
  try {
    const names = JSON.parse(sessionStorage.getItem(KEY) ?? "[]");
    if (!Array.isArray(names)) return [];
    return names.filter((name) => typeof name === "string").slice(-KEPT);
  } catch {
    // Some hosts give an output no storage.
    return [];
  }
}

/** @param {string} page Is about to go. */
export function depart(page) {
  write([...departures(), page]);
}

/** @param {string} page Has come back. */
export function comeBack(page) {
  const gone = departures();
  if (gone.includes(page)) write(gone.filter((name) => name !== page));
}

/** @param {string[]} names Of pages that are gone. */
function write(names) {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(names.slice(-KEPT)));
  } catch {
    // As above.
  }
}
