// Words of others, as labkit/untrusted.py shows them: text and nothing else. What is written for
// UNSAFE comes from there (labkit/transports/pages.py).

const UNSAFE_TEXT = /UNSAFE/gu;

/** @param {string} text */
export function plainText(text) {
  return text.replace(UNSAFE_TEXT, (character) => {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x20) return String.fromCodePoint(0x2400 + code);
    if (code === 0x7f) return "␡";
    const digits = code.toString(16);
    return code > 0xffff ? `\\U${digits.padStart(8, "0")}` : `\\u${digits.padStart(4, "0")}`;
  });
}
