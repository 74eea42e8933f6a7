/**
 * Has a text be made once of a thing and some words, and the same text given from then on: what is asked often is not put
 * together anew. For things and words that are declared, not sent: nothing is ever forgotten.
 */
export function madeOnce<Thing extends object>(
  make: (thing: Thing, ...words: readonly string[]) => string,
): (thing: Thing, ...words: readonly string[]) => string {
  const made = new WeakMap<Thing, Map<string, string>>();
  return (thing, ...words) => {
    let texts = made.get(thing);
    if (texts === undefined) made.set(thing, (texts = new Map<string, string>()));
    const key = words.join(' ');
    let text = texts.get(key);
    if (text === undefined) texts.set(key, (text = make(thing, ...words)));
    return text;
  };
}
