/** Identity of a template: a short hash of its text, so that the same event has the same id whatever source or day it comes from. */
export function templateId(text: string): string {
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    a = Math.imul(a ^ c, 0x9e3779b1);
    b = Math.imul(b ^ c, 0x5f356495);
  }
  a = Math.imul(a ^ (a >>> 16), 0x85ebca6b) ^ Math.imul(b ^ (b >>> 13), 0xc2b2ae35);
  b = Math.imul(b ^ (b >>> 16), 0x85ebca6b) ^ Math.imul(a ^ (a >>> 13), 0xc2b2ae35);
  const wide = (b & 0xfffff) * 0x100000000 + (a >>> 0);
  return `t_${wide.toString(36).padStart(11, '0').slice(-10)}`;
}
