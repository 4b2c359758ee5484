/** Passes on the first text, and then one every few seconds: for work that counts as it goes, where nothing is drawn. */
export function sparingly(say: (text: string) => void, milliseconds = 3_000): (text: string) => void {
  let last = -Infinity;
  return (text) => {
    const now = performance.now();
    if (now - last < milliseconds) return;
    last = now;
    say(text);
  };
}
